//! Tells the compiler of kernels its own version: a hash of its sources, so that what
//! another one has cached is not taken for what this one would write.

use std::path::{Path, PathBuf};

/// What decides which PTX becomes of a module, and what is kept beside it means.
const SOURCES: [&str; 7] = [
    "src/gpu/ir",
    "src/gpu/ir.rs",
    "src/gpu/lower",
    "src/gpu/lower.rs",
    "src/gpu/ptx",
    "src/gpu/ptx.rs",
    // Sites of traps have the numbers of their codes.
    "src/trap.rs",
];

fn main() {
    let mut files = Vec::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        add(&mut files, Path::new(source));
    }
    files.sort();
    // FNV-1a, of 64 bits: nobody is to be fooled, only told apart.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in files
        .iter()
        .filter_map(|file| std::fs::read(file).ok())
        .flatten()
    {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    println!("cargo::rustc-env=TENSOR_WASM_COMPILER={hash:016x}");
}

fn add(files: &mut Vec<PathBuf>, path: &Path) {
    match std::fs::read_dir(path) {
        Ok(folder) => folder.flatten().for_each(|entry| add(files, &entry.path())),
        Err(_) => files.push(path.to_owned()),
    }
}
