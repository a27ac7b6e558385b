//! `tensor-wasm gpu`, as a person runs it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

const MODULE: &str = r#"(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory 1 64)
  (func (export "saxpy") (param $n i32) (param $a f32) (param $y i32) (local $i i32)
    (local.set $i (call $id))
    (br_if 0 (i32.ge_u (local.get $i) (local.get $n)))
    (local.set $i (i32.shl (local.get $i) (i32.const 2)))
    (f32.store (i32.add (local.get $y) (local.get $i))
      (f32.add (f32.mul (local.get $a) (f32.load (local.get $i)))
               (f32.load (i32.add (local.get $y) (local.get $i))))))
  (func (export "late") (if (i32.ge_u (call $id) (i32.const 5)) (then (unreachable))))
  (func (export "spin") (loop (br 0)))
  (func (export "twice") (param i64) (result i64 f32)
    (i64.mul (local.get 0) (i64.const 2)) (f32.const 0.5)))"#;

fn gpu(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tensor-wasm"))
        .arg("gpu")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("k.wat"), MODULE).unwrap();
    folder
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err)
}

fn floats(values: impl Iterator<Item = f32>) -> Vec<u8> {
    values.flat_map(f32::to_le_bytes).collect()
}

#[test]
fn a_kernel_runs_over_files() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    // 80,000 bytes each: the memory has to grow for them.
    let x = floats((0..20_000_u16).map(f32::from));
    std::fs::write(path("x.f32"), &x).unwrap();
    std::fs::write(path("y.f32"), floats(std::iter::repeat_n(1.0, 20_000))).unwrap();
    let output = gpu(
        folder.path(),
        &[
            "run",
            "k.wat",
            "--kernel",
            "saxpy",
            "--grid",
            "79",
            "--block",
            "256",
            "--arg",
            "20000",
            "--arg",
            "2",
            "--arg",
            "0x13880",
            "--in",
            "x.f32",
            "--in",
            "y.f32",
            "--out",
            "z.f32@0x13880+80000",
            "--device",
            "interp",
        ],
    );
    assert!(output.status.success(), "{}", said(&output));
    let text = said(&output);
    assert!(
        text.contains("saxpy on interp: 79 blocks of 256 threads in "),
        "{text}"
    );
    assert!(text.contains("240000 bytes of --in and --out: "), "{text}");
    let wanted = floats((0..20_000_u16).map(|i| 2.0 * f32::from(i) + 1.0));
    assert_eq!(std::fs::read(path("z.f32")).unwrap(), wanted);
}

#[test]
fn results_are_shown_thread_by_thread() {
    let folder = folder();
    let arguments = [
        "run", "k.wat", "--kernel", "twice", "--block", "2", "--arg", "-21",
    ];
    let text = said(&gpu(folder.path(), &arguments));
    assert!(
        text.contains("thread 0: -42, 0.5\nthread 1: -42, 0.5\n"),
        "{text}"
    );
}

