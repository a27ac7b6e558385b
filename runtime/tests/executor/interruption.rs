//! Deadlines, cancellation, termination, dropped futures, and fairness.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tensor_wasm_runtime::executor::{
    Activity, CallOptions, Executor, ExecutorConfig, ExecutorError, Instance,
};

use super::{PATIENCE, State, TENANT, TestHost, options, spawned, until};

const MS: Duration = Duration::from_millis(1);

const GUEST: &str = r#"(module
  (import "host" "wait" (func $wait (param i32)))
  (global $progress (mut i32) (i32.const 0))
  (func (export "loop") (loop (br 0)))
  (func (export "wait") (param i32) (call $wait (local.get 0)))
  (func (export "progress") (result i32) (global.get $progress))
  (func (export "slow_increment") (local $old i32)
    (local.set $old (global.get $progress))
    (call $wait (i32.const 1))
    (global.set $progress (i32.add (local.get $old) (i32.const 1)))))"#;

const FOR_EVER: &str = "[1000000000]";

async fn guest() -> (TestHost, Executor<TestHost>, Instance<State>) {
    let host = TestHost::default();
    let executor = Executor::with_host(ExecutorConfig::default(), host.clone()).unwrap();
    let module = executor.load(GUEST.as_bytes()).await.unwrap();
    let instance = executor.spawn(TENANT, &module).await.unwrap();
    (host, executor, instance)
}

/// Fails the test instead of hanging it.
async fn soon<R>(future: impl Future<Output = R>) -> R {
    let outcome = tokio::time::timeout(PATIENCE, future).await;
    outcome.expect("it should have ended long ago")
}

async fn still_works(instance: &Instance<State>) {
    let progress = soon(instance.call("progress", &[], options())).await;
    assert_eq!(progress.unwrap().len(), 1);
}

