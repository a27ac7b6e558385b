//! Loops as kernels: what they leave is what one thread leaves, or they are refused
//! and leave nothing.

mod arguments;
mod compiled;
mod random;
mod refused;

use std::sync::Arc;

use tensor_wasm_runtime::gpu::device::{Arena, Cancel, Device, Interpreter};
use tensor_wasm_runtime::gpu::offload::{NotAMap, OffloadError, Offloaded, Reason};
use tensor_wasm_runtime::gpu::{DeviceChoice, Instance, KernelError, Kernels, Options};

use crate::{on_each_device, wasm};

const MAPS: &str = include_str!("offload/maps.wat");

/// Instructions that the interpreter gives a launch.
const STEPS: u64 = 100_000_000;

on_each_device! {
    an_index_with_the_test_first,
    pointers_with_the_test_last,
    bytes_up_to_an_address,
    strides,
    fields_of_structs,
    from_the_last_to_the_first,
    every_third,
    iterations_that_branch,
    indices_of_64_bits,
    what_is_around_a_loop,
    two_loops,
    divisions_by_constants,
    an_addition_that_is_an_or,
    all_of_arithmetic,
    a_launch_of_many_blocks,
    fuel_is_as_for_a_call,
    a_cancelled_launch_says_so,
    analyzed_once,
    the_page_says_what_happens,
}

/// An instance, whatever its device is.
trait Runs {
    fn call(&mut self, export: &str, arguments: &[u64]) -> Result<Vec<u64>, KernelError>;
    fn offload(&mut self, export: &str, arguments: &[u64]) -> Result<Offloaded, OffloadError>;
    fn memory(&self) -> Vec<u8>;
    fn fill(&self, bytes: &[u8]);
}

impl<D: Device> Runs for Instance<D> {
    fn call(&mut self, export: &str, arguments: &[u64]) -> Result<Vec<u64>, KernelError> {
        Instance::call(self, export, arguments)
    }

    fn offload(&mut self, export: &str, arguments: &[u64]) -> Result<Offloaded, OffloadError> {
        Instance::offload(self, export, arguments)
    }

    fn memory(&self) -> Vec<u8> {
        let mut bytes = vec![0; usize::try_from(self.arena().bytes()).unwrap()];
        self.arena().read(0, &mut bytes).unwrap();
        bytes
    }

    fn fill(&self, bytes: &[u8]) {
        self.arena().write(0, bytes).unwrap();
    }
}

fn instance(on: DeviceChoice, kernels: &Arc<Kernels>, options: Options) -> Box<dyn Runs> {
    let kernels = Arc::clone(kernels);
    match on {
        #[cfg(feature = "executor")]
        DeviceChoice::Cpu => {
            use std::sync::OnceLock;
            use tensor_wasm_runtime::gpu::device::Cpu;
            static CPU: OnceLock<Cpu> = OnceLock::new();
            let cpu = CPU.get_or_init(|| Cpu::new(None).unwrap()).clone();
            Box::new(Instance::of(cpu, kernels, options).unwrap())
        }
        _ => Box::new(Instance::of(Interpreter::device(3, STEPS), kernels, options).unwrap()),
    }
}

fn compiled(text: &str) -> Arc<Kernels> {
    Arc::new(Kernels::new(&wasm(text)).unwrap())
}

/// The same bytes each time.
fn noise(length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(length as u64);
    std::iter::repeat_with(|| random.u8(..))
        .take(length)
        .collect()
}

/// Two instances with the same memory.
fn pair(on: DeviceChoice, kernels: &Arc<Kernels>) -> [Box<dyn Runs>; 2] {
    [(); 2].map(|()| {
        let instance = instance(on, kernels, Options::default());
        instance.fill(&noise(instance.memory().len()));
        instance
    })
}

/// A function does as threads what it does as one; how many threads there were.
#[track_caller]
fn taken(on: DeviceChoice, kernels: &Arc<Kernels>, export: &str, arguments: &[u64]) -> u64 {
    let [mut alone, mut many] = pair(on, kernels);
    let results = alone.call(export, arguments).unwrap();
    let done = many.offload(export, arguments).unwrap();
    assert_eq!(done.results, results, "{export} {arguments:?}");
    let differs = |(a, b): (&u8, &u8)| a != b;
    let (alone, many) = (alone.memory(), many.memory());
    let first = alone.iter().zip(&many).position(differs);
    assert_eq!(first, None, "{export} {arguments:?}");
    done.threads
}

/// A function is refused, and its memory is as before; why.
#[track_caller]
fn refusal(on: DeviceChoice, kernels: &Arc<Kernels>, export: &str, arguments: &[u64]) -> NotAMap {
    let [before, mut many] = pair(on, kernels);
    match many.offload(export, arguments) {
        Err(OffloadError::NotAMap(not)) => {
            assert!(before.memory() == many.memory(), "{export} {arguments:?}");
            not
        }
        other => panic!("{export} {arguments:?}: {other:?}"),
    }
}

