//! Compiled modules by the hash of their source, at most so many of them.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;
use wasmtime::InstancePre;

use super::{ExecutorError, Guest};

/// A module's name: the SHA-256 of its source. Two tenants that load the same
/// bytes share the code, and nothing else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId([u8; 32]);

impl ModuleId {
    /// The name of these bytes.
    pub fn of(source: &[u8]) -> ModuleId {
        ModuleId(Sha256::digest(source).into())
    }

    /// The hash.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ModuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ModuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ModuleId({self})")
    }
}

/// A module that is compiled and whose imports are linked. Cheap to clone; it
/// stays usable when the executor's cache has forgotten it.
pub struct LoadedModule<D: 'static>(Arc<Loaded<D>>);

struct Loaded<D: 'static> {
    id: ModuleId,
    pre: InstancePre<Guest<D>>,
}

impl<D> LoadedModule<D> {
    pub(super) fn new(id: ModuleId, pre: InstancePre<Guest<D>>) -> LoadedModule<D> {
        LoadedModule(Arc::new(Loaded { id, pre }))
    }

    /// Its name.
    pub fn id(&self) -> ModuleId {
        self.0.id
    }

    /// Wasmtime's own module.
    pub fn wasmtime(&self) -> &wasmtime::Module {
        self.0.pre.module()
    }

    pub(super) fn pre(&self) -> &InstancePre<Guest<D>> {
        &self.0.pre
    }
}

impl<D> Clone for LoadedModule<D> {
    fn clone(&self) -> LoadedModule<D> {
        LoadedModule(Arc::clone(&self.0))
    }
}

impl<D> fmt::Debug for LoadedModule<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LoadedModule").field(&self.id()).finish()
    }
}

/// A place that the first to ask fills while others wait for it.
type Place<D> = Arc<OnceCell<LoadedModule<D>>>;

pub(super) struct ModuleCache<D: 'static>(Mutex<LruCache<ModuleId, Place<D>>>);

impl<D> ModuleCache<D> {
    pub(super) fn new(size: usize) -> ModuleCache<D> {
        let size = NonZeroUsize::new(size).unwrap_or(NonZeroUsize::MIN);
        ModuleCache(Mutex::new(LruCache::new(size)))
    }

    /// The module, compiled by `load` if it is not there: once, however many
    /// ask at the same time.
    pub(super) async fn get_or_load(
        &self,
        id: ModuleId,
        load: impl Future<Output = Result<LoadedModule<D>, ExecutorError>>,
    ) -> Result<LoadedModule<D>, ExecutorError> {
        let place = Arc::clone(self.places().get_or_insert(id, Place::default));
        let result = place.get_or_try_init(|| load).await.cloned();
        if result.is_err() {
            let mut places = self.places();
            // A module that was refused takes no place from others.
            if places.peek(&id).is_some_and(|kept| kept.get().is_none()) {
                places.pop(&id);
            }
        }
        result
    }

    pub(super) fn get(&self, id: ModuleId) -> Option<LoadedModule<D>> {
        self.places()
            .get(&id)
            .and_then(|place| place.get().cloned())
    }

    pub(super) fn len(&self) -> usize {
        self.places().len()
    }

    fn places(&self) -> MutexGuard<'_, LruCache<ModuleId, Place<D>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
