//! The cache of kernels: what is found again, and what is never trusted.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use tensor_wasm_runtime::gpu::device::Interpreter;
use tensor_wasm_runtime::gpu::{Cache, CacheCounts, CacheFolder, Instance, Kernels, Options};

use super::wasm;

const MODULE: &str = r#"(module (memory 1)
  (func (export "f") (param i32) (result i32)
    (i32.add (i32.load (local.get 0)) (i32.div_u (i32.const 84) (local.get 0)))))"#;

fn on_disk(path: &Path, bytes: u64) -> Cache {
    let path = path.to_owned();
    Cache::new(0, Some(CacheFolder { path, bytes })).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Whether kernels do what [`MODULE`] does, traps and their places included.
fn works(kernels: &Arc<Kernels>) {
    let device = Interpreter::device(1, 1_000_000);
    let mut instance = Instance::of(device, Arc::clone(kernels), Options::default()).unwrap();
    assert_eq!(instance.call("f", &[2]).unwrap(), [42]);
    let fresh = Kernels::new(kernels.wasm()).unwrap();
    let device = Interpreter::device(1, 1_000_000);
    let mut other = Instance::of(device, Arc::new(fresh), Options::default()).unwrap();
    for wrong in [0, 65_534] {
        let [one, two] = [&mut instance, &mut other].map(|it| it.call("f", &[wrong]));
        assert_eq!(one.unwrap_err(), two.unwrap_err());
    }
}

#[test]
fn what_was_compiled_is_found_again() {
    let cache = Cache::new(1 << 20, None).unwrap();
    let wasm = wasm(MODULE);
    let first = cache.kernels(&wasm, "sm_80").unwrap();
    let again = cache.kernels(&wasm, "sm_80").unwrap();
    assert!(Arc::ptr_eq(&first, &again));
    works(&again);
    // Another architecture is another entry, and so is another module.
    assert!(!Arc::ptr_eq(
        &first,
        &cache.kernels(&wasm, "sm_90").unwrap()
    ));
    let wanted = CacheCounts {
        memory: 1,
        compiled: 2,
        ..CacheCounts::default()
    };
    assert_eq!(cache.counts(), wanted);
    assert!(cache.kernels(b"\0asm", "sm_80").is_err());
}

#[test]
fn memory_is_bounded_and_what_was_used_lately_stays() {
    let modules: Vec<Vec<u8>> = (0..5)
        .map(|number| wasm(&format!("(module (func (export \"f{number}\")))")))
        .collect();
    let bytes = |wasm: &Vec<u8>| {
        let kernels = Kernels::new(wasm).unwrap();
        (8 * wasm.len() + kernels.ptx().text.len()) as u64
    };
    let one = modules.iter().map(bytes).max().unwrap();
    let cache = Cache::new(3 * one, None).unwrap();
    let compiled = |index: usize| {
        let before = cache.counts().compiled;
        cache.kernels(&modules[index], "sm_80").unwrap();
        cache.counts().compiled > before
    };
    assert!(compiled(0) && compiled(1) && compiled(2));
    assert!(!compiled(0));
    // The third of those that stay is the first, which was used since.
    assert!(compiled(3));
    assert!(!compiled(0) && !compiled(2) && compiled(1));
}

#[test]
fn a_folder_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b");
    let wasm = wasm(MODULE);
    let first = on_disk(&path, 1 << 20).kernels(&wasm, "sm_80").unwrap();
    let cache = on_disk(&path, 1 << 20);
    let again = cache.kernels(&wasm, "sm_80").unwrap();
    assert_eq!(first.ptx().text, again.ptx().text);
    assert_eq!(first.ptx().sites, again.ptx().sites);
    assert_eq!(first.ptx().entries, again.ptx().entries);
    assert_eq!(first.ptx().stats, again.ptx().stats);
    works(&again);
    let wanted = CacheCounts {
        folder: 1,
        ..CacheCounts::default()
    };
    assert_eq!(cache.counts(), wanted);
    assert_eq!(files(&path).len(), 1);
    // The CPU runs the module itself.
    cache.kernels(&wasm, "cpu").unwrap();
    assert_eq!(files(&path).len(), 1);
}

