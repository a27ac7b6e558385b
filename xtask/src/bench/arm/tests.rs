//! Keys and changes of small repositories.

use super::*;

/// A repository with one commit, and files to change.
pub(super) struct Repository(tempfile::TempDir);

impl Repository {
    pub(super) fn new(files: &[&str]) -> Repository {
        let repository = Repository(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet", "--initial-branch", "main", "."]);
        for file in files {
            repository.write(file, "before\n");
        }
        repository.write(".gitignore", "target\n");
        repository.commit();
        repository
    }

    pub(super) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn write(&self, file: &str, text: &str) {
        let path = self.root().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn git(&self, arguments: &[&str]) {
        let settings = [
            "user.name=n",
            "user.email=e@example.org",
            "commit.gpgsign=false",
        ];
        let mut all: Vec<_> = settings.iter().flat_map(|set| ["-c", *set]).collect();
        all.extend(arguments);
        git(self.root(), &all).unwrap();
    }

    pub(super) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "m"]);
    }

    fn key(&self) -> String {
        key(self.root(), &self.sources()).unwrap()
    }

    pub(super) fn sources(&self) -> Sources {
        Sources {
            commit: commit(self.root(), "HEAD").unwrap(),
            wasmtime: None,
            layout: None,
            engine: "tensor-wasm".to_owned(),
        }
    }
}

/// Each is what a worker is made of.
const OF_A_WORKER: [&str; 13] = [
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "harness/Cargo.toml",
    "harness/build.rs",
    "harness/src/judge/tests/x.rs",
    "harness/src/lib.rs",
    "runtime/Cargo.toml",
    "runtime/build.rs",
    "runtime/src/lib.rs",
    "runtime/wit/gpu.wit",
    "rust-toolchain.toml",
    "xtask/Cargo.toml",
];

/// None of these is.
const OF_NO_WORKER: [&str; 6] = [
    "README.md",
    "docs/baseline.md",
    "harness/tests/bench/main.rs",
    "runtime/benches/gpu.rs",
    "suites/corpus/fib/fib.wat",
    "xtask/src/main.rs",
];

#[test]
fn whatever_a_worker_is_made_of_makes_another_key() {
    let repository = Repository::new(&[&OF_A_WORKER[..], &OF_NO_WORKER].concat());
    let mut last = repository.key();
    for file in OF_NO_WORKER {
        repository.write(file, "after\n");
        repository.commit();
        assert_eq!(repository.key(), last, "{file}");
    }
    for file in OF_A_WORKER {
        repository.write(file, "after\n");
        repository.commit();
        let key = repository.key();
        assert_ne!(key, last, "{file}");
        last = key;
    }
}

/// What this project's own workers are made of is among it.
#[test]
fn the_key_is_of_the_files_there_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let here = OF_A_WORKER.iter().filter(|file| root.join(file).is_file());
    assert!(here.count() >= OF_A_WORKER.len() - 2);
}

#[test]
fn a_file_in_no_commit_is_a_change_where_it_is_measured() {
    let repository = Repository::new(&["runtime/src/lib.rs", "suites/corpus/fib/fib.wat"]);
    let changes = || changes(repository.root()).unwrap();
    for unmeasured in [
        "notes.txt",
        "bench-results/history/1.json",
        "target/x",
        "out/bench.md",
    ] {
        repository.write(unmeasured, "x");
    }
    assert_eq!(changes(), [""; 0]);
    for measured in [
        "suites/corpus/new/new.wat",
        "runtime/build.rs",
        ".cargo/config.toml",
    ] {
        repository.write(measured, "x");
        assert_eq!(changes(), [measured]);
        std::fs::remove_file(repository.root().join(measured)).unwrap();
    }
    repository.write("runtime/src/lib.rs", "after\n");
    assert_eq!(changes(), ["runtime/src/lib.rs"]);
}
