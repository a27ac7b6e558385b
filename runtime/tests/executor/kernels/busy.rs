//! What is asked for while launches run: it may wait for them, and keeps nobody's thread
//! meanwhile. All of a test here runs on one thread, as its timers do.

use std::time::Duration;

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::executor::TenantId;
use tensor_wasm_runtime::gpu::device::Grid;
use tensor_wasm_runtime::gpu::guest::{ErrorCode, GpuGuest};

use super::{TENANT, devices, gpu, kernel, launch, line, pointer, trap, wasm, word};

const MIB: u64 = 1 << 20;

/// Until a launch that was asked for runs.
async fn begun() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

#[tokio::test]
async fn a_guest_asks_for_more_while_its_launch_runs() {
    for device in devices() {
        let mut guest = super::guest(device);
        let at = guest.alloc(4).await.unwrap();
        let spin = kernel(&mut guest, "spin").await;
        let double = kernel(&mut guest, "double").await;
        let short = Duration::from_millis(300);
        let first = guest.launch(spin, line(1, 4), &[], Some(short)).await;
        let first = first.unwrap();
        begun().await;
        assert_eq!(guest.info().unwrap().bytes, MIB);
        let arguments = [pointer(at, 4)];
        let second = launch(&mut guest, double, Grid::ONE, &arguments).await;
        guest.alloc(4).await.unwrap();
        assert!(!guest.is_ready(first).unwrap(), "nothing of that waits");
        // For this the arena grows, once the launches have ended.
        guest.alloc(2 * MIB).await.unwrap();
        assert_eq!(trap(&mut guest, first).await, TrapCode::Interrupted);
        guest.wait(second.unwrap()).await.unwrap();
        assert_eq!(word(&mut guest, at).await, 0);
    }
}

#[tokio::test]
async fn other_guests_keep_no_thread_while_a_launch_runs() {
    for device in devices() {
        let shared = gpu(device, |config| {
            config.launch_deadline = Duration::from_millis(300);
        });
        let mut guest = shared.guest(TENANT);
        let spin = kernel(&mut guest, "spin").await;
        let mut gone = shared.guest(TenantId(8));
        gone.alloc(4).await.unwrap();
        let mut reads = shared.guest(TenantId(9));
        let at = reads.alloc(4).await.unwrap();
        let first = launch(&mut guest, spin, line(1, 4), &[]).await.unwrap();
        begun().await;
        drop(gone);
        assert_eq!(shared.tenant_bytes(TenantId(8)), 0);
        assert!(!guest.is_ready(first).unwrap(), "that does not wait");
        let mut new = shared.guest(TenantId(10));
        let (ended, found, taken) = tokio::join!(
            trap(&mut guest, first),
            word(&mut reads, at),
            new.alloc(2 * MIB)
        );
        assert_eq!((ended, found), (TrapCode::Interrupted, 0));
        taken.unwrap();
        drop((guest, reads, new));
        assert_eq!(shared.bytes(), 0);
    }
}

#[tokio::test]
async fn the_stacks_of_a_launch_are_not_the_guests_to_give_back() {
    let text = r#"(module (memory 1)
      (global $__stack_pointer (export "__stack_pointer") (mut i32) (i32.const 65536))
      (func (export "spin") (global.set $__stack_pointer (i32.const 0)) (loop (br 0))))"#;
    for device in devices() {
        let mut guest: GpuGuest = super::guest(device);
        let spin = guest.kernel(&wasm(text), "spin").await.unwrap();
        let event = launch(&mut guest, spin, line(1, 4), &[]).await.unwrap();
        // They are the first block behind the module.
        let stacks = 1 << 16;
        assert_eq!(
            guest.length(stacks).unwrap_err().code(),
            ErrorCode::NotFound
        );
        assert_eq!(guest.free(stacks).unwrap_err().code(), ErrorCode::NotFound);
        let buffer = guest.alloc(4).await.unwrap();
        assert_eq!(buffer, stacks + 4096, "it is behind them");
        guest.cancel(event).unwrap();
        trap(&mut guest, event).await;
        assert_eq!(guest.alloc(4).await.unwrap(), stacks);
        assert_eq!(guest.length(buffer), Ok(4));
    }
}
