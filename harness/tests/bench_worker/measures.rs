//! What a worker measures is what it says it is.

use tensor_wasm_harness::execute::bench::protocol::{BenchReply, BenchRequest, Effort};
use tensor_wasm_harness::model::bench::{Clock, ExactKind, Phase, ProcessTimings, Timing};

use crate::worker::{BRIEF, Folder, Worker, quartile, text};

const ENGINES: &[&str] = &[
    #[cfg(feature = "tensor-wasm")]
    "tensor-wasm",
    #[cfg(feature = "wasmi")]
    "wasmi",
];

/// A program that works for so many iterations between its marks, and says so.
fn work(iterations: u32) -> String {
    text(&format!(
        "(call $start) (call $work (i32.const {iterations})) (call $end) (call $hello)"
    ))
}

#[test]
fn the_greeting_says_what_it_is() {
    for engine in ENGINES {
        let (_worker, hello) = Worker::with(&["--engine", engine]);
        let BenchReply::Hello {
            bench_protocol,
            engine: info,
            profile,
            ..
        } = hello
        else {
            panic!("{hello:?}");
        };
        assert_eq!((bench_protocol, info.name.as_str()), (1, *engine));
        assert_eq!(info.wasmtime.is_some(), *engine == "tensor-wasm");
        assert!(["dev", "release"].contains(&profile.as_str()), "{profile}");
    }
}

#[test]
fn a_program_is_compiled_instantiated_and_executed() {
    let folder = Folder::new();
    let program = folder.program("work", &work(10_000), Some("hello\n"));
    for engine in ENGINES {
        let mut worker = Worker::start(engine);
        worker.loaded(&program);
        for phase in [Phase::Compile, Phase::Instantiate, Phase::Execute] {
            let timings = worker.timed(phase, BRIEF);
            assert_eq!(timings.clock, Clock::ThreadCpu, "{engine} {phase}");
            assert!(!timings.timings.is_empty());
            for timing in &timings.timings {
                assert!(timing.wall_ns > 0.0 && timing.cpu_ns > 0.0, "{timing:?}");
            }
        }
    }
}

#[test]
#[cfg(feature = "tensor-wasm")]
fn a_pool_and_stored_modules_are_measured_too() {
    let folder = Folder::new();
    let mut worker = Worker::start("tensor-wasm");
    worker.loaded(&folder.program("work", &work(10_000), None));
    let quick = |timings| quartile(&timings, |timing| timing.cpu_ns);
    let compile = quick(worker.timed(Phase::Compile, BRIEF));
    for phase in [
        Phase::InstantiatePooled,
        Phase::Serialize,
        Phase::Deserialize,
    ] {
        let timings = worker.timed(phase, BRIEF);
        assert!(timings.batch > 1, "{phase}: {}", timings.batch);
        assert!(quick(timings) < compile, "{phase}");
    }
}

/// The time between the marks follows the work between the marks, on both
/// clocks, whatever is done outside of them.
#[test]
fn an_execution_is_timed_between_its_marks() {
    const LONGER: Effort = Effort {
        busy_ms: 30,
        ..BRIEF
    };
    // A busy machine disturbs the fastest least.
    let fastest = |timings: &ProcessTimings, clock: fn(&Timing) -> f64| {
        let values = timings.timings.iter().map(clock);
        values.fold(f64::INFINITY, f64::min)
    };
    let folder = Folder::new();
    let inside = |iterations| work(iterations);
    let outside = text(
        "(call $work (i32.const 4000000)) (call $start) (call $work (i32.const 20000))
         (call $end) (call $work (i32.const 4000000)) (call $hello)",
    );
    let programs = [
        folder.program("small", &inside(20_000), None),
        folder.program("large", &inside(400_000), None),
        folder.program("outside", &outside, None),
    ];
    for engine in ENGINES {
        let mut worker = Worker::start(engine);
        let clocks: [fn(&Timing) -> f64; 2] = [|timing| timing.wall_ns, |timing| timing.cpu_ns];
        let [small, large, outside] = programs.each_ref().map(|program| {
            worker.loaded(program);
            let timings = worker.timed(Phase::Execute, LONGER);
            assert_eq!(timings.batch, 1);
            clocks.map(|clock| fastest(&timings, clock))
        });
        for clock in 0..2 {
            let ratio = large[clock] / small[clock];
            assert!((5.0..80.0).contains(&ratio), "{engine} {clock}: {ratio}");
            let ratio = outside[clock] / small[clock];
            assert!((0.2..5.0).contains(&ratio), "{engine} {clock}: {ratio}");
        }
    }
}

#[test]
fn each_execution_is_of_a_fresh_instance() {
    let folder = Folder::new();
    // Says something else when its memory is not what the module says.
    let once = text(
        "(call $start) (if (i32.load (i32.const 64)) (then (call $exit (i32.const 9))))
         (i32.store (i32.const 64) (i32.const 1)) (call $end) (call $hello)",
    );
    let program = folder.program("once", &once, Some("hello\n"));
    for engine in ENGINES {
        let mut worker = Worker::start(engine);
        worker.loaded(&program);
        assert!(worker.timed(Phase::Execute, BRIEF).timings.len() > 1);
    }
}

