//! `tensor-wasm run` as its users meet it: exit codes, grants, readiness,
//! limits and signals.
#![cfg(feature = "executor")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Far above what any of these programs needs.
const SOON: &str = "60s";

fn guest(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/guests")
        .join(name)
}

fn tensor_wasm() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tensor-wasm"));
    command.arg("run").stdin(Stdio::null());
    command
}

fn run<const N: usize>(arguments: [&str; N]) -> Output {
    tensor_wasm().args(arguments).output().unwrap()
}

fn text(module: &str) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".wat").tempfile().unwrap();
    std::fs::write(file.path(), module).unwrap();
    file
}

fn run_text<const N: usize>(options: [&str; N], module: &str) -> Output {
    let file = text(module);
    tensor_wasm()
        .args(options)
        .arg(file.path())
        .output()
        .unwrap()
}

/// The exit code, and the one line that explains it.
#[track_caller]
fn failure(output: &Output) -> (i32, String) {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    let line = stderr.strip_suffix('\n').unwrap_or(&stderr).to_owned();
    assert!(line.starts_with("tensor-wasm: "), "{line}");
    assert!(!line.contains('\n'), "more than one line: {line}");
    (output.status.code().unwrap(), line)
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

#[test]
fn the_guests_own_exit_code_is_passed_on() {
    let count = guest("count.wat");
    let count = count.to_str().unwrap();
    assert_eq!(run([count]).status.code(), Some(1), "its own name");
    assert_eq!(run([count, "--help", "-x"]).status.code(), Some(3));
}

#[test]
fn only_the_variables_that_were_given_reach_the_guest() {
    let count = guest("count.wat");
    let run = |options: &[&str]| {
        let output = tensor_wasm()
            .env("SECRET", "s")
            .args(options)
            .arg(&count)
            .output();
        output.unwrap().status.code().unwrap()
    };
    assert_eq!(run(&[]), 1);
    assert_eq!(run(&["--env", "A=1", "--env", "B="]), 21);
    assert_eq!(run(&["--env", "SECRET"]), 11, "taken from here");
    assert_eq!(run(&["--env", "NO_SUCH_VARIABLE"]), 1);
}

#[test]
fn without_a_directory_there_is_none() {
    let open = guest("open.wat");
    const BADF: i32 = 8;
    let code = run([open.to_str().unwrap(), "etc/passwd"]).status.code();
    assert_eq!(code, Some(BADF));
}

#[cfg(unix)]
#[test]
fn neither_dots_nor_links_nor_absolute_paths_lead_out_of_a_directory() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let outside = folder.path().join("outside");
    let inside = folder.path().join("inside");
    std::fs::create_dir_all(inside.join("deep")).unwrap();
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("secret"), "s").unwrap();
    std::fs::write(inside.join("file"), "f").unwrap();
    symlink(outside.join("secret"), inside.join("absolute-link")).unwrap();
    symlink("../outside/secret", inside.join("relative-link")).unwrap();
    symlink("../outside", inside.join("link-to-folder")).unwrap();
    symlink("file", inside.join("good-link")).unwrap();

    let dir = format!("{}::/", inside.display());
    let open = guest("open.wat");
    let open = open.to_str().unwrap();
    let errno = |path: &str| run(["--dir", &dir, open, path]).status.code().unwrap();

    for path in ["file", "deep/../file", "./file", "good-link"] {
        assert_eq!(errno(path), 0, "{path}");
    }
    const NOENT: i32 = 44;
    const PERM: i32 = 63;
    assert_eq!(errno("nothing"), NOENT);
    let secret = outside.join("secret");
    for path in [
        "../outside/secret",
        "deep/../../outside/secret",
        "absolute-link",
        "relative-link",
        "link-to-folder/secret",
        secret.to_str().unwrap(),
    ] {
        assert_eq!(errno(path), PERM, "{path}");
    }
    let created = run(["--dir", &dir, open, "../outside/new", "create"]);
    assert_eq!(created.status.code(), Some(PERM));
    assert!(!outside.join("new").exists());
    let created = run(["--dir", &dir, open, "new", "create"]);
    assert_eq!(created.status.code(), Some(0));
    assert!(inside.join("new").exists());
}

#[test]
fn a_directory_that_is_not_there_is_said() {
    let count = guest("count.wat");
    let output = run(["--dir", "no-such-folder::/", count.to_str().unwrap()]);
    let (code, line) = failure(&output);
    assert_eq!(code, 126);
    assert!(line.contains("no-such-folder"), "{line}");
}

