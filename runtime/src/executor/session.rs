//! One instance in the hands of one caller: what it exports and how to call it.

use std::collections::HashMap;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::Value;
use wasmtime::{Store, Val, ValType, WasmParams, WasmResults};

use super::capacity::Permit;
use super::{
    Activity, ArgumentError, CallOptions, ExecutorConfig, ExecutorError, Guest, Watch,
    arguments_from_json, values_to_json,
};
use crate::Error;

/// Exclusive use of an instance. An [`Instance`](super::Instance) hands it out
/// to one caller after the other; a [`Pooled`](super::Pooled) is one.
///
/// After a trap, a timeout or a cancellation it can be called again, and the
/// guest's state is what it had become by then. Most guests are better
/// terminated.
pub struct Session<D: 'static> {
    store: Store<Guest<D>>,
    instance: wasmtime::Instance,
    watch: Watch,
    /// What was called by name so far: at most what the module exports.
    exports: HashMap<Box<str>, Arc<Export>>,
    defaults: Defaults,
    /// Tells prepared functions of other sessions from its own.
    serial: u64,
    /// Last, so that the room is free when the store is gone.
    _permit: Permit,
}

/// What a call gets that does not say otherwise.
#[derive(Clone, Copy, Debug)]
struct Defaults {
    deadline: Duration,
    fuel: Option<u64>,
}

/// A function of a [`Session`], looked up once and called many times.
#[derive(Clone, Debug)]
pub struct Export {
    name: Box<str>,
    func: wasmtime::Func,
    ty: wasmtime::FuncType,
    params: Box<[ValType]>,
    results: Box<[ValType]>,
    serial: u64,
}

impl Export {
    /// The function's type.
    pub fn ty(&self) -> &wasmtime::FuncType {
        &self.ty
    }
}

/// A function of a [`Session`] whose types are known when this is compiled:
/// the fastest way to call.
#[derive(Clone)]
pub struct TypedExport<P, R> {
    name: Box<str>,
    func: wasmtime::TypedFunc<P, R>,
    serial: u64,
}

