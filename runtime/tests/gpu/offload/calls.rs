//! Fuel, cancelling, limits, and what the page promises.

use tensor_wasm_runtime::gpu::device::Cancel;
use tensor_wasm_runtime::gpu::offload::{OffloadError, Reason, analyze};
use tensor_wasm_runtime::gpu::{DeviceChoice, KernelError, Options};

use super::{MAPS, compiled, instance, refusal, taken};
use crate::on_each_device;

on_each_device! {
    fuel_is_as_for_a_call,
    a_cancelled_launch_says_so,
    analyzed_once,
    the_page_says_what_happens,
    many_values_of_before,
}

fn fuel_is_as_for_a_call(on: DeviceChoice) {
    let kernels = compiled(MAPS);
    // With the test first, the head of the loop is entered once more.
    for (export, arguments, needed) in [
        ("copy", vec![100, 0, 8000], 100),
        ("backwards", vec![100, 0], 101),
        ("two", vec![100, 0], 200),
    ] {
        for fuel in [needed - 1, needed] {
            let options = || Options {
                fuel: Some(fuel),
                ..Options::default()
            };
            let [mut alone, mut many] = [(); 2].map(|()| instance(on, &kernels, options()));
            let called = alone.call(export, &arguments);
            let launched = many.offload(export, &arguments);
            if fuel == needed {
                called.unwrap();
                launched.unwrap();
                continue;
            }
            called.unwrap_err();
            match launched {
                Err(OffloadError::NotAMap(not)) => {
                    assert_eq!(not.reason, Reason::Fuel { needed, fuel });
                }
                other => panic!("{export}: {other:?}"),
            }
        }
    }
}

fn a_cancelled_launch_says_so(on: DeviceChoice) {
    let kernels = compiled(MAPS);
    let cancel = Cancel::default();
    let options = Options {
        cancel: cancel.clone(),
        ..Options::default()
    };
    let mut many = instance(on, &kernels, options);
    cancel.cancel();
    // Threads may end before they are asked to.
    match many.offload("copy", &[100, 0, 8000]) {
        Err(OffloadError::Kernel(KernelError::Trap(trap))) => {
            let map = analyze(&kernels, trap.function).unwrap();
            assert_eq!(trap.offset, map.loops()[0].offset);
        }
        Ok(done) => assert_eq!(done.threads, 100),
        other => panic!("{other:?}"),
    }
}

fn analyzed_once(on: DeviceChoice) {
    let kernels = compiled(MAPS);
    let mut instance = instance(on, &kernels, Options::default());
    for n in 0..20 {
        assert_eq!(instance.offload("copy", &[n, 0, 8000]).unwrap().threads, n);
    }
    let wrong = instance.offload("copy", &[1]).unwrap_err();
    assert!(
        wrong.to_string().contains("takes 3 arguments, not 1"),
        "{wrong}"
    );
    let wrong = instance.offload("none", &[]).unwrap_err();
    assert!(
        wrong.to_string().contains("no exported function"),
        "{wrong}"
    );
}

/// `docs/gpu.md`, "Loops as kernels".
fn the_page_says_what_happens(on: DeviceChoice) {
    let page = include_str!("../../../../docs/gpu.md");
    let (_, page) = page.split_once("## Loops as kernels").unwrap();
    let text = page.split("```wat\n").nth(1).unwrap();
    let kernels = compiled(text.split("```").next().unwrap());
    let a = u64::from(2.0_f32.to_bits());
    assert_eq!(taken(on, &kernels, "saxpy", &[600, a, 0, 4096]), 600);
    let not = refusal(on, &kernels, "saxpy", &[600, a, 0, 4]);
    assert!(page.contains(&format!("\n{not}\n")), "{not}");
}

fn many_values_of_before(on: DeviceChoice) {
    let text = |count: usize| {
        let sum = (0..count).fold("(local.get $n)".to_owned(), |sum, number| {
            format!("(i32.xor {sum} (local.get {number}))")
        });
        compiled(&format!(
            r#"(module (memory 1) (func (export "f") (param {}) (param $n i32)
              (loop $next
                (i32.store (local.get $n) {sum})
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 4)))))))"#,
            "i32 ".repeat(count)
        ))
    };
    for (count, fits) in [(400, true), (600, false)] {
        let mut arguments: Vec<u64> = (0..count as u64).collect();
        arguments.push(400);
        if fits {
            assert_eq!(taken(on, &text(count), "f", &arguments), 100);
        } else {
            let not = refusal(on, &text(count), "f", &arguments);
            assert_eq!(not.reason, Reason::TooLarge);
        }
    }
}

#[test]
fn iterations_that_nest_too_deep() {
    let text = |depth: usize| {
        let (open, close) = ("(if (i32.load (local.get $n)) (then ", "))");
        compiled(&format!(
            r#"(module (memory 1) (func (export "f") (param $n i32)
              (loop $next
                {}(i32.store (local.get $n) (i32.const 1)){}
                (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 4)))))))"#,
            open.repeat(depth),
            close.repeat(depth)
        ))
    };
    assert!(analyze(&text(150), 0).is_ok());
    assert_eq!(analyze(&text(400), 0).unwrap_err().reason, Reason::TooLarge);
}
