//! What a runtime implements to be tested: [`Engine`] and [`Session`], and in
//! [`bench`](mod@bench) what it implements to be measured.
//!
//! The harness owns scripts, comparisons, processes and deadlines; an engine
//! compiles, instantiates and calls. `docs/adding-an-engine.md` walks through
//! an implementation.

pub mod bench;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::{Capability, EngineInfo, Failure, Grid, Limits, Settings, Value};

/// A module a session compiled; a number the session chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleHandle(pub usize);

/// An instance a session made; a number the session chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceHandle(pub usize);

/// What a session must be like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SessionConfig {
    /// The proposals that are on; all others are off.
    pub proposals: BTreeSet<Capability>,
    /// Proposals that the case would have on and the engine lacks. What needs one is
    /// [`FailureKind::Unsupported`](crate::model::FailureKind::Unsupported) and not
    /// invalid, to an engine that can tell; others have no use for this.
    #[serde(default)]
    pub lacking: BTreeSet<Capability>,
    /// What the guest may use.
    pub limits: Limits,
    /// Engine settings beyond those the engine was made with.
    pub settings: Settings,
}

/// An engine in one configuration. Made once per worker process.
pub trait Engine {
    /// What it is and what it can do.
    fn info(&self) -> EngineInfo;

    /// A fresh, empty world: no module, no instance, no registered name.
    ///
    /// # Errors
    ///
    /// [`FailureKind::Unsupported`](crate::model::FailureKind::Unsupported)
    /// when the configuration is impossible.
    fn session(&self, config: &SessionConfig) -> Result<Box<dyn Session>, Failure>;

    /// The engine as it is measured.
    ///
    /// # Errors
    ///
    /// `Unsupported` by default.
    fn bench(&self) -> Result<Box<dyn bench::BenchEngine + '_>, Failure> {
        Err(Failure::unsupported("being measured"))
    }
}

/// Modules and instances that may import from one another. Lives for one case.
///
/// A method that fails says so with a [`Failure`]; that may be what the script
/// wants, so nothing is printed.
pub trait Session: Send {
    /// Decodes, validates and compiles a module in the binary format.
    ///
    /// # Errors
    ///
    /// `Refused` when the module is not accepted, for whatever reason.
    fn compile(&mut self, wasm: &[u8]) -> Result<ModuleHandle, Failure>;

    /// Instantiates a module with imports from the registered names, and runs
    /// its start function.
    ///
    /// # Errors
    ///
    /// `Unlinkable`, `Trap`, `Exception` or `Limit`.
    fn instantiate(&mut self, module: ModuleHandle) -> Result<InstanceHandle, Failure>;

    /// Makes everything the instance exports importable as `name`. What was
    /// importable under `name` before stays, unless an export hides it.
    ///
    /// # Errors
    ///
    /// Only what the engine itself refuses.
    fn register(&mut self, name: &str, instance: InstanceHandle) -> Result<(), Failure>;

    /// Calls an exported function.
    ///
    /// # Errors
    ///
    /// `Trap`, `Exception`, `Suspension`, or `Missing` when there is no such
    /// function.
    fn invoke(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        arguments: &[Value],
    ) -> Result<Vec<Value>, Failure>;

    /// Runs an exported function once for each thread of a grid, all with the same
    /// arguments. Needed for [`Capability::Kernels`].
    ///
    /// # Errors
    ///
    /// `Trap`, with the trap of the thread that has the smallest number of those
    /// that trapped, and that number; `Limit` for a grid that no device has,
    /// `Arguments`, or `Missing`.
    fn launch(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        grid: Grid,
        arguments: &[Value],
    ) -> Result<(), Failure> {
        let _ = (instance, export, grid, arguments);
        Err(Failure::unsupported("kernels"))
    }

    /// Calls an exported function once for each list of arguments, at the same time
    /// or in this order, where the function neither reads nor changes what another
    /// call could see; the results of each call. None where the engine does not know
    /// that of the function, or where a call fails: nothing has happened then.
    fn invoke_pure(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        arguments: &[Vec<Value>],
    ) -> Option<Vec<Vec<Value>>> {
        let _ = (instance, export, arguments);
        None
    }

    /// Reads an exported global.
    ///
    /// # Errors
    ///
    /// `Missing` when there is no such global.
    fn global(&mut self, instance: InstanceHandle, export: &str) -> Result<Value, Failure>;

    /// Reads an exported memory. Needed for [`Capability::ReadMemory`].
    ///
    /// # Errors
    ///
    /// `Missing` when there is no such memory or it is shorter than that.
    fn memory(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        at: u64,
        length: usize,
    ) -> Result<Vec<u8>, Failure> {
        let _ = (instance, export, at, length);
        Err(Failure::unsupported("reading memories"))
    }

    /// Writes an exported memory. Needed for [`Capability::Kernels`].
    ///
    /// # Errors
    ///
    /// `Missing` when there is no such memory or it is shorter than that.
    fn write_memory(
        &mut self,
        instance: InstanceHandle,
        export: &str,
        at: u64,
        bytes: &[u8],
    ) -> Result<(), Failure> {
        let _ = (instance, export, at, bytes);
        Err(Failure::unsupported("writing memories"))
    }

    /// Fuel that the last instantiation or call used. Needed for
    /// [`Capability::Fuel`].
    ///
    /// # Errors
    ///
    /// `Unsupported` by default.
    fn fuel_used(&mut self) -> Result<u64, Failure> {
        Err(Failure::unsupported("counting fuel"))
    }

    /// An empty session for another thread, and in it an instance that exports
    /// the shared memories of `instance`. Needed for [`Capability::Threads`].
    ///
    /// # Errors
    ///
    /// `Unsupported` by default.
    fn share(
        &mut self,
        instance: InstanceHandle,
    ) -> Result<(Box<dyn Session>, InstanceHandle), Failure> {
        let _ = instance;
        Err(Failure::unsupported("threads"))
    }
}
