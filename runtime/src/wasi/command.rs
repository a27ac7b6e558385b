//! Programs that start, do something and end.

use wasmtime::Store;
use wasmtime::component::{Instance as ComponentInstance, InstancePre as ComponentPre};
use wasmtime_wasi::{I32Exit, p2, p3};

use super::host::{self, Host, instantiation_error, within};
use super::program::{Program, link_module};
use super::{Capture, Captured, Grants, Hook, Pending, Reactor, invoke};
use crate::{Engine, Error, Module};

/// A program that can be run: a core module with `_start`, or a component that
/// exports `wasi:cli/run` of WASI 0.2 or 0.3.
pub struct Command {
    engine: Engine,
    program: Program,
}

/// When a supervisor is told that the program is up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ready {
    /// Never.
    #[default]
    Off,
    /// Once the program is instantiated, before it starts.
    AfterInstantiate,
    /// Once the guest's own function of this name has returned, before the
    /// program starts. The function takes and returns nothing.
    Export(String),
}

/// How a component is entered.
enum Entry {
    Preview2,
    Preview3,
}

impl Command {
    /// Compiles and links a program.
    ///
    /// # Errors
    ///
    /// [`Error::Compile`] when the bytes are no module or component this engine
    /// accepts; [`Error::Link`] when an import is not there.
    pub fn load(engine: &Engine, bytes: &[u8]) -> Result<Command, Error> {
        Ok(Command {
            engine: engine.clone(),
            program: Program::load(engine, bytes)?,
        })
    }

    /// Links a core module that is compiled already and may also call `hooks`.
    ///
    /// # Errors
    ///
    /// [`Error::Link`] when an import is not there, or a hook hides one.
    pub fn link(engine: &Engine, module: &Module, hooks: &[Hook]) -> Result<Command, Error> {
        Ok(Command {
            engine: engine.clone(),
            program: Program::Module(link_module(engine, module.wasmtime(), hooks)?),
        })
    }

    /// Runs the program to its end and returns its exit code: what it gave to
    /// `exit`, else 0, or 1 for a `wasi:cli/run` that returned an error.
    ///
    /// `announce` is called once, when `ready` says so. The engine's
    /// [`deadline`](crate::EngineConfig::deadline) is that of the whole program.
    /// An engine without one compiles code that never gives way: then the future
    /// comes back only when the guest waits or ends.
    ///
    /// # Errors
    ///
    /// [`Error::NoEntryPoint`] before anything runs; [`Error::Trap`],
    /// [`Error::Exception`], [`Error::Host`] or [`Error::Limit`] from the guest,
    /// a trap by interruption at the deadline.
    pub async fn run(
        &self,
        grants: &Grants,
        ready: Ready,
        announce: impl FnOnce(),
    ) -> Result<i32, Error> {
        self.run_in(host::store(&self.engine, grants, None)?, ready, announce)
            .await
    }

    /// Runs the program to its end, and keeps what it writes to its standard
    /// output and standard error: up to `limit` bytes of each, beyond which
    /// writing fails. `grants.stdio` has no say.
    ///
    /// # Errors
    ///
    /// [`Error::Grant`]. How the guest ended is in [`Captured::ended`], with
    /// the errors of [`Command::run`].
    pub fn run_captured<'a>(&'a self, grants: &'a Grants, limit: usize) -> Pending<'a, Captured> {
        Box::pin(async move {
            let capture = Capture::new(limit);
            let store = host::store(&self.engine, grants, Some(&capture))?;
            let ended = self.run_in(store, Ready::Off, || ()).await;
            Ok(capture.taken(ended))
        })
    }

