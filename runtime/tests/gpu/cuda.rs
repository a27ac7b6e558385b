//! The device `cuda` over a stand-in for NVIDIA's driver, which provokes faults: see
//! `runtime/examples/stand_in_driver`. It shows what the driver is given and what
//! becomes of its errors. It is no proof of what a GPU does.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tensor_wasm_runtime::gpu::device::{Arena as _, Arguments, Cancel, Cuda, Grid};
use tensor_wasm_runtime::gpu::{DeviceChoice, KernelError, Kernels, Options};

use super::stand_in::{LIBRARY, driver, gpu, is_child, said, with_stand_in};
use super::{FUEL, instance, line, trap, wasm, with_options};

const MODULE: &str = r#"(module
  (import "gpu" "global_id_x" (func $id (result i32)))
  (memory (export "memory") 1 4)
  (func (export "mark") (i32.store (i32.shl (call $id) (i32.const 2)) (call $id)))
  (func (export "spin") (loop (br 0)))
  (func $deeper (export "deeper") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $deeper (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0)))))"#;

/// Workgroup memory beyond what a function has if nobody asks.
const WORKGROUP: &str = r#"(module
  (import "gpu" "workgroup" (memory $w 65536 65536 (pagesize 1)))
  (memory $m (export "memory") 1)
  (func (export "mark") (i32.store $m (i32.const 0) (i32.load $w (i32.const 65532)))))"#;

/// A test's full name.
macro_rules! this {
    ($name:ident) => {
        concat!(module_path!(), "::", stringify!($name))
    };
}

/// A folder with the stand-in, and [`MODULE`].
fn folder() -> tempfile::TempDir {
    let folder = driver(&LIBRARY);
    std::fs::write(folder.path().join("k.wat"), MODULE).unwrap();
    folder
}

const RUN: &str = "run k.wat --kernel mark --block 64 --device cuda";

#[test]
fn every_fault_is_an_error_that_says_what_is_wrong() {
    let folder = folder();
    for (faults, command, code, words) in [
        ("", RUN, 0, "mark on cuda:0 (stand-in, no GPU): 1 blocks"),
        (
            "",
            "run k.wat --kernel mark --device cuda:1",
            125,
            "no device 1",
        ),
        (
            "init=999",
            RUN,
            125,
            "does not start: the driver does not know why (CUDA_ERROR_UNKNOWN, 999)",
        ),
        (
            "init=100",
            RUN,
            125,
            "no GPU that programs may use (CUDA_ERROR_NO_DEVICE, 100)",
        ),
        ("init=804", RUN, 125, "compatibility package"),
        ("init=4711", RUN, 125, "the driver gives the code 4711"),
        ("count=0", RUN, 125, "CUDA_ERROR_NO_DEVICE"),
        (
            "sm=75",
            RUN,
            125,
            "is of sm_75, and kernels need sm_80 or newer",
        ),
        ("sm=120", RUN, 0, "mark on cuda:0"),
        (
            "context=1:46",
            RUN,
            125,
            "no context can be made: somebody else",
        ),
        (
            "alloc=1",
            RUN,
            125,
            "taking 65536 bytes of memory failed: the device has not enough memory",
        ),
        ("alloc=2", RUN, 125, "CUDA_ERROR_OUT_OF_MEMORY, 2"),
        ("jit=1", RUN, 125, "line 3; error : refused by the stand-in"),
        (
            "launch=1:700",
            RUN,
            125,
            "launching kernel1 failed: a thread reached memory that is not there (CUDA_ERROR_ILLEGAL_ADDRESS, 700); its context is lost",
        ),
        ("launch=1:716", RUN, 125, "MISALIGNED_ADDRESS"),
        ("launch=1:719", RUN, 125, "LAUNCH_FAILED"),
        (
            "stack=2",
            RUN,
            125,
            "giving each of 8192 threads a stack of",
        ),
        (
            "",
            "run k.wat --kernel spin --device cuda --timeout 200ms",
            142,
            "stopped at --timeout",
        ),
        (
            "",
            "run k.wat --kernel spin --device cuda --fuel 1000",
            134,
            "out of fuel",
        ),
        (
            "",
            "info",
            0,
            "cuda     stand-in, no GPU, sm_80, 4 multiprocessors; the driver is for CUDA 12.4",
        ),
        ("count=3", "info", 0, "; 3 of them, to cuda:2"),
        (
            "init=803",
            "info",
            0,
            "cuda     not here: the driver does not start: library and kernel module of the driver differ",
        ),
    ] {
        let began = Instant::now();
        let output = gpu(folder.path(), faults, command);
        let text = said(&output);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{faults} {command}: {text}"
        );
        assert!(text.contains(words), "{faults} {command}: {text}");
        assert!(!text.contains("panicked"), "{faults} {command}: {text}");
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{faults} {command}"
        );
    }
}

