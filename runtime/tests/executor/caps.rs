//! Every cap: what is refused, with which numbers, and what the guest sees.

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::executor::{
    Executor, ExecutorConfig, ExecutorError, LimitError, Scope, TenantId,
};

use super::{TENANT, options, spawned};

const PAGE: usize = 65_536;

const GROW: &str = r#"(module
  (memory 1) (memory $second 1)
  (table 10 funcref)
  (func (export "memory") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "second") (param i32) (result i32) (memory.grow $second (local.get 0)))
  (func (export "table") (param i32) (result i32)
    (table.grow (ref.null func) (local.get 0)))
  (func (export "demand") (param i32)
    (if (i32.eq (memory.grow (local.get 0)) (i32.const -1)) (then unreachable)))
  (func (export "trap") unreachable)
  (func (export "probe") (result i32) (i32.const 1)))"#;

fn config() -> ExecutorConfig {
    let mut config = ExecutorConfig::default();
    config.limits.memory_bytes = 4 * PAGE;
    config.limits.table_elements = 20;
    config
}

/// What loading and spawning a module of this text is refused for.
async fn refused(config: ExecutorConfig, wat: &str) -> LimitError {
    let executor = Executor::new(config).unwrap();
    let module = match executor.load(wat.as_bytes()).await {
        Ok(module) => module,
        Err(ExecutorError::Limit(limit)) => return limit,
        Err(error) => panic!("{error}"),
    };
    let error = executor.spawn(TENANT, &module).await.unwrap_err();
    assert_eq!(executor.instances(), 0, "room is given back");
    match error {
        ExecutorError::Limit(limit) => limit,
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn growing_past_a_cap_answers_minus_one() {
    let (_executor, guest) = spawned(config(), GROW).await;
    let grow = async |export: &str, delta: i32| {
        let arguments = format!("[{delta}]");
        let result = guest.call_json(export, &arguments, options()).await;
        result.unwrap().to_string()
    };
    assert_eq!(grow("memory", 1).await, "[1]");
    // The memories count together: two pages and one, and room for one more.
    assert_eq!(grow("second", 2).await, "[-1]");
    assert_eq!(grow("second", 1).await, "[1]");
    assert_eq!(grow("memory", 1).await, "[-1]");
    assert_eq!(guest.lock().await.unwrap().memory_bytes(), 4 * PAGE);
    assert_eq!(grow("table", 11).await, "[-1]");
    assert_eq!(grow("table", 10).await, "[10]");
    assert_eq!(grow("table", 1).await, "[-1]");
}

#[tokio::test]
async fn a_trap_after_a_refusal_says_what_was_refused() {
    let (_executor, guest) = spawned(config(), GROW).await;
    let error = guest.call_json("demand", "[100]", options()).await;
    let error = error.unwrap_err();
    assert_eq!(error.trap_code(), Some(TrapCode::Unreachable));
    let expected = LimitError::Memory {
        limit: 4 * PAGE,
        asked: 102 * PAGE,
    };
    assert_eq!(error.limit(), Some(&expected), "{error}");
    assert!(
        error
            .to_string()
            .contains("memory of 6684672 bytes exceeds")
    );

    // The refusal of an earlier call is not blamed for a later trap.
    let error = guest.call("trap", &[], options()).await.unwrap_err();
    assert_eq!(error.limit(), None, "{error}");
}

#[tokio::test]
async fn growth_that_the_type_refuses_takes_no_room() {
    const BOUNDED: &str = r#"(module (memory 1 2)
      (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
      (func (export "demand")
        (if (i32.eq (memory.grow (i32.const 100)) (i32.const -1)) (then unreachable))))"#;
    let (_executor, guest) = spawned(config(), BOUNDED).await;
    for (delta, old) in [(3, "[-1]"), (2, "[-1]"), (1, "[1]"), (1, "[-1]")] {
        let delta = format!("[{delta}]");
        let found = guest.call_json("grow", &delta, options()).await.unwrap();
        assert_eq!(found.to_string(), old);
    }
    assert_eq!(guest.lock().await.unwrap().memory_bytes(), 2 * PAGE);
    // It was not the cap that refused, though it would have.
    let error = guest.call("demand", &[], options()).await.unwrap_err();
    assert_eq!(error.limit(), None, "{error}");
}

#[tokio::test]
async fn starting_above_a_cap_is_an_error_with_its_numbers() {
    let memory = |pages: usize| LimitError::Memory {
        limit: 4 * PAGE,
        asked: pages * PAGE,
    };
    assert_eq!(refused(config(), "(module (memory 5))").await, memory(5));
    let two = "(module (memory 4) (memory 1))";
    assert_eq!(refused(config(), two).await, memory(5));
    let table = LimitError::Table {
        limit: 20,
        asked: 21,
    };
    assert_eq!(
        refused(config(), "(module (table 21 funcref))").await,
        table
    );

    let mut few = config();
    few.limits.memories = 1;
    few.limits.tables = 0;
    let count = |what, limit, asked| LimitError::Count {
        what,
        limit,
        asked,
        setting: what,
    };
    let found = refused(few.clone(), "(module (memory 0) (memory 0))").await;
    assert_eq!(found, count("memories", 1, 2));
    let found = refused(few, "(module (table 0 funcref))").await;
    assert_eq!(found, count("tables", 0, 1));

    let mut none = config();
    none.limits.core_instances = 0;
    let found = refused(none, "(module)").await;
    assert!(
        matches!(
            found,
            LimitError::Count {
                what: "core instances",
                limit: 0,
                asked: 1,
                ..
            }
        ),
        "{found}"
    );
}

#[tokio::test]
async fn the_smaller_cap_of_engine_and_limits_holds() {
    let mut config = config();
    config.engine.max_memory_bytes = Some(PAGE as u64);
    let expected = LimitError::Memory {
        limit: PAGE,
        asked: 2 * PAGE,
    };
    assert_eq!(refused(config, "(module (memory 2))").await, expected);
}

#[tokio::test]
async fn a_heap_of_the_garbage_collector_counts_as_memory() {
    const HOARD: &str = r#"(module
      (type $block (array (mut i64)))
      (type $node (struct (field (ref $block)) (field (ref null $node))))
      (global $all (mut (ref null $node)) (ref.null $node))
      (func (export "hoard")
        (loop
          (global.set $all (struct.new $node
            (array.new_default $block (i32.const 1000)) (global.get $all)))
          (br 0))))"#;
    let mut config = config();
    config.limits.memory_bytes = 64 * PAGE;
    let (_executor, guest) = spawned(config, HOARD).await;
    let error = guest.call("hoard", &[], options()).await.unwrap_err();
    assert!(
        !matches!(error, ExecutorError::Timeout { .. }),
        "the heap was not capped: {error}"
    );
    let taken = guest.lock().await.unwrap().memory_bytes();
    assert!((PAGE..=64 * PAGE).contains(&taken), "{taken}");
}

#[tokio::test]
async fn a_module_can_be_too_long() {
    let mut config = config();
    config.limits.module_bytes = 8;
    let executor = Executor::new(config.clone()).unwrap();
    executor.load(b"\0asm\x01\0\0\0").await.unwrap();
    let expected = LimitError::ModuleTooLarge {
        limit: 8,
        asked: 11,
    };
    assert_eq!(refused(config, "\0asm\x01\0\0\0\0\x01\0").await, expected);
}

#[tokio::test]
async fn instances_are_counted_for_the_engine_and_for_each_tenant() {
    let mut config = config();
    config.instances = 3;
    config.tenant_instances = 2;
    let executor = Executor::new(config).unwrap();
    let module = executor.load(b"(module)").await.unwrap();
    let spawn = |tenant| executor.spawn(TenantId(tenant), &module);
    let first = spawn(1).await.unwrap();
    let second = spawn(1).await.unwrap();

    let limit = |error: ExecutorError| error.limit().cloned();
    let of_tenant = LimitError::Instances {
        scope: Scope::Tenant(1),
        limit: 2,
        asked: 3,
    };
    assert_eq!(limit(spawn(1).await.unwrap_err()), Some(of_tenant));
    let _third = spawn(2).await.unwrap();
    let of_engine = LimitError::Instances {
        scope: Scope::Engine,
        limit: 3,
        asked: 4,
    };
    assert_eq!(limit(spawn(3).await.unwrap_err()), Some(of_engine));

    // Both ways to end an instance make room again.
    drop(first);
    assert_eq!(
        (executor.instances(), executor.tenant_instances(TenantId(1))),
        (2, 1)
    );
    second.terminate().await;
    assert_eq!(
        (executor.instances(), executor.tenant_instances(TenantId(1))),
        (1, 0)
    );
    spawn(1).await.unwrap();
}

#[tokio::test]
async fn an_instance_is_found_by_its_number_while_it_lives() {
    let (executor, guest) = spawned(config(), GROW).await;
    let found = executor.find(guest.id()).unwrap();
    let one = found.call("probe", &[], options()).await.unwrap();
    assert_eq!(one[0].unwrap_i32(), 1);
    assert_eq!((found.tenant(), found.module()), (TENANT, guest.module()));
    let id = guest.id();
    drop((guest, found));
    let error = executor.find(id).unwrap_err();
    assert!(
        matches!(
            error,
            ExecutorError::NotFound {
                kind: "instance",
                ..
            }
        ),
        "{error}"
    );
}
