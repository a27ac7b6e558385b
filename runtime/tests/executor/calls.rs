//! Calls, their arguments and results, modules and host functions.

use tensor_wasm_runtime::executor::{
    ArgumentError, Executor, ExecutorConfig, ExecutorError, ModuleId, TenantId,
};
use tensor_wasm_runtime::{ConfigError, Error, Proposal, TrapCode, Val, wasmtime};

use super::{TENANT, TestHost, options, spawned};

const ECHO: &str = r#"(module
  (func (export "i32") (param i32) (result i32) (local.get 0))
  (func (export "i64") (param i64) (result i64) (local.get 0))
  (func (export "f32") (param f32) (result f32) (local.get 0))
  (func (export "f64") (param f64) (result f64) (local.get 0))
  (func (export "v128") (param v128) (result v128) (local.get 0))
  (func (export "swap") (param i32 f64) (result f64 i32) (local.get 1) (local.get 0))
  (func (export "takes") (param i32 externref))
  (func (export "gives") (result funcref) (ref.null func))
  (func (export "divide") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1)))
  (tag $oops)
  (func (export "throw") (throw $oops))
  (func $deep (export "deep") (call $deep))
  (memory (export "memory") 1))"#;

#[tokio::test]
async fn json_goes_in_and_out_by_the_signature() {
    let (_executor, echo) = spawned(ExecutorConfig::default(), ECHO).await;
    let cases = [
        ("i32", "[4294967295]", "[-1]"),
        ("i64", "[-9223372036854775808]", "[-9223372036854775808]"),
        ("f32", "[0.1]", "[0.1]"),
        ("f32", r#"["nan:0x7fa00000"]"#, r#"["nan:0x7fa00000"]"#),
        ("f32", r#"["nan:0xffc00001"]"#, r#"["nan:0xffc00001"]"#),
        (
            "f64",
            r#"["nan:0x7ff4000000000001"]"#,
            r#"["nan:0x7ff4000000000001"]"#,
        ),
        ("f64", r#"["-inf"]"#, r#"["-inf"]"#),
        (
            "v128",
            r#"["0x000102030405060708090a0b0c0d0e0f"]"#,
            r#"["0x000102030405060708090a0b0c0d0e0f"]"#,
        ),
        ("swap", "[1, 2.5]", "[2.5,1]"),
    ];
    for (export, arguments, results) in cases {
        let found = echo.call_json(export, arguments, options()).await.unwrap();
        assert_eq!(found.to_string(), results, "{export} {arguments}");
    }
}

#[tokio::test]
async fn values_keep_their_bits() {
    let (_executor, echo) = spawned(ExecutorConfig::default(), ECHO).await;
    let signalling = [Val::F32(0x7fa0_0001)];
    let found = echo.call("f32", &signalling, options()).await.unwrap();
    assert!(matches!(found[..], [Val::F32(0x7fa0_0001)]), "{found:?}");

    let mut session = echo.lock().await.unwrap();
    let typed = session.typed::<(i32, f64), (f64, i32)>("swap").unwrap();
    let found = session.call_typed(&typed, (1, 2.5), options()).await;
    assert_eq!(found.unwrap(), (2.5, 1));
}

#[tokio::test]
async fn what_does_not_fit_is_refused_before_the_guest_runs() {
    let (_executor, echo) = spawned(ExecutorConfig::default(), ECHO).await;
    let missing = echo.call("none", &[], options()).await.unwrap_err();
    assert_eq!(missing.to_string(), "no exported function `none`");
    let memory = echo.call("memory", &[], options()).await.unwrap_err();
    assert!(
        matches!(memory, ExecutorError::Runtime(Error::MissingExport { .. })),
        "{memory}"
    );

    let wrong = [Val::I32(1), Val::F32(0)];
    let error = echo.call("swap", &wrong, options()).await.unwrap_err();
    assert!(
        matches!(
            &error,
            ExecutorError::Arguments { export, source: ArgumentError::Value { index: 1, ty, .. } }
                if export == "swap" && ty == "f64"
        ),
        "{error}"
    );
    let few = echo.call("swap", &[Val::I32(1)], options()).await;
    let few = few.unwrap_err();
    let counts = |error: &ExecutorError| match error {
        ExecutorError::Arguments {
            source: ArgumentError::Count {
                expected, given, ..
            },
            ..
        } => Some((*expected, *given)),
        _ => None,
    };
    assert_eq!(counts(&few), Some((2, 1)), "{few}");
    let many = echo.call_json("i32", "[1,2,3]", options()).await;
    let many = many.unwrap_err();
    assert_eq!(counts(&many), Some((1, 3)), "{many}");
}

#[tokio::test]
async fn references_are_refused_with_their_place() {
    let (_executor, echo) = spawned(ExecutorConfig::default(), ECHO).await;
    let arguments = [Val::I32(1), Val::ExternRef(None)];
    let error = echo.call("takes", &arguments, options()).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "arguments of `takes`: argument 1 is of type (ref null extern): a reference cannot be passed"
    );
    let error = echo.call_json("gives", "[]", options()).await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "results of `gives`: result 0 is of type (ref null func): a reference cannot be passed out"
    );
}

#[tokio::test]
async fn a_prepared_function_belongs_to_its_instance() {
    let (executor, echo) = spawned(ExecutorConfig::default(), ECHO).await;
    let module = executor.module(echo.module()).unwrap();
    let other = executor.spawn(TENANT, &module).await.unwrap();
    let export = echo.lock().await.unwrap().export("i32").unwrap();
    let typed = echo.lock().await.unwrap().typed::<i32, i32>("i32").unwrap();

    let mut session = other.lock().await.unwrap();
    let mut results = [Val::I32(0)];
    let error = session.call_into(&export, &[Val::I32(1)], &mut results, options());
    assert!(matches!(
        error.await,
        Err(ExecutorError::ForeignExport { .. })
    ));
    let error = session.call_typed(&typed, 1, options()).await;
    assert!(matches!(error, Err(ExecutorError::ForeignExport { .. })));
    let wrong = session.typed::<i64, i32>("i32").unwrap_err();
    assert!(wrong.to_string().contains("do not fit `i32`"), "{wrong}");

    let own = session.export("i32").unwrap();
    let error = session.call_into(&own, &[Val::I32(1)], &mut [], options());
    let error = error.await.unwrap_err();
    assert!(error.to_string().contains("has 1 results"), "{error}");
}

#[tokio::test]
async fn traps_carry_their_code_and_the_instance_goes_on() {
    let (_executor, echo) = spawned(ExecutorConfig::default(), ECHO).await;
    let error = echo.call_json("divide", "[1, 0]", options()).await;
    let error = error.unwrap_err();
    assert_eq!(error.trap_code(), Some(TrapCode::IntegerDivideByZero));
    assert_eq!(error.limit(), None);
    let error = echo.call("deep", &[], options()).await.unwrap_err();
    assert_eq!(error.trap_code(), Some(TrapCode::CallStackExhausted));
    for _ in 0..2 {
        let error = echo.call("throw", &[], options()).await.unwrap_err();
        assert!(
            matches!(error, ExecutorError::Runtime(Error::Exception(_))),
            "{error}"
        );
        let mut session = echo.lock().await.unwrap();
        assert!(!session.wasmtime().0.has_pending_exception());
    }
    let six = echo.call_json("divide", "[42, 7]", options()).await;
    assert_eq!(six.unwrap().to_string(), "[6]");
}

#[tokio::test]
async fn fuel_runs_out_and_every_call_has_its_own() {
    const LOOP: &str = r#"(module
      (func (export "loop") (loop (br 0)))
      (func (export "nothing")))"#;
    let mut config = ExecutorConfig::default();
    config.engine.fuel = Some(10_000);
    let (_executor, instance) = spawned(config, LOOP).await;
    for _ in 0..2 {
        let error = instance.call("loop", &[], options()).await.unwrap_err();
        assert_eq!(error.trap_code(), Some(TrapCode::OutOfFuel));
    }
    let mut session = instance.lock().await.unwrap();
    session.call("nothing", &[], options()).await.unwrap();
    assert!((9_000..10_000).contains(&session.fuel().unwrap()));
    let little = options().fuel(500);
    session.call("nothing", &[], little).await.unwrap();
    assert!((1..500).contains(&session.fuel().unwrap()));

    let (_executor, instance) = spawned(ExecutorConfig::default(), LOOP).await;
    let error = instance.call("nothing", &[], little).await.unwrap_err();
    assert!(matches!(error, ExecutorError::FuelNotCounted), "{error}");
}

