//! `tensor-wasm run --gpu` as its users meet it: what of the command line reaches the
//! kernels of a guest.
#![cfg(all(feature = "executor", feature = "gpu"))]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// `(module (func (export "spin") (loop (br 0))) (func (export "done")))`.
const MODULE: &[u8] = b"\0asm\x01\0\0\0\
    \x01\x04\x01\x60\0\0\
    \x03\x03\x02\0\0\
    \x07\x0f\x02\x04spin\0\0\x04done\0\x01\
    \x0a\x0c\x02\x07\0\x03\x40\x0c\0\x0b\x0b\x02\0\x0b";

/// Launches an export of [`MODULE`] in one thread; gives what `gpu_wait` says, and
/// the code of its trap.
fn guest() -> tempfile::NamedTempFile {
    let hex: String = MODULE.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let size = MODULE.len();
    let text = format!(
        r#"(module
          (import "gpu" "kernel" (func $kernel (param i32 i32 i32 i32) (result i32)))
          (import "gpu" "launch"
            (func $launch (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
          (import "gpu" "wait" (func $wait (param i32) (result i32)))
          (import "gpu" "trap" (func $trap (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "{hex}") (data (i32.const 512) "spindone")
          (func $launched (param $name i32) (result i32)
            (call $launch
              (call $kernel (i32.const 0) (i32.const {size}) (local.get $name) (i32.const 4))
              (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1) (i32.const 1)
              (i32.const 0) (i32.const 0)))
          (func (export "spin") (result i32 i32) (local $event i32)
            (local.set $event (call $launched (i32.const 512)))
            (call $wait (local.get $event))
            (drop (call $trap (local.get $event) (i32.const 1024)))
            (i32.load (i32.const 1024)))
          (func (export "done") (result i32)
            (call $wait (call $launched (i32.const 516)))))"#
    );
    let file = tempfile::Builder::new().suffix(".wat").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

fn run(options: &[&str], file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tensor-wasm"))
        .arg("run")
        .args(options)
        .arg(file)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn said(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout).trim().to_owned(),
        text(&output.stderr),
    )
}

#[test]
fn fuel_is_for_the_threads_of_kernels_too() {
    let guest = guest();
    for device in ["cpu", "interp"] {
        let options = ["--gpu", device, "--fuel", "100000", "--timeout", "60s"];
        let options = [&options[..], &["--invoke", "spin"]].concat();
        let (code, stdout, stderr) = said(&run(&options, guest.path()));
        assert_eq!(code, Some(0), "{device}: {stderr}");
        // GPU_TRAP and GPU_OUT_OF_FUEL of gpu.h.
        assert_eq!(stdout, "[-9,12]", "{device}: {stderr}");
    }
}

#[test]
fn a_timeout_reaches_into_a_kernel() {
    let options = ["--gpu", "cpu", "--timeout", "200ms", "--invoke", "spin"];
    let (code, _, stderr) = said(&run(&options, guest().path()));
    assert_eq!(code, Some(142), "{stderr}");
}

#[test]
fn kernels_are_kept_in_the_folder_that_is_named() {
    let (guest, folder) = (guest(), tempfile::tempdir().unwrap());
    let cache = folder.path().join("cache");
    let path = cache.display().to_string();
    let options = ["--gpu", "interp", "--gpu-cache", &path, "--invoke", "done"];
    let files = || -> Vec<_> {
        let entries = std::fs::read_dir(&cache).unwrap();
        let entry = |entry: std::io::Result<std::fs::DirEntry>| {
            let entry = entry.unwrap();
            (entry.path(), entry.metadata().unwrap().len())
        };
        entries.map(entry).collect()
    };
    for _ in 0..2 {
        let (code, stdout, stderr) = said(&run(&options, guest.path()));
        assert_eq!((code, stdout.as_str()), (Some(0), "[0]"), "{stderr}");
        let files = files();
        assert_eq!(files.len(), 1, "{files:?}");
        assert!(files[0].1 > 0);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_may_write_to_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let (guest, folder) = (guest(), tempfile::tempdir().unwrap());
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
    let path = folder.path().display().to_string();
    let options = ["--gpu", "interp", "--gpu-cache", &path, "--invoke", "done"];
    let (code, _, stderr) = said(&run(&options, guest.path()));
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains("--gpu-cache"), "{stderr}");
}

#[test]
fn what_no_guest_can_have_is_refused() {
    let guest = guest();
    for (options, word) in [
        (["--gpu", "cpu", "--gpu-memory", "5GiB"], "4GiB"),
        (["--gpu", "none", "--invoke", "done"], "none"),
    ] {
        let (code, _, stderr) = said(&run(&options, guest.path()));
        assert_eq!(code, Some(2), "{stderr}");
        assert!(stderr.contains(word), "{stderr}");
    }
    let (code, _, stderr) = said(&run(&["--gpu-cache", "x"], guest.path()));
    assert_eq!(code, Some(2), "{stderr}");
}