#[test]
fn batches_are_long_and_the_whole_is_as_long_as_asked() {
    let folder = Folder::new();
    let program = folder.program("work", &work(1_000), None);
    let effort = Effort {
        warm_up_ms: 5,
        busy_ms: 40,
        batch_us: 1_000,
    };
    for engine in ENGINES {
        let mut worker = Worker::start(engine);
        worker.loaded(&program);
        let timings = worker.timed(Phase::Instantiate, effort);
        let batch = timings.batch as f64;
        assert!(timings.batch > 1, "{engine}");
        let walls = timings.timings.iter().map(|timing| timing.wall_ns * batch);
        let sum: f64 = walls.clone().sum();
        assert!(sum >= 40e6, "{engine}: {sum}");
        // One batch more than asked, and no other.
        let last = walls.clone().next_back().unwrap();
        assert!(sum - last < 40e6, "{engine}: {sum} {last}");
        let median = quartile(&timings, |timing| timing.wall_ns) * batch;
        assert!((0.3e6..20e6).contains(&median), "{engine}: {median}");
    }
}

#[test]
fn a_program_with_no_work_does_not_take_for_ever() {
    let folder = Folder::new();
    let nothing = text("(call $start) (call $end) (call $hello)");
    let program = folder.program("noop", &nothing, Some("hello\n"));
    let effort = Effort {
        busy_ms: 200,
        ..BRIEF
    };
    for engine in ENGINES {
        let mut worker = Worker::start(engine);
        worker.loaded(&program);
        let started = std::time::Instant::now();
        worker.timed(Phase::Execute, effort);
        // It would take two minutes to have marked 200 ms.
        assert!(started.elapsed().as_secs() < 20, "{engine}");
    }
}

/// So often has a count to be the same: it has no variance, and no gate allows it any.
const PROCESSES: u32 = 100;

#[test]
fn counts_are_the_same_in_every_process_and_follow_the_program() {
    let folder = Folder::new();
    let program = folder.program("work", &work(1_000), Some("hello\n"));
    let more = folder.program("more", &work(1_100), Some("hello\n"));
    for engine in ENGINES {
        let count = |program| {
            let mut worker = Worker::start(engine);
            worker.loaded(program);
            // Neither timing nor counting twice changes a count.
            worker.timed(Phase::Instantiate, BRIEF);
            let counts = worker.counted();
            assert_eq!(worker.counted(), counts, "{engine}");
            counts
        };
        let first = count(&program);
        for _ in 1..PROCESSES {
            assert_eq!(count(&program), first, "{engine}");
        }
        let of = |counts: &[(ExactKind, u64)], kind| {
            let found = counts.iter().find(|(known, _)| *known == kind);
            found
                .unwrap_or_else(|| panic!("{engine} does not count {kind}"))
                .1
        };
        let (fuel, fuel_of_more) = (of(&first, ExactKind::Fuel), {
            of(&count(&more), ExactKind::Fuel)
        });
        // A hundred iterations of a dozen instructions more.
        let added = fuel_of_more - fuel;
        assert!((500..3_000).contains(&added), "{engine}: {added}");
        assert!(of(&first, ExactKind::Allocations) > 0);
        assert!(of(&first, ExactKind::AllocatedBytes) > of(&first, ExactKind::Allocations));
        if *engine == "tensor-wasm" {
            let code = of(&first, ExactKind::CodeBytes);
            assert!((100..4_000).contains(&code), "{code}");
            assert!(of(&first, ExactKind::SerializedBytes) > code);
        }
    }
}

#[test]
#[cfg(feature = "tensor-wasm")]
fn every_operation_is_timed_and_its_latencies_are_told() {
    let (mut worker, hello) = Worker::with(&["--engine", "tensor-wasm"]);
    let BenchReply::Hello { operations, .. } = hello else {
        panic!("{hello:?}");
    };
    for wanted in ["call-typed", "trap", "spawn", "dispatch", "pool-check-out"] {
        assert!(
            operations.iter().any(|name| name == wanted),
            "{operations:?}"
        );
    }
    for name in operations {
        let reply = worker.ask(&BenchRequest::Operation {
            name: name.clone(),
            effort: BRIEF,
        });
        let BenchReply::Timed(timings) = reply else {
            panic!("{name}: {reply:?}");
        };
        assert!(!timings.timings.is_empty(), "{name}");
        // A guest's launch is run by another thread than the one that waits for it.
        let clock = match name.as_str() {
            "kernel-dispatch" => Clock::ProcessCpu,
            _ => Clock::ThreadCpu,
        };
        assert_eq!(timings.clock, clock, "{name}");
        let reply = worker.ask(&BenchRequest::Latencies {
            operation: name.clone(),
            count: 50,
        });
        let BenchReply::Latencies(latencies) = reply else {
            panic!("{name}: {reply:?}");
        };
        assert_eq!(latencies.len(), 50, "{name}");
        assert!(latencies.iter().all(|ns| *ns > 0), "{name}");
    }
}

#[test]
#[cfg(feature = "tensor-wasm")]
fn a_variant_is_what_is_measured() {
    let folder = Folder::new();
    let program = folder.program("work", &work(1_000), None);
    let count = |settings: &[&str]| {
        let mut arguments = vec!["--engine", "tensor-wasm"];
        arguments.extend(settings);
        let (mut worker, hello) = Worker::with(&arguments);
        assert!(matches!(hello, BenchReply::Hello { .. }), "{hello:?}");
        worker.loaded(&program);
        let timings = worker.timed(Phase::Compile, BRIEF);
        (worker.counted(), timings.clock)
    };
    let (cranelift, clock) = count(&[]);
    assert_eq!(clock, Clock::ThreadCpu);
    let (winch, _) = count(&["--set", "compiler=winch"]);
    assert_ne!(cranelift, winch);
    let (_, clock) = count(&["--set", "parallel-compilation=true"]);
    assert_eq!(clock, Clock::ProcessCpu);
    for settings in [
        ["--set", "deadline-ms=60000"],
        ["--set", "allocator=pooling"],
        ["--set", "fuel=1000000000"],
    ] {
        count(&settings);
    }
}
