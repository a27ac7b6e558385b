//! The same from within: WebAssembly that imports `gpu`.

use std::fmt::Write as _;
use std::time::Duration;

use tensor_wasm_runtime::executor::{Executor, ExecutorConfig, Instance};
use tensor_wasm_runtime::gpu::guest::{Gpu, GpuGuest, RawPtx};

use super::super::{TENANT, options};
use super::{KERNELS, PATIENCE, cpu, gpu, wasm};

/// Bytes as a string of the text format.
fn escaped(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "\\{byte:02x}").unwrap();
        text
    })
}

/// A guest with the kernels at 4096, which does what its exports say.
fn program() -> String {
    let kernels = wasm(KERNELS);
    format!(
        r#"(module
  (import "gpu" "alloc" (func $alloc (param i64) (result i64)))
  (import "gpu" "free" (func $free (param i32) (result i32)))
  (import "gpu" "read" (func $read (param i32 i32 i32) (result i32)))
  (import "gpu" "write" (func $write (param i32 i32 i32) (result i32)))
  (import "gpu" "fill" (func $fill (param i32 i32 i32) (result i32)))
  (import "gpu" "kernel" (func $kernel (param i32 i32 i32 i32) (result i32)))
  (import "gpu" "kernel_named" (func $named (param i32 i32) (result i32)))
  (import "gpu" "kernel_ptx" (func $ptx (param i32 i32 i32 i32) (result i32)))
  (import "gpu" "kernel_drop" (func $kernel_drop (param i32) (result i32)))
  (import "gpu" "launch"
    (func $launch (param i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "gpu" "wait" (func $wait (param i32) (result i32)))
  (import "gpu" "ready" (func $ready (param i32) (result i32)))
  (import "gpu" "cancel" (func $cancel (param i32) (result i32)))
  (import "gpu" "trap" (func $trap (param i32 i32) (result i32)))
  (import "gpu" "event_drop" (func $event_drop (param i32) (result i32)))
  (import "gpu" "info" (func $info (param i32) (result i32)))
  (import "gpu" "name" (func $name (param i32 i32) (result i32)))
  (import "gpu" "error" (func $error (param i32 i32) (result i32)))
  (memory (export "memory") 2)
  (data (i32.const 0) "saxpyspindivide")
  (data (i32.const 4096) "{kernels}")
  (func $saxpy (result i32)
    (call $kernel (i32.const 4096) (i32.const {size}) (i32.const 0) (i32.const 5)))
  (func $spin (result i32)
    (call $kernel (i32.const 4096) (i32.const {size}) (i32.const 5) (i32.const 4)))
  (func $divide (result i32)
    (call $kernel (i32.const 4096) (i32.const {size}) (i32.const 9) (i32.const 6)))
  (func $one (param $kernel i32) (param $arguments i32) (param $length i32) (result i32)
    (call $launch (local.get $kernel) (i32.const 1) (i32.const 1) (i32.const 1)
      (i32.const 64) (i32.const 1) (i32.const 1) (local.get $arguments) (local.get $length)))

  ;; y[i] = 3 * x[i] + y[i] for i below 64; gives y[last].
  (func (export "saxpy") (result f32) (local $x i32) (local $y i32) (local $i i32)
    (local.set $x (i32.wrap_i64 (call $alloc (i64.const 256))))
    (local.set $y (i32.wrap_i64 (call $alloc (i64.const 256))))
    (loop $next
      (f32.store offset=1024 (i32.shl (local.get $i) (i32.const 2))
        (f32.convert_i32_u (local.get $i)))
      (br_if $next (i32.lt_u
        (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 64))))
    (drop (call $write (local.get $x) (i32.const 1024) (i32.const 256)))
    (drop (call $fill (local.get $y) (i32.const 256) (i32.const 0)))
    (drop (call $write (local.get $y) (i32.const 1028) (i32.const 4)))
    ;; u32 64, f32 3, pointer, pointer
    (i32.store8 (i32.const 2048) (i32.const 5))
    (i32.store (i32.const 2049) (i32.const 64))
    (i32.store8 (i32.const 2053) (i32.const 3))
    (f32.store (i32.const 2054) (f32.const 3))
    (i32.store8 (i32.const 2058) (i32.const 7))
    (i32.store (i32.const 2059) (local.get $x))
    (i32.store (i32.const 2063) (i32.const 256))
    (i32.store8 (i32.const 2067) (i32.const 7))
    (i32.store (i32.const 2068) (local.get $y))
    (i32.store (i32.const 2072) (i32.const 256))
    (if (call $wait (call $one (call $saxpy) (i32.const 2048) (i32.const 28)))
      (then (return (f32.const -1))))
    (drop (call $read (local.get $y) (i32.const 3072) (i32.const 256)))
    (drop (call $free (local.get $x)))
    (drop (call $free (local.get $y)))
    (f32.add (f32.load (i32.const 3072)) (f32.load (i32.const 3324))))

  (func (export "wrong") (param $tag i32) (param $length i32) (result i32)
    (i32.store8 (i32.const 2048) (local.get $tag))
    (call $one (call $saxpy) (i32.const 2048) (local.get $length)))
  (func (export "outside") (param $at i32) (result i32)
    (call $write (i32.const 256) (local.get $at) (i32.const 256)))
  (func (export "beyond") (result i32)
    (call $write (i32.const 0xffffff00) (i32.const 0) (i32.const 256)))
  (func (export "spins") (result i32)
    (call $wait (call $one (call $spin) (i32.const 0) (i32.const 0))))
  (func (export "leaves") (result i32)
    (call $one (call $spin) (i32.const 0) (i32.const 0)))
  (func (export "ready") (param i32) (result i32) (call $ready (local.get 0)))
  (func (export "cancels") (param i32) (result i32)
    (drop (call $cancel (local.get 0)))
    (call $wait (local.get 0)))
  (func (export "drops") (param i32) (result i32) (call $event_drop (local.get 0)))
  (func (export "divides") (result i32 i32 i32 i32 i32) (local $event i32)
    (i32.store8 (i32.const 2048) (i32.const 1))
    (i32.store (i32.const 2049) (i32.const 0))
    (local.set $event (call $one (call $divide) (i32.const 2048) (i32.const 5)))
    (call $wait (local.get $event))
    (call $trap (local.get $event) (i32.const 2048))
    (i32.load (i32.const 2048)) (i32.load (i32.const 2052)) (i32.load (i32.const 2060)))
  (func (export "named") (result i32) (call $named (i32.const 0) (i32.const 5)))
  (func (export "ptx") (result i32)
    (call $ptx (i32.const 0) (i32.const 5) (i32.const 0) (i32.const 5)))
  (func (export "forget") (param i32) (result i32) (call $kernel_drop (local.get 0)))
  (func (export "info") (result i32 i64 i64 i32 i32)
    (call $info (i32.const 2048))
    (i64.load (i32.const 2048)) (i64.load (i32.const 2056))
    (i32.load (i32.const 2064)) (i32.load (i32.const 2068)))
  (func (export "name") (result i32 i32)
    (call $name (i32.const 2048) (i32.const 2)) (i32.load (i32.const 2048)))
  (func (export "error") (param $room i32) (result i32)
    (call $error (i32.const 65536) (local.get $room))))"#,
        kernels = escaped(&kernels),
        size = kernels.len()
    )
}

async fn spawned(gpu: Gpu) -> (Executor<Gpu>, Instance<GpuGuest>) {
    let executor = Executor::with_host(ExecutorConfig::default(), gpu).unwrap();
    let module = executor.load(program().as_bytes()).await.unwrap();
    let instance = executor.spawn(TENANT, &module).await.unwrap();
    (executor, instance)
}

async fn call(guest: &Instance<GpuGuest>, export: &str, arguments: &str) -> String {
    let called = guest.call_json(export, arguments, options()).await;
    called
        .unwrap_or_else(|error| panic!("{export}: {error}"))
        .to_string()
}

/// The sentence about what failed last.
async fn said(guest: &Instance<GpuGuest>) -> String {
    let length = call(guest, "error", "[1000]").await;
    let length: usize = length.trim_matches(['[', ']']).parse().unwrap();
    let mut session = guest.lock().await.unwrap();
    let (store, instance) = session.wasmtime();
    let memory = instance.get_memory(&mut *store, "memory").unwrap();
    let bytes = &memory.data(&*store)[65_536..][..length];
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_guest_computes_on_the_device() {
    let (_executor, guest) = spawned(gpu(cpu(), |_| ())).await;
    // 1 in y[0], and 3 * 63 in y[63].
    assert_eq!(call(&guest, "saxpy", "[]").await, "[190.0]");
    assert_eq!(call(&guest, "saxpy", "[]").await, "[190.0]");
    let info = call(&guest, "info", "[]").await;
    assert_eq!(info, "[0,67108864,1048576,64,0]");
    let name = u32::from_le_bytes(*b"cp\0\0") & 0xffff;
    let found = call(&guest, "name", "[]").await;
    let (length, bits) = found.trim_matches(['[', ']']).split_once(',').unwrap();
    assert_eq!(length, "3");
    assert_eq!(
        bits.parse::<u32>().unwrap() & 0xffff,
        name,
        "room for two bytes"
    );
}

#[tokio::test]
async fn a_guest_is_told_what_went_wrong() {
    let (_executor, guest) = spawned(gpu(cpu(), |_| ())).await;
    assert_eq!(call(&guest, "wrong", "[9, 5]").await, "[-5]");
    assert!(said(&guest).await.contains("no tag 9"));
    assert_eq!(call(&guest, "wrong", "[7, 5]").await, "[-5]");
    assert!(
        said(&guest)
            .await
            .contains("end within the argument at byte 0")
    );
    assert_eq!(call(&guest, "wrong", "[1, 5]").await, "[-5]");
    assert!(said(&guest).await.contains("takes 4 arguments, not 1"));
    assert_eq!(call(&guest, "beyond", "[]").await, "[-7]");
    assert!(said(&guest).await.contains("not within the arena"));
    assert_eq!(call(&guest, "divides", "[]").await, "[-9,1,7,5,5]");
    assert!(
        said(&guest)
            .await
            .starts_with("integer divide by zero in function 5")
    );
    assert_eq!(call(&guest, "named", "[]").await, "[-2]");
    assert_eq!(call(&guest, "ptx", "[]").await, "[-4]");
    assert!(said(&guest).await.contains("PTX from guests is refused"));
    assert_eq!(call(&guest, "ready", "[77]").await, "[-2]");
    assert_eq!(call(&guest, "forget", "[77]").await, "[-2]");
    // What is not within its own memory stops it.
    for arguments in ["[130816]", "[131073]", "[-1]"] {
        let called = guest.call_json("outside", arguments, options()).await;
        assert_eq!(called.is_err(), arguments != "[130816]", "{arguments}");
        if let Err(error) = called {
            assert!(
                error.to_string().contains("within the guest's memory"),
                "{error}"
            );
        }
    }
    let allowed = gpu(cpu(), |config| config.raw_ptx = RawPtx::Allowed);
    let (_executor, guest) = spawned(allowed).await;
    assert_eq!(call(&guest, "ptx", "[]").await, "[-10]");
    assert!(said(&guest).await.contains("runs no PTX"));
}

#[tokio::test]
async fn the_deadline_of_a_call_is_that_of_its_launches() {
    let shared = gpu(cpu(), |config| config.launch_deadline = 4 * PATIENCE);
    let (_executor, guest) = spawned(shared.clone()).await;
    let short = options().deadline(Duration::from_millis(100));
    let called = guest.call_json("spins", "[]", short).await;
    // The launch and the call end at about the same time; whichever is first.
    if let Ok(code) = called {
        assert_eq!(code.to_string(), "[-9]");
    }
    ended(&shared).await;
    // A call that ended long ago leaves no launch behind its deadline.
    let event = guest.call_json("leaves", "[]", short).await.unwrap();
    assert_eq!(shared.in_flight(), 1);
    ended(&shared).await;
    let ready = call(&guest, "ready", &event.to_string()).await;
    assert_eq!(ready, "[1]");
    // Cancelling the call cancels what it waits for.
    let (waits, cancels) = tokio::join!(guest.call_json("spins", "[]", options()), async {
        while shared.in_flight() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        guest.cancel()
    });
    assert!(cancels && waits.is_err());
    ended(&shared).await;
    let event = call(&guest, "leaves", "[]").await;
    assert_eq!(call(&guest, "cancels", &event).await, "[-9]");
    assert_eq!(call(&guest, "drops", &event).await, "[0]");
    call(&guest, "leaves", "[]").await;
    guest.terminate().await;
    ended(&shared).await;
    assert_eq!(shared.bytes(), 0);
}

async fn ended(gpu: &Gpu) {
    let all = async {
        while gpu.in_flight() > 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let ended = tokio::time::timeout(PATIENCE, all).await;
    ended.expect("it should have ended long ago");
}
