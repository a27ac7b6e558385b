//! The folders of a test: a workspace with a suite, and a git repository.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const SCRIPT: &str = "(module (func (export \"f\") (result i32) (i32.const 1)))\n\
    (assert_return (invoke \"f\") (i32.const 1))\n";

/// The folders of a test: a workspace with a suite, and a repository.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) variables: Vec<(String, String)>,
}

/// What a suite pins.
#[derive(Clone)]
pub(crate) struct Pin {
    pub(crate) repository: String,
    pub(crate) commit: String,
    pub(crate) sha256: String,
}

impl Place {
    /// A workspace that has a suite `remote` of two scripts in a repository
    /// and a suite `local` of its own.
    pub(crate) fn new() -> (Place, Pin) {
        let place = Place {
            folder: TempDir::new().unwrap(),
            variables: Vec::new(),
        };
        place.write("workspace/Cargo.toml", "[workspace]\nmembers = []\n");
        place.write(
            "workspace/suites/variants.toml",
            "version = 1\n[[variant]]\nname = \"cranelift\"\nengine = \"tensor-wasm\"\n\
             description = \"d\"\n",
        );
        let local = "version = 1\ndescription = \"d\"\nformat = \"wast\"\n\
             [[source]]\nname = \"files\"\n[[source.folder]]\npath = \".\"\n";
        place.write("workspace/suites/local/suite.toml", local);
        place.write("workspace/suites/local/a.wast", SCRIPT);
        place.git(&["init", "--quiet", "--initial-branch", "main", "."]);
        place.write("repository/tests/a.wast", SCRIPT);
        place.write("repository/tests/deep/b.wast", SCRIPT);
        place.write("repository/tests/deep/data.bin", "one\r\ntwo\n");
        place.write("repository/other/c.wast", "not used");
        let commit = place.commit();
        let pin = Pin {
            repository: place.path("repository").display().to_string(),
            commit,
            sha256: "0".repeat(64),
        };
        let pin = place.with_hash(&pin);
        (place, pin)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let repository = self.path("repository");
        std::fs::create_dir_all(&repository).unwrap();
        let output = Command::new("git")
            .current_dir(&repository)
            .args(["-c", "user.name=n", "-c", "user.email=e@example.org"])
            .args(["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"])
            .args(arguments)
            .env_remove("GIT_DIR")
            .envs(isolated())
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub(crate) fn commit(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "m"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Writes the suite file of `remote`.
    pub(crate) fn pin(&self, pin: &Pin) {
        let text = format!(
            "version = 1\ndescription = \"d\"\nformat = \"wast\"\n\
             [[source]]\nname = \"git\"\ndetect = [\"tests/deep/b.wast\"]\n\
             [source.git]\nrepository = \"{}\"\nbranch = \"main\"\ncommit = \"{}\"\n\
             sha256 = \"{}\"\nfolders = [\"tests\"]\n\
             [[source.folder]]\npath = \".\"\n",
            pin.repository, pin.commit, pin.sha256
        );
        self.write("workspace/suites/remote/suite.toml", &text);
    }

    /// The pin with the hash that a fetch says is the right one.
    pub(crate) fn with_hash(&self, pin: &Pin) -> Pin {
        self.pin(pin);
        let ended = self.suites(&["fetch"]);
        ended.is(2, "have the sha256 ");
        let (_, rest) = ended.stderr.split_once("have the sha256 ").unwrap();
        let pin = Pin {
            sha256: rest[..64].to_owned(),
            ..pin.clone()
        };
        self.pin(&pin);
        pin
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .current_dir(self.path("workspace"))
            .args(arguments)
            .stdin(Stdio::null())
            .env_remove("CARGO_TARGET_DIR")
            .envs(isolated())
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        Ended::from(self.command(arguments).output().unwrap())
    }

    pub(crate) fn suites(&self, arguments: &[&str]) -> Ended {
        self.run(&[&["suites"], arguments].concat())
    }

    pub(crate) fn conformance(&self, arguments: &[&str]) -> Ended {
        let worker = Path::new(env!("CARGO_BIN_EXE_xtask")).with_file_name("tensor-wasm-worker");
        assert!(worker.is_file(), "build it: cargo build --workspace --bins");
        let start = ["conformance", "--worker", worker.to_str().unwrap()];
        self.run(&[&start[..], arguments].concat())
    }

    pub(crate) fn document(&self, arguments: &[&str]) -> (i32, Value) {
        let ended = self.suites(&[arguments, &["--format", "json"]].concat());
        let document = serde_json::from_str(&ended.stdout)
            .unwrap_or_else(|error| panic!("{error}: {ended:#?}"));
        (ended.code, document)
    }

    pub(crate) fn corpus(&self, pin: &Pin) -> String {
        format!("workspace/target/suites/remote-{}", &pin.commit[..12])
    }

    /// What fetches have left behind, without memories and locks.
    pub(crate) fn left(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.path("workspace/target/suites")) else {
            return Vec::new();
        };
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.starts_with(".lock-") && !name.starts_with(".cargo-"))
            .collect()
    }

    /// Puts a program before the real git. `body` is a shell script that may
    /// end in `exec "$GIT" "$@"`.
    pub(crate) fn fake_git(&mut self, body: &str) {
        let real = Command::new("sh").args(["-c", "command -v git"]).output();
        let real = String::from_utf8(real.unwrap().stdout).unwrap();
        let path = self.path("bin/git");
        self.write(
            "bin/git",
            &format!("#!/bin/sh\nGIT={}\n{body}\n", real.trim()),
        );
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        let rest = std::env::var("PATH").unwrap();
        let bin = self.path("bin").display().to_string();
        self.set("PATH", &format!("{bin}:{rest}"));
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }
}

/// Keeps the configuration of whoever runs the tests out of them.
fn isolated() -> [(&'static str, &'static str); 2] {
    [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
    ]
}

#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    pub(crate) fn is(&self, code: i32, says: &str) {
        let said = self.stderr.contains(says) || self.stdout.contains(says);
        assert!(
            self.code == code && said,
            "wanted {code} and `{says}`: {self:#?}"
        );
    }
}

/// The process id that a program writes to a file within some seconds.
pub(crate) fn started(mark: &str, seconds: u64) -> String {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    loop {
        let pid = std::fs::read_to_string(mark).unwrap_or_default();
        if pid.ends_with('\n') {
            return pid.trim().to_owned();
        }
        assert!(Instant::now() < deadline, "nothing started");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until a process is gone that should be.
pub(crate) fn gone(pid: &str) {
    let deadline = Instant::now() + Duration::from_secs(10);
    let alive = || {
        // A zombie that nobody waits for has no command line.
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        !line.is_empty()
    };
    while alive() {
        assert!(Instant::now() < deadline, "{pid} is left running");
        std::thread::sleep(Duration::from_millis(10));
    }
}
