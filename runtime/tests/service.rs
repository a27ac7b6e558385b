//! `tensor-wasm run --addr`: requests, failures of the guest, and the end.
#![cfg(all(feature = "executor", unix))]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than any of these services takes for anything.
const LONG: Duration = Duration::from_secs(60);

struct Service {
    process: Child,
    address: String,
    said: Receiver<String>,
    _module: Option<tempfile::NamedTempFile>,
}

impl Drop for Service {
    fn drop(&mut self) {
        // Gone already where the test saw its end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn lines(stderr: ChildStderr) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines() {
            let Ok(line) = line else { break };
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

fn start(module: &Path, options: &[&str]) -> Service {
    let mut process = Command::new(env!("CARGO_BIN_EXE_tensor-wasm"))
        .args(["run", "--addr", "127.0.0.1:0"])
        .args(options)
        .arg(module)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let said = lines(process.stderr.take().unwrap());
    let line = said.recv_timeout(LONG).expect("it says where it serves");
    let address = line
        .strip_prefix("Serving HTTP on http://")
        .and_then(|rest| rest.strip_suffix('/'))
        .unwrap_or_else(|| panic!("not an address: {line}"))
        .to_owned();
    Service {
        process,
        address,
        said,
        _module: None,
    }
}

/// A service whose every request ends in `behaviour`: `trap` or `spin`.
fn start_failing(behaviour: &str, options: &[&str]) -> Service {
    let guest = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests/service.wat");
    let text = std::fs::read_to_string(guest).unwrap();
    let module = tempfile::Builder::new().suffix(".wat").tempfile().unwrap();
    std::fs::write(module.path(), text.replace("BEHAVIOUR", behaviour)).unwrap();
    let mut service = start(module.path(), options);
    service._module = Some(module);
    service
}

/// A compiled service that answers.
fn answering() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../suites/wasi/preview2/http-service.wasm")
}

impl Service {
    fn open(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    }

    fn get(&self, path: &str) -> String {
        response(self.open(path))
    }

    fn signal(&self, name: &str) {
        let pid = self.process.id().to_string();
        let status = Command::new("kill").args(["-s", name, &pid]).status();
        assert!(status.unwrap().success());
    }

    /// The exit code, once it has ended by itself.
    fn end(&mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }
}

fn response(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_service_answers_and_stops_in_order_at_either_signal() {
    for signal in ["INT", "TERM"] {
        let mut service = start(&answering(), &["--ready", "after-instantiate"]);
        let mut ready = String::new();
        let stdout = service.process.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut ready).unwrap();
        assert_eq!(ready, "READY\n");
        let answer = service.get("/");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        service.signal(signal);
        assert_eq!(service.end(), Some(0), "{signal}");
    }
}

#[test]
fn a_trap_costs_its_request_and_not_the_service() {
    let mut service = start_failing("trap", &[]);
    for _ in 0..3 {
        let answer = service.get("/");
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        let said = || service.said.recv_timeout(LONG).expect("the reason");
        while !said().contains("unreachable") {}
    }
    service.signal("TERM");
    assert_eq!(service.end(), Some(0));
}

#[test]
fn a_request_is_stopped_at_the_timeout_even_while_it_computes() {
    let mut service = start_failing("spin", &["--timeout", "100ms"]);
    // More at once than there are threads: they take turns.
    let open: Vec<TcpStream> = (0..8).map(|_| service.open("/")).collect();
    for stream in open {
        let answer = response(stream);
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    }
    service.signal("TERM");
    assert_eq!(service.end(), Some(0));
}

#[test]
fn an_open_request_is_finished_before_the_service_ends() {
    let mut service = start_failing("spin", &["--timeout", "500ms"]);
    let stream = service.open("/");
    // The request has arrived when its connection is no longer just queued.
    std::thread::sleep(Duration::from_millis(100));
    service.signal("TERM");
    let answer = response(stream);
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert_eq!(service.end(), Some(0));
}

#[test]
fn a_second_signal_does_not_wait() {
    let mut service = start_failing("spin", &[]);
    let _open = service.open("/");
    std::thread::sleep(Duration::from_millis(100));
    service.signal("INT");
    std::thread::sleep(Duration::from_millis(100));
    assert!(service.process.try_wait().unwrap().is_none(), "it waits");
    service.signal("TERM");
    assert_eq!(service.end(), Some(143));
}

#[test]
fn an_address_that_is_taken_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_tensor-wasm"))
        .args(["run", "--addr", &address])
        .arg(answering())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(125));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains(&address), "{stderr}");
}

