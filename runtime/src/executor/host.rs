//! What an embedder gives its guests: host functions and a state for each
//! instance.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use wasmtime::Linker;

use super::{Limiter, Watch};

/// Host functions, and the state they work on.
///
/// `()` is the host that offers nothing. An embedder implements this for a
/// type of its own, as `examples/embed.rs` does.
pub trait Host: Send + Sync + 'static {
    /// What each instance has of its own. Dropped with the instance.
    type Data: Send + 'static;

    /// Defines what guests can import. Called once, by
    /// [`Executor::with_host`](super::Executor::with_host).
    ///
    /// # Errors
    ///
    /// What the linker says, as a name that is defined twice.
    fn link(&self, linker: &mut Linker<Guest<Self::Data>>) -> wasmtime::Result<()>;

    /// The state of a new instance. The pool calls it again for each reset, so
    /// that no state passes from one user to the next.
    fn data(&self, tenant: TenantId) -> Self::Data;
}

impl Host for () {
    type Data = ();

    fn link(&self, _: &mut Linker<Guest<()>>) -> wasmtime::Result<()> {
        Ok(())
    }

    fn data(&self, _: TenantId) {}
}

/// Whom an instance belongs to. Tenants never share one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(pub u64);

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The data of an instance's store, as host functions see it in
/// [`Caller::data`](wasmtime::Caller::data): the host's state, behind a deref.
#[derive(Debug)]
pub struct Guest<D> {
    tenant: TenantId,
    pub(super) limiter: Limiter,
    watch: Watch,
    data: D,
}

impl<D> Guest<D> {
    pub(super) fn new(tenant: TenantId, limiter: Limiter, watch: Watch, data: D) -> Guest<D> {
        Guest {
            tenant,
            limiter,
            watch,
            data,
        }
    }

    pub(super) fn into_data(self) -> D {
        self.data
    }

    /// Whose instance this is.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// How long the call may still take that the instance is in; none if for ever,
    /// or if it is in none.
    pub fn time_left(&self) -> Option<Duration> {
        self.watch.time_left()
    }

    /// How much the instance has taken.
    pub fn limiter(&self) -> &Limiter {
        &self.limiter
    }
}

impl<D> Deref for Guest<D> {
    type Target = D;

    fn deref(&self) -> &D {
        &self.data
    }
}

impl<D> DerefMut for Guest<D> {
    fn deref_mut(&mut self) -> &mut D {
        &mut self.data
    }
}
