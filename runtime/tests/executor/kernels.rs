//! What guests can ask of a device, as an embedder calls it.

mod busy;
mod guests;
mod limits;

use std::num::NonZero;
use std::time::{Duration, Instant};

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::executor::TenantId;
use tensor_wasm_runtime::gpu::DeviceChoice;
use tensor_wasm_runtime::gpu::device::{AnyDevice, Cpu, Grid};
use tensor_wasm_runtime::gpu::guest::{
    Argument, ErrorCode, EventId, Gpu, GpuConfig, GpuError, GpuGuest, KernelId, RawPtx,
};

use super::{PATIENCE, TENANT};

/// Kernels over the arena of whoever brings them.
const KERNELS: &str = r#"(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (import "gpu" "memory" (memory 1))
  (func (export "saxpy") (param $n i32) (param $a f32) (param $x i32) (param $y i32)
    (local $at i32)
    (if (i32.ge_u (call $id) (local.get $n)) (then (return)))
    (local.set $at (i32.shl (call $id) (i32.const 2)))
    (local.set $x (i32.add (local.get $x) (local.get $at)))
    (local.set $y (i32.add (local.get $y) (local.get $at)))
    (f32.store (local.get $y) (f32.add (f32.load (local.get $y))
      (f32.mul (local.get $a) (f32.load (local.get $x))))))
  (func (export "double") (param $at i32)
    (i32.store (local.get $at) (i32.shl (i32.load (local.get $at)) (i32.const 1))))
  (func (export "wide") (param i64) (param f64) (param $at i32)
    (i64.store (local.get $at) (local.get 0))
    (f64.store offset=8 (local.get $at) (local.get 1)))
  (func (export "spin") (loop (br 0)))
  (func (export "divide") (param $by i32)
    (if (i32.eq (call $id) (i32.const 5))
      (then (drop (i32.div_u (i32.const 1) (local.get $by))))))
  (func (export "gives") (result i32) (i32.const 1))
  (func (export "triple") (param $n i32) (param $at i32) (local $i i32)
    (loop $next
      (i32.store (i32.add (local.get $at) (i32.shl (local.get $i) (i32.const 2)))
        (i32.mul (i32.const 3)
          (i32.load (i32.add (local.get $at) (i32.shl (local.get $i) (i32.const 2))))))
      (br_if $next
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n)))))
  (func (export "running") (param $n i32) (param $at i32)
    (loop $next
      (i32.store offset=4 (local.get $at)
        (i32.add (i32.load (local.get $at)) (i32.load offset=4 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "grow") (param $at i32) (i32.store (local.get $at) (memory.grow (i32.const 1)))))"#;

fn wasm(text: &str) -> Vec<u8> {
    let buffer = wast::parser::ParseBuffer::new(text).unwrap();
    let mut parsed = wast::parser::parse::<wast::Wat<'_>>(&buffer).unwrap();
    parsed.encode().unwrap()
}

fn line(blocks: u32, threads: u32) -> Grid {
    Grid {
        blocks: [blocks, 1, 1],
        threads: [threads, 1, 1],
    }
}

/// Two devices with threads of their own, so that tests do not wait for each other.
fn devices() -> [AnyDevice; 2] {
    let cpu = Cpu::new(NonZero::new(2)).unwrap();
    [AnyDevice::new(cpu), DeviceChoice::Interp.open(3).unwrap()]
}

fn cpu() -> AnyDevice {
    devices()[0].clone()
}

fn gpu(device: AnyDevice, shape: impl FnOnce(&mut GpuConfig)) -> Gpu {
    let mut config = GpuConfig::default();
    config.guest_bytes = 64 << 20;
    shape(&mut config);
    Gpu::new(device, config)
}

fn guest(device: AnyDevice) -> GpuGuest {
    gpu(device, |_| ()).guest(TENANT)
}

async fn kernel(guest: &mut GpuGuest, export: &str) -> KernelId {
    guest.kernel(&wasm(KERNELS), export).await.unwrap()
}

async fn write(guest: &mut GpuGuest, at: u32, values: &[f32]) {
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let turn = guest.turn().await.unwrap();
    turn.write(u64::from(at), bytes).await.unwrap();
}

async fn word(guest: &mut GpuGuest, at: u32) -> u32 {
    let turn = guest.turn().await.unwrap();
    let bytes = turn.read(u64::from(at), 4).await.unwrap();
    u32::from_le_bytes(bytes.try_into().unwrap())
}

fn pointer(offset: u32, length: u32) -> Argument {
    Argument::Pointer { offset, length }
}

async fn launch(
    guest: &mut GpuGuest,
    kernel: KernelId,
    grid: Grid,
    arguments: &[Argument],
) -> Result<EventId, GpuError> {
    guest.launch(kernel, grid, arguments, None).await
}

/// The trap of a launch that is waited for.
async fn trap(guest: &mut GpuGuest, event: EventId) -> TrapCode {
    let waited = tokio::time::timeout(PATIENCE, guest.wait(event)).await;
    let error = waited.unwrap().unwrap_err();
    assert_eq!(error.code(), ErrorCode::Trap, "{error}");
    guest.trap(event).unwrap().unwrap().code
}

#[tokio::test]
async fn a_kernel_works_on_buffers() {
    for device in devices() {
        let mut guest = guest(device);
        let n = 1000;
        let x = guest.alloc(4 * u64::from(n)).await.unwrap();
        let y = guest.alloc(4 * u64::from(n)).await.unwrap();
        assert!(x >= 256 && x % 256 == 0 && y % 256 == 0 && y >= x + 4 * n);
        let values: Vec<f32> = (0_u16..1000).map(f32::from).collect();
        write(&mut guest, x, &values).await;
        write(&mut guest, y, &vec![1.0; 1000]).await;
        let saxpy = kernel(&mut guest, "saxpy").await;
        let arguments = [
            Argument::I32(n),
            Argument::F32(2.0_f32.to_bits()),
            pointer(x, 4 * n),
            pointer(y, 4 * n),
        ];
        let event = launch(&mut guest, saxpy, line(4, 256), &arguments).await;
        let event = event.unwrap();
        guest.wait(event).await.unwrap();
        assert!(guest.is_ready(event).unwrap());
        assert_eq!(guest.trap(event).unwrap(), None);
        for at in [0_u16, 1, 999] {
            let found = word(&mut guest, y + 4 * u32::from(at)).await;
            assert_eq!(f32::from_bits(found), 2.0 * f32::from(at) + 1.0);
        }
    }
}

#[tokio::test]
async fn what_is_asked_for_happens_in_its_order() {
    for device in devices() {
        let mut guest = guest(device);
        let at = guest.alloc(4).await.unwrap();
        let double = kernel(&mut guest, "double").await;
        let turn = guest.turn().await.unwrap();
        turn.fill(u64::from(at), 4, 0).await.unwrap();
        turn.write(u64::from(at), vec![1]).await.unwrap();
        drop(turn);
        for _ in 0..20 {
            let arguments = [pointer(at, 4)];
            let event = launch(&mut guest, double, Grid::ONE, &arguments).await;
            guest.drop_event(event.unwrap()).unwrap();
        }
        // Nobody waited for any of them.
        assert_eq!(word(&mut guest, at).await, 1 << 20);
    }
}

#[tokio::test]
async fn arguments_are_those_of_the_signature() {
    let mut guest = guest(cpu());
    let at = guest.alloc(16).await.unwrap();
    let wide = kernel(&mut guest, "wide").await;
    let (long, double) = (Argument::I64(1 << 40), Argument::F64(2.5_f64.to_bits()));
    let event = launch(
        &mut guest,
        wide,
        Grid::ONE,
        &[long, double, pointer(at, 16)],
    )
    .await;
    guest.wait(event.unwrap()).await.unwrap();
    assert_eq!(word(&mut guest, at + 4).await, 1 << 8);
    assert_eq!(word(&mut guest, at + 12).await, 0x4004_0000);

    let bytes = u32::try_from(guest.bytes()).unwrap();
    for (arguments, code, said) in [
        (vec![], ErrorCode::Arguments, "takes 3 arguments, not 0"),
        (
            vec![long, double, long],
            ErrorCode::Arguments,
            "argument 2 is an i64, and `wide` takes i32",
        ),
        (
            vec![Argument::F64(0), double, Argument::I32(at)],
            ErrorCode::Arguments,
            "argument 0 is an f64",
        ),
        (
            vec![long, double, pointer(bytes - 15, 16)],
            ErrorCode::OutOfBounds,
            "are not within the arena's",
        ),
    ] {
        let refused = launch(&mut guest, wide, Grid::ONE, &arguments).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.code(), code, "{refused}");
        assert!(refused.to_string().contains(said), "{refused}");
    }
    // Four bytes each, and not the same type.
    let saxpy = kernel(&mut guest, "saxpy").await;
    let (whole, float) = (Argument::I32(1), Argument::F32(1));
    for (index, list) in [
        (1, [whole, whole, pointer(at, 4), pointer(at, 4)]),
        (0, [float, float, pointer(at, 4), pointer(at, 4)]),
    ] {
        let refused = launch(&mut guest, saxpy, Grid::ONE, &list).await;
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.starts_with(&format!("argument {index} is")),
            "{refused}"
        );
    }
    for grid in [line(0, 1), line(1, 2048)] {
        let refused = launch(&mut guest, wide, grid, &[long, double, pointer(at, 16)]).await;
        assert_eq!(refused.unwrap_err().code(), ErrorCode::Grid);
    }
    let gone = launch(&mut guest, KernelId(9), Grid::ONE, &[]).await;
    assert_eq!(gone.unwrap_err().code(), ErrorCode::NotFound);
    guest.drop_kernel(wide).unwrap();
    let gone = launch(&mut guest, wide, Grid::ONE, &[]).await;
    assert_eq!(gone.unwrap_err().code(), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_trap_has_its_place_and_costs_nothing_else() {
    for device in devices() {
        let mut guest = guest(device);
        let divide = kernel(&mut guest, "divide").await;
        for (by, traps) in [(0, true), (3, false), (0, true)] {
            let event = launch(&mut guest, divide, line(2, 8), &[Argument::I32(by)]).await;
            let event = event.unwrap();
            assert_eq!(guest.wait(event).await.is_err(), traps);
            let found = guest.trap(event).unwrap();
            assert_eq!(found.is_some(), traps);
            if let Some(found) = found {
                assert_eq!(found.code, TrapCode::IntegerDivideByZero);
                assert_eq!((found.function, found.thread), (5, 5));
                assert!(found.offset > 0);
            }
            guest.drop_event(event).unwrap();
            assert_eq!(guest.trap(event).unwrap_err().code(), ErrorCode::NotFound);
        }
    }
}

#[tokio::test]
async fn a_launch_ends_at_its_deadline_and_with_its_guest() {
    for device in devices() {
        let short = Duration::from_millis(50);
        let shared = gpu(device, |config| config.launch_deadline = 2 * PATIENCE);
        let mut first = shared.guest(TENANT);
        let spin = kernel(&mut first, "spin").await;
        // What is left of the call that launches it.
        let event = first.launch(spin, line(1, 4), &[], Some(short)).await;
        let code = trap(&mut first, event.unwrap()).await;
        assert_eq!(code, TrapCode::Interrupted);
        // The guest says so itself.
        let event = launch(&mut first, spin, line(1, 4), &[]).await.unwrap();
        assert!(!first.is_ready(event).unwrap());
        first.cancel(event).unwrap();
        assert_eq!(trap(&mut first, event).await, TrapCode::Interrupted);
        // Nobody waits any more.
        let event = launch(&mut first, spin, line(1, 4), &[]).await.unwrap();
        assert!(
            tokio::time::timeout(short, first.wait(event))
                .await
                .is_err()
        );
        assert_eq!(trap(&mut first, event).await, TrapCode::Interrupted);
        // The guest is gone, and one launch was forgotten before.
        for forget in [false, true] {
            let event = launch(&mut first, spin, line(1, 4), &[]).await.unwrap();
            if forget {
                first.drop_event(event).unwrap();
            }
        }
        assert_eq!(shared.in_flight(), 2);
        drop(first);
        let begun = Instant::now();
        while shared.in_flight() > 0 || shared.bytes() > 0 {
            assert!(begun.elapsed() < PATIENCE, "it should have ended long ago");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

#[tokio::test]
async fn who_waits_does_not_keep_its_thread() {
    // One thread for all: the counter below runs only if `wait` gives it back.
    let shared = gpu(cpu(), |config| {
        config.launch_deadline = Duration::from_millis(200);
    });
    let mut guest = shared.guest(TENANT);
    let spin = kernel(&mut guest, "spin").await;
    let event = launch(&mut guest, spin, Grid::ONE, &[]).await.unwrap();
    let mut ticks = 0;
    let counter = async {
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            ticks += 1;
        }
    };
    tokio::select! {
        waited = guest.wait(event) => assert_eq!(waited.unwrap_err().code(), ErrorCode::Trap),
        () = counter => (),
    }
    assert!(ticks > 3, "{ticks} ticks");
}

#[tokio::test]
async fn a_modules_own_data_is_there_and_settles_once() {
    let data = wasm(
        r#"(module (memory 2) (data (i32.const 70000) "\07") (data $p "\09")
          (func (export "copy") (param $to i32)
            (i32.store8 (local.get $to) (i32.load8_u (i32.const 70000)))
            (memory.init $p (i32.add (local.get $to) (i32.const 1)) (i32.const 0) (i32.const 1))))"#,
    );
    let other = wasm(r#"(module (memory 1) (data (i32.const 8) "x") (func (export "other")))"#);
    for device in devices() {
        let shared = gpu(device, |_| ());
        let mut guest = shared.guest(TENANT);
        let copy = guest.kernel(&data, "copy").await.unwrap();
        let at = guest.alloc(2).await.unwrap();
        assert!(at >= 2 << 16, "it is not where the module's data is");
        let event = launch(&mut guest, copy, Grid::ONE, &[pointer(at, 2)]).await;
        guest.wait(event.unwrap()).await.unwrap();
        assert_eq!(word(&mut guest, at).await & 0xffff, 0x0907);
        let refused = guest.kernel(&other, "other").await.unwrap_err();
        assert!(
            refused.to_string().contains("another module's are"),
            "{refused}"
        );
        // The same one again is no other.
        guest.kernel(&data, "copy").await.unwrap();

        let mut late = shared.guest(TENANT);
        late.alloc(1).await.unwrap();
        let refused = late.kernel(&other, "other").await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::Refused);
        assert!(refused.to_string().contains("a buffer is"), "{refused}");
        // Without data of its own it comes whenever it likes.
        kernel(&mut late, "double").await;
    }
}

#[tokio::test]
async fn variables_that_begin_as_zero_are_nobodys_buffer() {
    for (end, first) in [
        ("__data_end", 1 << 16),
        ("__heap_base", 1 << 16),
        ("other", 256),
    ] {
        let counts = wasm(&format!(
            r#"(module (memory 1) (global (export "{end}") i32 (i32.const 1040))
              (func (export "count")
                (i32.store (i32.const 1024)
                  (i32.add (i32.load (i32.const 1024)) (i32.const 1)))))"#
        ));
        let mut guest = guest(cpu());
        guest.kernel(&counts, "count").await.unwrap();
        assert_eq!(guest.alloc(4096).await.unwrap(), first, "{end}");
    }
}

#[tokio::test]
async fn shadow_stacks_are_taken_for_as_long_as_a_launch_lasts() {
    let deep = wasm(
        r#"(module (memory 1)
          (import "gpu" "global_id_x" (func $id (result i32)))
          (global $__stack_pointer (export "__stack_pointer") (mut i32) (i32.const 65536))
          (func (export "own") (param $to i32) (local $at i32)
            (global.set $__stack_pointer
              (local.tee $at (i32.sub (global.get $__stack_pointer) (i32.const 16))))
            (i32.store (local.get $at) (call $id))
            (i32.store (i32.add (local.get $to) (i32.shl (call $id) (i32.const 2)))
              (i32.load (local.get $at)))))"#
            .replace("(module (memory 1)", "(module")
            .replace("(global $", "(memory 1) (global $")
            .as_str(),
    );
    for device in devices() {
        let shared = gpu(device, |config| config.guest_bytes = 1 << 20);
        let mut guest = shared.guest(TENANT);
        let own = guest.kernel(&deep, "own").await.unwrap();
        let at = guest.alloc(4 * 256).await.unwrap();
        // 256 KiB of stacks each time: twelve of them at once would not fit.
        for _ in 0..12 {
            let event = launch(&mut guest, own, line(4, 64), &[pointer(at, 1024)]).await;
            guest.wait(event.unwrap()).await.unwrap();
        }
        for thread in [0, 100, 255] {
            assert_eq!(word(&mut guest, at + 4 * thread).await, thread);
        }
        let refused = launch(&mut guest, own, line(4, 1024), &[pointer(at, 1024)]).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::OutOfMemory);
        assert!(refused.to_string().contains("fewer threads"), "{refused}");
    }
}

