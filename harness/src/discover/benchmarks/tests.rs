mod made;

use std::fs;

use tempfile::TempDir;

use super::*;

/// A guest that does nothing, with more fields behind its own.
fn guest(more: &str) -> Vec<u8> {
    let text = format!(
        "(module (import \"bench\" \"start\" (func $start)) (import \"bench\" \"end\" (func $end))
           {more} (func (export \"_start\") (call $start) (call $end)))"
    );
    encode(&text)
}

fn encode(text: &str) -> Vec<u8> {
    encode_text(&[(Path::new("test.wat"), text)]).unwrap()
}

/// An empty component.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// A folder with these files in it.
fn corpus(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn find(folder: &Path) -> Result<Benchmarks, InputError> {
    let generated = tempfile::tempdir().unwrap();
    find_benchmarks(folder, generated.path())
}

fn names(found: &Benchmarks) -> Vec<&str> {
    found.programs.iter().map(|p| p.name.as_str()).collect()
}

/// What is left out and why, one line each.
fn reasons(found: &Benchmarks) -> Vec<String> {
    let line = |left: &LeftOut| format!("{} {}", left.program, left.reason);
    found.left_out.iter().map(line).collect()
}

/// The one reason why a module is left out, beside a program that is not.
fn reason(module: &[u8]) -> String {
    let folder = corpus(&[("a/benchmark.wasm", module), ("b/b.wasm", &guest(""))]);
    let found = find(folder.path()).unwrap();
    assert_eq!(names(&found), ["b"]);
    reasons(&found).join("; ")
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn folders_and_parts_give_names() {
    let wasm = guest("");
    let folder = corpus(&[
        ("noop/benchmark.wasm", &wasm),
        ("splay/splay.wasm", &wasm),
        ("libsodium/libsodium-auth.wasm", &wasm),
        ("libsodium/libsodium-box.wasm", &wasm),
        ("image/image-benchmark.wasm", &wasm),
        ("mixed/other.wasm", &wasm),
        ("lib/bench.c", b""),
        ("README.md", b""),
        (".git/x.wasm", &wasm),
    ]);
    let found = find(folder.path()).unwrap();
    let expected = [
        "image",
        "libsodium/auth",
        "libsodium/box",
        "mixed/other",
        "noop",
        "splay",
    ];
    assert_eq!(names(&found), expected);
    assert_eq!(found.left_out, []);
    let program = &found.programs[4];
    assert_eq!(program.sha256, crate::discover::sha256(&wasm));
    assert_eq!(program.folder, folder.path().join("noop"));
    assert_eq!(program.phases, EXECUTED);
}

#[test]
fn a_checkout_its_folder_and_one_benchmark_can_be_named() {
    let wasm = guest("");
    let folder = corpus(&[
        ("benchmarks/a/benchmark.wasm", &wasm),
        ("benchmarks/b/benchmark.wasm", &wasm),
        ("test/c/benchmark.wasm", &wasm),
    ]);
    let root = folder.path();
    assert_eq!(names(&find(root).unwrap()), ["a", "b"]);
    assert_eq!(names(&find(&root.join("benchmarks")).unwrap()), ["a", "b"]);
    assert_eq!(names(&find(&root.join("benchmarks/a")).unwrap()), ["a"]);
}

#[test]
fn outputs_are_those_of_the_program_then_those_of_the_folder() {
    let wasm = guest("");
    let folder = corpus(&[
        ("sodium/sodium-a.wasm", &wasm),
        ("sodium/sodium-b.wasm", &wasm),
        ("sodium/sodium-b.stdout.expected", b""),
        ("sodium/default.stdout.expected", b""),
        ("sodium/default.stderr.expected", b""),
    ]);
    let found = find(folder.path()).unwrap();
    let outputs = |index: usize| {
        let workload = &found.programs[index].workloads[0];
        assert_eq!(workload.size, WorkloadSize::Default);
        assert!(workload.environment.is_empty());
        let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        (
            workload.stdout.as_ref().map(name).unwrap(),
            workload.stderr.as_ref().map(name).unwrap(),
        )
    };
    assert_eq!(
        outputs(0),
        (
            "default.stdout.expected".into(),
            "default.stderr.expected".into()
        )
    );
    assert_eq!(outputs(1).0, "sodium-b.stdout.expected");
    assert_eq!(found.programs[0].workloads.len(), 1);
}

#[test]
fn a_small_input_is_not_judged_by_the_output_of_the_other() {
    let wasm = guest("");
    let folder = corpus(&[
        ("blake/benchmark.wasm", &wasm),
        ("blake/benchmark.stdout.expected", b"large"),
        ("blake/default.input", b""),
        ("blake/small.input", b""),
        ("ours/benchmark.wasm", &wasm),
        ("ours/small.input", b""),
        ("ours/small.stdout.expected", b""),
    ]);
    let found = find(folder.path()).unwrap();
    let small = |index: usize| {
        let workload = &found.programs[index].workloads[1];
        assert_eq!(workload.size, WorkloadSize::Small);
        assert_eq!(workload.environment, [(SMALL.to_owned(), "1".to_owned())]);
        workload.stdout.clone()
    };
    assert_eq!(small(0), None);
    assert!(small(1).unwrap().ends_with("ours/small.stdout.expected"));
}

#[test]
fn what_is_no_guest_is_left_out_with_its_reason() {
    let of = |text: &str| reason(&encode(text));
    assert_eq!(
        reason(COMPONENT),
        "a is a component; only core modules are measured"
    );
    assert_eq!(of("(module)"), "a does not import bench.start");
    assert_eq!(
        of("(module (import \"bench\" \"start\" (func)))"),
        "a does not import bench.end"
    );
    let markers = "(import \"bench\" \"start\" (func)) (import \"bench\" \"end\" (func))";
    assert_eq!(
        of(&format!("(module {markers})")),
        "a does not export _start"
    );
    let odd = "a exports _start, and not as a function without parameters and results";
    assert_eq!(
        of(&format!(
            "(module {markers} (func (export \"_start\") (param i32)))"
        )),
        odd
    );
    assert_eq!(
        of(&format!(
            "(module {markers} (global (export \"_start\") i32 (i32.const 0)))"
        )),
        odd
    );
    assert_eq!(
        reason(&guest("(import \"env\" \"now\" (func))")),
        "a imports env.now, which is neither a marker nor of wasi_snapshot_preview1"
    );
    assert!(
        reason(&guest("(import \"bench\" \"end\" (func (param i32)))")).contains("bench.end as")
    );
    assert!(reason(b"\0asm\x01\0\0\0\xff\xff").starts_with("a is malformed at byte 8"));
    assert!(reason(b"").starts_with("a is malformed at byte 0"));
    let wasi = guest("(import \"wasi_snapshot_preview1\" \"fd_write\" (func (param i32)))");
    assert!(find(corpus(&[("a/a.wasm", &wasi)]).path()).is_ok());
}

#[test]
fn a_module_or_an_input_that_is_not_there_costs_that_program_alone() {
    let reads = guest(
        "(memory 1) (data (i32.const 0) \"./small.input./default.input x./.input ./a/b.input\")",
    );
    let bare = guest("(memory 1) (data (i32.const 0) \"open default.input\\00\")");
    let folder = corpus(&[
        ("here/here.wasm", &reads),
        ("here/default.input", b""),
        ("mark/mark.wasm", &reads),
        ("mark/default.input.md", b""),
        ("gone/gone.wasm", &reads),
        ("bare/bare.wasm", &bare),
        ("monkey/monkey-json.stdout.expected", b""),
        ("monkey/default.stdout.expected", b""),
        ("only/default.input", b""),
    ]);
    let found = find(folder.path()).unwrap();
    assert_eq!(names(&found), ["here", "mark"]);
    let expected = [
        "bare reads default.input, which is not there",
        "gone reads default.input, which is not there",
        "monkey/json is not there; its output is",
        "only has an input and no module",
    ];
    assert_eq!(reasons(&found), expected);
}

#[test]
fn a_second_program_of_one_name_is_left_out() {
    let wasm = guest("");
    let folder = corpus(&[("a/a.wasm", &wasm), ("a/benchmark.wasm", &wasm)]);
    let found = find(folder.path()).unwrap();
    assert_eq!(names(&found), ["a"]);
    let expected = ["a has the name of another program, a.wasm"];
    assert_eq!(reasons(&found), expected);
}

#[test]
fn nothing_to_measure_is_an_error() {
    let message = |folder: &Path| find(folder).unwrap_err().message;
    let empty = tempfile::tempdir().unwrap();
    assert!(message(empty.path()).contains("holds no benchmark"));
    assert!(message(&empty.path().join("gone")).contains("cannot be read"));
    let broken = corpus(&[("a/a.wasm", b"no")]);
    let found = message(broken.path());
    assert!(
        found.contains("1 left out") && found.contains("malformed"),
        "{found}"
    );
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out_of_the_corpus() {
    use std::os::unix::fs::symlink;

    let wasm = guest("");
    let outside = corpus(&[("a.wasm", &wasm)]);
    let folder = corpus(&[
        ("real/real.wasm", &wasm),
        ("link/x.c", b""),
        ("out/x.c", b""),
    ]);
    let root = folder.path();
    symlink(outside.path().join("a.wasm"), root.join("link/link.wasm")).unwrap();
    symlink(outside.path().join("a.wasm"), root.join("out/small.input")).unwrap();
    symlink(outside.path(), root.join("whole")).unwrap();
    symlink(
        root.join("nothing"),
        root.join("real/default.stdout.expected"),
    )
    .unwrap();
    fs::write(root.join("out/out.wasm"), &wasm).unwrap();
    let found = find(root);
    // The dangling output is of `real`; `out` is given its folder, and WASI
    // keeps its links inside.
    let found = found.unwrap();
    assert_eq!(names(&found), ["out"]);
    let reasons = reasons(&found);
    assert_eq!(
        reasons[0],
        "link link.wasm is a link to outside of the corpus"
    );
    assert!(reasons[1].starts_with("real default.stdout.expected cannot be read"));
    assert_eq!(reasons[2], "whole is a link to a folder");
}

#[test]
fn text_in_several_files_is_wrong_in_one_of_them() {
    let (a, b) = (Path::new("a.wat"), Path::new("b.wat"));
    let error = encode_text(&[
        (a, "(type (func))\n"),
        (b, "(func)\n(oops)\n(func)\n(func)\n(func)\n"),
    ])
    .unwrap_err();
    assert_eq!(error.file, b);
    assert_eq!(error.location.unwrap().line, 2);
    let error = encode_text(&[(a, "(func))"), (b, "(func)")]).unwrap_err();
    assert_eq!(error.file, a);
}

#[test]
fn every_program_of_our_corpus_is_found_with_both_inputs() {
    let generated = tempfile::tempdir().unwrap();
    let found = find_benchmarks(&checkout().join("suites/corpus"), generated.path()).unwrap();
    assert_eq!(found.left_out, []);
    let expected = [
        "allocator",
        "fib",
        "indirect-calls",
        "interpreter",
        "json",
        "large-module",
        "mandelbrot",
        "matmul-f32",
        "matmul-f64",
        "matmul-simd",
        "memory-copy",
        "memory-stride",
        "nbody",
        "noop",
        "quicksort",
        "sha256",
        "string-hash",
        "wasi-io",
    ];
    assert_eq!(names(&found), expected);
    for program in &found.programs {
        let bytes = fs::read(&program.wasm).unwrap();
        wasmparser::Validator::new().validate_all(&bytes).unwrap();
        if program.name == "large-module" {
            assert!(bytes.len() > 2 << 20, "{} bytes", bytes.len());
            continue;
        }
        let sizes: Vec<_> = program.workloads.iter().map(|w| w.size).collect();
        assert_eq!(
            sizes,
            [WorkloadSize::Default, WorkloadSize::Small],
            "{}",
            program.name
        );
        for workload in &program.workloads {
            let name = format!("{}.stdout.expected", workload.size.name());
            let file = workload.stdout.as_ref().unwrap();
            assert_eq!(file.file_name().unwrap().to_str(), Some(name.as_str()));
            assert!(fs::metadata(file).unwrap().len() > 0, "{}", program.name);
        }
    }
}
