//! Loops as clang writes them at `-O2`: unrolled, with bumped pointers, counting down
//! or to a bound, and with what is left over before or after.

use tensor_wasm_runtime::gpu::DeviceChoice;
use tensor_wasm_runtime::gpu::offload::{Reason, analyze};

use super::{compiled, half, refusal, taken};
use crate::on_each_device;

/// `suites/gpu/c/maps.c`
const MAPS: &str = include_str!("../../../../suites/gpu/c/maps.wat");

on_each_device! {
    every_map_for_every_rest_of_unrolling,
    maps_with_other_arguments,
    no_maps,
}

fn every_map_for_every_rest_of_unrolling(on: DeviceChoice) {
    let kernels = compiled(MAPS);
    for n in (0..=9).chain([16, 17, 1021]) {
        for (export, arguments) in [
            ("saxpy", vec![n, half(), 0x1000, 0x8000]),
            ("saxpy", vec![n, half(), 0x1000, 0x1000]),
            ("saxpy", vec![n, half(), 0x1001, 0x8003]),
            ("copied", vec![n, 0x8000, 0x4000]),
            ("filled", vec![n, 0x8000, 0x1234]),
            ("pairs", vec![n, 0x8004]),
            ("backwards", vec![n, 0x8000, 0x2000]),
            ("backwards", vec![n, 0x8000, 0x8000]),
            ("thirds", vec![n, 0x8000]),
            ("positive", vec![n, 0x8000]),
            ("scaled", vec![n, half(), 0x1000, 0x8000]),
            ("row", vec![n, 3, 0x8000]),
            ("column", vec![n, 7, 3, 0x8000]),
            ("polynomial", vec![n, 0x8000, 0xa000]),
        ] {
            let threads = taken(on, &kernels, export, &arguments);
            // A thread does as many elements as an iteration, which are eight at most;
            // what is left over is less than that.
            let elements = if export == "thirds" { n.div_ceil(3) } else { n };
            assert!(threads <= elements, "{export} {n}: {threads}");
            assert!(threads >= elements / 8, "{export} {n}: {threads}");
        }
    }
}

fn maps_with_other_arguments(on: DeviceChoice) {
    let kernels = compiled(MAPS);
    let end = 1 << 20;
    assert!(taken(on, &kernels, "saxpy", &[1024, half(), 0, end - 4096]) > 0);
    for (export, arguments) in [
        ("saxpy", vec![1024, half(), 0, end - 4092]),
        ("copied", vec![100, end - 792, 0]),
        ("filled", vec![100, end - 99, 0]),
        ("backwards", vec![100, 0, end - 399]),
        ("filled", vec![0xffff_ffff, 0, 7]),
    ] {
        let not = refusal(on, &kernels, export, &arguments);
        let beyond = [Reason::OutOfBounds, Reason::AddressWraps, Reason::Traps];
        assert!(beyond.contains(&not.reason), "{export}: {not}");
    }
    for (export, arguments) in [
        ("saxpy", vec![1024, half(), 0x1000, 0x1004]),
        ("saxpy", vec![1024, half(), 0x1004, 0x1000]),
        ("copied", vec![100, 0x1000, 0x1008]),
        ("backwards", vec![100, 0x1000, 0x1001]),
        ("column", vec![100, 0, 3, 0x8000]),
    ] {
        let not = refusal(on, &kernels, export, &arguments);
        assert!(
            matches!(not.reason, Reason::Overlap { .. }),
            "{export}: {not}"
        );
    }
}

fn no_maps(on: DeviceChoice) {
    let kernels = compiled(MAPS);
    for (export, arguments, reason) in [
        ("sum", vec![8, 0x1000], Reason::Carried),
        ("prefixes", vec![8, 0x1000], Reason::Carried),
        ("found", vec![8, 0x1000, 5], Reason::SecondExit),
        ("gathered", vec![8, 0x1000, 0x2000, 0x3000], Reason::Address),
        ("divided", vec![8, 0x1000, 0x2000], Reason::MayTrap),
    ] {
        let function = kernels.export(export).unwrap().function;
        let not = analyze(&kernels, function).unwrap_err();
        assert_eq!(not.reason, reason, "{export}");
        assert_eq!(refusal(on, &kernels, export, &arguments), not);
        if export == "sum" {
            let page = include_str!("../../../../docs/gpu.md");
            assert!(page.contains(&format!("offloaded: {not}\n")), "{not}");
        }
    }
}
