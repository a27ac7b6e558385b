//! A used instance of the pool cannot be told from a fresh one.

use tensor_wasm_runtime::executor::{
    CallOptions, Executor, ExecutorConfig, ExecutorError, Session,
};
use tensor_wasm_runtime::{Allocator, PoolSize, Val, wasmtime};

use super::{State, TENANT, TestHost, options};

/// Everything a module can have that can be dirtied, and a start function that
/// dirties some of it itself.
const GUEST: &str = r#"(module
  (import "host" "count" (func $count (result i64)))
  (type $cell (struct (field (mut i32))))
  (memory (export "memory") 2 10)
  (memory $other (export "other") 1 10)
  (table $funcs (export "funcs") 4 20 funcref)
  (table $externs (export "externs") 3 30 externref)
  (global $counter (export "counter") (mut i64) (i64.const 5))
  (global $float (export "float") (mut f64) (f64.const 0.5))
  (global $vector (export "vector") (mut v128) (v128.const i64x2 1 2))
  (global $function (export "function") (mut funcref) (ref.func $seven))
  (global $cell (mut (ref null $cell)) (ref.null $cell))
  (data (i32.const 100) "active data")
  (data $passive "passive data")
  (elem (table $funcs) (i32.const 1) func $seven)
  (elem $functions func $seven $eight)
  (func $seven (result i32) (i32.const 7))
  (func $eight (result i32) (i32.const 8))
  (func $start
    (global.set $counter (i64.add (global.get $counter) (call $count)))
    (i32.store (i32.const 200) (i32.add (i32.load (i32.const 200)) (i32.const 1))))
  (start $start)

  (func (export "calls_of_host") (result i64) (call $count))
  (func (export "cell_is_null") (result i32) (ref.is_null (global.get $cell)))
  (func (export "call_entry") (param i32) (result i32)
    (call_indirect $funcs (result i32) (local.get 0)))
  ;; These trap once their segment has been dropped.
  (func (export "use_passive_data")
    (memory.init $passive (i32.const 60000) (i32.const 0) (i32.const 12)))
  (func (export "use_passive_elements")
    (table.init $funcs $functions (i32.const 2) (i32.const 0) (i32.const 2)))

  (func (export "dirty_memory")
    (memory.fill (i32.const 0) (i32.const 0xaa) (i32.const 131072))
    (memory.fill $other (i32.const 0) (i32.const 0xbb) (i32.const 65536)))
  (func (export "dirty_one_byte") (i32.store8 (i32.const 70000) (i32.const 1)))
  (func (export "grow_memory")
    (drop (memory.grow (i32.const 3)))
    (drop (memory.grow $other (i32.const 8)))
    (memory.fill (i32.const 131072) (i32.const 0xcc) (i32.const 196608))
    (memory.fill $other (i32.const 65536) (i32.const 0xdd) (i32.const 65536)))
  (func (export "dirty_globals")
    (global.set $counter (i64.const -1))
    (global.set $float (f64.const inf))
    (global.set $vector (v128.const i64x2 -1 -1))
    (global.set $function (ref.null func))
    (global.set $cell (struct.new $cell (i32.const 1))))
  (func (export "dirty_tables")
    (table.set $funcs (i32.const 0) (ref.func $eight))
    (table.set $funcs (i32.const 1) (ref.null func)))
  (func (export "grow_tables")
    (drop (table.grow $funcs (ref.func $eight) (i32.const 10)))
    (drop (table.grow $externs (ref.null extern) (i32.const 20))))
  (func (export "drop_segments") (data.drop $passive) (elem.drop $functions))
  (func (export "trap") (i32.store (i32.const 300) (i32.const 1)) unreachable)
  (func (export "loop") (i32.store (i32.const 400) (i32.const 1)) (loop (br 0))))"#;

const DIRT: &[&str] = &[
    "dirty_memory",
    "dirty_one_byte",
    "grow_memory",
    "dirty_globals",
    "dirty_tables",
    "grow_tables",
    "use_passive_data",
    "drop_segments",
    "calls_of_host",
];

fn executor(pooling: bool) -> Executor<TestHost> {
    let mut config = ExecutorConfig::default();
    config.engine.fuel = Some(1_000_000_000);
    if pooling {
        // One slot only: whoever comes next gets the one that was dirtied.
        // The heap of the garbage collector is the third memory.
        config.engine.allocator = Allocator::Pooling(PoolSize {
            instances: 1,
            memories: 3,
            tables: 2,
            memory_bytes: 1 << 20,
            ..PoolSize::default()
        });
    }
    Executor::with_host(config, TestHost::default()).unwrap()
}

