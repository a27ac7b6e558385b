//! Runs modules on tokio: tenants, deadlines, cancellation, fuel and caps.
//!
//! An [`Executor`] loads modules, spawns instances of them and lends instances
//! from a pool. Its parts also serve a store that was made elsewhere:
//! [`Limiter`] caps it, [`Watch`] interrupts it, and [`arguments_from_json`]
//! and [`values_to_json`] type what goes in and comes out.

mod arguments;
mod capacity;
mod config;
mod epoch;
mod error;
mod host;
mod instance;
mod limits;
mod modules;
mod pool;
mod session;

use std::fmt;
use std::sync::Arc;

use wasmtime::{Linker, Store};

use capacity::Capacity;
use instance::Registry;
use modules::ModuleCache;
use pool::Pool;

pub use arguments::{
    ArgumentError, ResultError, arguments_from_json, value_to_json, values_to_json,
};
pub use config::{CallOptions, ExecutorConfig};
pub use epoch::{Interruption, Supervised, Watch};
pub use error::{Activity, ExecutorError};
pub use host::{Guest, Host, TenantId};
pub use instance::{Instance, InstanceGuard, InstanceId};
pub use limits::{LimitError, Limiter, Limits, Scope};
pub use modules::{LoadedModule, ModuleId};
pub use pool::{PoolStats, Pooled};
pub use session::{Export, Session, TypedExport};

use crate::{Engine, Error};

/// Runs modules. Cheap to clone; must be used inside a tokio runtime with its
/// timer enabled.
///
/// ```
/// use tensor_wasm_runtime::executor::{CallOptions, Executor, ExecutorConfig, TenantId};
///
/// # tokio::runtime::Builder::new_multi_thread().enable_time().build()?.block_on(async {
/// let executor = Executor::new(ExecutorConfig::default())?;
/// let module = executor
///     .load(br#"(module (func (export "half") (param f32) (result f32)
///           (f32.mul (local.get 0) (f32.const 0.5))))"#)
///     .await?;
/// let instance = executor.spawn(TenantId(1), &module).await?;
/// let half = instance.call_json("half", "[3]", CallOptions::new()).await?;
/// assert_eq!(half.to_string(), "[1.5]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Executor<H: Host = ()>(Arc<Inner<H>>);

struct Inner<H: Host> {
    engine: Engine,
    config: ExecutorConfig,
    limits: Limits,
    host: H,
    linker: Linker<Guest<H::Data>>,
    modules: ModuleCache<H::Data>,
    capacity: Arc<Capacity>,
    registry: Arc<Registry<H::Data>>,
    pool: Pool<H::Data>,
}

impl Executor {
    /// An executor whose guests can import nothing.
    ///
    /// # Errors
    ///
    /// As [`Executor::with_host`].
    pub fn new(config: ExecutorConfig) -> Result<Executor, ExecutorError> {
        Executor::with_host(config, ())
    }
}

impl<H: Host> Executor<H> {
    /// An executor whose guests can import what `host` defines.
    ///
    /// # Errors
    ///
    /// A configuration Wasmtime refuses; the threads proposal, whose shared
    /// memories and waits escape caps and deadlines; host functions that do
    /// not link.
    pub fn with_host(config: ExecutorConfig, host: H) -> Result<Executor<H>, ExecutorError> {
        if config.engine.proposals.contains(&crate::Proposal::Threads) {
            let message = "an executor cannot cap shared memories nor interrupt a thread that \
                           waits on one; switch the proposal `threads` off";
            return Err(Error::from(crate::ConfigError::Refused(message.to_owned())).into());
        }
        let engine = Engine::new(&config.engine())?;
        let mut linker = Linker::new(engine.wasmtime());
        host.link(&mut linker)
            .map_err(|error| Error::Link(format!("{error:#}")))?;
        Ok(Executor(Arc::new(Inner {
            engine,
            limits: config.limits(),
            host,
            linker,
            modules: ModuleCache::new(config.cached_modules),
            capacity: Arc::new(Capacity::new(config.instances, config.tenant_instances)),
            registry: Arc::new(Registry::new()),
            pool: Pool::new(config.idle_instances, config.idle_instances_per_module),
            config,
        })))
    }

    /// Compiles a module, binary or text, and links its imports. One that is
    /// in the cache is not compiled again.
    ///
    /// Compiling happens on a thread for blocking work. It cannot be stopped:
    /// the cap on a module's size is what bounds it.
    ///
    /// # Errors
    ///
    /// [`LimitError::ModuleTooLarge`], [`Error::Compile`], [`Error::Link`].
    pub async fn load(&self, source: &[u8]) -> Result<LoadedModule<H::Data>, ExecutorError> {
        let limit = self.0.limits.module_bytes;
        if source.len() > limit {
            let asked = source.len();
            return Err(LimitError::ModuleTooLarge { limit, asked }.into());
        }
        let id = ModuleId::of(source);
        let inner = Arc::clone(&self.0);
        let compile = async move {
            let source = source.to_vec();
            let compiled = tokio::task::spawn_blocking(move || inner.compile(id, &source));
            compiled
                .await
                .map_err(|error| Error::Other(format!("the compiler failed: {error}")))?
        };
        self.0.modules.get_or_load(id, compile).await
    }

    /// A module that was loaded before and is still in the cache.
    ///
    /// # Errors
    ///
    /// [`ExecutorError::NotFound`].
    pub fn module(&self, id: ModuleId) -> Result<LoadedModule<H::Data>, ExecutorError> {
        let found = self.0.modules.get(id);
        found.ok_or_else(|| ExecutorError::NotFound {
            kind: "module",
            id: id.to_string(),
        })
    }