#[test]
fn what_does_not_load_has_a_code_of_its_own() {
    let (code, line) = failure(&run(["no-such-file.wasm"]));
    assert_eq!(code, 126);
    assert!(line.contains("no-such-file.wasm"), "{line}");

    let (code, line) = failure(&run_text([], "(module (func (result i32)))"));
    assert_eq!(code, 126);
    assert!(line.contains("refused"), "{line}");

    let module = r#"(module (import "env" "launch" (func)) (func (export "_start")))"#;
    let (code, line) = failure(&run_text([], module));
    assert_eq!(code, 126);
    assert!(line.contains("env") && line.contains("launch"), "{line}");

    let (code, line) = failure(&run_text(["--max-module", "4"], "(module)"));
    assert_eq!(code, 126);
    assert!(line.contains("--max-module"), "{line}");

    let (code, _) = failure(&run(["."]));
    assert_eq!(code, 126);
}

#[test]
fn a_program_without_an_entry_point_is_not_run() {
    // Its start function would trap: it must not even be instantiated.
    let module = r"(module (func $f unreachable) (start $f))";
    let (code, line) = failure(&run_text([], module));
    assert_eq!(code, 127);
    assert!(line.contains("_start"), "{line}");

    let module = r#"(module (func (export "_start") (param i32)))"#;
    assert_eq!(failure(&run_text([], module)).0, 127);

    let (code, line) = failure(&run_text([], "(component)"));
    assert_eq!(code, 127);
    assert!(line.contains("wasi:cli/run"), "{line}");
}

#[test]
fn a_trap_has_a_code_of_its_own_and_names_itself() {
    let module = r#"(module (func (export "_start")
        (drop (i32.div_s (i32.const 1) (i32.const 0)))))"#;
    let (code, line) = failure(&run_text([], module));
    assert_eq!(code, 134);
    assert!(line.contains("integer divide by zero"), "{line}");

    let module = r#"(module (func $f unreachable) (start $f) (func (export "_start")))"#;
    assert_eq!(
        failure(&run_text([], module)).0,
        134,
        "in the start function"
    );
}

#[test]
fn readiness_is_said_once_and_when_the_contract_says_so() {
    let lifecycle = guest("lifecycle.wat");
    let run = |ready: &str| {
        let output = tensor_wasm()
            .args(["--ready", ready])
            .arg(&lifecycle)
            .output();
        let output = output.unwrap();
        (output.status.code().unwrap(), stdout(&output).to_owned())
    };
    assert_eq!(run("off"), (0, "start\n".to_owned()));
    assert_eq!(run("after-instantiate"), (0, "READY\nstart\n".to_owned()));
    assert_eq!(run("export:warm"), (0, "warm\nREADY\nstart\n".to_owned()));
    assert_eq!(run("export:broken"), (134, String::new()));
    assert_eq!(run("export:with-parameter"), (127, String::new()));
    assert_eq!(run("export:nothing"), (127, String::new()));
    assert_eq!(run("sometimes"), (2, String::new()));

    let module = r#"(module (func $f unreachable) (start $f) (func (export "_start")))"#;
    let output = run_text(["--ready", "after-instantiate"], module);
    assert_eq!((output.status.code(), stdout(&output)), (Some(134), ""));
}

#[test]
fn limits_are_kept_and_named() {
    let (code, line) = failure(&run_text(
        ["--max-memory", "64KiB"],
        r#"(module (memory 2) (func (export "_start")))"#,
    ));
    assert_eq!(code, 126);
    assert!(line.contains("131072") && line.contains("65536"), "{line}");

    let grows = r#"(module (memory 1)
        (func (export "grow") (result i32) (memory.grow (i32.const 1))))"#;
    let grown = run_text(["--max-memory", "128KiB", "--invoke", "grow"], grows);
    assert_eq!(stdout(&grown), "[1]\n");
    let refused = run_text(["--max-memory", "64KiB", "--invoke", "grow"], grows);
    assert_eq!(stdout(&refused), "[-1]\n");

    let spins = r#"(module (func (export "_start") (loop (br 0))))"#;
    let (code, line) = failure(&run_text(["--fuel", "10000"], spins));
    assert_eq!(code, 134);
    assert!(line.contains("fuel"), "{line}");
}

