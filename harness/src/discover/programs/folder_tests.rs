//! Which programs a folder has, and what its manifest says of them.

use super::*;

#[test]
fn names_leave_out_what_says_nothing() {
    let leave_out = ["tests".to_owned(), "testsuite".to_owned()];
    let name = |relative| name(relative, &leave_out);
    assert_eq!(
        name("tests/rust/testsuite/wasm32-wasip3/http-service-uri.wasm"),
        "rust/wasm32-wasip3/http-service-uri"
    );
    assert_eq!(name("tests.wasm"), "tests");
    assert_eq!(name("a/tests.wasm"), "a/tests");
}

fn only(folder: &Path) -> Program {
    let mut found = find(folder).unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0).program
}

fn why(program: Program) -> String {
    match program {
        Program::Unusable(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_manifest_is_strict_and_costs_its_own_folder() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("stray.wasm", "");
    assert!(
        find(folder.path()).unwrap().is_empty(),
        "without a manifest"
    );
    write(
        "manifest.json",
        r#"{"name": "a", "versoin": "wasm32-wasip1"}"#,
    );
    assert!(why(only(folder.path())).contains("unknown field `versoin`"));
    write(
        "manifest.json",
        r#"{"name": "a", "version": "wasm32-wasip9"}"#,
    );
    assert!(why(only(folder.path())).contains("wasm32-wasip9"));
    write("manifest.json", r#"{"name": "a"}"#);
    write("wasm32-wasip3/manifest.json", r#"{"name": "b"}"#);
    write("wasm32-wasip3/x.wasm", "");
    let versions: Vec<_> = find(folder.path())
        .unwrap()
        .into_iter()
        .map(|found| match found.program {
            Program::Wasi(program) => (program.suite, program.version),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        ("a".to_owned(), WasiVersion::Preview1),
        ("b".to_owned(), WasiVersion::Preview3),
    ];
    assert_eq!(versions, expected);
}

#[test]
fn a_description_without_a_program_is_a_case_that_fails() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
    write("manifest.json", r#"{"name": "a"}"#).unwrap();
    write("x.wasm", "").unwrap();
    write("y.json", "{}").unwrap();
    let found = find(folder.path()).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[1].relative, "y.wasm");
    assert!(matches!(&found[1].program, Program::Unusable(why) if why.contains("not there")));
}

#[cfg(unix)]
#[test]
fn links_to_outside_are_refused() {
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("x.wasm"), "").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(MANIFEST), r#"{"name": "a"}"#).unwrap();
    let link = folder.path().join("x.wasm");
    std::os::unix::fs::symlink(outside.path().join("x.wasm"), link).unwrap();
    assert!(why(only(folder.path())).contains("outside of the suite"));
}

#[test]
fn descriptions_without_any_program_are_cases_that_fail() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("manifest.json"), r#"{"name": "a"}"#).unwrap();
    std::fs::write(folder.path().join("x.json"), "{}").unwrap();
    assert!(why(only(folder.path())).contains("not there"));
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_costs_its_own_case() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("manifest.json"), r#"{"name": "a"}"#).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("x.wasm")).unwrap();
    why(only(folder.path()));
}
