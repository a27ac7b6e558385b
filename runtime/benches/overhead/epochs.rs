//! What deadlines cost, whoever keeps them.

use std::time::{Duration, Instant};

use tensor_wasm_runtime::wasmtime::{Linker, Store};
use tensor_wasm_runtime::{Engine, EngineConfig};
use tokio::runtime::Runtime;

use super::{GUEST, LOOP, link};
use crate::paired::{Comparison, Side};

/// Not the executor's cost but that of deadlines: the long loop compiled
/// without a look at the epoch, and with it, both bare.
pub(crate) fn comparison() -> Comparison {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime: &'static Runtime = Box::leak(Box::new(runtime.unwrap()));
    let side = |deadline: Option<Duration>| -> Side {
        let mut config = EngineConfig::default();
        config.deadline = deadline;
        let engine = Engine::new(&config).unwrap();
        let module = engine.compile(GUEST.as_bytes()).unwrap();
        let mut linker = Linker::new(engine.wasmtime());
        link(&mut linker).unwrap();
        let mut store = Store::new(engine.wasmtime(), ());
        store.epoch_deadline_async_yield_and_update(1);
        store.set_epoch_deadline(1);
        let instance = linker.instantiate_async(&mut store, module.wasmtime());
        let instance = runtime.block_on(instance).unwrap();
        let func = instance.get_typed_func::<i32, i32>(&mut store, "loop");
        let func = func.unwrap();
        Box::new(move |count| {
            runtime.block_on(async {
                let started = Instant::now();
                for _ in 0..count {
                    store.set_epoch_deadline(1);
                    func.call_async(&mut store, LOOP).await.unwrap();
                }
                started.elapsed()
            })
        })
    };
    Comparison {
        name: "long loop, epoch off and on",
        bare: side(None),
        ours: side(Some(Duration::from_secs(1))),
        most: 100,
    }
}