#[test]
fn a_file_that_is_damaged_is_compiled_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache");
    let wasm = wasm(MODULE);
    on_disk(&path, 1 << 20).kernels(&wasm, "sm_80").unwrap();
    let file = files(&path)[0].clone();
    let whole = std::fs::read(&file).unwrap();
    let mut wrong: Vec<Vec<u8>> = [0, 1, 22, 90, 160, whole.len() / 2, whole.len() - 1]
        .into_iter()
        .map(|length| whole[..length].to_vec())
        .collect();
    for at in [3, 30, 100, 200, whole.len() / 2, whole.len() - 2] {
        let mut other = whole.clone();
        other[at] ^= 1;
        wrong.push(other);
    }
    wrong.push(b"\xff\xfe".to_vec());
    wrong.push([whole.clone(), b"\n".to_vec()].concat());
    // Of another module: whole, but not what is looked for.
    let other =
        super::wasm("(module (func (export \"f\") (param i32) (result i32) (i32.const 1)))");
    let elsewhere = tempfile::tempdir().unwrap();
    on_disk(elsewhere.path(), 1 << 20)
        .kernels(&other, "sm_80")
        .unwrap();
    wrong.push(std::fs::read(&files(elsewhere.path())[0]).unwrap());
    for contents in wrong {
        std::fs::write(&file, &contents).unwrap();
        let cache = on_disk(&path, 1 << 20);
        works(&cache.kernels(&wasm, "sm_80").unwrap());
        let wanted = CacheCounts {
            rejected: 1,
            compiled: 1,
            ..CacheCounts::default()
        };
        assert_eq!(cache.counts(), wanted, "{} bytes", contents.len());
        assert_eq!(std::fs::read(&file).unwrap(), whole);
    }
}

#[test]
fn a_folder_is_bounded_and_what_was_not_used_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache");
    let modules: Vec<Vec<u8>> = (0..4)
        .map(|number| wasm(&format!("(module (func (export \"f{number}\")))")))
        .collect();
    on_disk(&path, 1 << 20)
        .kernels(&modules[0], "sm_80")
        .unwrap();
    let one = std::fs::metadata(&files(&path)[0]).unwrap().len();
    let pause = || std::thread::sleep(std::time::Duration::from_millis(20));
    let cache = on_disk(&path, 2 * one + one / 2);
    pause();
    cache.kernels(&modules[1], "sm_80").unwrap();
    pause();
    // Used once more: the other one is older then.
    cache.kernels(&modules[0], "sm_80").unwrap();
    pause();
    cache.kernels(&modules[2], "sm_80").unwrap();
    assert_eq!(files(&path).len(), 2);
    let before = cache.counts();
    cache.kernels(&modules[0], "sm_80").unwrap();
    assert_eq!(cache.counts().folder, before.folder + 1);
    // More than there is room for is not kept, and no error.
    let none = on_disk(&path, 1);
    none.kernels(&modules[3], "sm_80").unwrap();
    assert_eq!(files(&path).len(), 0);
}

#[cfg(unix)]
#[test]
fn a_folder_where_others_may_write_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache");
    let wasm = wasm(MODULE);
    on_disk(&path, 1 << 20).kernels(&wasm, "sm_80").unwrap();
    let mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let is_private =
        |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o77 == 0;
    assert!(is_private(&path) && is_private(&files(&path)[0]));
    let refused = |path: &Path| {
        let path = path.to_owned();
        let opened = Cache::new(
            0,
            Some(CacheFolder {
                path,
                bytes: 1 << 20,
            }),
        );
        opened.err().map(|error| error.to_string())
    };
    for wrong in [0o777, 0o770, 0o702, 0o1777] {
        mode(&path, wrong);
        let error = refused(&path).unwrap();
        assert!(error.contains("others may write there"), "{error}");
    }
    mode(&path, 0o755);
    assert_eq!(refused(&path), None);
    // Who may rename it may replace it; not where only owners rename.
    mode(folder.path(), 0o777);
    assert!(refused(&path).is_some());
    mode(folder.path(), 0o1777);
    assert_eq!(refused(&path), None);
    // A file that others may write is not read.
    mode(&files(&path)[0], 0o666);
    let cache = on_disk(&path, 1 << 20);
    works(&cache.kernels(&wasm, "sm_80").unwrap());
    assert_eq!(cache.counts().rejected, 1);
    let file = folder.path().join("a file");
    std::fs::write(&file, "").unwrap();
    assert!(refused(&file).unwrap().contains("a file: "));
}

#[test]
fn the_command_line_has_a_cache() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("k.wat"), MODULE).unwrap();
    let run = || {
        let arguments = "gpu run k.wat --kernel f --arg 2 --device interp --cache kept";
        let output = Command::new(env!("CARGO_BIN_EXE_tensor-wasm"))
            .args(arguments.split(' '))
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr)
    };
    for _ in 0..2 {
        let text = run();
        assert!(text.contains("thread 0: 42"), "{text}");
        assert_eq!(files(&folder.path().join("kept")).len(), 1);
    }
}