    /// Makes an instance, with a state from [`Host::data`].
    ///
    /// # Errors
    ///
    /// A cap; a start function that traps or takes too long.
    pub async fn spawn(
        &self,
        tenant: TenantId,
        module: &LoadedModule<H::Data>,
    ) -> Result<Instance<H::Data>, ExecutorError> {
        self.spawn_with(tenant, module, self.0.host.data(tenant))
            .await
    }

    /// Makes an instance, with a state of the caller's.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Executor::spawn).
    pub async fn spawn_with(
        &self,
        tenant: TenantId,
        module: &LoadedModule<H::Data>,
        data: H::Data,
    ) -> Result<Instance<H::Data>, ExecutorError> {
        let session = self.0.instantiate(tenant, module, Some(data)).await?;
        Ok(self.0.registry.register(tenant, module.id(), session))
    }

    /// An instance that was spawned before and is still there.
    ///
    /// # Errors
    ///
    /// [`ExecutorError::NotFound`].
    pub fn find(&self, id: InstanceId) -> Result<Instance<H::Data>, ExecutorError> {
        self.0.registry.find(id)
    }

    /// Takes an instance from the pool, or makes one. It is as good as new,
    /// and goes back when it is dropped.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Executor::spawn).
    pub async fn checkout(
        &self,
        tenant: TenantId,
        module: &LoadedModule<H::Data>,
    ) -> Result<Pooled<H>, ExecutorError> {
        self.0.checkout(tenant, module).await
    }

    /// Puts up to `count` instances into the pool ahead of need; returns how
    /// many it had room for.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Executor::spawn).
    pub async fn warm_up(
        &self,
        tenant: TenantId,
        module: &LoadedModule<H::Data>,
        count: usize,
    ) -> Result<usize, ExecutorError> {
        for made in 0..count {
            if !self.0.refill(tenant, module).await? {
                return Ok(made);
            }
        }
        Ok(count)
    }

    /// What the pool has done so far.
    pub fn pool_stats(&self) -> PoolStats {
        self.0.pool.stats()
    }

    /// Instances alive, idle ones of the pool included.
    pub fn instances(&self) -> usize {
        self.0.capacity.total()
    }

    /// Instances alive of one tenant.
    pub fn tenant_instances(&self, tenant: TenantId) -> usize {
        self.0.capacity.of_tenant(tenant)
    }

    /// Modules in the cache.
    pub fn cached_modules(&self) -> usize {
        self.0.modules.len()
    }

    /// The engine modules are compiled with.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }
}

type WatchedStore<D> = (Store<Guest<D>>, Watch);

impl<H: Host> Inner<H> {
    fn compile(&self, id: ModuleId, source: &[u8]) -> Result<LoadedModule<H::Data>, ExecutorError> {
        let module = self.engine.compile(source)?;
        module.make_images();
        let pre = self
            .linker
            .instantiate_pre(module.wasmtime())
            .map_err(|error| Error::from_execution(&error))?;
        Ok(LoadedModule::new(id, pre))
    }

    /// Makes an instance and runs its start function. `data` is the host's
    /// unless given.
    async fn instantiate(
        &self,
        tenant: TenantId,
        module: &LoadedModule<H::Data>,
        data: Option<H::Data>,
    ) -> Result<Session<H::Data>, ExecutorError> {
        let permit = loop {
            match self.capacity.reserve(tenant) {
                Ok(permit) => break permit,
                // An instance that is used goes before one that waits.
                Err(LimitError::Instances { scope, .. }) if self.pool.evict(scope) => {}
                Err(error) => return Err(error.into()),
            }
        };
        let mut data = data.unwrap_or_else(|| self.host.data(tenant));
        loop {
            let (mut store, watch) = self.store(tenant, data)?;
            let instance = watch.supervise(module.pre().instantiate_async(&mut store));
            let error = match instance.await {
                Ok(instance) => {
                    return Ok(Session::new(store, instance, watch, &self.config, permit));
                }
                Err(error) => error,
            };
            // Out of slots before anything of the guest ran: a heap for the
            // garbage collector is taken later, and then there is a backtrace.
            let out_of_slots = error.is::<wasmtime::PoolConcurrencyLimitError>()
                && !error.is::<wasmtime::WasmBacktrace>();
            if !(out_of_slots && self.pool.evict(Scope::Engine)) {
                return Err(start_failure(&error, &store.data().limiter));
            }
            data = store.into_data().into_data();
        }
    }

    /// A store that is capped and watched over, its time for a start running.
    fn store(
        &self,
        tenant: TenantId,
        data: H::Data,
    ) -> Result<WatchedStore<H::Data>, ExecutorError> {
        let watch = Watch::new();
        let limiter = Limiter::new(self.limits.clone());
        let guest = Guest::new(tenant, limiter, watch.clone(), data);
        let mut store = Store::new(self.engine.wasmtime(), guest);
        store.limiter(|guest| &mut guest.limiter);
        if let Some(fuel) = self.config.engine.fuel {
            store
                .set_fuel(fuel)
                .map_err(|_| ExecutorError::FuelNotCounted)?;
        }
        watch.attach(&mut store);
        // The longest deadline saturates to none.
        watch.arm(&mut store, Some(self.config.start_deadline));
        Ok((store, watch))
    }
}

#[cold]
fn start_failure(error: &wasmtime::Error, limiter: &Limiter) -> ExecutorError {
    match limiter.explain(error) {
        Some(limit) => limit.into(),
        None => ExecutorError::from_execution(error, Activity::Start, limiter.refused()),
    }
}

impl<H: Host> Clone for Executor<H> {
    fn clone(&self) -> Executor<H> {
        Executor(Arc::clone(&self.0))
    }
}

impl<H: Host> fmt::Debug for Executor<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor")
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}
