//! Threads of a launch that share nothing do what each does alone.

use tensor_wasm_runtime::gpu::device::{AnyDevice, Arguments, Grid, Trap};
use tensor_wasm_runtime::gpu::{Instance, KernelError, Kernels};

use super::edges::edge;
use super::{Way, bytes, instances, module, seen};

/// Threads do not disturb each other: a launch gives what one thread for each does.
#[test]
fn oracle_threads_of_a_launch_do_what_they_do_alone() {
    let mut compared = 0;
    for seed in 10_000..10_060 {
        let Ok(wasm) = module(&bytes(seed)) else {
            continue;
        };
        let kernels = Kernels::new(&wasm).unwrap();
        for (name, instance) in instances(&wasm, Way::Alone, seed) {
            let Ok(mut instance) = instance else { continue };
            for (export, _) in &kernels.module().exports {
                let params = &kernels.export(export).unwrap().signature.params;
                if !params.is_empty() {
                    let place = format!("seed {seed}, {export} on {name}");
                    compared += usize::from(together_as_alone(&mut instance, export, seed, &place));
                }
            }
        }
    }
    assert!(compared > 50, "{compared}");
}

/// Compares, where no thread writes what others could see.
fn together_as_alone(
    instance: &mut Instance<AnyDevice>,
    export: &str,
    seed: u64,
    place: &str,
) -> bool {
    const THREADS: u32 = 48;
    let grid = Grid {
        blocks: [3, 1, 1],
        threads: [THREADS / 3, 1, 1],
    };
    let params = instance
        .kernels()
        .export(export)
        .unwrap()
        .signature
        .params
        .clone();
    let mut random = fastrand::Rng::with_seed(seed);
    let each: Vec<u64> = (0..THREADS)
        .flat_map(|_| {
            params
                .iter()
                .map(|ty| edge(*ty, &mut random))
                .collect::<Vec<_>>()
        })
        .collect();
    let before = seen(instance, Ok(Vec::new())).memory;
    let together = instance.launch_each(export, grid, Arguments::Each(&each));
    if seen(instance, Ok(Vec::new())).memory != before {
        return false;
    }
    let mut alone = Ok(Vec::new());
    for (thread, arguments) in (0..THREADS).zip(each.chunks(params.len())) {
        let result = instance.launch_each(export, Grid::ONE, Arguments::Each(arguments));
        match (result, &mut alone) {
            (Ok(results), Ok(all)) => all.extend(results),
            (Err(KernelError::Trap(trap)), _) => {
                alone = Err(KernelError::Trap(Trap { thread, ..trap }));
                break;
            }
            (other, _) => panic!("{place}: {other:?}"),
        }
    }
    assert_eq!(together, alone, "{place}");
    true
}