#[test]
fn a_library_that_is_no_driver_is_an_error() {
    let folder = folder();
    let library = folder.path().join("libcuda.so.1");
    let expect = |words: &str| {
        let output = gpu(folder.path(), "", RUN);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(125), "{text}");
        assert!(text.contains(words), "{text}");
        assert!(!text.contains("panicked"), "{text}");
        let info = said(&gpu(folder.path(), "", "info"));
        assert!(info.contains("cuda     not here: "), "{info}");
    };
    // What is broken is told from what is not there by the loader's own words.
    for (bytes, words) in [
        ("a text".repeat(1000), "invalid ELF header"),
        ("\u{7f}ELF".to_owned(), "file too short"),
        (String::new(), "file too short"),
    ] {
        std::fs::write(&library, bytes).unwrap();
        expect("no NVIDIA driver that can be loaded");
        expect(&format!("libcuda.so.1: {words}"));
    }
    std::fs::remove_file(&library).unwrap();
    if !DeviceChoice::found()
        .iter()
        .any(|(name, found)| *name == "cuda" && found.is_ok())
    {
        expect("libcuda.so.1: cannot open shared object file");
    }
    // Some other library of this process.
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut paths = maps.split_whitespace();
    let other = paths.find(|path| path.contains("/libgcc_s.so")).unwrap();
    std::fs::copy(other, &library).unwrap();
    expect("the driver has no `cuInit`: it is broken, or no driver");
}

#[test]
fn auto_does_not_take_the_stand_in() {
    with_stand_in(this!(auto_does_not_take_the_stand_in), "", || {
        let resolved = DeviceChoice::Auto.resolved();
        assert!(!matches!(resolved, DeviceChoice::Cuda(_)), "{resolved}");
        assert_ne!(resolved, DeviceChoice::Auto);
        if is_child() {
            assert!(Cuda::is_stand_in());
        }
    });
}

#[test]
fn a_lost_context_is_an_error_and_the_next_instance_has_another() {
    let test = this!(a_lost_context_is_an_error_and_the_next_instance_has_another);
    let log = with_stand_in(test, "launch=2:700", || {
        let on = DeviceChoice::Cuda(None);
        let mut other = instance(on, MODULE);
        other.write(0, &[7; 4]);
        let mut lost = instance(on, MODULE);
        lost.launch("mark", line(1, 32), &[]).unwrap();
        let error = lost.launch("mark", line(1, 32), &[]).unwrap_err();
        assert!(matches!(error, KernelError::Device(_)), "{error}");
        assert!(error.to_string().contains("make them anew"), "{error}");
        // All that was there is lost, also of those that did nothing.
        let kernels = Arc::new(Kernels::new(&wasm(MODULE)).unwrap());
        for _ in 0..2 {
            let error = other.launch("mark", line(1, 32), &[]).unwrap_err();
            assert!(error.to_string().contains("ILLEGAL_ADDRESS"), "{error}");
            let read = other.0.arena().read(0, &mut [0]).unwrap_err();
            assert!(read.to_string().contains("is lost"), "{read}");
            let mut anew = on
                .instantiate(Arc::clone(&kernels), Options::default(), 0)
                .unwrap();
            anew.launch_each("mark", line(1, 32), Arguments::Same(&[]))
                .unwrap();
            let mut word = [0; 4];
            anew.arena().read(4 * 31, &mut word).unwrap();
            assert_eq!(u32::from_le_bytes(word), 31);
        }
        drop((other, lost));
        instance(on, MODULE)
            .launch("mark", line(1, 32), &[])
            .unwrap();
    });
    let contexts: Vec<&str> = log
        .lines()
        .filter(|line| line.starts_with("context"))
        .collect();
    if !is_child() {
        assert_eq!(
            contexts,
            ["context made", "context destroyed", "context made"]
        );
    }
}