/// A component whose start function is `body`.
fn starting_with(body: &str) -> tempfile::NamedTempFile {
    let text = r#"(component
      (import "wasi:http/types@0.2.0" (instance $types
        (export "incoming-request" (type (sub resource)))
        (export "response-outparam" (type (sub resource)))))
      (alias export $types "incoming-request" (type $request))
      (alias export $types "response-outparam" (type $response))
      (core module $m
        (func $start BODY)
        (start $start)
        (func (export "handle") (param i32 i32)))
      (core instance $i (instantiate $m))
      (func $handle (param "request" (own $request)) (param "response-out" (own $response))
        (canon lift (core func $i "handle")))
      (instance $handler (export "handle" (func $handle)))
      (export "wasi:http/incoming-handler@0.2.0" (instance $handler)))"#;
    let module = tempfile::Builder::new().suffix(".wat").tempfile().unwrap();
    std::fs::write(module.path(), text.replace("BODY", body)).unwrap();
    module
}

fn start_and_wait(module: &Path, signal: bool) -> std::process::Output {
    let process = Command::new(env!("CARGO_BIN_EXE_tensor-wasm"))
        .args(["run", "--addr", "127.0.0.1:0", "--timeout"])
        .arg(if signal { "60s" } else { "100ms" })
        .args(["--ready", "after-instantiate"])
        .arg(module)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if signal {
        std::thread::sleep(Duration::from_millis(300));
        let pid = process.id().to_string();
        assert!(Command::new("kill").arg(&pid).status().unwrap().success());
    }
    process.wait_with_output().unwrap()
}

#[test]
fn a_service_that_does_not_start_is_never_ready() {
    let trapping = starting_with("unreachable");
    let output = start_and_wait(trapping.path(), false);
    assert_eq!(output.status.code(), Some(134));
    assert!(output.stdout.is_empty());

    let spinning = starting_with("(loop (br 0))");
    let output = start_and_wait(spinning.path(), false);
    assert_eq!(output.status.code(), Some(134), "at the timeout");
    assert!(output.stdout.is_empty());

    let output = start_and_wait(spinning.path(), true);
    assert_eq!(output.status.code(), Some(0), "at a signal");
    assert!(output.stdout.is_empty());
}

/// Whether a client program reaches a listener here, with and without the
/// permission to send requests.
#[test]
fn requests_are_sent_only_with_permission() {
    for preview in ["preview2", "preview3"] {
        let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("../suites/wasi");
        let module = suite.join(preview).join("http-client.wasm");
        let reaches = |options: &[&str]| {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let mut client = Command::new(env!("CARGO_BIN_EXE_tensor-wasm"))
                .args(["run", "--timeout", "60s"])
                .args(options)
                .args(["--env", &format!("HTTP_SERVER_MAIN={address}")])
                .arg(&module)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            listener.set_nonblocking(true).unwrap();
            loop {
                if listener.accept().is_ok() {
                    client.kill().unwrap();
                    client.wait().unwrap();
                    return true;
                }
                if let Some(status) = client.try_wait().unwrap() {
                    assert!(!status.success(), "{preview}: it cannot have succeeded");
                    return listener.accept().is_ok();
                }
                std::thread::sleep(Duration::from_millis(5));
            }
        };
        assert!(!reaches(&[]), "{preview} without --http");
        assert!(
            !reaches(&["--inherit-network"]),
            "{preview} with sockets only"
        );
        assert!(reaches(&["--http"]), "{preview} with --http");
    }
}