#[tokio::test]
async fn a_deadline_stops_a_guest_that_computes_or_waits() {
    let (host, _executor, guest) = guest().await;
    let deadline = 100 * MS;
    for (export, arguments) in [("loop", "[]"), ("wait", FOR_EVER)] {
        let started = Instant::now();
        let options = options().deadline(deadline);
        let error = soon(guest.call_json(export, arguments, options)).await;
        let took = started.elapsed();
        match error.unwrap_err() {
            ExecutorError::Timeout {
                activity: Activity::Call,
                elapsed,
                deadline: said,
            } => {
                assert_eq!(said, deadline);
                assert!(
                    elapsed >= deadline && elapsed <= took,
                    "{elapsed:?} {took:?}"
                );
            }
            error => panic!("{export}: {error}"),
        }
        assert!(took >= deadline, "{export} was stopped early: {took:?}");
        assert!(took < 5 * deadline, "{export} was stopped late: {took:?}");
        still_works(&guest).await;
    }
    // The host function that waited was stopped too.
    assert_eq!(host.waiting.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn the_default_deadline_is_the_configurations() {
    let mut config = ExecutorConfig::default();
    config.call_deadline = 30 * MS;
    let (_executor, guest) =
        spawned(config, r#"(module (func (export "loop") (loop (br 0))))"#).await;
    let error = soon(guest.call("loop", &[], options())).await.unwrap_err();
    assert!(
        matches!(error, ExecutorError::Timeout { deadline, .. } if deadline == 30 * MS),
        "{error}"
    );
    // A longest deadline is none, and does not overflow.
    let forever = options().deadline(Duration::MAX);
    let call = guest.call("loop", &[], forever);
    assert!(tokio::time::timeout(100 * MS, call).await.is_err());
    let nearly = options().deadline(Duration::MAX - MS);
    let call = guest.call("loop", &[], nearly);
    assert!(tokio::time::timeout(100 * MS, call).await.is_err());
}

#[tokio::test]
async fn a_start_function_has_a_deadline_of_its_own() {
    let mut config = ExecutorConfig::default();
    config.start_deadline = 50 * MS;
    let executor = Executor::new(config).unwrap();
    let module = executor
        .load(b"(module (func $loop (loop (br 0))) (start $loop))")
        .await
        .unwrap();
    let error = soon(executor.spawn(TENANT, &module)).await.unwrap_err();
    assert!(
        matches!(
            error,
            ExecutorError::Timeout { activity: Activity::Start, elapsed, deadline }
                if deadline == 50 * MS && elapsed >= deadline
        ),
        "{error}"
    );
    assert_eq!(executor.instances(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_task_cancels_what_runs_and_nothing_else() {
    let (host, _executor, guest) = guest().await;
    assert!(!guest.cancel(), "nothing runs yet");
    for (export, arguments) in [("loop", "[]"), ("wait", FOR_EVER)] {
        let running = guest.clone();
        let task = tokio::spawn(async move {
            let forever = CallOptions::new().deadline(Duration::MAX);
            running.call_json(export, arguments, forever).await
        });
        until("the call to run", || guest.cancel()).await;
        let error = soon(task).await.unwrap().unwrap_err();
        assert!(
            matches!(error, ExecutorError::Cancelled(Activity::Call)),
            "{export}: {error}"
        );
        still_works(&guest).await;
    }
    until("the host to stop", || {
        host.waiting.load(Ordering::SeqCst) == 0
    })
    .await;
    assert!(!guest.cancel(), "nothing runs any more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn termination_ends_the_call_and_those_that_wait_for_it() {
    for (export, arguments) in [("loop", "[]"), ("wait", FOR_EVER)] {
        let (host, executor, guest) = guest().await;
        let tasks: Vec<_> = (0..3)
            .map(|_| {
                let guest = guest.clone();
                tokio::spawn(async move { guest.call_json(export, arguments, options()).await })
            })
            .collect();
        tokio::time::sleep(30 * MS).await;
        soon(guest.terminate()).await;
        assert_eq!(executor.instances(), 0);
        assert_eq!(
            host.states.load(Ordering::SeqCst),
            0,
            "the state is dropped"
        );
        for task in tasks {
            let error = soon(task).await.unwrap().unwrap_err();
            assert!(
                matches!(error, ExecutorError::Terminated),
                "{export}: {error}"
            );
        }
        let error = guest.call("progress", &[], options()).await.unwrap_err();
        assert!(matches!(error, ExecutorError::Terminated), "{error}");
        assert!(executor.find(guest.id()).is_err());
        guest.terminate().await;
    }
}

#[tokio::test]
async fn a_guard_that_is_held_takes_no_calls_after_termination() {
    let (_host, _executor, guest) = guest().await;
    let mut session = guest.lock().await.unwrap();
    let terminate = guest.terminate();
    tokio::pin!(terminate);
    let pending = tokio::time::timeout(20 * MS, terminate.as_mut()).await;
    assert!(pending.is_err(), "it waits for the guard");
    let error = session.call("progress", &[], options()).await;
    assert!(matches!(error, Err(ExecutorError::Terminated)));
    drop(session);
    soon(terminate).await;
}

#[tokio::test]
async fn a_caller_that_goes_away_takes_its_call_along() {
    let (host, executor, guest) = guest().await;
    for (export, arguments) in [("loop", "[]"), ("wait", FOR_EVER)] {
        let forever = options().deadline(Duration::MAX);
        let call = guest.call_json(export, arguments, forever);
        assert!(tokio::time::timeout(50 * MS, call).await.is_err());
        assert_eq!(host.waiting.load(Ordering::SeqCst), 0);
        assert!(!guest.cancel(), "nothing is left running");
        still_works(&guest).await;
    }
    let module = executor.module(guest.module()).unwrap();
    drop(guest);
    // The same while an instance starts.
    let starting = executor
        .load(b"(module (func $loop (loop (br 0))) (start $loop))")
        .await
        .unwrap();
    let spawn = executor.spawn(TENANT, &starting);
    assert!(tokio::time::timeout(50 * MS, spawn).await.is_err());
    assert_eq!(executor.instances(), 0);
    assert_eq!(host.states.load(Ordering::SeqCst), 0);
    executor.spawn(TENANT, &module).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_on_one_instance_come_one_after_the_other() {
    let (_host, _executor, guest) = guest().await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let guest = guest.clone();
            tokio::spawn(async move { guest.call("slow_increment", &[], options()).await })
        })
        .collect();
    for task in tasks {
        soon(task).await.unwrap().unwrap();
    }
    let progress = guest.call("progress", &[], options()).await.unwrap();
    assert_eq!(progress[0].unwrap_i32(), 20);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn instances_run_in_parallel() {
    let executor = Executor::with_host(ExecutorConfig::default(), TestHost::default()).unwrap();
    let module = executor
        .load(
            br#"(module (import "host" "meet" (func $meet (result i32)))
              (func (export "meet") (result i32) (call $meet)))"#,
        )
        .await
        .unwrap();
    let mut tasks = Vec::new();
    for _ in 0..2 {
        let guest = executor.spawn(TENANT, &module).await.unwrap();
        tasks.push(tokio::spawn(async move {
            guest.call_json("meet", "[]", options()).await
        }));
    }
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap().to_string(), "[1]");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn guests_that_compute_leave_room_for_others() {
    let (_host, executor, first) = guest().await;
    let module = executor.module(first.module()).unwrap();
    let mut busy = Vec::new();
    for _ in 0..4 {
        let guest = executor.spawn(TENANT, &module).await.unwrap();
        busy.push(tokio::spawn(async move {
            let options = CallOptions::new().deadline(Duration::from_secs(1));
            guest.call("loop", &[], options).await
        }));
    }
    // One thread, four guests that never stop by themselves: a timer comes
    // after one tick of each at most, and a tick is 10 ms.
    let timer = tokio::spawn(async {
        let mut worst = Duration::ZERO;
        for _ in 0..5 {
            let before = Instant::now();
            tokio::time::sleep(5 * MS).await;
            worst = worst.max(before.elapsed());
        }
        worst
    });
    let worst = soon(timer).await.unwrap();
    assert!(worst < 200 * MS, "a timer of 5 ms took {worst:?}");
    for task in busy {
        let error = soon(task).await.unwrap().unwrap_err();
        assert!(matches!(error, ExecutorError::Timeout { .. }), "{error}");
    }
}
