//! How threads learn that their launch is cancelled, where the word that says so is far
//! away and written by somebody else: as on a GPU, run instruction by instruction.

use std::cell::Cell;

use tensor_wasm_runtime::gpu::Kernels;
use tensor_wasm_runtime::gpu::interp::{Launch, Memory, Program, launch};
use tensor_wasm_runtime::gpu::ptx::Layout;

use crate::wasm;

const TEXT: &str = r#"(module (import "gpu" "global_id_x" (func $id (result i32)))
  (memory 1)
  (func (export "short") (local $i i32)
    (local.set $i (i32.const 2))
    (loop $next
      (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))))
  (func (export "endless") (loop (br 0)))
  (func (export "fills")
    (loop (memory.fill (i32.const 0) (i32.const 0) (i32.const 65536)) (br 0))))"#;

/// What a launch left whose cancel word was set by others, and `STOPPED` was not: how
/// many threads came to their end, `STOPPED`, and how many instructions all took. It
/// was set at the first look of the scheduler that is none of the first `before`.
fn stopped(export: &str, blocks: u32, seed: u64, before: u32) -> (u32, u32, u64) {
    let kernels = Kernels::new(&wasm(TEXT)).unwrap();
    let compiled = kernels.ptx();
    let program = Program::parse(&compiled.text).unwrap();
    let mut memory = Memory::new();
    let mut filled = |words: &[u64]| {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let address = memory.alloc(bytes.len() as u64);
        memory.write(address, &bytes).unwrap();
        address
    };
    let base = filled(&[0; 65536 / 8]);
    let state = filled(&vec![0; compiled.layout.bytes() / 8]);
    let record = filled(&[u64::MAX]);
    let far = filled(&[0]);
    let function = kernels.export(export).unwrap().function;
    let setup = Launch {
        entry: &format!("kernel{function}"),
        grid: [blocks, 1, 1],
        block: [1, 1, 1],
        shared_bytes: compiled.shared_bytes,
        // In the order of `ENTRY_PARAMETERS`.
        arguments: &[
            base,
            65536,
            state,
            record,
            record,
            0,
            record,
            u64::MAX,
            far,
            0,
            0,
        ],
        seed,
        steps: 1 << 32,
        cancel_word: Some(far),
        begins_cancelled: true,
    };
    let asked = Cell::new(0);
    let cancelled = || asked.replace(asked.get() + 1) >= before;
    let ended = launch(&program, &mut memory, &setup, &cancelled).unwrap();
    let word = |address| {
        let mut bytes = [0; 4];
        memory.read(address, &mut bytes).unwrap();
        u32::from_le_bytes(bytes)
    };
    let said = word(state + Layout::STOPPED as u64);
    (word(base), said, ended.instructions)
}

/// One of 4,096 looks far, and tells all others.
#[test]
fn threads_that_begin_are_told_by_the_few_that_look_far() {
    let blocks = 8 << 12;
    let mut fewest = blocks;
    for seed in 0..3 {
        let (ended, said, _) = stopped("short", blocks, seed, 0);
        assert_eq!(said, 1);
        fewest = fewest.min(ended);
        assert!(ended + 8 < blocks, "{ended} ended");
    }
    assert!(fewest > 1, "nobody but the eight looks far");
}

/// Whoever goes on looks far once in a million cycles, however few heads of its loop.
#[test]
fn threads_that_go_on_look_far_now_and_then() {
    for export in ["endless", "fills"] {
        let (_, said, instructions) = stopped(export, 1, 1, 1);
        assert_eq!(said, 1, "{export}");
        assert!(instructions < 10_000_000, "{export}: {instructions}");
    }
}