#[test]
fn what_goes_wrong_has_a_code_and_a_sentence_and_leaves_files_alone() {
    let folder = folder();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "simd.wat",
        "(module (func (export \"f\") (drop (v128.const i64x2 0 0))))",
    );
    write("bad.wat", "(module (func (export \"f\") (i32.const)))");
    write("z", "as it was");
    for (arguments, code, words) in [
        (
            "run k.wat --kernel late --block 8 --out z@0+4",
            134,
            "unreachable in function 2, at offset",
        ),
        ("run k.wat --kernel late --block 8", 134, "thread 5"),
        ("run k.wat --kernel spin --fuel 1000", 134, "out of fuel"),
        (
            "run k.wat --kernel spin --timeout 100ms",
            142,
            "stopped at --timeout",
        ),
        // No thread of it looks whether the launch was cancelled.
        (
            "run k.wat --kernel saxpy --arg 0 --arg 0 --arg 0 --grid 200000000 --device interp --timeout 100ms",
            142,
            "interrupted in function 1",
        ),
        (
            "run k.wat --kernel none",
            127,
            "it exports saxpy, late, spin, twice",
        ),
        (
            "run k.wat --kernel twice",
            2,
            "takes 1 arguments (i64), not 0",
        ),
        ("run k.wat --kernel twice --arg 1.5", 2, "`1.5` is no i64"),
        (
            "run k.wat --kernel saxpy --arg 0 --arg 1e40 --arg 0",
            2,
            "`1e40` is no f32: it wants a number in its range",
        ),
        (
            "run k.wat --kernel late --stack-bytes 0",
            2,
            "a multiple of 16",
        ),
        (
            "run k.wat --kernel late --stack-bytes 7",
            2,
            "a multiple of 16",
        ),
        (
            "run k.wat --kernel twice --arg 1 --grid 1073741824 --device interp",
            125,
            "more than the 16 GiB it gives; they are for arguments and results of 1073741824 threads: launch fewer",
        ),
        (
            "probe --device cpu",
            125,
            "cpu: it runs no PTX; ask cuda or interp",
        ),
        ("run k.wat --kernel late --block 1025", 2, "at most 1024"),
        ("run k.wat --kernel late --grid 0", 2, "it has no threads"),
        (
            "run k.wat --kernel late --out z@65536+1",
            2,
            "not within the memory's 65536",
        ),
        (
            "run k.wat --kernel late --out fresh@0+4 --out z@65536+1",
            2,
            "not within the memory's 65536",
        ),
        ("run k.wat --kernel late --in none.f32", 2, "none.f32: "),
        (
            "run k.wat --kernel late --in k.wat@0xfffff000",
            2,
            "beyond what",
        ),
        (
            "run k.wat --kernel late --device abacus",
            2,
            "no device `abacus`",
        ),
        ("run k.wat --kernel late --out no/z@0+4", 125, "no/z: "),
        (
            "run simd.wat --kernel f",
            126,
            "SIMD support is not enabled",
        ),
        ("run bad.wat --kernel f", 126, "bad.wat:1:"),
        ("run none.wat --kernel f", 126, "none.wat: "),
        ("compile simd.wat", 126, "at offset 0x"),
        (
            "compile k.wat --offload none",
            127,
            "no exported function `none`",
        ),
        (
            "compile k.wat --offload saxpy",
            126,
            "the place of a thread cannot be taken out of its order (at offset 0x",
        ),
        (
            "compile k.wat --offload twice",
            126,
            "no loop of it writes memory",
        ),
        ("compile k.wat -o no/k.ptx", 125, "no/k.ptx: "),
    ] {
        let output = gpu(folder.path(), &arguments.split(' ').collect::<Vec<_>>());
        let text = said(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments}: {text}");
        assert!(text.contains(words), "{arguments}: {text}");
        assert!(!text.contains("panicked"), "{arguments}: {text}");
    }
    let left = std::fs::read_to_string(folder.path().join("z")).unwrap();
    assert_eq!(left, "as it was");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);
}

#[test]
fn floats_have_every_bit_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let module = r#"(module (func (export "bits") (param f32 f64) (result i32 i64)
      (i32.reinterpret_f32 (local.get 0)) (i64.reinterpret_f64 (local.get 1))))"#;
    std::fs::write(folder.path().join("k.wat"), module).unwrap();
    let arguments = [
        "run",
        "k.wat",
        "--kernel",
        "bits",
        "--device",
        "interp",
        "--arg",
        "nan:0x7fa00001",
        "--arg",
        "-inf",
    ];
    let text = said(&gpu(folder.path(), &arguments));
    let (nan, infinite) = (0x7fa0_0001, f64::NEG_INFINITY.to_bits().cast_signed());
    assert!(
        text.contains(&format!("thread 0: {nan}, {infinite}\n")),
        "{text}"
    );
}