#[test]
fn a_timeout_stops_a_guest_that_computes_and_one_that_waits() {
    let spins = r#"(module (func (export "_start") (loop (br 0))))"#;
    let (code, line) = failure(&run_text(["--timeout", "50ms"], spins));
    assert_eq!(code, 142);
    assert!(line.contains("50ms"), "{line}");

    let mut waiting = tensor_wasm()
        .args(["--timeout", "50ms"])
        .arg(guest("read.wat"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let _open = waiting.stdin.take();
    assert_eq!(waiting.wait().unwrap().code(), Some(142));
}

#[test]
fn exports_are_called_with_arguments_of_their_types() {
    let module = r#"(module
        (func (export "id") (param i32 i64 f32 f64) (result i32 i64 f32 f64)
          (local.get 0) (local.get 1) (local.get 2) (local.get 3))
        (func (export "ref") (param externref)))"#;
    let file = text(module);
    let call = |export: &str, args: &str| {
        let mut command = tensor_wasm();
        command.args(["--invoke", export, "--args", args]);
        command.arg(file.path()).output().unwrap()
    };
    let output = call("id", r#"[4294967295, -1, "nan:0x7fa00000", 0.1]"#);
    assert_eq!(stdout(&output), "[-1,-1,\"nan:0x7fa00000\",0.1]\n");

    for (export, args, code, part) in [
        ("id", "[1, 2, 3]", 2, "4 arguments"),
        ("id", "[1, 2.5, 3, 4]", 2, "argument 1"),
        ("id", "{}", 2, "array"),
        ("ref", "[null]", 2, "reference"),
        ("nothing", "[]", 127, "nothing"),
    ] {
        let (got, line) = failure(&call(export, args));
        assert_eq!(got, code, "{line}");
        assert!(line.contains(part), "{line}");
    }
}

#[test]
fn exports_of_components_are_called_too() {
    let values = guest("values.wat");
    let call = |export: &str, args: &str| {
        let mut command = tensor_wasm();
        command.args(["--invoke", export, "--args", args]);
        command.arg(&values).output().unwrap()
    };
    for (export, args) in [
        ("text", r#"["grüße"]"#),
        ("maybe", "[null]"),
        ("maybe", "[4294967295]"),
        ("test:values/numbers#float", "[0.1]"),
        ("test:values/numbers#float", r#"["-inf"]"#),
    ] {
        assert_eq!(stdout(&call(export, args)), format!("{args}\n"), "{export}");
    }
    for (export, args, code, part) in [
        ("text", "[1]", 2, "a string is wanted"),
        ("maybe", "[-1]", 2, "whole number"),
        ("text", "[]", 2, "1 arguments"),
        ("numbers#float", "[0]", 127, "numbers#float"),
    ] {
        let (got, line) = failure(&call(export, args));
        assert_eq!(got, code, "{line}");
        assert!(line.contains(part), "{line}");
    }
}

#[test]
fn the_command_line_is_checked_before_anything_runs() {
    let count = guest("count.wat");
    let count = count.to_str().unwrap();
    for options in [
        ["--timeout", "10"],
        ["--max-memory", "64MB"],
        ["--config", "compiler=gcc"],
        ["--config", "fuel=3"],
        ["--env", "=x"],
        ["--dir", "::/"],
        ["--addr", "localhost"],
        ["--args", "[]"],
    ] {
        let output = run([options[0], options[1], count]);
        assert_eq!(output.status.code(), Some(2), "{options:?}");
        assert!(!output.stderr.is_empty());
    }
    let (code, line) = failure(&run(["--addr", "127.0.0.1:0", count]));
    assert_eq!(code, 127);
    assert!(line.contains("nothing to serve"), "{line}");
}

#[test]
fn compiled_code_is_kept_where_it_was_asked_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let count = guest("count.wat");
    let run = || {
        let mut command = tensor_wasm();
        command.arg("--code-cache").arg(&cache).arg(&count);
        command.output().unwrap().status.code()
    };
    assert_eq!(run(), Some(1));
    let files = || {
        let mut found = Vec::new();
        let mut folders = vec![cache.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                match entry.file_type().unwrap().is_dir() {
                    true => folders.push(entry.path()),
                    false => found.push(entry.path()),
                }
            }
        }
        found
    };
    assert!(!files().is_empty());
    assert_eq!(run(), Some(1), "with the code that was kept");
}

#[cfg(unix)]
mod signals {
    use super::*;

    use std::os::unix::process::ExitStatusExt as _;

    fn stops(program: &str, signal: &str) -> (Option<i32>, Option<i32>) {
        let mut child = tensor_wasm()
            .args(["--timeout", SOON])
            .arg(guest(program))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let _open = child.stdin.take();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        assert!(line.ends_with("ing\n"), "{line}");
        let pid = child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        let status = child.wait().unwrap();
        let mut rest = String::new();
        said.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
        (status.code(), status.signal())
    }

    #[test]
    fn a_signal_stops_a_guest_that_computes_and_one_that_waits() {
        for program in ["spin.wat", "read.wat"] {
            assert_eq!(stops(program, "INT"), (Some(130), None), "{program}");
            assert_eq!(stops(program, "TERM"), (Some(143), None), "{program}");
        }
    }

    #[test]
    fn a_closed_pipe_ends_a_guest_that_writes_and_is_no_crash() {
        let writes = r#"(module
          (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 16) "y\0a")
          (func (export "_start")
            (i32.store (i32.const 0) (i32.const 16))
            (i32.store (i32.const 4) (i32.const 2))
            (loop $more
              (br_if $more (i32.eqz (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
            (call $exit (i32.const 9))))"#;
        let file = text(writes);
        let mut child = tensor_wasm()
            .args(["--timeout", SOON])
            .arg(file.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 2];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        assert_eq!(&first, b"y\n");
        assert_eq!(child.wait().unwrap().code(), Some(9));
    }
}