    /// An instance of a core module, to call what it exports. Its
    /// `_initialize` has run.
    ///
    /// # Errors
    ///
    /// [`Error::Grant`]; what goes wrong when it is instantiated;
    /// [`Error::NoEntryPoint`] for a component.
    pub fn reactor<'a>(&'a self, grants: &'a Grants) -> Pending<'a, Reactor> {
        Box::pin(async move {
            let Program::Module(pre) = &self.program else {
                let message = "a component has no exports that take plain numbers".to_owned();
                return Err(Error::NoEntryPoint(message));
            };
            let mut store = host::store(&self.engine, grants, None)?;
            let deadline = self.engine.config().deadline;
            let made = async { Ok(instantiate_module(&mut store, pre, Ready::Off, || ()).await) };
            match within(deadline, made).await.map_err(Stop::from) {
                Ok(Ok(instance)) => Ok(Reactor::new(store, instance, deadline)),
                Ok(Err(stop)) | Err(stop) => Err(stop.into_error()),
            }
        })
    }

    async fn run_in(
        &self,
        mut store: Store<Host>,
        ready: Ready,
        announce: impl FnOnce(),
    ) -> Result<i32, Error> {
        self.check_entry()?;
        let ended = async { Ok(self.start(&mut store, ready, announce).await) };
        let ended = within(self.engine.config().deadline, ended).await;
        match ended.map_err(Stop::from).and_then(|ended| ended) {
            Ok(code) | Err(Stop::Exit(code)) => Ok(code),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    /// Calls one exported function instead of the entry point and returns its
    /// results, as a JSON array. `arguments` is a JSON array, typed by the
    /// function's signature. A core module's `_initialize` runs first.
    ///
    /// # Errors
    ///
    /// [`Error::MissingExport`], [`Error::Arguments`], and those of
    /// [`Command::run`]. A guest that exits gives `Ok(Err(code))`.
    pub async fn invoke(
        &self,
        grants: &Grants,
        export: &str,
        arguments: &str,
        ready: Ready,
        announce: impl FnOnce(),
    ) -> Result<Result<String, i32>, Error> {
        let mut store = host::store(&self.engine, grants, None)?;
        let called = async {
            let called = self.call(&mut store, export, arguments, ready, announce);
            Ok(called.await)
        };
        let called = within(self.engine.config().deadline, called).await;
        let called = called.map_err(Stop::from).and_then(|called| called);
        match called {
            Ok(results) => Ok(Ok(results)),
            Err(Stop::Exit(code)) => Ok(Err(code)),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    async fn start(
        &self,
        store: &mut Store<Host>,
        ready: Ready,
        announce: impl FnOnce(),
    ) -> Result<i32, Stop> {
        match &self.program {
            Program::Module(pre) => run_module(store, pre, ready, announce).await,
            Program::Component(pre) => run_component(store, pre, ready, announce).await,
        }
    }

    async fn call(
        &self,
        store: &mut Store<Host>,
        export: &str,
        arguments: &str,
        ready: Ready,
        announce: impl FnOnce(),
    ) -> Result<String, Stop> {
        match &self.program {
            Program::Module(pre) => {
                let instance = instantiate_module(store, pre, ready, announce).await?;
                invoke::module(store, instance, export, arguments).await
            }
            Program::Component(pre) => {
                let instance = instantiate_component(store, pre, ready, announce).await?;
                invoke::component(store, instance, export, arguments).await
            }
        }
    }

    fn check_entry(&self) -> Result<(), Error> {
        match &self.program {
            Program::Module(pre) => match pre.module().get_export("_start") {
                Some(wasmtime::ExternType::Func(ty))
                    if ty.params().len() == 0 && ty.results().len() == 0 =>
                {
                    Ok(())
                }
                Some(_) => Err(Error::NoEntryPoint(
                    "`_start` is exported, but is not a function without parameters and results"
                        .to_owned(),
                )),
                None => Err(Error::NoEntryPoint(
                    "the module exports no function `_start`".to_owned(),
                )),
            },
            Program::Component(pre) => entry(pre).map(drop),
        }
    }
}

/// Why a guest came back without results.
pub(super) enum Stop {
    /// It asked to exit.
    Exit(i32),
    /// It failed.
    Error(Error),
}

impl Stop {
    fn of(error: wasmtime::Error, sort: impl FnOnce(&wasmtime::Error) -> Error) -> Stop {
        match error.downcast_ref::<I32Exit>() {
            Some(exit) => Stop::Exit(exit.0),
            None => Stop::Error(sort(&error)),
        }
    }
}

impl Stop {
    /// For whom an exit is an error.
    fn into_error(self) -> Error {
        match self {
            Stop::Exit(code) => Error::Host(format!("the guest exited with code {code}")),
            Stop::Error(error) => error,
        }
    }
}

impl From<wasmtime::Error> for Stop {
    fn from(error: wasmtime::Error) -> Stop {
        Stop::of(error, Error::from_execution)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Error(error)
    }
}

async fn run_module(
    store: &mut Store<Host>,
    pre: &wasmtime::InstancePre<Host>,
    ready: Ready,
    announce: impl FnOnce(),
) -> Result<i32, Stop> {
    let instance = instantiate_module(store, pre, ready, announce).await?;
    let start = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
    start.call_async(&mut *store, ()).await?;
    Ok(0)
}

async fn instantiate_module(
    store: &mut Store<Host>,
    pre: &wasmtime::InstancePre<Host>,
    ready: Ready,
    announce: impl FnOnce(),
) -> Result<wasmtime::Instance, Stop> {
    let instance = match pre.instantiate_async(&mut *store).await {
        Ok(instance) => instance,
        Err(error) => return Err(Stop::of(error, |error| instantiation_error(store, error))),
    };
    if let Ok(initialize) = instance.get_typed_func::<(), ()>(&mut *store, "_initialize") {
        initialize.call_async(&mut *store, ()).await?;
    }
    if let Ready::Export(name) = &ready {
        let function = instance
            .get_typed_func::<(), ()>(&mut *store, name)
            .map_err(|_| no_ready_function(name))?;
        function.call_async(&mut *store, ()).await?;
    }
    if ready != Ready::Off {
        announce();
    }
    Ok(instance)
}

async fn run_component(
    store: &mut Store<Host>,
    pre: &ComponentPre<Host>,
    ready: Ready,
    announce: impl FnOnce(),
) -> Result<i32, Stop> {
    let entry = entry(pre)?;
    let instance = instantiate_component(store, pre, ready, announce).await?;
    let result = match entry {
        Entry::Preview3 => {
            let command = p3::bindings::Command::new(&mut *store, &instance)?;
            store
                .run_concurrent(async |accessor| command.wasi_cli_run().call_run(accessor).await)
                .await??
        }
        Entry::Preview2 => {
            p2::bindings::Command::new(&mut *store, &instance)?
                .wasi_cli_run()
                .call_run(&mut *store)
                .await?
        }
    };
    Ok(i32::from(result.is_err()))
}

async fn instantiate_component(
    store: &mut Store<Host>,
    pre: &ComponentPre<Host>,
    ready: Ready,
    announce: impl FnOnce(),
) -> Result<ComponentInstance, Stop> {
    let instance = match pre.instantiate_async(&mut *store).await {
        Ok(instance) => instance,
        Err(error) => return Err(Stop::of(error, |error| instantiation_error(store, error))),
    };
    if let Ready::Export(name) = &ready {
        let function = instance
            .get_typed_func::<(), ()>(&mut *store, name)
            .map_err(|_| no_ready_function(name))?;
        function.call_async(&mut *store, ()).await?;
    }
    if ready != Ready::Off {
        announce();
    }
    Ok(instance)
}

fn no_ready_function(name: &str) -> Error {
    Error::MissingExport {
        kind: "function without parameters and results",
        name: name.to_owned(),
    }
}

fn entry(pre: &ComponentPre<Host>) -> Result<Entry, Error> {
    if p3::bindings::CommandPre::new(pre.clone()).is_ok() {
        return Ok(Entry::Preview3);
    }
    if p2::bindings::CommandPre::new(pre.clone()).is_ok() {
        return Ok(Entry::Preview2);
    }
    let message = if super::service::is_service(pre) {
        "the component is an HTTP service: it exports a `wasi:http` handler and no \
         `wasi:cli/run`; an address to serve it at makes it run"
    } else {
        "the component exports neither `wasi:cli/run` nor a `wasi:http` handler, of WASI 0.2 or 0.3"
    };
    Err(Error::NoEntryPoint(message.to_owned()))
}
