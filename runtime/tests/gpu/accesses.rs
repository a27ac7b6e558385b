//! What is saved at accesses, and that nothing else changes by it.

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::ptx::Stats;
use tensor_wasm_runtime::gpu::{DeviceChoice, Kernels};

use crate::{instance, on_each_device, trap, wasm};

on_each_device!(
    loads_side_by_side_are_one_with_one_check,
    of_loads_that_are_checked_together_the_first_that_fails_traps,
    loads_that_reach_less_far_begin_anew,
    loads_are_one_only_where_that_is_aligned_and_of_one_kind,
    an_offset_may_take_an_address_off_its_alignment,
    copies_that_overlap_are_copies_of_what_was_there,
    what_is_written_before_a_trap_is_written,
    an_address_is_checked_once_on_every_way,
    an_address_in_a_loop_is_another_one_each_time,
    alignment_is_known_only_where_it_holds,
    bounds_hold_at_both_ends_of_every_size,
);

fn stats(text: &str) -> Stats {
    Kernels::new(&wasm(text)).unwrap().ptx().stats
}

/// Four loads from an address that is a multiple of 16, and their sum.
const QUAD: &str = r#"(module (memory (export "memory") 1)
  (func (export "sum") (param $i i32) (result f32) (local $at i32)
    (local.set $at (i32.shl (local.get $i) (i32.const 4)))
    (f32.add
      (f32.add (f32.load (local.get $at)) (f32.load offset=4 (local.get $at)))
      (f32.add (f32.load offset=8 (local.get $at)) (f32.load offset=12 (local.get $at))))))"#;

fn loads_side_by_side_are_one_with_one_check(on: DeviceChoice) {
    let stats = stats(QUAD);
    assert_eq!((stats.bounds, stats.merged_bounds), (1, 3));
    assert_eq!((stats.alignments, stats.merged_loads), (0, 3));
    assert!(
        Kernels::new(&wasm(QUAD))
            .unwrap()
            .ptx()
            .text
            .contains("ld.global.v4.b32")
    );
    let mut instance = instance(on, QUAD);
    let numbers = [1.5_f32, 2.0, 4.0, 8.0].map(f32::to_le_bytes).concat();
    instance.write(65_520, &numbers);
    let found = instance.call("sum", &[4095]).unwrap();
    assert_eq!(found, [u64::from(15.5_f32.to_bits())]);
    let trapped = trap(instance.call("sum", &[4096]));
    assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess);
}

fn of_loads_that_are_checked_together_the_first_that_fails_traps(on: DeviceChoice) {
    let text = r#"(module (memory 1)
      (func (export "three") (param $at i32)
        (drop (i32.load8_u (local.get $at)))
        (drop (i32.load16_u offset=1 (local.get $at)))
        (drop (i64.load offset=3 (local.get $at)))))"#;
    let places: Vec<u32> = {
        let kernels = Kernels::new(&wasm(text)).unwrap();
        let code = &kernels.module().functions[0].code;
        let instructions = &code.blocks[0].instructions;
        instructions.iter().map(|it| it.offset).collect()
    };
    assert_eq!(places.len(), 3);
    assert_eq!((stats(text).bounds, stats(text).merged_bounds), (1, 2));
    let mut instance = instance(on, text);
    instance.call("three", &[65_525]).unwrap();
    for (address, place) in [
        (65_526, 2),
        (65_533, 2),
        (65_534, 1),
        (65_535, 1),
        (65_536, 0),
    ] {
        let trapped = trap(instance.call("three", &[address]));
        assert_eq!(trapped.offset, places[place], "{address}");
    }
}

fn loads_that_reach_less_far_begin_anew(on: DeviceChoice) {
    let text = r#"(module (memory 1)
      (func (export "two") (param $at i32)
        (drop (i32.load offset=4 (local.get $at)))
        (drop (i32.load (local.get $at)))))"#;
    let mut instance = instance(on, text);
    instance.call("two", &[65_528]).unwrap();
    for address in [65_529, 65_532, 65_536] {
        let trapped = trap(instance.call("two", &[address]));
        assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess, "{address}");
    }
}