#[track_caller]
fn threads(on: DeviceChoice, export: &str, arguments: &[u64], threads: u64) {
    let kernels = compiled(MAPS);
    assert_eq!(taken(on, &kernels, export, arguments), threads);
}

#[track_caller]
fn not(on: DeviceChoice, export: &str, arguments: &[u64], reason: &Reason) {
    let kernels = compiled(MAPS);
    let not = refusal(on, &kernels, export, arguments);
    assert_eq!(not.reason, *reason, "{export} {arguments:?}");
}

fn half() -> u64 {
    u64::from(0.5_f32.to_bits())
}

fn an_index_with_the_test_first(on: DeviceChoice) {
    for n in [0, 1, 2, 31, 300] {
        threads(on, "saxpy", &[n, half(), 1000, 4000], n);
        // In place, at any alignment, and one before the other.
        threads(on, "saxpy", &[n, half(), 1001, 1001], n);
        threads(on, "saxpy", &[n, half(), 4003, 4003 - 4 * n], n);
        threads(on, "saxpy", &[n, half(), 4003, 4003 + 4 * n], n);
    }
    // To the last byte and not beyond, from the first.
    threads(on, "saxpy", &[300, half(), 65_536 - 1200, 0], 300);
    threads(on, "saxpy", &[300, half(), 0, 65_536 - 1200], 300);
    let one_more = Reason::OutOfBounds;
    not(on, "saxpy", &[300, half(), 65_537 - 1200, 0], &one_more);
    not(on, "saxpy", &[300, half(), 0, 65_537 - 1200], &one_more);
    // One element of the other, whichever comes first.
    for n in [2, 300] {
        for shift in [1, 4, 4 * (n - 1), 4 * n - 1] {
            for arguments in [
                [n, half(), 8000, 8000 + shift],
                [n, half(), 8000 + shift, 8000],
            ] {
                let not = refusal(on, &compiled(MAPS), "saxpy", &arguments);
                let is_overlap = matches!(not.reason, Reason::Overlap { .. });
                assert!(is_overlap, "{arguments:?}: {not}");
            }
        }
    }
    // One iteration cannot be in anybody's way.
    threads(on, "saxpy", &[1, half(), 8000, 8001], 1);
    for n in [100_000, 1 << 30, (1 << 30) + 1, 0xffff_ffff] {
        let not = refusal(on, &compiled(MAPS), "saxpy", &[n, half(), 0, 0]);
        let wanted = [Reason::OutOfBounds, Reason::AddressWraps];
        assert!(wanted.contains(&not.reason), "{n}: {not}");
    }
}

fn pointers_with_the_test_last(on: DeviceChoice) {
    for n in [0, 1, 2, 257] {
        threads(on, "copy", &[n, 16, 8000], n);
        threads(on, "copy", &[n, 8000, 16], n);
        threads(on, "copy", &[n, 8000, 8000], n);
    }
    threads(on, "copy", &[8192, 0, 0], 8192);
    not(on, "copy", &[8193, 0, 0], &Reason::OutOfBounds);
    not(on, "copy", &[2, 0xffff_fff8, 0], &Reason::AddressWraps);
    not(on, "copy", &[1, 0xffff_fff8, 0], &Reason::OutOfBounds);
}

fn bytes_up_to_an_address(on: DeviceChoice) {
    threads(on, "fill", &[500, 500, 7], 0);
    threads(on, "fill", &[500, 501, 7], 1);
    threads(on, "fill", &[0, 65_536, 0x1ff], 65_536);
    not(on, "fill", &[0, 65_537, 7], &Reason::OutOfBounds);
    not(on, "fill", &[1, 0, 7], &Reason::OutOfBounds);
    not(on, "fill", &[2, 1, 7], &Reason::AddressWraps);
}

fn strides(on: DeviceChoice) {
    let minus = |stride: i32| u64::from(stride.cast_unsigned());
    for (n, at, stride) in [
        (10, 0, 4),
        (10, 3, 5),
        (9, 60_000, minus(-400)),
        (2, 9, minus(-4)),
    ] {
        threads(on, "strided", &[n, at, stride], n);
    }
    // The test comes last: there is one iteration at least.
    threads(on, "strided", &[0, 100, 0], 1);
    threads(on, "strided", &[minus(-5), 100, 4], 1);
    for stride in [0, 1, 3, minus(-3)] {
        let other = refusal(on, &compiled(MAPS), "strided", &[5, 1000, stride]);
        assert!(matches!(other.reason, Reason::Overlap { .. }), "{other}");
        assert!(other.to_string().contains("another one writes"), "{other}");
    }
    threads(on, "strided", &[2, 4, minus(-4)], 2);
    not(on, "strided", &[3, 4, minus(-4)], &Reason::AddressWraps);
    threads(on, "strided", &[2, 0, 65_532], 2);
    not(on, "strided", &[2, 0, 65_533], &Reason::OutOfBounds);
}