/// `auto` may be `cpu` for other commands; this one needs PTX.
#[test]
fn a_probe_without_a_device_asks_one_that_runs_ptx() {
    let output = gpu(tempfile::tempdir().unwrap().path(), &["probe"]);
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("otherwise than the interpreter"), "{text}");
}

/// Both sides give what they should; of the times nothing is said here.
#[test]
fn kernels_are_measured_against_ptx_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let small = ["--elements", "1000", "--matmul", "32", "--rounds", "1"];
    let output = gpu(
        folder.path(),
        &[&["bench", "--device", "interp"], &small[..]].concat(),
    );
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    let rows: Vec<&str> = text.lines().skip(2).collect();
    assert_eq!(rows.len(), 9, "{text}");
    assert!(rows[0].starts_with("a guest's launch, wait "), "{text}");
    let with_ratio = rows.iter().filter(|row| !row.ends_with(" -"));
    assert_eq!(with_ratio.count(), 7, "{text}");
    let odd = gpu(folder.path(), &["bench", "--elements", "1002"]);
    assert_eq!(odd.status.code(), Some(2), "{}", said(&odd));
}

#[test]
fn what_a_module_becomes_can_be_read() {
    let folder = folder();
    let output = gpu(
        folder.path(),
        &["compile", "k.wat", "--stats", "-o", "k.ptx"],
    );
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("bounds: 2 checks"), "{text}");
    let ptx = std::fs::read_to_string(folder.path().join("k.ptx")).unwrap();
    assert!(ptx.contains(".visible .entry kernel1"), "{ptx}");
    let ir = said(&gpu(folder.path(), &["compile", "k.wat", "--emit", "ir"]));
    assert!(ir.contains("export \"saxpy\": function 1"), "{ir}");
    assert!(ir.contains("load arena["), "{ir}");
    let plain = r#"(module (memory 1) (func (export "zeros") (param $n i32)
      (loop $l
        (i32.store8 (local.get $n) (i32.const 0))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#;
    std::fs::write(folder.path().join("plain.wat"), plain).unwrap();
    let loops = gpu(
        folder.path(),
        &["compile", "plain.wat", "--offload", "zeros"],
    );
    let text = said(&loops);
    assert!(loops.status.success(), "{text}");
    assert!(
        text.contains(": a map, 0 loads and 1 stores in an iteration"),
        "{text}"
    );
    assert!(text.contains(".visible .entry kernel1"), "{text}");
    let info = said(&gpu(folder.path(), &["info"]));
    assert!(info.contains("interp   interprets PTX"), "{info}");
}

/// The page's kernel, by the page's own command lines.
#[test]
fn the_examples_of_the_page_do_what_it_says() {
    let page = include_str!("../../../docs/gpu.md").replace("\\\n", " ");
    let block = |language: &str| {
        let start = page.split(&format!("```{language}\n")).nth(1).unwrap();
        start.split("```").next().unwrap().to_owned()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("saxpy.wat"), block("wat")).unwrap();
    std::fs::write(path("x.f32"), floats((0..600_u16).map(f32::from))).unwrap();
    std::fs::write(path("y.f32"), floats(std::iter::repeat_n(0.5, 600))).unwrap();
    let commands = block("console");
    let mut ran = 0;
    for command in commands.lines() {
        let arguments = command.strip_prefix("$ tensor-wasm gpu ").unwrap();
        let output = gpu(
            folder.path(),
            &arguments.split_whitespace().collect::<Vec<_>>(),
        );
        assert!(output.status.success(), "{command}: {}", said(&output));
        ran += 1;
    }
    assert_eq!(ran, 4);
    let wanted = floats((0..600_u16).map(|i| 2.0 * f32::from(i) + 0.5));
    assert_eq!(std::fs::read(path("y.f32")).unwrap(), wanted);
    assert!(path("saxpy.ptx").exists());
}
