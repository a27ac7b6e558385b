//! Instances that wait to be used, by tenant and module.
//!
//! An instance that comes back is not cleaned: it is dropped, and a new one is
//! made in its place, start function included, while nobody waits for it.
//! Under the pooling allocator this reuses the slot and its memory image. So
//! nothing can pass from one user to the next, whatever a guest may dirty:
//! memory, globals, tables, dropped segments, the host's state.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use tokio::runtime::Handle;

use super::{ExecutorError, Host, Inner, LoadedModule, ModuleId, Scope, Session, TenantId};

type Key = (TenantId, ModuleId);

/// What the pool has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStats {
    /// Instances waiting to be used.
    pub idle: usize,
    /// Check-outs that found one waiting.
    pub hits: u64,
    /// Check-outs that had to make one.
    pub misses: u64,
    /// Resets that failed, as a start function that trapped. Such an instance
    /// is gone.
    pub failed_resets: u64,
}

pub(super) struct Pool<D: 'static> {
    idle: Mutex<Idle<D>>,
    limit: usize,
    limit_per_key: usize,
    hits: AtomicU64,
    misses: AtomicU64,
    failed_resets: AtomicU64,
}

struct Idle<D: 'static> {
    /// The key that was used longest ago is the first to lose an instance.
    /// No entry is empty, so there are at most as many as instances.
    by_key: LruCache<Key, Vec<Session<D>>>,
    total: usize,
}

impl<D: Send + 'static> Pool<D> {
    pub(super) fn new(limit: usize, limit_per_key: usize) -> Pool<D> {
        Pool {
            idle: Mutex::new(Idle {
                by_key: LruCache::unbounded(),
                total: 0,
            }),
            limit,
            limit_per_key,
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
            failed_resets: AtomicU64::new(0),
        }
    }

    fn take(&self, key: Key) -> Option<Session<D>> {
        let mut idle = self.idle();
        let found = idle.pop(key);
        // Who takes an instance uses the key; who evicts one does not.
        idle.by_key.promote(&key);
        drop(idle);
        let counter = if found.is_some() {
            &self.hits
        } else {
            &self.misses
        };
        counter.fetch_add(1, Ordering::Relaxed);
        found
    }

    /// Whether another instance of this key would be kept.
    fn has_room(&self, key: Key) -> bool {
        let idle = self.idle();
        let of_key = idle.by_key.peek(&key).map_or(0, Vec::len);
        self.limit > 0 && of_key < self.limit_per_key
    }

    fn put(&self, key: Key, session: Session<D>) {
        // Stores are dropped after the lock is released: it takes a while.
        let mut dropped = Vec::new();
        let mut idle = self.idle();
        let of_key = idle.by_key.get_or_insert_mut(key, Vec::new);
        if of_key.len() < self.limit_per_key {
            of_key.push(session);
            idle.total += 1;
        } else {
            dropped.push(session);
        }
        while idle.total > self.limit {
            let oldest = idle.by_key.peek_lru().map(|(key, _)| *key);
            match oldest.and_then(|key| idle.pop(key)) {
                Some(session) => dropped.push(session),
                None => break,
            }
        }
        drop(idle);
    }

    /// Gives up an idle instance that stands in the way of a new one. False if
    /// there is none.
    pub(super) fn evict(&self, scope: Scope) -> bool {
        let mut idle = self.idle();
        let is_in_scope = |key: &Key| match scope {
            Scope::Engine => true,
            Scope::Tenant(tenant) => key.0.0 == tenant,
        };
        // From the one used longest ago to the latest.
        let mut keys = idle.by_key.iter().rev().map(|(key, _)| *key);
        let victim = keys.find(is_in_scope);
        let session = victim.and_then(|key| idle.pop(key));
        drop(idle);
        session.is_some()
    }

    pub(super) fn stats(&self) -> PoolStats {
        PoolStats {
            idle: self.idle().total,
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            failed_resets: self.failed_resets.load(Ordering::Relaxed),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle<D>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D> Idle<D> {
    fn pop(&mut self, key: Key) -> Option<Session<D>> {
        let of_key = self.by_key.peek_mut(&key)?;
        let session = of_key.pop();
        if of_key.is_empty() {
            self.by_key.pop(&key);
        }
        self.total -= usize::from(session.is_some());
        session
    }
}

/// An instance from the pool, in exclusive use. Dropping it gives it back.
pub struct Pooled<H: Host> {
    /// `None` only while it is dropped.
    session: Option<Session<H::Data>>,
    tenant: TenantId,
    module: LoadedModule<H::Data>,
    executor: Arc<Inner<H>>,
}

impl<H: Host> Inner<H> {
    pub(super) async fn checkout(
        self: &Arc<Inner<H>>,
        tenant: TenantId,
        module: &LoadedModule<H::Data>,
    ) -> Result<Pooled<H>, ExecutorError> {
        let session = match self.pool.take((tenant, module.id())) {
            Some(session) => session,
            None => self.instantiate(tenant, module, None).await?,
        };
        Ok(Pooled {
            session: Some(session),
            tenant,
            module: module.clone(),
            executor: Arc::clone(self),
        })
    }

    /// Makes an instance for the pool, where it has room for one.
    pub(super) async fn refill(
        &self,
        tenant: TenantId,
        module: &LoadedModule<H::Data>,
    ) -> Result<bool, ExecutorError> {
        let key = (tenant, module.id());
        if !self.pool.has_room(key) {
            return Ok(false);
        }
        match self.instantiate(tenant, module, None).await {
            Ok(session) => {
                self.pool.put(key, session);
                Ok(true)
            }
            Err(error) => {
                self.pool.failed_resets.fetch_add(1, Ordering::Relaxed);
                Err(error)
            }
        }
    }
}

impl<H: Host> Pooled<H> {
    /// Gives the instance back and waits until it is reset.
    ///
    /// # Errors
    ///
    /// The reset failed, as a start function that trapped; the instance is
    /// gone.
    pub async fn give_back(mut self) -> Result<(), ExecutorError> {
        drop(self.session.take());
        let executor = Arc::clone(&self.executor);
        executor.refill(self.tenant, &self.module).await.map(drop)
    }

    /// Ends the instance without putting another in its place.
    pub fn terminate(mut self) {
        drop(self.session.take());
    }
}

impl<H: Host> Drop for Pooled<H> {
    fn drop(&mut self) {
        // The old instance goes first: its slot is the one to be reused.
        let Some(session) = self.session.take() else {
            return;
        };
        drop(session);
        // Without a runtime there is nobody to make the next one.
        if let Ok(runtime) = Handle::try_current() {
            let executor = Arc::clone(&self.executor);
            let (tenant, module) = (self.tenant, self.module.clone());
            runtime.spawn(async move {
                // A failure is counted; nobody waits for its text.
                let _ = executor.refill(tenant, &module).await;
            });
        }
    }
}

impl<H: Host> Deref for Pooled<H> {
    type Target = Session<H::Data>;

    fn deref(&self) -> &Session<H::Data> {
        self.session
            .as_ref()
            .expect("taken only when it is dropped")
    }
}

impl<H: Host> DerefMut for Pooled<H> {
    fn deref_mut(&mut self) -> &mut Session<H::Data> {
        self.session
            .as_mut()
            .expect("taken only when it is dropped")
    }
}

impl<H: Host> fmt::Debug for Pooled<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pooled")
            .field("tenant", &self.tenant)
            .field("module", &self.module)
            .finish_non_exhaustive()
    }
}
