//! How many instances the pool keeps, for whom, and what becomes of failures.

use std::sync::atomic::Ordering;

use tensor_wasm_runtime::executor::{
    Executor, ExecutorConfig, ExecutorError, LimitError, Scope, TenantId,
};
use tensor_wasm_runtime::{Allocator, PoolSize};

use super::{TENANT, TestHost, options, until};

const COUNTER: &[u8] = br#"(module
  (import "host" "count" (func $count (result i64)))
  (import "host" "tenant" (func $tenant (result i64)))
  (global $tenant_at_start (mut i64) (i64.const 0))
  (func $start (drop (call $count)) (global.set $tenant_at_start (call $tenant)))
  (start $start)
  (func (export "count") (result i64) (call $count))
  (func (export "tenant") (result i64) (global.get $tenant_at_start)))"#;

fn executor(change: impl FnOnce(&mut ExecutorConfig)) -> (TestHost, Executor<TestHost>) {
    let mut config = ExecutorConfig::default();
    change(&mut config);
    let host = TestHost::default();
    let executor = Executor::with_host(config, host.clone()).unwrap();
    (host, executor)
}

#[tokio::test]
async fn a_tenant_never_gets_an_instance_of_another() {
    let (host, executor) = executor(|_| {});
    let module = executor.load(COUNTER).await.unwrap();
    for tenant in [TenantId(1), TenantId(2)] {
        assert_eq!(executor.warm_up(tenant, &module, 3).await.unwrap(), 3);
    }
    assert_eq!(host.states.load(Ordering::SeqCst), 6);
    for tenant in [2, 1, 1, 2, 3, 2] {
        let mut pooled = executor.checkout(TenantId(tenant), &module).await.unwrap();
        let seen = pooled.call_json("tenant", "[]", options()).await.unwrap();
        assert_eq!(seen.to_string(), format!("[{tenant}]"));
        pooled.terminate();
    }
    let stats = executor.pool_stats();
    assert_eq!((stats.hits, stats.misses, stats.idle), (5, 1, 1));
}

#[tokio::test]
async fn what_is_dropped_goes_back_by_itself() {
    let (_host, executor) = executor(|_| {});
    let module = executor.load(COUNTER).await.unwrap();
    let mut pooled = executor.checkout(TENANT, &module).await.unwrap();
    let count = pooled.call_json("count", "[]", options()).await.unwrap();
    assert_eq!(count.to_string(), "[2]");
    drop(pooled);
    until("the reset", || executor.pool_stats().idle == 1).await;
    let mut pooled = executor.checkout(TENANT, &module).await.unwrap();
    let count = pooled.call_json("count", "[]", options()).await.unwrap();
    assert_eq!(count.to_string(), "[2]", "the host's state is new as well");
}

#[tokio::test]
async fn the_pool_is_bounded_in_all_and_for_each_module() {
    let (host, executor) = executor(|config| {
        config.idle_instances = 4;
        config.idle_instances_per_module = 3;
    });
    let first = executor.load(COUNTER).await.unwrap();
    let second = executor.load(b"(module (memory 1))").await.unwrap();
    assert_eq!(executor.warm_up(TENANT, &first, 10).await.unwrap(), 3);
    assert_eq!(executor.warm_up(TENANT, &second, 2).await.unwrap(), 2);
    assert_eq!(executor.pool_stats().idle, 4);
    assert_eq!(executor.instances(), 4);
    // The one that made room is of the module that was used longest ago.
    let held: Vec<_> = [&first, &first, &first, &second, &second]
        .map(|module| executor.checkout(TENANT, module))
        .into_iter()
        .collect();
    let mut pooled = Vec::new();
    for checkout in held {
        pooled.push(checkout.await.unwrap());
    }
    let stats = executor.pool_stats();
    assert_eq!((stats.hits, stats.misses, stats.idle), (4, 1, 0));
    drop(pooled);
    until("the resets", || executor.pool_stats().idle == 4).await;
    drop(executor);
    until("the states", || host.states.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn idle_instances_make_way_for_those_that_are_used() {
    let (_host, executor) = executor(|config| {
        config.instances = 3;
        config.tenant_instances = 2;
    });
    let module = executor.load(COUNTER).await.unwrap();
    let (one, two) = (TenantId(1), TenantId(2));
    executor.warm_up(one, &module, 2).await.unwrap();
    let full = executor.warm_up(one, &module, 1).await;
    // An idle instance makes way for another: the count stays.
    assert_eq!(full.unwrap(), 1);
    assert_eq!(executor.instances(), 2);

    let _a = executor.spawn(two, &module).await.unwrap();
    let _b = executor.spawn(one, &module).await.unwrap();
    let _c = executor.spawn(one, &module).await.unwrap();
    assert_eq!((executor.pool_stats().idle, executor.instances()), (0, 3));
    let error = executor.checkout(two, &module).await.unwrap_err();
    let expected = LimitError::Instances {
        scope: Scope::Engine,
        limit: 3,
        asked: 4,
    };
    assert_eq!(error.limit(), Some(&expected), "{error}");
}

#[tokio::test]
async fn idle_instances_make_way_when_the_allocator_has_no_slot() {
    let (host, executor) = executor(|config| {
        config.engine.allocator = Allocator::Pooling(PoolSize {
            instances: 1,
            memories: 1,
            tables: 1,
            memory_bytes: 1 << 20,
            ..PoolSize::default()
        });
    });
    let first = executor.load(COUNTER).await.unwrap();
    let second = executor.load(b"(module (memory 1))").await.unwrap();
    executor.warm_up(TENANT, &first, 1).await.unwrap();
    let spawned = executor.spawn(TENANT, &second).await.unwrap();
    assert_eq!(executor.pool_stats().idle, 0);
    let error = executor.spawn(TENANT, &first).await.unwrap_err();
    assert!(error.to_string().starts_with("limit exceeded"), "{error}");
    assert_eq!(executor.instances(), 1);
    drop(spawned);
    assert_eq!(host.states.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_reset_that_fails_ends_the_instance() {
    let (host, executor) = executor(|_| {});
    let module = executor.load(TRAPS_LATER).await.unwrap();
    let pooled = executor.checkout(TENANT, &module).await.unwrap();
    host.refuse.store(true, Ordering::SeqCst);
    let error = pooled.give_back().await.unwrap_err();
    assert!(matches!(error, ExecutorError::Runtime(_)), "{error}");
    let stats = executor.pool_stats();
    assert_eq!((stats.idle, stats.failed_resets), (0, 1));
    assert_eq!(executor.instances(), 0);

    host.refuse.store(false, Ordering::SeqCst);
    let pooled = executor.checkout(TENANT, &module).await.unwrap();
    host.refuse.store(true, Ordering::SeqCst);
    drop(pooled);
    until("the failure", || executor.pool_stats().failed_resets == 2).await;
    assert_eq!(executor.instances(), 0);
}

const TRAPS_LATER: &[u8] = br#"(module
  (import "host" "refuses" (func $refuses (result i32)))
  (func $start (if (call $refuses) (then unreachable)))
  (start $start))"#;
