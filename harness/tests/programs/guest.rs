//! A runtime and its programs in one, that misbehave on demand: the file that
//! is a program elsewhere names what is done here.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// What the runtime is started with.
struct Guest {
    env: BTreeMap<String, String>,
    root: Option<PathBuf>,
    args: Vec<String>,
}

pub(crate) fn main() -> ExitCode {
    let mut guest = Guest {
        env: BTreeMap::new(),
        root: None,
        args: Vec::new(),
    };
    let mut words = std::env::args().skip(2);
    let file = loop {
        let word = words.next().expect("a file");
        match word.as_str() {
            "--env" => {
                let pair = words.next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                guest.env.insert(name.to_owned(), value.to_owned());
            }
            "--root" => guest.root = words.next().map(PathBuf::from),
            _ => break word,
        }
    };
    guest.args = words.collect();
    let script = std::fs::read_to_string(file).unwrap();
    let mut code = 0;
    for line in script.lines() {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        code = guest.act(verb, rest);
    }
    ExitCode::from(code)
}

impl Guest {
    fn act(&self, verb: &str, rest: &str) -> u8 {
        match verb {
            "exit" => return rest.parse().unwrap(),
            "say" => say(rest),
            "complain" => std::io::stderr().write_all(rest.as_bytes()).unwrap(),
            "sleep" => std::thread::sleep(Duration::from_millis(rest.parse().unwrap())),
            "hang" => std::thread::sleep(Duration::from_secs(600)),
            "abort" => std::process::abort(),
            "args" => say(&self.args.join(",")),
            "env" => say(&format!("{:?}", self.env)),
            "own-env" => say(&format!("{:?}", std::env::var_os(rest))),
            "cat" => {
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text).unwrap();
                say(&text);
            }
            "flood" => flood(),
            "eat-memory" => eat_memory(),
            "ignore-signals" => ignore_signals(),
            "leave-child" => self.leave_child(rest),
            "where" => std::fs::write(rest, self.place()).unwrap(),
            "touch" => std::fs::write(self.root().join(rest), "touched").unwrap(),
            "list" => say(&self.list()),
            "lock" => self.lock(),
            "listen" => listen(rest),
            "print-closed-port" => say(&format!("{}\n", free_port())),
            "serve" => serve(rest),
            "get" => return self.get(rest),
            "connect-to" => {
                let refused = TcpStream::connect(&self.env[rest]).unwrap_err().kind();
                say(&format!("{refused:?}"));
            }
            other => panic!("no verb {other}"),
        }
        0
    }

    fn root(&self) -> PathBuf {
        self.root.clone().expect("a root")
    }

    /// The folder it runs in and the root it has, to look later whether both
    /// are gone.
    fn place(&self) -> String {
        let folder = std::env::current_dir().unwrap();
        std::fs::write("left-behind", "x").unwrap();
        let root = self.root.clone().unwrap_or_default();
        format!("{}\n{}", folder.display(), root.display())
    }

    fn list(&self) -> String {
        let entries = std::fs::read_dir(self.root()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names.join(",")
    }

    /// Leaves a folder nobody may look into.
    fn lock(&self) {
        use std::os::unix::fs::PermissionsExt;
        let folder = self.root().join("locked");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("x"), "x").unwrap();
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o000)).unwrap();
    }

    /// Starts a process that holds this one's outputs open, and ends.
    #[expect(clippy::zombie_processes, reason = "that is the fault")]
    fn leave_child(&self, pid_file: &str) {
        let script = std::env::current_dir().unwrap().join("hang");
        std::fs::write(&script, "hang").unwrap();
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .arg("--guest")
            .arg(script)
            .spawn()
            .unwrap();
        std::fs::write(pid_file, child.id().to_string()).unwrap();
    }

    /// `VARIABLE METHOD PATH [HEADER: VALUE]…`: prints the answer as it comes.
    fn get(&self, what: &str) -> u8 {
        let mut words = what.splitn(3, ' ');
        let address = &self.env[words.next().unwrap()];
        let (method, rest) = (words.next().unwrap(), words.next().unwrap());
        let (path, more) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut stream = TcpStream::connect(address).unwrap();
        let more = more.replace("\\r\\n", "\r\n");
        let request = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\n{more}\r\n\r\n");
        let request = request.replace("\r\n\r\n\r\n", "\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        // The order of headers of different names means nothing.
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut lines: Vec<_> = head
            .lines()
            .filter(|line| !line.starts_with("date:"))
            .collect();
        lines[1..].sort_unstable();
        let body = body.replace("\r\n", "|");
        say(&format!("{}||{body}", lines.join("|")));
        0
    }
}

fn say(text: &str) {
    let mut stdout = std::io::stdout();
    stdout.write_all(text.as_bytes()).unwrap();
    stdout.flush().unwrap();
}

fn flood() {
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..64 {
        if std::io::stdout().write_all(&piece).is_err() {
            return;
        }
    }
}

fn eat_memory() {
    let mut eaten = Vec::new();
    loop {
        eaten.push(std::hint::black_box(vec![1_u8; 1 << 20]));
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn async_block<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

fn ignore_signals() {
    use tokio::signal::unix::{SignalKind, signal};
    async_block(async {
        let mut interrupts = signal(SignalKind::interrupt()).unwrap();
        let mut terms = signal(SignalKind::terminate()).unwrap();
        say("deaf\n");
        loop {
            tokio::select! { _ = interrupts.recv() => {}, _ = terms.recv() => {} }
        }
    });
}

fn free_port() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// Prints an address, accepts, and does what `how` says with what it reads.
fn listen(how: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    say(&format!("{}\n", listener.local_addr().unwrap()));
    let (mut stream, _) = listener.accept().unwrap();
    let mut piece = [0; 1024];
    let length = stream.read(&mut piece).unwrap();
    let text = &piece[..length];
    match how {
        "echo" => stream.write_all(text).unwrap(),
        "echo-and-more" => stream.write_all(&[text, b" and more"].concat()).unwrap(),
        "shout" => stream.write_all(&text.to_ascii_uppercase()).unwrap(),
        "mute" => std::thread::sleep(Duration::from_secs(600)),
        other => panic!("no way {other}"),
    }
}

/// Serves HTTP until it is interrupted.
fn serve(how: &str) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let how = how.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = Vec::new();
            let mut piece = [0; 4096];
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                let length = stream.read(&mut piece).unwrap();
                if length == 0 {
                    break;
                }
                request.extend_from_slice(&piece[..length]);
            }
            let text = String::from_utf8_lossy(&request);
            let first = text.lines().next().unwrap_or_default().to_owned();
            let answer = match how.as_str() {
                "silent" => {
                    std::thread::sleep(Duration::from_secs(600));
                    String::new()
                }
                "garbage" => "this is not HTTP\r\n\r\n".to_owned(),
                "cut" => "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort".to_owned(),
                _ => format!(
                    "HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\ncontent-length: {}\r\n\r\n{first}",
                    first.len()
                ),
            };
            // The client may have gone.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    async_block(async move {
        let mut interrupts =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt()).unwrap();
        let _ = std::io::stderr().write_all(
            format!("warning: this line has no address\nServing HTTP on http://{address}/\n")
                .as_bytes(),
        );
        interrupts.recv().await;
    });
}