impl<D: Send + 'static> Session<D> {
    pub(super) fn new(
        store: Store<Guest<D>>,
        instance: wasmtime::Instance,
        watch: Watch,
        config: &ExecutorConfig,
        permit: Permit,
    ) -> Session<D> {
        static SERIAL: AtomicU64 = AtomicU64::new(0);
        Session {
            store,
            instance,
            watch,
            exports: HashMap::new(),
            defaults: Defaults {
                deadline: config.call_deadline,
                fuel: config.engine.fuel,
            },
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            _permit: permit,
        }
    }

    /// Calls an export with arguments of its types.
    ///
    /// The caller may drop the future: the guest stops where it is.
    ///
    /// # Errors
    ///
    /// A missing export, arguments that do not fit, a trap, a timeout, a
    /// cancellation.
    pub async fn call(
        &mut self,
        export: &str,
        arguments: &[Val],
        options: CallOptions,
    ) -> Result<Vec<Val>, ExecutorError> {
        let export = self.known_export(export)?;
        let mut results = vec![Val::I32(0); export.results.len()];
        self.call_into(&export, arguments, &mut results, options)
            .await?;
        Ok(results)
    }

    /// Calls an export with a JSON array of arguments and answers with one of
    /// results.
    ///
    /// # Errors
    ///
    /// As [`call`](Session::call).
    pub async fn call_json(
        &mut self,
        export: &str,
        arguments: &str,
        options: CallOptions,
    ) -> Result<Value, ExecutorError> {
        let export = self.known_export(export)?;
        let arguments = arguments_from_json(&export.ty, arguments)
            .map_err(|source| export.arguments_error(source))?;
        let mut results = vec![Val::I32(0); export.results.len()];
        self.call_into(&export, &arguments, &mut results, options)
            .await?;
        values_to_json(&results).map_err(|source| ExecutorError::Results {
            export: export.name.to_string(),
            source,
        })
    }

    /// Looks a function up, to call it with [`call_into`](Session::call_into).
    ///
    /// # Errors
    ///
    /// [`Error::MissingExport`]; a result that is a reference.
    pub fn export(&mut self, name: &str) -> Result<Export, ExecutorError> {
        let func = self.func(name)?;
        let ty = func.ty(&self.store);
        let export = Export {
            name: name.into(),
            func,
            params: ty.params().collect(),
            results: ty.results().collect(),
            ty,
            serial: self.serial,
        };
        let is_reference = |ty: &ValType| matches!(ty, ValType::Ref(_));
        if let Some(index) = export.params.iter().position(is_reference) {
            let ty = export.params[index].to_string();
            return Err(export.arguments_error(ArgumentError::Reference { index, ty }));
        }
        if let Some(index) = export.results.iter().position(is_reference) {
            let ty = export.results[index].to_string();
            return Err(ExecutorError::Results {
                export: export.name.to_string(),
                source: super::ResultError { index, ty },
            });
        }
        Ok(export)
    }

    /// Calls a function that was looked up before, into `results`, which has
    /// as many places as it has results.
    ///
    /// # Errors
    ///
    /// As [`call`](Session::call); a function of another instance.
    pub async fn call_into(
        &mut self,
        export: &Export,
        arguments: &[Val],
        results: &mut [Val],
        options: CallOptions,
    ) -> Result<(), ExecutorError> {
        self.owns(export.serial, &export.name)?;
        export.check(arguments, results)?;
        self.begin(options)?;
        let outcome = {
            let call = pin!(export.func.call_async(&mut self.store, arguments, results));
            self.watch.supervise_pinned(call).await
        };
        outcome.map_err(|error| self.failure(&error))
    }

    /// Looks a function up that takes `P` and returns `R`, to call it with
    /// [`call_typed`](Session::call_typed).
    ///
    /// # Errors
    ///
    /// [`Error::MissingExport`]; the function has another type.
    pub fn typed<P, R>(&mut self, name: &str) -> Result<TypedExport<P, R>, ExecutorError>
    where
        P: WasmParams,
        R: WasmResults,
    {
        let func = self.func(name)?.typed(&self.store).map_err(|error| {
            ExecutorError::Runtime(Error::Arguments {
                name: name.to_owned(),
                message: format!("{error:#}"),
            })
        })?;
        Ok(TypedExport {
            name: name.into(),
            func,
            serial: self.serial,
        })
    }

    /// Calls a typed function that was looked up before.
    ///
    /// # Errors
    ///
    /// As [`call_into`](Session::call_into).
    pub async fn call_typed<P, R>(
        &mut self,
        export: &TypedExport<P, R>,
        params: P,
        options: CallOptions,
    ) -> Result<R, ExecutorError>
    where
        P: WasmParams + Sync,
        R: WasmResults + Sync,
    {
        self.owns(export.serial, &export.name)?;
        self.begin(options)?;
        let outcome = {
            let call = pin!(export.func.call_async(&mut self.store, params));
            self.watch.supervise_pinned(call).await
        };
        outcome.map_err(|error| self.failure(&error))
    }

    /// Fuel that the last call left, where the engine counts it.
    pub fn fuel(&self) -> Option<u64> {
        self.store.get_fuel().ok()
    }

    /// Bytes all memories of the instance have.
    pub fn memory_bytes(&self) -> usize {
        self.store.data().limiter.memory_bytes()
    }

    /// The host's state.
    pub fn data(&self) -> &D {
        self.store.data()
    }

    /// The host's state.
    pub fn data_mut(&mut self) -> &mut D {
        self.store.data_mut()
    }

    /// Interrupts calls of this session from other tasks.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// Wasmtime's own store and instance, for memories, globals and tables.
    /// What is called through them is not watched over.
    pub fn wasmtime(&mut self) -> (&mut Store<Guest<D>>, wasmtime::Instance) {
        (&mut self.store, self.instance)
    }

    fn known_export(&mut self, name: &str) -> Result<Arc<Export>, ExecutorError> {
        if let Some(export) = self.exports.get(name) {
            return Ok(Arc::clone(export));
        }
        let export = Arc::new(self.export(name)?);
        self.exports.insert(name.into(), Arc::clone(&export));
        Ok(export)
    }

    fn func(&mut self, name: &str) -> Result<wasmtime::Func, ExecutorError> {
        let func = self.instance.get_func(&mut self.store, name);
        func.ok_or_else(|| {
            ExecutorError::Runtime(Error::MissingExport {
                kind: "function",
                name: name.to_owned(),
            })
        })
    }

    #[inline]
    fn owns(&self, serial: u64, export: &str) -> Result<(), ExecutorError> {
        if serial == self.serial {
            return Ok(());
        }
        Err(ExecutorError::ForeignExport {
            export: export.to_owned(),
        })
    }

    /// All that is done for a call besides the call. It allocates nothing.
    #[inline]
    fn begin(&mut self, options: CallOptions) -> Result<(), ExecutorError> {
        if let Some(fuel) = options.fuel.or(self.defaults.fuel) {
            let filled = self.store.set_fuel(fuel);
            filled.map_err(|_| ExecutorError::FuelNotCounted)?;
        }
        self.store.data_mut().limiter.forget();
        let deadline = options.deadline.unwrap_or(self.defaults.deadline);
        // The longest deadline saturates to none.
        self.watch.arm(&mut self.store, Some(deadline));
        Ok(())
    }

    #[cold]
    fn failure(&mut self, error: &wasmtime::Error) -> ExecutorError {
        if error.is::<wasmtime::ThrownException>() {
            // It has been reported, and would be kept alive until the next.
            let _ = self.store.take_pending_exception();
        }
        let refused = self.store.data().limiter.refused();
        ExecutorError::from_execution(error, Activity::Call, refused)
    }
}

impl Export {
    /// Wasmtime checks the types too, but answers with an error that cannot be
    /// told from a failure of the guest.
    fn check(&self, arguments: &[Val], results: &[Val]) -> Result<(), ExecutorError> {
        if self.params.len() != arguments.len() {
            return Err(self.arguments_error(ArgumentError::Count {
                expected: self.params.len(),
                given: arguments.len(),
                ty: self.ty.to_string(),
            }));
        }
        for (index, (ty, value)) in self.params.iter().zip(arguments).enumerate() {
            if !fits(ty, value) {
                return Err(self.arguments_error(ArgumentError::Value {
                    index,
                    ty: ty.to_string(),
                    given: format!("{value:?}"),
                    wanted: "of it",
                }));
            }
        }
        if self.results.len() != results.len() {
            return Err(self.arguments_error(ArgumentError::ResultCount {
                expected: self.results.len(),
                given: results.len(),
            }));
        }
        Ok(())
    }

    #[cold]
    fn arguments_error(&self, source: ArgumentError) -> ExecutorError {
        ExecutorError::Arguments {
            export: self.name.to_string(),
            source,
        }
    }
}

fn fits(ty: &ValType, value: &Val) -> bool {
    matches!(
        (ty, value),
        (ValType::I32, Val::I32(_))
            | (ValType::I64, Val::I64(_))
            | (ValType::F32, Val::F32(_))
            | (ValType::F64, Val::F64(_))
            | (ValType::V128, Val::V128(_))
    )
}

impl<P, R> fmt::Debug for TypedExport<P, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedExport")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl<D> fmt::Debug for Session<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("serial", &self.serial)
            .finish_non_exhaustive()
    }
}