#[tokio::test]
async fn ptx_is_refused_unless_somebody_allows_it() {
    let ptx = ".version 8.0\n.target sm_80\n.address_size 64\n\
        .entry add(.param .u64 at, .param .u32 what) {\n\
        .reg .u64 %a; .reg .u32 %v, %w;\n\
        ld.param.u64 %a, [at]; ld.param.u32 %v, [what];\n\
        ld.global.u32 %w, [%a]; add.u32 %w, %w, %v; st.global.u32 [%a], %w; ret; }\n";
    let mut refusing = guest(DeviceChoice::Interp.open(1).unwrap());
    let refused = refusing.kernel_ptx(ptx, "add").await.unwrap_err();
    assert_eq!(refused, GpuError::RawPtx);
    assert!(refused.to_string().contains("raw_ptx"), "{refused}");

    let [cpu, interp] = devices();
    let allow = |config: &mut GpuConfig| config.raw_ptx = RawPtx::Allowed;
    let mut on_cpu = gpu(cpu, allow).guest(TENANT);
    let refused = on_cpu.kernel_ptx(ptx, "add").await.unwrap_err();
    assert!(refused.to_string().contains("runs no PTX"), "{refused}");

    let mut guest = gpu(interp, allow).guest(TENANT);
    assert!(guest.info().unwrap().raw_ptx);
    let wrong = guest.kernel_ptx("hello", "add").await.unwrap_err();
    assert_eq!(wrong.code(), ErrorCode::Device);
    let add = guest.kernel_ptx(ptx, "add").await.unwrap();
    let at = guest.alloc(4).await.unwrap();
    write(&mut guest, at, &[0.0]).await;
    let arguments = [pointer(at, 4), Argument::I32(42)];
    let event = guest.launch_ptx(add, Grid::ONE, 0, &arguments, None).await;
    guest.wait(event.unwrap()).await.unwrap();
    assert_eq!(word(&mut guest, at).await, 42);
    let outside = [pointer(0xffff_0000, 4), Argument::I32(42)];
    let refused = guest.launch_ptx(add, Grid::ONE, 0, &outside, None).await;
    assert_eq!(refused.unwrap_err().code(), ErrorCode::OutOfBounds);
    let refused = launch(&mut guest, add, Grid::ONE, &[]).await;
    assert!(refused.unwrap_err().to_string().contains("is PTX"));
    let double = kernel(&mut guest, "double").await;
    let refused = guest.launch_ptx(double, Grid::ONE, 0, &[], None).await;
    assert!(refused.unwrap_err().to_string().contains("is WebAssembly"));
}

