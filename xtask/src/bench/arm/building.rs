//! Workers built from commits of a small workspace, by the real git and the real cargo.

use std::time::SystemTime;

use super::tests::Repository;
use super::*;

/// A workspace whose worker says a word.
fn workspace(word: &str) -> Repository {
    let repository = Repository::new(&[]);
    let manifest = "[workspace]\nmembers = [\"harness\"]\nresolver = \"3\"\n\
                    [workspace.dependencies]\nwasmtime = \"=1.2.3\"\n";
    repository.write("Cargo.toml", manifest);
    let package = "[package]\nname = \"h\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
                   [[bin]]\nname = \"tensor-wasm-worker\"\npath = \"src/worker.rs\"\n";
    repository.write("harness/Cargo.toml", package);
    let lock = "version = 4\n\n[[package]]\nname = \"h\"\nversion = \"0.1.0\"\n";
    repository.write("Cargo.lock", lock);
    says(&repository, word);
    repository
}

/// Commits a worker that says this.
fn says(repository: &Repository, word: &str) {
    let text = format!("fn main() {{ println!(\"{word}\"); }}\n");
    repository.write("harness/src/worker.rs", &text);
    repository.commit();
}

fn said(worker: &Worker) -> String {
    let output = Command::new(&worker.program).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_worker_is_of_its_commit_and_built_once() {
    let repository = workspace("one");
    let root = repository.root();
    let one = repository.sources();
    says(&repository, "two");
    let two = repository.sources();

    let of_one = worker(root, &one).unwrap();
    assert_eq!(said(&of_one), "one\n");
    assert_eq!(of_one.info.commit.as_ref(), Some(&one.commit));
    let of_two = worker(root, &two).unwrap();
    assert_eq!(said(&of_two), "two\n");

    // Found: what it would be built in is gone, and made again only for a build.
    let folder = folder(root).unwrap();
    std::fs::remove_dir_all(folder.join("worktree")).unwrap();
    let again = worker(root, &one).unwrap();
    assert_eq!(again.program, of_one.program);
    assert!(!folder.join("worktree").exists());
    // And nobody removes what this process uses.
    assert!(unused(of_one.program.parent().unwrap()).is_none());

    // A worktree that somebody else left, with changes and files of theirs.
    says(&repository, "three");
    worker(root, &repository.sources()).unwrap();
    std::fs::write(folder.join("worktree/harness/build.rs"), "no Rust").unwrap();
    std::fs::write(folder.join("worktree/harness/src/worker.rs"), "none").unwrap();
    says(&repository, "four");
    let four = worker(root, &repository.sources()).unwrap();
    assert_eq!(said(&four), "four\n");
    // The user's own files are as they were.
    assert_eq!(changes(root).unwrap(), [""; 0]);
}

#[test]
fn a_commit_that_does_not_build_leaves_no_worker() {
    let repository = workspace("one");
    repository.write("harness/src/worker.rs", "fn main() { nothing() }\n");
    repository.commit();
    let error = worker(repository.root(), &repository.sources()).unwrap_err();
    assert!(error.to_string().contains("does not build"), "{error:#}");
    let workers = folder(repository.root()).unwrap().join("workers");
    assert!(!workers.exists());
    // The next one builds where this one failed.
    says(&repository, "mended");
    let mended = worker(repository.root(), &repository.sources()).unwrap();
    assert_eq!(said(&mended), "mended\n");
}

#[test]
fn another_wasmtime_is_in_the_worktree_and_another_worker() {
    let repository = workspace("one");
    let sources = Sources {
        wasmtime: Some("4.5.6".to_owned()),
        ..repository.sources()
    };
    let other = worker(repository.root(), &sources).unwrap();
    assert_eq!(other.info.wasmtime.as_deref(), Some("4.5.6"));
    let read = |folder: PathBuf| std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let worktree = folder(repository.root()).unwrap().join("worktree");
    assert!(read(worktree).contains("\"=4.5.6\""));
    assert!(read(repository.root().to_owned()).contains("\"=1.2.3\""));
    let own = worker(repository.root(), &repository.sources()).unwrap();
    assert_ne!(own.program, other.program);
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn another_layout_is_another_binary_of_the_same_commit() {
    let repository = workspace("one");
    let shuffled = |seed| Sources {
        layout: Some(seed),
        ..repository.sources()
    };
    let workers = [shuffled(7), shuffled(8)].map(|sources| {
        let built = worker(repository.root(), &sources).unwrap();
        assert_eq!(said(&built), "one\n");
        built.program
    });
    assert_ne!(workers[0], workers[1]);
}

#[test]
fn copies_of_earlier_workers_go_unless_a_run_uses_them() {
    let repository = workspace("one");
    let root = repository.root();
    let built = root.join("built");
    let kept = |word: &str, seconds: u64| {
        std::fs::write(&built, word).unwrap();
        let file = File::options().write(true).open(&built).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        file.set_modified(time).unwrap();
        keep_current(root, &built).unwrap()
    };
    let first = kept("first", 1);
    assert_eq!(kept("first", 1), first);
    // This process uses the first; nobody the one that an earlier run has left.
    let left = first.parent().unwrap().with_file_name("current-0-0");
    std::fs::create_dir(&left).unwrap();
    std::fs::write(left.join(program_name()), "left").unwrap();
    let of_a_commit = left.with_file_name("0123");
    std::fs::create_dir(&of_a_commit).unwrap();

    let second = kept("second", 2);
    assert_ne!(second, first);
    assert_eq!(std::fs::read_to_string(second).unwrap(), "second");
    assert!(first.is_file() && of_a_commit.is_dir());
    assert!(!left.exists());
}