fn fields_of_structs(on: DeviceChoice) {
    threads(on, "fields", &[100, 5], 100);
    threads(on, "fields", &[0xffff_ffff, 5], 0);
    threads(on, "fields", &[5461, 4], 5461);
    not(on, "fields", &[5461, 5], &Reason::OutOfBounds);
}

fn from_the_last_to_the_first(on: DeviceChoice) {
    for n in [0, 1, 2, 511] {
        threads(on, "backwards", &[n, 12], n);
    }
    threads(on, "backwards", &[16_384, 0], 16_384);
    not(on, "backwards", &[16_385, 0], &Reason::OutOfBounds);
}

fn every_third(on: DeviceChoice) {
    for n in [0, 1, 2, 3, 4, 300, 301] {
        threads(on, "thirds", &[n, 7], n.div_ceil(3));
    }
    not(on, "thirds", &[0xffff_ffff, 7], &Reason::AddressWraps);
    // The index would come to 2^32 + 1 and begin anew.
    let wraps = r#"(module (memory 1) (func (export "f") (local $i i32)
      (loop $l (i32.store8 (i32.const 0) (i32.const 1))
        (i32.store8 (local.get $i) (i32.const 1))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 16)))
          (i32.const 0xfffffff8))))))"#;
    let kernels = compiled(&wraps.replace("(i32.store8 (i32.const 0) (i32.const 1))", ""));
    assert_eq!(refusal(on, &kernels, "f", &[]).reason, Reason::CounterWraps);
}

fn iterations_that_branch(on: DeviceChoice) {
    threads(on, "clamp", &[500, 100], 500);
    threads(on, "clamp", &[16_384, 0], 16_384);
    threads(on, "table", &[1000, 99], 1000);
}

fn indices_of_64_bits(on: DeviceChoice) {
    for n in [0, 1, 100] {
        threads(on, "long", &[n, 80], n);
    }
    threads(on, "long", &[u64::MAX, 80], 0);
    for n in [1 << 31, 1 << 33, i64::MAX as u64] {
        let not = refusal(on, &compiled(MAPS), "long", &[n, 0]);
        assert!(
            matches!(not.reason, Reason::AddressWraps | Reason::Address),
            "{not}"
        );
    }
}

fn what_is_around_a_loop(on: DeviceChoice) {
    // `memory.size` is 1: a stride of 4.
    for n in [1, 2, 100] {
        threads(on, "around", &[n, 100], n);
    }
    threads(on, "around", &[0, 100], 0);
    // It reads what it has written before, and every iteration writes there.
    let not = refusal(on, &compiled(MAPS), "around", &[100, 0]);
    assert!(matches!(not.reason, Reason::Overlap { .. }), "{not}");
    let kernels = compiled(MAPS);
    let done = pair(on, &kernels)[1]
        .offload("around", &[100, 100])
        .unwrap();
    assert_eq!(done.launches, 3, "a loop, and a piece before and after");
}

fn two_loops(on: DeviceChoice) {
    for n in [1, 2, 100] {
        threads(on, "two", &[n, 50], 2 * n);
    }
}

fn divisions_by_constants(on: DeviceChoice) {
    threads(on, "tenths", &[1000, 0], 1000);
}

fn an_addition_that_is_an_or(on: DeviceChoice) {
    threads(on, "unrolled", &[100, 2], 50);
    threads(on, "unrolled", &[101, 2], 51);
}

fn all_of_arithmetic(on: DeviceChoice) {
    threads(on, "numbers", &[900, 3], 900);
}

fn a_launch_of_many_blocks(on: DeviceChoice) {
    for n in [255, 256, 257, 512, 4095] {
        threads(on, "copy", &[n, 0, 32_768], n);
    }
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
            let map = tensor_wasm_runtime::gpu::offload::analyze(&kernels, trap.function).unwrap();
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
    let page = include_str!("../../../docs/gpu.md");
    let (_, page) = page.split_once("## Loops as kernels").unwrap();
    let text = page.split("```wat\n").nth(1).unwrap();
    let kernels = compiled(text.split("```").next().unwrap());
    let a = u64::from(2.0_f32.to_bits());
    assert_eq!(taken(on, &kernels, "saxpy", &[600, a, 0, 4096]), 600);
    let not = refusal(on, &kernels, "saxpy", &[600, a, 0, 4]);
    assert!(page.contains(&format!("\n{not}\n")), "{not}");
}