#[tokio::test]
async fn loops_are_launched_or_refused_with_a_reason() {
    for device in devices() {
        let mut guest = guest(device);
        let at = guest.alloc(4 * 1001).await.unwrap();
        let ones: Vec<u8> = [1, 0, 0, 0].repeat(1001);
        guest
            .turn()
            .await
            .unwrap()
            .write(u64::from(at), ones)
            .await
            .unwrap();
        let arguments = [Argument::I32(1000), pointer(at, 4 * 1001)];
        let triple = kernel(&mut guest, "triple").await;
        for _ in 0..2 {
            let event = guest.launch_loops(triple, &arguments, None).await;
            guest.wait(event.unwrap()).await.unwrap();
        }
        let found = [0, 999, 1000].map(|at| at * 4);
        for (offset, value) in found.into_iter().zip([9, 9, 1]) {
            assert_eq!(word(&mut guest, at + offset).await, value);
        }
        let running = kernel(&mut guest, "running").await;
        let event = guest.launch_loops(running, &arguments, None).await.unwrap();
        let refused = guest.wait(event).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::Refused);
        assert!(
            refused.to_string().contains("what another one writes"),
            "{refused}"
        );
        assert_eq!(guest.trap(event).unwrap(), None);
        assert_eq!(word(&mut guest, at).await, 9, "nothing has run");
        let wrong = guest.launch_loops(triple, &arguments[..1], None).await;
        assert_eq!(wrong.unwrap_err().code(), ErrorCode::Arguments);
    }
}

#[tokio::test]
async fn a_guest_without_a_device_is_told_so() {
    let mut none = GpuGuest::none();
    assert_eq!(none.alloc(1).await, Err(GpuError::NotGranted));
    assert_eq!(none.kernel(&[], "f").await, Err(GpuError::NotGranted));
    assert_eq!(none.info(), Err(GpuError::NotGranted));
    let other = TenantId(1);
    assert_eq!(gpu(cpu(), |_| ()).tenant_bytes(other), 0);
}
