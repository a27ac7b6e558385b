//! `cargo xtask suites` and suites from git, with real repositories: what is
//! fetched, what is refused, and what a run says of a suite that is not there.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

#[path = "support/place.rs"]
mod place;

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use place::{Ended, Pin, Place, SCRIPT, gone, started};
use serde_json::Value;

#[test]
fn a_corpus_is_fetched_listed_verified_and_run() {
    let (place, pin) = Place::new();
    let (code, document) = place.document(&["list"]);
    let remote = &document["suites"][1];
    assert_eq!((code, &remote["path"]), (0, &Value::Null));
    assert_eq!(remote["supply"]["commit"], pin.commit);
    assert_eq!(
        remote["absent"]["command"],
        "cargo xtask suites fetch remote"
    );
    place.suites(&["fetch"]).is(0, "3 files");
    place.suites(&["fetch"]).is(0, " already");
    // Only what is used is there, with the bytes of the commit.
    let corpus = place.corpus(&pin);
    let data = std::fs::read(place.path(&format!("{corpus}/tests/deep/data.bin")));
    assert_eq!(data.unwrap(), b"one\r\ntwo\n");
    assert!(!place.path(&format!("{corpus}/other")).exists());
    assert!(!place.path(&format!("{corpus}/.git")).exists());
    let (_, document) = place.document(&["list"]);
    let path = document["suites"][1]["path"].as_str().unwrap();
    assert!(path.ends_with(&corpus["workspace/".len()..]), "{path}");
    let (code, document) = place.document(&["verify"]);
    assert_eq!((code, &document["verdict"]), (0, &"pass".into()));
    assert_eq!(document["suites"][0]["commit_found"], pin.commit);
    place
        .conformance(&["remote"])
        .is(0, "4 directives in 2 cases");
    assert_eq!(place.left().len(), 1);
}

#[test]
fn what_is_not_the_pinned_content_leaves_nothing_behind() {
    let (place, pin) = Place::new();
    assert_eq!(place.left(), [""; 0], "a wrong sha256");
    let other = Pin {
        commit: "1".repeat(40),
        ..pin.clone()
    };
    place.pin(&other);
    let ended = place.suites(&["fetch", "remote"]);
    ended.is(2, &format!("`main` of {}", pin.repository));
    ended.is(2, &format!("is at {} now", pin.commit));
    let nowhere = place.path("nowhere").display().to_string();
    place
        .suites(&["fetch", "remote", "--url", &nowhere])
        .is(2, "git fetch failed");
    assert_eq!(place.left(), [""; 0]);
    place.suites(&["verify"]).is(2, "suites fetch remote");
}

#[test]
fn a_commit_that_is_no_longer_the_newest_can_be_fetched() {
    let (place, pin) = Place::new();
    place.write("repository/tests/a.wast", "changed later");
    place.commit();
    place.suites(&["fetch"]).is(0, "as pinned");
    assert!(place.path(&place.corpus(&pin)).is_dir());
}

#[test]
fn the_branch_is_asked_for_where_a_server_gives_no_bare_commit() {
    let (mut place, pin) = Place::new();
    place.fake_git(&format!(
        "case \" $* \" in *' fetch '*' {} '*)\n\
         echo 'error: Server does not allow request for unadvertised object' >&2; exit 128;;\n\
         esac\nexec \"$GIT\" \"$@\"",
        pin.commit
    ));
    place.suites(&["fetch"]).is(0, "as pinned");
    std::fs::remove_dir_all(place.path("workspace/target")).unwrap();
    place.write("repository/tests/a.wast", "changed later");
    let newer = place.commit();
    let ended = place.suites(&["fetch"]);
    ended.is(2, &format!("is at {newer} now"));
    assert_eq!(place.left(), [""; 0]);
}