/// Everything that can be observed of an instance, inside and from outside.
async fn observe(session: &mut Session<State>) -> Vec<String> {
    let mut seen = vec![
        format!("fuel {:?}", session.fuel()),
        format!("counted {}", session.memory_bytes()),
        format!("state {:?}", session.data().calls),
    ];
    let (store, instance) = session.wasmtime();
    for name in ["memory", "other"] {
        let memory = instance.get_memory(&mut *store, name).unwrap();
        let data = memory.data(&*store);
        let dirt = data.iter().enumerate().filter(|(_, byte)| **byte != 0);
        let dirt: Vec<_> = dirt.take(50).collect();
        seen.push(format!("{name}: {} bytes, {dirt:?}", data.len()));
    }
    for name in ["counter", "float", "vector"] {
        let global = instance.get_global(&mut *store, name).unwrap();
        seen.push(format!("{name}: {:?}", global.get(&mut *store)));
    }
    let function = instance.get_global(&mut *store, "function").unwrap();
    let function = function.get(&mut *store);
    seen.push(format!("function: {}", function.unwrap_funcref().is_some()));
    for name in ["funcs", "externs"] {
        let table = instance.get_table(&mut *store, name).unwrap();
        let size = table.size(&*store);
        let null: Vec<bool> = (0..size)
            .map(|index| is_null(&table.get(&mut *store, index).unwrap()))
            .collect();
        seen.push(format!("{name}: {size} elements, null {null:?}"));
    }
    for (export, arguments) in [
        ("cell_is_null", "[]"),
        ("call_entry", "[0]"),
        ("call_entry", "[1]"),
        ("use_passive_data", "[]"),
        ("use_passive_elements", "[]"),
        ("call_entry", "[3]"),
        ("calls_of_host", "[]"),
    ] {
        let outcome = session.call_json(export, arguments, options()).await;
        let outcome = outcome.map_err(|error| error.trap_code());
        seen.push(format!(
            "{export} {arguments}: {outcome:?}, fuel {:?}",
            session.fuel()
        ));
    }
    seen
}

fn is_null(reference: &wasmtime::Ref) -> bool {
    match reference {
        wasmtime::Ref::Func(func) => func.is_none(),
        wasmtime::Ref::Extern(value) => value.is_none(),
        _ => false,
    }
}

async fn indistinguishable(pooling: bool) {
    let executor = executor(pooling);
    let module = executor.load(GUEST.as_bytes()).await.unwrap();
    let mut pooled = executor.checkout(TENANT, &module).await.unwrap();
    let fresh = observe(&mut pooled).await;
    pooled.give_back().await.unwrap();
    assert_eq!(executor.pool_stats().idle, 1);

    for dirt in DIRT {
        let mut pooled = executor.checkout(TENANT, &module).await.unwrap();
        pooled.call(dirt, &[], options()).await.unwrap();
        // The observation finds this kind of dirt, so that it can find it in
        // the next one as well.
        if *dirt != "dirty_one_byte" {
            let dirty = observe(&mut pooled).await;
            assert_ne!(dirty, fresh, "{dirt} cannot be observed");
        }
        pooled.give_back().await.unwrap();
        let mut pooled = executor.checkout(TENANT, &module).await.unwrap();
        assert_eq!(observe(&mut pooled).await, fresh, "after {dirt}");
        pooled.give_back().await.unwrap();
    }

    // All at once, ended by a trap, a timeout, or a caller that went away.
    for ending in ["trap", "timeout", "dropped"] {
        let mut pooled = executor.checkout(TENANT, &module).await.unwrap();
        for dirt in DIRT {
            pooled.call(dirt, &[], options()).await.unwrap();
        }
        let short = CallOptions::new().deadline(std::time::Duration::from_millis(20));
        match ending {
            "trap" => assert!(pooled.call("trap", &[], options()).await.is_err()),
            "timeout" => {
                let error = pooled.call("loop", &[], short).await.unwrap_err();
                assert!(matches!(error, ExecutorError::Timeout { .. }), "{error}");
            }
            _ => {
                let forever = options();
                let call = pooled.call("loop", &[], forever);
                let waited = std::time::Duration::from_millis(30);
                assert!(tokio::time::timeout(waited, call).await.is_err());
            }
        }
        pooled.give_back().await.unwrap();
        let mut pooled = executor.checkout(TENANT, &module).await.unwrap();
        assert_eq!(observe(&mut pooled).await, fresh, "after {ending}");
        pooled.give_back().await.unwrap();
    }
    let stats = executor.pool_stats();
    assert_eq!(
        (stats.misses, stats.failed_resets),
        (1, 0),
        "all were used ones"
    );
}

#[tokio::test]
async fn nobody_can_tell_a_used_instance_under_the_pooling_allocator() {
    indistinguishable(true).await;
}

#[tokio::test]
async fn nobody_can_tell_a_used_instance_with_memory_on_demand() {
    indistinguishable(false).await;
}

#[tokio::test]
async fn a_prepared_function_does_not_outlive_a_reset() {
    let executor = executor(true);
    let module = executor.load(GUEST.as_bytes()).await.unwrap();
    let mut pooled = executor.checkout(TENANT, &module).await.unwrap();
    let export = pooled.export("call_entry").unwrap();
    pooled.give_back().await.unwrap();
    let mut pooled = executor.checkout(TENANT, &module).await.unwrap();
    let mut results = [Val::I32(0)];
    let call = pooled.call_into(&export, &[Val::I32(1)], &mut results, options());
    assert!(matches!(
        call.await,
        Err(ExecutorError::ForeignExport { .. })
    ));
}