fn loads_are_one_only_where_that_is_aligned_and_of_one_kind(on: DeviceChoice) {
    let text = |shift: u32, first: u32, second: &str| {
        format!(
            r#"(module (memory 1) (data (i32.const 0) "\01\02\03\04\85\06\07\88\09\0a\0b\0c\0d\0e\0f\10")
              (func (export "f") (param $i i32) (result i64) (local $at i32)
                (local.set $at (i32.shl (local.get $i) (i32.const {shift})))
                (i64.add
                  (i64.extend_i32_u (i32.load offset={first} (local.get $at)))
                  ({second} offset={} (local.get $at)))))"#,
            first + 4
        )
    };
    let word = |at: u32| {
        let bytes = [
            1, 2, 3, 4, 0x85, 6, 7, 0x88, 9, 10, 11, 12, 13, 14, 15, 16_u8,
        ];
        let part = &bytes[at as usize..at as usize + 4];
        u64::from(u32::from_le_bytes(part.try_into().unwrap()))
    };
    for (shift, first, second, merged) in [
        (3, 0, "i64.load32_u", 0),
        (3, 0, "i64.extend_i32_u (i32.load", 1),
        (2, 0, "i64.extend_i32_u (i32.load", 0),
        (3, 4, "i64.extend_i32_u (i32.load", 0),
        (3, 8, "i64.extend_i32_u (i32.load", 1),
    ] {
        let mut text = text(shift, first, second);
        if second.contains('(') {
            let end = format!("offset={} (local.get $at)", first + 4);
            text = text.replace(&end, &format!("{end})"));
        }
        assert_eq!(
            stats(&text).merged_loads,
            merged,
            "{shift} {first} {second}"
        );
        let mut instance = instance(on, &text);
        let wanted = word(first) + word(first + 4);
        assert_eq!(
            instance.call("f", &[0]).unwrap(),
            [wanted],
            "{shift} {first}"
        );
        instance.call("f", &[1]).unwrap();
    }
}

fn an_offset_may_take_an_address_off_its_alignment(on: DeviceChoice) {
    let text = r#"(module (memory 1) (data (i32.const 0) "\01\02\03\04\05\06\07\08\09\0a\0b\0c")
      (func (export "f") (param $i i32) (result i32)
        (i32.load offset=3 (i32.shl (local.get $i) (i32.const 2)))))"#;
    let mut instance = instance(on, text);
    assert_eq!(instance.call("f", &[1]).unwrap(), [0x0b0a_0908]);
}

fn copies_that_overlap_are_copies_of_what_was_there(on: DeviceChoice) {
    let text = r#"(module (memory 1) (func (export "copy") (param i32 i32 i32)
      (memory.copy (local.get 0) (local.get 1) (local.get 2))))"#;
    let mut instance = instance(on, text);
    let bytes: Vec<u8> = (0..=255).cycle().take(20_000).collect();
    for (to, from, length) in [(8, 0, 16_000), (0, 8, 16_000), (7, 0, 9000), (1, 9, 9001)] {
        instance.write(0, &bytes);
        instance
            .call("copy", &[to as u64, from as u64, length as u64])
            .unwrap();
        let mut wanted = bytes.clone();
        wanted.copy_within(from..from + length, to);
        assert_eq!(instance.read(0, 20_000), wanted, "{from} to {to}");
    }
}

fn what_is_written_before_a_trap_is_written(on: DeviceChoice) {
    // Nothing that can be seen lies between two loads that are checked together.
    for between in [
        "(i32.store (i32.const 0) (i32.const 7))",
        "(global.set $g (i32.const 7))",
        "(drop (i32.div_u (i32.const 1) (local.get $zero)))",
        "(drop (i32.atomic.rmw.add (i32.const 0) (i32.const 7)))",
        "(drop (i32.trunc_f32_s (f32.const nan)))",
        "(call $writes)",
    ] {
        let text = format!(
            r#"(module (memory 1) (global $g (export "g") (mut i32) (i32.const 0))
              (func $writes (i32.store (i32.const 0) (i32.const 7)))
              (func (export "two") (param $at i32) (param $zero i32)
                (drop (i32.load (local.get $at)))
                {between}
                (drop (i32.load offset=4 (local.get $at)))))"#
        );
        assert_eq!(stats(&text).merged_bounds, 0, "{between}");
        let mut instance = instance(on, &text);
        let trapped = trap(instance.call("two", &[65_532, 0]));
        let written = instance.read(0, 1)[0] == 7;
        let set = instance.0.global(0) == Some(7);
        let trapped_before = trapped.code != TrapCode::OutOfBoundsMemoryAccess;
        assert!(written || set || trapped_before, "{between}: {trapped}");
    }
}

fn an_address_is_checked_once_on_every_way(on: DeviceChoice) {
    let text = r#"(module (memory 1)
      (func (export "f") (param $at i32) (param $n i32) (result i32)
        (i32.store (local.get $at) (i32.const 1))
        (if (local.get $n)
          (then (i32.store (local.get $at) (i32.const 2)))
          (else (i32.store offset=4 (local.get $at) (i32.const 3))))
        (i32.load offset=4 (local.get $at))))"#;
    let stats = stats(text);
    // The store in `then` is known; the load is not: one way did not come so far.
    assert_eq!((stats.bounds, stats.known_bounds), (3, 1));
    let mut instance = instance(on, text);
    assert!(instance.call("f", &[65_532, 1]).is_err());
    assert_eq!(instance.read(65_532, 4), [2, 0, 0, 0]);
    assert!(instance.call("f", &[65_532, 0]).is_err());
    assert_eq!(instance.read(65_532, 4), [1, 0, 0, 0]);
    assert_eq!(instance.call("f", &[0, 0]).unwrap(), [3]);
}