#[test]
fn a_corpus_that_was_changed_is_noticed_and_mended() {
    let (place, pin) = Place::new();
    place.suites(&["fetch"]).is(0, "as pinned");
    let corpus = place.corpus(&pin);
    // The same length: only reading it shows the difference.
    place.write(
        &format!("{corpus}/tests/a.wast"),
        &SCRIPT.replace("(i32.const 1))\n", "(i32.const 2))\n"),
    );
    let ended = place.suites(&["verify"]);
    ended.is(1, "changed: tests/a.wast");
    assert!(!ended.stdout.contains("tests/deep"), "{ended:#?}");
    place.suites(&["fetch"]).is(0, "as pinned");
    place.suites(&["verify"]).is(0, "as pinned");

    std::fs::remove_file(place.path(&format!("{corpus}/tests/deep/b.wast"))).unwrap();
    place.write(&format!("{corpus}/tests/more.wast"), SCRIPT);
    let (code, document) = place.document(&["verify", "remote"]);
    assert_eq!((code, &document["verdict"]), (1, &"fail".into()));
    let suite = &document["suites"][0];
    assert_eq!(suite["missing"][0], "tests/deep/b.wast");
    assert_eq!(suite["extra"][0], "tests/more.wast");
    assert_eq!(suite["as_pinned"], false);
    // A run of fewer files would be as green as the whole.
    place
        .conformance(&[])
        .is(2, "does not hold the files that were fetched");
    place.suites(&["list"]).is(2, "of no use");
    place.suites(&["fetch"]).is(0, "as pinned");

    // A list that was changed with the files does not help.
    let record = place.path(&format!("{corpus}/.corpus.json"));
    let text = std::fs::read_to_string(&record).unwrap();
    std::fs::write(&record, text.replace("tests/a.wast", "tests/b.wast")).unwrap();
    let from = place.path(&format!("{corpus}/tests"));
    std::fs::rename(from.join("a.wast"), from.join("b.wast")).unwrap();
    place
        .conformance(&["remote"])
        .is(2, "was not fetched for the commit");
    place.suites(&["verify"]).is(1, "which files differ");
}

#[test]
fn an_interrupted_fetch_leaves_nothing_behind_and_nothing_running() {
    let (mut place, pin) = Place::new();
    let mark = place.path("pid").display().to_string();
    place.fake_git(&format!(
        "case \" $* \" in *' fetch '*)\n\
         sleep 60 & echo $! > {mark}; echo 'Receiving objects: 1%' >&2; wait;;\n\
         esac\nexec \"$GIT\" \"$@\""
    ));
    let mut fetch = place.command(&["suites", "fetch"]);
    let child = fetch.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let child = child.unwrap();
    let sleeper = started(&mark, 30);
    assert_eq!(place.left(), [".fetching-remote"]);
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    let asked = Instant::now();
    Ended::from(child.wait_with_output().unwrap()).is(1, "interrupted");
    assert!(
        asked.elapsed() < Duration::from_secs(30),
        "git was waited for"
    );
    gone(&sleeper);
    assert_eq!(place.left(), [""; 0]);

    std::fs::remove_file(&mark).unwrap();
    let ended = place.suites(&["fetch", "--timeout", "1"]);
    ended.is(2, "did not end in time");
    gone(&started(&mark, 1));
    assert_eq!(place.left(), [""; 0]);

    // What a fetch leaves that was killed does not disturb the next one.
    place.variables.clear();
    place.write("workspace/target/suites/.fetching-remote/files/x", "x");
    place.suites(&["fetch"]).is(0, "as pinned");
    assert_eq!(place.left().len(), 1, "{}", pin.commit);
}

#[test]
fn without_git_it_is_said() {
    let (mut place, _) = Place::new();
    let empty = place.path("empty");
    std::fs::create_dir(&empty).unwrap();
    let cargo = PathBuf::from(env!("CARGO"));
    place.set("CARGO", cargo.to_str().unwrap());
    place.set("PATH", empty.to_str().unwrap());
    place
        .suites(&["fetch"])
        .is(2, "there is no program `git`: install it");
    place.suites(&["list"]).is(0, "absent");
}

