//! The stand-in for NVIDIA's driver, and processes that have it as their driver.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use std::time::SystemTime;

/// Set in processes that have a driver: the stand-in, or, where somebody sets it, that
/// of a GPU, on which the tests of all devices then run.
const HERE: &str = "DRIVER_HERE";

/// The stand-in. `cargo test` builds it with everything else; who asks for this test
/// alone gets it built here.
pub(super) static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().unwrap().parent().unwrap();
    let library = built.join("examples").join(format!(
        "{}stand_in_driver{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    ));
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let changed = ["src/gpu", "examples/stand_in_driver"].map(|path| changed(&package.join(path)));
    let made = std::fs::metadata(&library).and_then(|metadata| metadata.modified());
    if made.is_ok_and(|made| changed.iter().all(|changed| *changed < made)) {
        return library;
    }
    let profile = match built.file_name().unwrap().to_str().unwrap() {
        "debug" => "dev",
        profile => profile,
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build
        .args(["build", "--quiet", "--example", "stand_in_driver"])
        .args(["--profile", profile])
        .current_dir(package);
    if cfg!(feature = "executor") {
        // Else Wasmtime would be compiled once more, with other features.
        build.arg("--workspace");
    } else {
        build.args(["-p", "tensor-wasm-runtime", "--no-default-features"]);
        build.args(["--features", "gpu"]);
    }
    assert!(build.status().unwrap().success());
    library
});

/// When a file was last changed, or the last one of a folder.
fn changed(path: &Path) -> SystemTime {
    match std::fs::read_dir(path) {
        Ok(entries) => {
            let paths = entries.map(|entry| entry.unwrap().path());
            paths.map(|path| changed(&path)).max().unwrap()
        }
        Err(_) => std::fs::metadata(path).unwrap().modified().unwrap(),
    }
}

/// A folder in which this library is the driver.
pub(super) fn driver(library: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(library, folder.path().join("libcuda.so.1")).unwrap();
    folder
}

/// Runs `tensor-wasm gpu` with the driver of a folder, and faults.
pub(super) fn gpu(folder: &Path, faults: &str, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tensor-wasm"))
        .arg("gpu")
        .args(arguments.split(' '))
        .current_dir(folder)
        .env("LD_LIBRARY_PATH", folder)
        .env("STAND_IN", faults)
        .env("STAND_IN_LOG", folder.join("log"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

pub(super) fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    String::from_utf8_lossy(out).into_owned() + &String::from_utf8_lossy(err)
}

/// Runs a test in a process of its own that has the stand-in as its driver; what that
/// logged, in this process, and nothing in the other one. `test` is the full name.
pub(super) fn with_stand_in(test: &str, faults: &str, body: impl FnOnce()) -> String {
    if std::env::var_os(HERE).is_some() {
        body();
        return String::new();
    }
    let folder = driver(&LIBRARY);
    let (_, name) = test.split_once("::").unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(HERE, "1")
        .env("LD_LIBRARY_PATH", folder.path())
        .env("STAND_IN", faults)
        .env("STAND_IN_LOG", folder.path().join("log"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("1 passed"), "{name}: {text}");
    std::fs::read_to_string(folder.path().join("log")).unwrap_or_default()
}

/// Whether this process has a driver.
pub(super) fn is_child() -> bool {
    std::env::var_os(HERE).is_some()
}