#[test]
fn a_device_that_stays_lost_says_so_each_time() {
    let test = this!(a_device_that_stays_lost_says_so_each_time);
    with_stand_in(test, "launch=1:719,context=2:719", || {
        let on = DeviceChoice::Cuda(Some(0));
        let mut lost = instance(on, MODULE);
        lost.launch("mark", line(1, 32), &[]).unwrap_err();
        let kernels = Arc::new(Kernels::new(&wasm(MODULE)).unwrap());
        for _ in 0..2 {
            let made = on.instantiate(Arc::clone(&kernels), Options::default(), 0);
            let error = made.err().unwrap().to_string();
            assert!(error.contains("no context can be made"), "{error}");
        }
    });
}

#[test]
fn memory_that_runs_out_leaves_the_device_usable() {
    let test = this!(memory_that_runs_out_leaves_the_device_usable);
    let log = with_stand_in(test, "largest=1000000", || {
        let on = DeviceChoice::Cuda(None);
        let mut small = instance(on, MODULE);
        small.launch("mark", line(1, 32), &[]).unwrap();
        let huge = wasm("(module (memory 65536))");
        for _ in 0..8 {
            let kernels = Arc::new(Kernels::new(&huge).unwrap());
            let made = on.instantiate(kernels, Options::default(), 0);
            let error = made.err().unwrap().to_string();
            assert!(error.contains("taking 4294967296 bytes"), "{error}");
            for _ in 0..3 {
                small.launch("mark", line(1, 32), &[]).unwrap();
            }
        }
        assert_eq!(small.read(4 * 31, 4), [31, 0, 0, 0]);
    });
    if !is_child() {
        // Small blocks are used again, and given back where memory runs out.
        assert_eq!(log.matches("alloc 256\n").count(), 9, "{log}");
    }
}

/// The rows have what the driver is asked on both sides; the times say nothing here.
#[test]
fn a_guest_is_measured_beside_cudarc_alone() {
    let folder = folder();
    let command = "bench --device cuda --elements 256 --matmul 16 --rounds 1";
    let output = gpu(folder.path(), "", command);
    let text = said(&output);
    assert!(output.status.success(), "{text}");
    let row = text.lines().find(|line| line.starts_with("a guest's"));
    assert_eq!(row.unwrap().matches(" us").count(), 2, "{text}");
    let log = std::fs::read_to_string(folder.path().join("log")).unwrap();
    // One round that is not counted and one that is; on the default stream by hand.
    let by_hand = log.matches("launch nothing on 0x0\n").count();
    assert_eq!(by_hand, 400, "{by_hand}");
    let launches = log.matches("\nlaunch ").count();
    assert!(launches >= 800, "{launches}");
    // What its launches need is not there: said, with what was tried.
    let broken = gpu(folder.path(), "launch=300:700", command);
    assert_eq!(broken.status.code(), Some(125), "{}", said(&broken));
    assert!(said(&broken).contains("cudarc"), "{}", said(&broken));
}