#[test]
fn a_repository_does_not_decide_what_is_written_or_run() {
    let (mut place, pin) = Place::new();
    // Attributes would change the bytes, and run a filter of the user's.
    place.write(
        "repository/.gitattributes",
        "* text eol=crlf filter=mark\n*.wast ident\n",
    );
    let ran = place.path("ran").display().to_string();
    place.write(
        "config",
        &format!(
            "[filter \"mark\"]\n  smudge = touch {ran}; cat\n  required = true\n\
             [core]\n  hooksPath = {}\n",
            place.path("hooks").display()
        ),
    );
    for hook in [
        "post-checkout",
        "post-index-change",
        "reference-transaction",
    ] {
        place.write(
            &format!("hooks/{hook}"),
            &format!("#!/bin/sh\ntouch {ran}\n"),
        );
        let path = place.path(&format!("hooks/{hook}"));
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    }
    // Without `--all`, which would change what is there already.
    place.git(&["add", ".gitattributes"]);
    place.git(&["commit", "--quiet", "--message", "m"]);
    let commit = place.git(&["rev-parse", "HEAD"]);
    place.set("GIT_CONFIG_GLOBAL", place.path("config").to_str().unwrap());
    // As in a hook of another repository.
    let victim = place.path("victim");
    std::fs::create_dir(&victim).unwrap();
    place.set("GIT_DIR", victim.to_str().unwrap());
    place.set("GIT_INDEX_FILE", victim.join("index").to_str().unwrap());
    place.pin(&Pin { commit, ..pin });
    place.suites(&["fetch"]).is(0, "as pinned");
    assert!(!Path::new(&ran).exists(), "a hook or a filter ran");
    assert_eq!(std::fs::read_dir(&victim).unwrap().count(), 0);
}

#[test]
fn links_in_a_corpus_are_refused_and_in_a_folder_said() {
    let (place, pin) = Place::new();
    place.write("outside/secret.wast", SCRIPT);
    symlink("../../outside", place.path("repository/tests/out")).unwrap();
    let commit = place.commit();
    let with_link = Pin {
        commit,
        ..pin.clone()
    };
    place.pin(&with_link);
    let ended = place.suites(&["fetch"]);
    ended.is(2, "`tests/out` is a symbolic link");
    assert_eq!(place.left(), [""; 0]);
    let repository = place.path("repository").display().to_string();
    let ended = place.suites(&["verify", "--from", &repository]);
    ended.is(1, "no file: tests/out");
    let ended = place.conformance(&["remote", "--from", &repository, "--list"]);
    ended.is(0, "tests/out: is a link to a folder, which is not followed");
    assert!(!ended.stdout.contains("secret"), "{ended:#?}");
    // A link that was put into what was fetched.
    place.pin(&pin);
    place.suites(&["fetch"]).is(0, "as pinned");
    let inside = place.path(&format!("{}/tests/out.wast", place.corpus(&pin)));
    symlink(place.path("outside/secret.wast"), inside).unwrap();
    place.suites(&["verify"]).is(1, "no file: tests/out.wast");
    place.conformance(&[]).is(2, "is not a file");
}

#[test]
fn addresses_that_are_options_or_programs_are_refused() {
    let (place, pin) = Place::new();
    for bad in ["--upload-pack=touch ran", "-x", "ext::sh -c 'touch ran'"] {
        let pin = Pin {
            repository: bad.to_owned(),
            ..pin.clone()
        };
        place.pin(&pin);
        place
            .suites(&["fetch"])
            .is(2, "suites/remote/suite.toml:8:14: ");
        let url = format!("--url={bad}");
        place.suites(&["fetch", "remote", &url]).is(2, "--url");
    }
    assert!(!place.path("workspace/ran").exists());
    let pin = Pin {
        commit: "HEAD".to_owned(),
        ..pin
    };
    place.pin(&pin);
    place
        .conformance(&[])
        .is(2, "suite.toml:10:10: expected 40 hexadecimal digits");
}

