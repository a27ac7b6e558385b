//! What the cache of kernels takes, against compiling.
//!
//!     cargo bench --profile dev --workspace --bench gpu_cache
//!
//! The names are metrics, as those of `executor`. What a GPU's driver then makes of
//! the PTX is not part of it.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on panics")]

use criterion::Criterion;
use tensor_wasm_runtime::gpu::{Cache, CacheFolder};

const MODULE: &str = include_str!("../tests/gpu/everything.wat");

/// Bytes of memory, and of a folder: more than is needed.
const BYTES: u64 = 64 << 20;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let buffer = wast::parser::ParseBuffer::new(MODULE).unwrap();
    let wasm = wast::parser::parse::<wast::Wat<'_>>(&buffer)
        .unwrap()
        .encode()
        .unwrap();
    let memory = Cache::new(BYTES, None).unwrap();
    memory.kernels(&wasm, "sm_80").unwrap();
    criterion.bench_function("jit_compile/cache/warm_hit", |bencher| {
        bencher.iter(|| memory.kernels(&wasm, "sm_80").unwrap());
    });
    let path = tempfile::tempdir().unwrap();
    let folder = CacheFolder {
        path: path.path().to_owned(),
        bytes: BYTES,
    };
    // It holds nothing in memory, so that each look is into the folder.
    let on_disk = Cache::new(0, Some(folder)).unwrap();
    on_disk.kernels(&wasm, "sm_80").unwrap();
    criterion.bench_function("jit_compile/cache/folder_hit", |bencher| {
        bencher.iter(|| on_disk.kernels(&wasm, "sm_80").unwrap());
    });
    let nowhere = Cache::new(0, None).unwrap();
    criterion.bench_function("jit_compile/cache/miss", |bencher| {
        bencher.iter(|| nowhere.kernels(&wasm, "sm_80").unwrap());
    });
    assert_eq!(on_disk.counts().compiled, 1);
    assert_eq!(memory.counts().compiled, 1);
    criterion.final_summary();
}