/// What a kernel came to is said, and not that somebody would have stopped it.
#[test]
fn a_trap_after_the_timeout_is_a_trap() {
    let folder = folder();
    let late = r#"(module (func (export "late") (local $left i32)
      (local.set $left (i32.const 20000000))
      (loop $next
        (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (unreachable)))"#;
    std::fs::write(folder.path().join("late.wat"), late).unwrap();
    let command = "run late.wat --kernel late --device cuda --timeout 200ms";
    // Nothing hears that it is cancelled.
    let output = gpu(folder.path(), "hang=1", command);
    assert_eq!(output.status.code(), Some(134), "{}", said(&output));
    assert!(said(&output).contains("unreachable"), "{}", said(&output));
    // What hears it is stopped long before.
    let output = gpu(folder.path(), "", command);
    assert_eq!(output.status.code(), Some(142), "{}", said(&output));
}

/// Waits until the driver was asked for so many launches, and then for so much more.
fn until_launched(count: usize, more: usize) {
    let log = std::env::var_os("STAND_IN_LOG").unwrap();
    let patience = Instant::now() + Duration::from_secs(120);
    loop {
        let text = std::fs::read_to_string(&log).unwrap();
        let since = text.split("launch ").nth(count);
        if since.is_some_and(|since| since.lines().count() > more) {
            return;
        }
        assert!(Instant::now() < patience, "{text}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn launches_of_two_instances_have_a_stream_each_and_nothing_waits_for_the_device() {
    let test = this!(launches_of_two_instances_have_a_stream_each_and_nothing_waits_for_the_device);
    let log = with_stand_in(test, "", || {
        let on = DeviceChoice::Cuda(None);
        let cancel = Cancel::default();
        let options = Options {
            fuel: None,
            cancel: cancel.clone(),
            ..Options::default()
        };
        let mut endless = with_options(on, MODULE, options);
        let mut short = instance(on, MODULE);
        // The stand-in gives no memory while something runs. What this one needs is there
        // from now on, and of another size than what the other one takes.
        let each = Arguments::Each(&[1; 32]);
        short.launch_each("deeper", line(1, 32), each).unwrap();
        let running = std::thread::spawn(move || trap(endless.launch("spin", line(1, 4), &[])));
        until_launched(2, 0);
        let stop = std::thread::spawn(move || {
            // For a stream. On it waits what comes before the launch.
            until_launched(2, 1);
            cancel.cancel();
        });
        // The stand-in has one thing run at a time; a GPU would not wait here.
        short.launch_each("deeper", line(1, 32), each).unwrap();
        stop.join().unwrap();
        let ended = running.join().unwrap();
        assert_eq!(ended.code, tensor_wasm_runtime::TrapCode::Interrupted);
    });
    if is_child() {
        return;
    }
    let launches: Vec<&str> = log
        .lines()
        .filter(|line| line.starts_with("launch"))
        .collect();
    let [before, endless, after] = launches[..] else {
        panic!("{log}");
    };
    assert_eq!(before.split(' ').nth(1), after.split(' ').nth(1), "{log}");
    let since = log.split(endless).nth(1).unwrap();
    // The stream there was is in use, and so there is another one.
    assert!(since.contains("stream "), "{log}");
    // Each of them waits for no other: that is what the flag says.
    let made = log.lines().filter(|line| line.starts_with("stream"));
    assert!(made.clone().all(|line| line.ends_with("flags 1")), "{log}");
    assert!(
        !since.split("launch").next().unwrap().contains("free"),
        "{log}"
    );
}

#[test]
fn what_a_launch_needs_is_asked_for() {
    let test = this!(what_a_launch_needs_is_asked_for);
    let log = with_stand_in(test, "threads=32", || {
        let on = DeviceChoice::Cuda(None);
        let mut few = instance(on, MODULE);
        few.launch("mark", line(1, 32), &[]).unwrap();
        few.launch("mark", line(1, 1024), &[]).unwrap();
        let mut shares = instance(on, WORKGROUP);
        shares.launch("mark", Grid::ONE, &[]).unwrap();
        assert_eq!(shares.read(0, 4), [0; 4]);
    });
    if is_child() {
        return;
    }
    let mut lines = log.lines().filter(|line| {
        ["module", "limit", "launch"]
            .iter()
            .any(|word| line.starts_with(word))
    });
    let mut next = || lines.next().unwrap().split(" on").next().unwrap();
    // Functions that call themselves need a stack; registers for 1024 threads must be
    // few.
    assert_eq!(next(), "module");
    assert_eq!(next(), "limit 0 139320");
    assert_eq!(next(), "launch kernel1");
    assert_eq!(next(), "module, frugal");
    assert_eq!(next(), "launch kernel1");
    assert_eq!(next(), "module");
    assert_eq!(next(), "launch kernel0");
    assert_eq!(lines.next(), None);
}

#[test]
fn only_what_may_call_itself_needs_a_stack() {
    let bytes = |functions: &str| {
        let text = format!(
            "(module (table 2 funcref) (elem (i32.const 0) $t) (type $v (func)) (type $w (func (param i32))) {functions})"
        );
        Kernels::new(&wasm(&text)).unwrap().ptx().stack_bytes
    };
    let table = "(func $t (param i32) (drop (i32.const 1)))";
    assert_eq!(
        bytes(&format!(
            "{table} (func $a (call $b)) (func $b (call $t (i32.const 0)))"
        )),
        0
    );
    assert!(bytes(&format!("{table} (func $a (call $b)) (func $b (call $a))")) > 128 << 10);
    assert!(bytes(&format!("{table} (func $a (call $a))")) > 0);
    // Through the table only functions of the signature are reached.
    assert_eq!(
        bytes(&format!(
            "{table} (func (call_indirect (type $v) (i32.const 0)))"
        )),
        0
    );
    let back = "(func $t (param i32) (call_indirect (type $w) (i32.const 0) (i32.const 0)))";
    assert!(bytes(back) > 0);
    // What a long function beside it takes comes to that, once, and whether it calls or is
    // called.
    let alone = bytes("(func $t) (func $a (call $a))");
    let long = "(global.set $g (i32.add (global.get $g) (i32.const 1)))".repeat(1_000);
    let global = "(global $g (mut i32) (i32.const 0))";
    let beside = |functions: &str| bytes(&format!("(func $t) {global} {functions}"));
    let calls = beside(&format!("(func $a (call $a)) (func (call $a) {long})"));
    let called = beside(&format!("(func $a (call $a) (call $l)) (func $l {long})"));
    let neither = beside(&format!("(func $a (call $a)) (func {long})"));
    for more in [calls, called, neither] {
        assert!(
            (alone + 7_000..alone + 30_000).contains(&more),
            "{alone} {more}"
        );
    }
}

#[test]
fn a_module_is_compiled_once_for_all_its_instances() {
    let test = this!(a_module_is_compiled_once_for_all_its_instances);
    let log = with_stand_in(test, "", || {
        let on = DeviceChoice::Cuda(None);
        for _ in 0..3 {
            instance(on, MODULE)
                .launch("mark", line(1, 32), &[])
                .unwrap();
        }
        let options = Options {
            fuel: Some(FUEL),
            ..Options::default()
        };
        with_options(on, WORKGROUP, options);
    });
    if !is_child() {
        assert_eq!(log.matches("module\n").count(), 2, "{log}");
    }
}

/// Random modules: what is given to a driver is right for each of them.
#[test]
fn random_modules_come_out_right() {
    let folder = driver(&LIBRARY);
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["oracle", "--nocapture"])
        .env("LD_LIBRARY_PATH", folder.path())
        .env("ORACLE", "0..40")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
}