#[test]
fn an_absent_suite_is_neither_passed_nor_failed() {
    let (place, _) = Place::new();
    let ended = place.conformance(&["--report", "out"]);
    ended.is(0, "PASS: 2 directives in 1 case");
    ended.is(0, "ABSENT remote is absent");
    ended.is(0, "get it with: cargo xtask suites fetch remote");
    for file in ["junit.xml", "summary.md", "results.json", "results.jsonl"] {
        let text = std::fs::read_to_string(place.path(&format!("workspace/out/{file}")));
        let text = text.unwrap();
        assert!(text.contains("cargo xtask suites fetch remote"), "{file}");
    }
    let junit = std::fs::read_to_string(place.path("workspace/out/junit.xml")).unwrap();
    assert!(junit.contains("skipped=\"1\""), "{junit}");
    let ended = place.conformance(&["--format", "json"]);
    let document: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(document["absent"][0]["suite"], "remote");
    assert_eq!(document["verdict"], "pass");
    // Who names it wants it.
    let ended = place.conformance(&["remote"]);
    ended.is(2, "get it with: cargo xtask suites fetch remote");
    place
        .conformance(&["local", "remote"])
        .is(2, "left something out");
    // Nothing but an absent suite is no pass.
    std::fs::remove_dir_all(place.path("workspace/suites/local")).unwrap();
    place.conformance(&[]).is(4, "ABSENT");
}

#[test]
fn a_folder_of_ones_own_wins() {
    let (mut place, pin) = Place::new();
    place.suites(&["fetch"]).is(0, "as pinned");
    place.write("mine/tests/deep/b.wast", SCRIPT);
    let mine = place.path("mine").display().to_string();
    place.set("TENSOR_WASM_SUITE_REMOTE", &mine);
    place.conformance(&["remote"]).is(0, "1 case");
    let (_, document) = place.document(&["list"]);
    assert_eq!(document["suites"][1]["path"], mine);
    assert_eq!(document["suites"][1]["by_variable"], true);
    // The list of what was fetched says which files differ.
    let ended = place.suites(&["verify"]);
    ended.is(1, "missing: tests/a.wast");
    place
        .suites(&["fetch"])
        .is(0, "TENSOR_WASM_SUITE_REMOTE is set");
    // The command line wins over the variable, and needs no name.
    let repository = place.path("repository").display().to_string();
    let ended = place.conformance(&["--from", &repository]);
    ended.is(0, &format!("remote: 2 cases from {repository}"));
    place
        .suites(&["verify", "--from", &repository])
        .is(0, "as pinned");
    // The same files at another commit.
    place.write("repository/other/c.wast", "changed");
    let commit = place.commit();
    place
        .suites(&["verify", "--from", &repository])
        .is(1, &format!("commit {commit}, pinned {}", pin.commit));
    place.set("TENSOR_WASM_SUITE_REMOTE", "/nowhere");
    place.conformance(&["remote"]).is(
        2,
        "/nowhere: is not a folder; the variable TENSOR_WASM_SUITE_REMOTE",
    );
}

#[test]
fn shards_of_different_commits_do_not_merge() {
    let (place, _) = Place::new();
    let repository = place.path("repository").display().to_string();
    let shard = |part: &str| {
        let out = format!("out/{}", &part[..1]);
        let ended = place.conformance(&[
            "remote",
            "--from",
            &repository,
            "--shard",
            part,
            "--report",
            &out,
        ]);
        ended.is(0, "");
    };
    shard("1/2");
    shard("2/2");
    let merge = || place.run(&["conformance", "merge", "out/1", "out/2"]);
    merge().is(0, "PASS");
    place.write("repository/other/c.wast", "changed");
    place.commit();
    shard("2/2");
    merge().is(2, "had different versions of remote");
    // A shard of the format before this one.
    let lines = std::fs::read_to_string(place.path("workspace/out/2/results.jsonl")).unwrap();
    place.write(
        "workspace/out/2/results.jsonl",
        &lines.replacen("\"schema\":2", "\"schema\":1", 1),
    );
    merge().is(2, "version 1 of the format");
}

#[test]
fn names_and_selections_are_checked() {
    let (place, _) = Place::new();
    place
        .suites(&["fetch", "remot"])
        .is(2, "Did you mean `remote`?");
    place
        .suites(&["fetch", "local"])
        .is(4, "nothing was selected");
    place
        .suites(&["verify", "local"])
        .is(4, "nothing was selected");
    place.suites(&["list", "local"]).is(0, "this repository");
    place.suites(&["verify", "remote"]).is(2, "is absent");
}