fn an_address_in_a_loop_is_another_one_each_time(on: DeviceChoice) {
    let text = r#"(module (memory 1)
      (func (export "walk") (param $at i32)
        (loop $next
          (i32.store (local.get $at) (i32.const 1))
          (local.set $at (i32.add (local.get $at) (i32.const 4096)))
          (br $next))))"#;
    let mut instance = instance(on, text);
    let trapped = trap(instance.call("walk", &[0]));
    assert_eq!(trapped.code, TrapCode::OutOfBoundsMemoryAccess);
    assert_eq!(instance.read(61_440, 1), [1]);
}

fn alignment_is_known_only_where_it_holds(on: DeviceChoice) {
    for (address, known) in [
        ("(i32.shl (local.get 0) (i32.const 2))", true),
        ("(i32.shl (local.get 0) (i32.const 34))", false),
        ("(i32.shl (local.get 0) (i32.const 1))", false),
        ("(i32.mul (local.get 0) (i32.const 12))", true),
        ("(i32.and (local.get 0) (i32.const -4))", true),
        (
            "(i32.or (i32.shl (local.get 0) (i32.const 2)) (i32.const 1))",
            false,
        ),
        (
            "(i32.sub (i32.shl (local.get 0) (i32.const 3)) (i32.const -4))",
            true,
        ),
        (
            "(i32.shr_u (i32.shl (local.get 0) (i32.const 4)) (i32.const 3))",
            false,
        ),
        ("(select (i32.const 8) (i32.const 2) (local.get 0))", false),
        ("(local.get 0)", false),
    ] {
        let text = format!(
            r#"(module (memory 1) (func (export "f") (param i32) (result i32)
                 (i32.load {address})))"#
        );
        let stats = stats(&text);
        assert_eq!(stats.known_alignments == 1, known, "{address}");
        assert_eq!(stats.alignments == 1, !known, "{address}");
        // A wrong one faults on the interpreter, as on a GPU.
        let mut instance = instance(on, &text);
        for argument in [0, 1, 2, 3, 77] {
            instance.call("f", &[argument]).unwrap();
        }
    }
    // What a loop is given is as aligned as the worst of it.
    let text = r#"(module (memory 1) (func (export "f") (param $n i32) (local $at i32)
        (loop $next
          (drop (i32.load (local.get $at)))
          (local.set $at (i32.add (local.get $at) (i32.const STEP)))
          (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))"#;
    for (step, known) in [("4", true), ("6", false)] {
        let text = text.replace("STEP", step);
        assert_eq!(stats(&text).alignments == 0, known, "{step}");
        instance(on, &text).call("f", &[9]).unwrap();
    }
}

fn bounds_hold_at_both_ends_of_every_size(on: DeviceChoice) {
    let text = |pages: u32| {
        let mut text = format!("(module (memory {pages})");
        for (name, bytes) in [("8", 1), ("16", 2), ("32", 4), ("64", 8)] {
            let load = match name {
                "64" => "i64.load".to_owned(),
                "32" => "i64.load32_u".to_owned(),
                _ => format!("i64.load{name}_u"),
            };
            for offset in [0_u32, 1, 65_535, 65_536, u32::MAX] {
                text += &format!(
                    "(func (export \"{bytes} {offset}\") (param i32) (result i64)
                      ({load} offset={offset} (local.get 0)))"
                );
            }
        }
        text + ")"
    };
    for pages in [0, 1, 2, 65_536] {
        let mut instance = instance(on, &text(pages));
        let size = u64::from(pages) << 16;
        for bytes in [1_u64, 2, 4, 8] {
            for offset in [0_u64, 1, 65_535, 65_536, u64::from(u32::MAX)] {
                let last = (size + 1).saturating_sub(bytes + offset);
                for address in [
                    0,
                    last.saturating_sub(1),
                    last,
                    last + 1,
                    u64::from(u32::MAX),
                ] {
                    let address = address.min(u64::from(u32::MAX));
                    let fits = address + offset + bytes <= size;
                    let found = instance.call(&format!("{bytes} {offset}"), &[address]);
                    assert_eq!(
                        found.is_ok(),
                        fits,
                        "{bytes} at {address}+{offset} of {size}"
                    );
                }
            }
        }
    }
}
