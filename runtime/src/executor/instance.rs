//! A spawned instance that several callers share, one call at a time.

use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use serde_json::Value;
use tokio::sync::{MappedMutexGuard, MutexGuard as AsyncGuard};
use wasmtime::Val;

use super::{CallOptions, ExecutorError, ModuleId, Session, TenantId, Watch};

/// The number of an instance: unique in its executor, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceId(pub u64);

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A spawned instance. Clones are the same instance; it ends with
/// [`terminate`](Instance::terminate) or when the last clone is dropped.
pub struct Instance<D: 'static>(Arc<Shared<D>>);

struct Shared<D: 'static> {
    id: InstanceId,
    tenant: TenantId,
    module: ModuleId,
    watch: Watch,
    /// `None` once it has been terminated.
    session: tokio::sync::Mutex<Option<Session<D>>>,
    registry: Arc<Registry<D>>,
}

impl<D: Send + 'static> Instance<D> {
    /// Its number.
    pub fn id(&self) -> InstanceId {
        self.0.id
    }

    /// Whose it is.
    pub fn tenant(&self) -> TenantId {
        self.0.tenant
    }

    /// What it is an instance of.
    pub fn module(&self) -> ModuleId {
        self.0.module
    }

    /// Calls an export, after the calls that came before have ended. Waiting
    /// for them does not count against the deadline.
    ///
    /// # Errors
    ///
    /// As [`Session::call`], or [`ExecutorError::Terminated`].
    pub async fn call(
        &self,
        export: &str,
        arguments: &[Val],
        options: CallOptions,
    ) -> Result<Vec<Val>, ExecutorError> {
        let mut session = self.lock().await?;
        session.call(export, arguments, options).await
    }

    /// Calls an export with a JSON array, as [`Session::call_json`].
    ///
    /// # Errors
    ///
    /// As [`Session::call_json`], or [`ExecutorError::Terminated`].
    pub async fn call_json(
        &self,
        export: &str,
        arguments: &str,
        options: CallOptions,
    ) -> Result<Value, ExecutorError> {
        let mut session = self.lock().await?;
        session.call_json(export, arguments, options).await
    }

    /// Waits for exclusive use, for several calls in a row.
    ///
    /// # Errors
    ///
    /// [`ExecutorError::Terminated`].
    pub async fn lock(&self) -> Result<InstanceGuard<'_, D>, ExecutorError> {
        let guard = self.0.session.lock().await;
        if self.0.watch.is_closed() {
            return Err(ExecutorError::Terminated);
        }
        AsyncGuard::try_map(guard, Option::as_mut)
            .map(InstanceGuard)
            .map_err(|_| ExecutorError::Terminated)
    }

    /// Stops the call that is running: it answers
    /// [`ExecutorError::Cancelled`], and the next in line goes on. False if
    /// none is running.
    pub fn cancel(&self) -> bool {
        self.0.watch.cancel()
    }

    /// Ends the instance: the call that is running and those that wait answer
    /// [`ExecutorError::Terminated`]. Its memory is free when this returns.
    pub async fn terminate(&self) {
        self.0.watch.close();
        let session = self.0.session.lock().await.take();
        drop(session);
    }
}

/// Exclusive use of an [`Instance`].
#[derive(Debug)]
pub struct InstanceGuard<'a, D: 'static>(MappedMutexGuard<'a, Session<D>>);

impl<D> Deref for InstanceGuard<'_, D> {
    type Target = Session<D>;

    fn deref(&self) -> &Session<D> {
        &self.0
    }
}

impl<D> DerefMut for InstanceGuard<'_, D> {
    fn deref_mut(&mut self) -> &mut Session<D> {
        &mut self.0
    }
}

impl<D> Clone for Instance<D> {
    fn clone(&self) -> Instance<D> {
        Instance(Arc::clone(&self.0))
    }
}

impl<D> fmt::Debug for Instance<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("id", &self.0.id)
            .field("tenant", &self.0.tenant)
            .finish_non_exhaustive()
    }
}

impl<D> Drop for Shared<D> {
    fn drop(&mut self) {
        self.registry.entries().instances.remove(&self.id);
    }
}

/// Finds instances by their number and keeps none alive.
pub(super) struct Registry<D: 'static>(Mutex<Entries<D>>);

struct Entries<D: 'static> {
    last: u64,
    instances: HashMap<InstanceId, Weak<Shared<D>>>,
}

impl<D: Send + 'static> Registry<D> {
    pub(super) fn new() -> Registry<D> {
        Registry(Mutex::new(Entries {
            last: 0,
            instances: HashMap::new(),
        }))
    }

    pub(super) fn register(
        self: &Arc<Registry<D>>,
        tenant: TenantId,
        module: ModuleId,
        session: Session<D>,
    ) -> Instance<D> {
        let mut entries = self.entries();
        entries.last += 1;
        let id = InstanceId(entries.last);
        let shared = Arc::new(Shared {
            id,
            tenant,
            module,
            watch: session.watch().clone(),
            session: tokio::sync::Mutex::new(Some(session)),
            registry: Arc::clone(self),
        });
        entries.instances.insert(id, Arc::downgrade(&shared));
        Instance(shared)
    }

    pub(super) fn find(&self, id: InstanceId) -> Result<Instance<D>, ExecutorError> {
        let found = self.entries().instances.get(&id).and_then(Weak::upgrade);
        found
            .filter(|shared| !shared.watch.is_closed())
            .map(Instance)
            .ok_or_else(|| ExecutorError::NotFound {
                kind: "instance",
                id: id.to_string(),
            })
    }
}

impl<D> Registry<D> {
    fn entries(&self) -> MutexGuard<'_, Entries<D>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
