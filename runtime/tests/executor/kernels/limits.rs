//! Caps, quotas, and launches that wait for room.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tensor_wasm_runtime::executor::{Scope, TenantId};
use tensor_wasm_runtime::gpu::Kernels;
use tensor_wasm_runtime::gpu::device::Grid;
use tensor_wasm_runtime::gpu::guest::{ErrorCode, GpuError};

use super::{KERNELS, PATIENCE, TENANT, cpu, devices, gpu, kernel, launch, line, trap, wasm};

const MIB: u64 = 1 << 20;

#[tokio::test]
async fn quotas_are_asked_before_memory_is_taken() {
    for device in devices() {
        let shared = gpu(device, |config| {
            config.engine_bytes = 6 * MIB;
            config.tenant_bytes = 4 * MIB;
        });
        let mut first = shared.guest(TENANT);
        let buffer = first.alloc(3 * MIB).await.unwrap();
        let taken = shared.bytes();
        assert!((3 * MIB..=4 * MIB).contains(&taken), "{taken}");
        // Of the same tenant.
        let mut second = shared.guest(TENANT);
        match second.alloc(2 * MIB).await.unwrap_err() {
            GpuError::Quota(error) => {
                assert_eq!(error.scope, Scope::Tenant(TENANT.0));
                assert_eq!((error.limit, error.taken), (4 * MIB, taken));
            }
            other => panic!("{other}"),
        }
        assert_eq!(shared.bytes(), taken);
        // Of another, within its own quota and beyond what there is.
        let mut third = shared.guest(TenantId(8));
        let refused = third.alloc(7 * MIB / 2).await.unwrap_err();
        assert!(refused.to_string().contains("`engine_bytes`"), "{refused}");
        assert_eq!(refused.code(), ErrorCode::OutOfMemory);
        third.alloc(MIB).await.unwrap();
        assert_eq!(shared.bytes(), taken + shared.tenant_bytes(TenantId(8)));
        // What is given back can be had again, by the guest itself at once.
        first.free(buffer).unwrap();
        let again = first.alloc(3 * MIB).await.unwrap();
        assert_eq!((again, shared.tenant_bytes(TENANT)), (buffer, taken));
        drop(first);
        assert_eq!(shared.tenant_bytes(TENANT), 0);
        second.alloc(2 * MIB).await.unwrap();
        drop((second, third));
        assert_eq!(shared.bytes(), 0);
    }
}

#[tokio::test]
async fn a_guest_has_no_more_than_its_own_arena() {
    let shared = gpu(cpu(), |config| config.guest_bytes = MIB);
    for device in devices() {
        // Nor do kernels take what nobody was asked for.
        let roomy = gpu(device, |_| ());
        let mut guest = roomy.guest(TENANT);
        let grow = kernel(&mut guest, "grow").await;
        let at = guest.alloc(4).await.unwrap();
        let taken = roomy.bytes();
        let event = launch(&mut guest, grow, Grid::ONE, &[super::pointer(at, 4)]).await;
        guest.wait(event.unwrap()).await.unwrap();
        assert_eq!(super::word(&mut guest, at).await, u32::MAX);
        assert_eq!((guest.bytes(), roomy.bytes()), (taken, taken));
    }
    let mut guest = shared.guest(TENANT);
    let refused = guest.alloc(MIB).await.unwrap_err();
    assert_eq!(
        refused.code(),
        ErrorCode::OutOfMemory,
        "256 bytes are nobody's"
    );
    guest.alloc(MIB - 256).await.unwrap();
    for bytes in [1, u64::MAX, u64::MAX - 300, 1 << 32] {
        let refused = guest.alloc(bytes).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::OutOfMemory, "{bytes}");
    }
    assert_eq!(shared.bytes(), MIB);
    let large = wasm(r#"(module (memory 17) (func (export "f")))"#);
    let refused = guest.kernel(&large, "f").await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::OutOfMemory);
    let mut turn = guest.turn().await.unwrap();
    for (at, length) in [(MIB, 1), (MIB - 1, 2), (u64::MAX, 1_u64)] {
        let outside = [
            turn.read(at, length).await.map(drop),
            turn.write(at, vec![0; length as usize]).await,
            turn.fill(at, length, 1).await,
        ];
        for refused in outside {
            assert_eq!(refused.unwrap_err().code(), ErrorCode::OutOfBounds);
        }
        drop(turn);
        turn = guest.turn().await.unwrap();
    }
}

#[tokio::test]
async fn buffers_that_are_given_back_become_one_again() {
    let shared = gpu(cpu(), |config| config.guest_bytes = MIB);
    let mut guest = shared.guest(TENANT);
    let mut buffers = Vec::new();
    while let Ok(buffer) = guest.alloc(1000).await {
        buffers.push(buffer);
    }
    assert_eq!(buffers.len(), 1023);
    // In an order that leaves holes on both sides.
    for start in [1, 0, 2] {
        for buffer in buffers.iter().skip(start).step_by(3) {
            guest.free(*buffer).unwrap();
            assert_eq!(guest.free(*buffer).unwrap_err().code(), ErrorCode::NotFound);
        }
    }
    assert_eq!(guest.alloc(MIB - 256).await.unwrap(), 256);
}