#[tokio::test]
async fn host_functions_see_their_instance_only() {
    let host = TestHost::default();
    let executor = Executor::with_host(ExecutorConfig::default(), host).unwrap();
    let module = executor
        .load(
            br#"(module
              (import "host" "count" (func $count (result i64)))
              (import "host" "tenant" (func $tenant (result i64)))
              (func (export "both") (result i64 i64) (call $count) (call $tenant)))"#,
        )
        .await
        .unwrap();
    let first = executor.spawn(TenantId(1), &module).await.unwrap();
    let second = executor.spawn(TenantId(2), &module).await.unwrap();
    let mut found = Vec::new();
    for instance in [&first, &first, &second] {
        let both = instance.call_json("both", "[]", options()).await.unwrap();
        found.push(both.to_string());
    }
    assert_eq!(found, ["[1,1]", "[2,1]", "[1,2]"]);
}

#[tokio::test]
async fn a_module_that_cannot_be_says_why() {
    let executor = Executor::new(ExecutorConfig::default()).unwrap();
    let load = async |source: &[u8]| executor.load(source).await.unwrap_err();
    let error = load(b"\0asm\x01\0\0\0\xff").await;
    assert!(
        matches!(error, ExecutorError::Runtime(Error::Compile(_))),
        "{error}"
    );
    let error = load(br#"(module (import "host" "none" (func)))"#).await;
    assert!(
        matches!(error, ExecutorError::Runtime(Error::Link(_))),
        "{error}"
    );
    // What was refused takes no place in the cache.
    assert_eq!(executor.cached_modules(), 0);

    let mut config = ExecutorConfig::default();
    config.engine.proposals.insert(Proposal::Threads);
    let error = Executor::new(config).unwrap_err();
    assert!(
        matches!(
            error,
            ExecutorError::Runtime(Error::Config(ConfigError::Refused(_)))
        ),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn modules_are_compiled_once_and_kept_by_their_hash() {
    let mut config = ExecutorConfig::default();
    config.cached_modules = 2;
    let executor = Executor::new(config).unwrap();
    let sources = ["(module)", "(module (memory 1))", "(module (memory 2))"];

    let together = (0..8).map(|_| {
        let executor = executor.clone();
        tokio::spawn(async move { executor.load(b"(module)").await.unwrap() })
    });
    let mut loaded = Vec::new();
    for task in together.collect::<Vec<_>>() {
        loaded.push(task.await.unwrap());
    }
    let same = |module: &wasmtime::Module| module.text().as_ptr();
    let first = same(loaded[0].wasmtime());
    assert!(loaded.iter().all(|module| same(module.wasmtime()) == first));
    assert_eq!(loaded[0].id(), ModuleId::of(b"(module)"));
    assert_eq!(
        ModuleId::of(b"abc").to_string(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );

    for source in &sources[1..] {
        executor.load(source.as_bytes()).await.unwrap();
    }
    assert_eq!(executor.cached_modules(), 2);
    let forgotten = executor.module(loaded[0].id()).unwrap_err();
    assert!(
        matches!(forgotten, ExecutorError::NotFound { kind: "module", .. }),
        "{forgotten}"
    );
    // Who holds it can go on using it.
    executor.spawn(TENANT, &loaded[0]).await.unwrap();
}
