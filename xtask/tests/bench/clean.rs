//! `cargo xtask clean`: what goes, and what stays.

use std::time::{Duration, SystemTime};

use super::*;

/// A file in a folder of `target/bench`, written so many days ago.
fn left(workspace: &Workspace, file: &str, mib: usize, days: u64) {
    let file = format!("target/bench/{file}");
    workspace.write(&file, &"x".repeat(mib << 20));
    let written = std::fs::File::options()
        .write(true)
        .open(workspace.path(&file));
    let then = SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60);
    written.unwrap().set_modified(then).unwrap();
}

/// A worker of another commit, unused for so many days.
fn kept(workspace: &Workspace, name: &str, days: u64) {
    left(
        workspace,
        &format!("workers/{name}/tensor-wasm-worker"),
        2,
        0,
    );
    left(workspace, &format!("workers/{name}/used"), 0, days);
}

#[test]
fn clean_takes_away_what_is_old_and_a_dry_run_nothing() {
    let workspace = Workspace::new();
    workspace.xtask(&["clean"]).is(0, "freed 0 MiB");
    for (name, days) in [("old", 30), ("older", 60), ("new", 1), ("newer", 0)] {
        kept(&workspace, name, days);
    }
    workspace.write("target/bench/worktree/file", "x");
    let left = || {
        let entries = std::fs::read_dir(workspace.path("target/bench/workers")).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let dry = workspace.xtask(&["clean", "--dry-run"]);
    dry.is(0, "would free 4 MiB");
    dry.is(0, "workers/old ");
    assert!(!dry.stderr.contains("new"), "{dry:?}");
    assert_eq!(left(), ["new", "newer", "old", "older"]);

    workspace.xtask(&["clean"]).is(0, "freed 4 MiB");
    assert_eq!(left(), ["new", "newer"]);

    // The youngest stays while there is room for one.
    workspace
        .xtask(&["clean", "--max-size", "3"])
        .is(0, "freed 2 MiB");
    assert_eq!(left(), ["newer"]);
    assert!(workspace.path("target/bench/worktree/file").exists());

    workspace.commit();
    workspace.xtask(&["clean", "--all"]).is(0, "freed 2 MiB");
    assert_eq!(left(), [""; 0]);
    assert!(!workspace.path("target/bench/worktree").exists());
}

#[test]
fn clean_leaves_what_a_run_uses() {
    let workspace = Workspace::new();
    kept(&workspace, "used", 30);
    let stamp = workspace.path("target/bench/workers/used/used");
    let used = std::fs::File::open(stamp).unwrap();
    used.lock_shared().unwrap();
    for arguments in [&["clean", "--older-than", "0"][..], &["clean", "--dry-run"]] {
        let ran = workspace.xtask(arguments);
        ran.is(0, "workers/used stays: a run uses it");
        ran.is(0, "0 MiB");
    }
    drop(used);
    workspace.xtask(&["clean"]).is(0, "freed 2 MiB");
}

/// What cargo made of other commits is most of it, and goes like workers do.
#[test]
fn clean_counts_builds_and_samples_as_well() {
    let workspace = Workspace::new();
    let there = |names: &[&str]| {
        for name in ["build", "self-check", "workers/new", "worktree", "corpus"] {
            let is_there = workspace.path(&format!("target/bench/{name}")).exists();
            assert_eq!(is_there, names.contains(&name), "{name}");
        }
    };
    let fill = || {
        kept(&workspace, "new", 2);
        // Its youngest file says when a folder was used.
        left(&workspace, "build/debug/deps/old.rlib", 3, 100);
        left(&workspace, "build/debug/deps/new.rlib", 3, 1);
        left(&workspace, "self-check/aa/samples.jsonl", 1, 20);
        left(&workspace, "worktree/Cargo.toml", 0, 100);
        left(&workspace, "corpus/module.wasm", 0, 100);
    };
    fill();
    workspace.xtask(&["clean"]).is(0, "freed 1 MiB");
    there(&["build", "workers/new", "worktree", "corpus"]);
    // Too large by itself, it takes nothing else with it.
    workspace
        .xtask(&["clean", "--max-size", "5"])
        .is(0, "freed 6 MiB");
    there(&["workers/new", "worktree", "corpus"]);
    fill();
    workspace
        .xtask(&["clean", "--older-than", "1"])
        .is(0, "freed 9 MiB");
    there(&["worktree", "corpus"]);
}