#[tokio::test]
async fn caps_are_kept_and_name_what_to_raise() {
    let shared = gpu(cpu(), |config| {
        config.buffers = 2;
        config.kernels = 2;
        config.modules = 1;
        config.events = 1;
        config.module_bytes = 4096;
    });
    let mut guest = shared.guest(TENANT);
    let one = guest.alloc(1).await.unwrap();
    guest.alloc(0).await.unwrap();
    let refused = guest.alloc(1).await.unwrap_err();
    assert!(refused.to_string().contains("raise `buffers`"), "{refused}");
    guest.free(one).unwrap();
    guest.alloc(1).await.unwrap();

    let spin = kernel(&mut guest, "spin").await;
    let double = kernel(&mut guest, "double").await;
    let refused = guest.kernel(&wasm(KERNELS), "spin").await.unwrap_err();
    assert!(refused.to_string().contains("raise `kernels`"), "{refused}");
    guest.drop_kernel(double).unwrap();
    let other = wasm(r#"(module (func (export "other")))"#);
    let refused = guest.kernel(&other, "other").await.unwrap_err();
    assert!(refused.to_string().contains("raise `modules`"), "{refused}");
    let refused = guest.kernel(&vec![0; 4097], "f").await.unwrap_err();
    assert!(
        refused.to_string().contains("raise `module_bytes`"),
        "{refused}"
    );
    assert_eq!(refused.code(), ErrorCode::Limit);

    let event = launch(&mut guest, spin, Grid::ONE, &[]).await.unwrap();
    let refused = launch(&mut guest, spin, Grid::ONE, &[]).await.unwrap_err();
    assert!(refused.to_string().contains("raise `events`"), "{refused}");
    guest.cancel(event).unwrap();
    trap(&mut guest, event).await;
    guest.drop_event(event).unwrap();
    launch(&mut guest, spin, Grid::ONE, &[]).await.unwrap();
}

#[tokio::test]
async fn modules_are_refused_with_a_reason() {
    let shared = gpu(cpu(), |config| {
        let offered = wasm(
            r#"(module (func (export "nothing")) (func (export "gives") (result i32) (i32.const 1)))"#,
        );
        config.offered = vec![Arc::new(Kernels::new(&offered).unwrap())];
    });
    let mut guest = shared.guest(TENANT);
    let nothing = guest.kernel_named("nothing").await.unwrap();
    let event = launch(&mut guest, nothing, line(3, 4), &[]).await.unwrap();
    guest.wait(event).await.unwrap();
    let refused = guest.kernel_named("something").await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::NotFound);
    for (text, export, code, said) in [
        (KERNELS, "gives", ErrorCode::Refused, "`gives` has results"),
        (KERNELS, "gone", ErrorCode::NotFound, "`gone`"),
        (
            r#"(module (import "env" "log" (func)) (func (export "f")))"#,
            "f",
            ErrorCode::Refused,
            "offset 0x",
        ),
        (
            r#"(module (memory 1) (data (i32.const 65536) "x") (func (export "f")))"#,
            "f",
            ErrorCode::Refused,
            "out of bounds memory access",
        ),
        (
            r#"(module (func $s) (start $s) (func (export "f")))"#,
            "f",
            ErrorCode::Refused,
            "a start function",
        ),
    ] {
        let refused = guest.kernel(&wasm(text), export).await.unwrap_err();
        assert_eq!(refused.code(), code, "{refused}");
        assert!(refused.to_string().contains(said), "{refused}");
    }
    let refused = guest.kernel(b"\0asm", "f").await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Refused);
}

#[tokio::test]
async fn launches_wait_for_room_and_for_nothing_else() {
    let shared = gpu(cpu(), |config| {
        config.launches_in_flight = 2;
        config.launch_deadline = 4 * PATIENCE;
    });
    let mut hog = shared.guest(TENANT);
    let spin = kernel(&mut hog, "spin").await;
    let first = launch(&mut hog, spin, Grid::ONE, &[]).await.unwrap();
    let second = launch(&mut hog, spin, Grid::ONE, &[]).await.unwrap();
    let mut other = shared.guest(TenantId(8));
    let nothing = wasm(r#"(module (func (export "nothing")))"#);
    let nothing = other.kernel(&nothing, "nothing").await.unwrap();
    let short = Duration::from_millis(50);
    let waits = launch(&mut other, nothing, Grid::ONE, &[]);
    assert!(tokio::time::timeout(short, waits).await.is_err());
    assert_eq!(shared.in_flight(), 2);
    hog.cancel(first).unwrap();
    let event = launch(&mut other, nothing, Grid::ONE, &[]);
    let event = tokio::time::timeout(PATIENCE, event).await.unwrap();
    other.wait(event.unwrap()).await.unwrap();
    hog.cancel(second).unwrap();
    trap(&mut hog, second).await;
    assert_eq!(shared.in_flight(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crowd_of_guests_never_has_more_in_flight_than_there_may_be() {
    let shared = gpu(cpu(), |config| config.launches_in_flight = 3);
    let most = Arc::new(AtomicUsize::new(0));
    let guests = (0..12).map(|tenant| {
        let (shared, most) = (shared.clone(), Arc::clone(&most));
        tokio::spawn(async move {
            let mut guest = shared.guest(TenantId(tenant));
            let double = kernel(&mut guest, "double").await;
            let at = guest.alloc(4).await.unwrap();
            let turn = guest.turn().await.unwrap();
            let one = 1_u32.to_le_bytes().to_vec();
            turn.write(u64::from(at), one).await.unwrap();
            drop(turn);
            let mut events = Vec::new();
            for _ in 0..25 {
                let arguments = [super::pointer(at, 4)];
                let event = launch(&mut guest, double, Grid::ONE, &arguments).await;
                most.fetch_max(shared.in_flight(), Ordering::Relaxed);
                events.push(event.unwrap());
            }
            for event in events {
                guest.wait(event).await.unwrap();
            }
            super::word(&mut guest, at).await
        })
    });
    let guests: Vec<_> = guests.collect();
    for guest in guests {
        assert_eq!(guest.await.unwrap(), 1 << 25);
    }
    let most = most.load(Ordering::Relaxed);
    assert!((1..=3).contains(&most), "{most}");
    assert_eq!((shared.in_flight(), shared.bytes()), (0, 0));
}
