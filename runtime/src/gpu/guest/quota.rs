//! Bytes of the device's memory, of all guests and of each tenant, against their
//! quotas: asked before memory is taken, given back when it is.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::executor::{Scope, TenantId};

/// More memory was asked for than a quota has left.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{asked} more bytes of device memory exceed the quota of {scope}: {taken} of {limit} are \
     taken; free some, or raise `{}`", setting(*.scope)
)]
pub struct QuotaError {
    /// Whose quota.
    pub scope: Scope,
    /// Bytes of the quota.
    pub limit: u64,
    /// Bytes that are taken.
    pub taken: u64,
    /// Bytes that were asked for.
    pub asked: u64,
}

fn setting(scope: Scope) -> &'static str {
    match scope {
        Scope::Engine => "engine_bytes",
        Scope::Tenant(_) => "tenant_bytes",
    }
}

#[derive(Debug)]
pub(super) struct Quota {
    limit: u64,
    tenant_limit: u64,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    total: u64,
    /// Only tenants that have some, so that it does not grow for ever.
    tenants: HashMap<TenantId, u64>,
}

/// Bytes that somebody has, given back when dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    quota: Arc<Quota>,
    tenant: TenantId,
    bytes: u64,
}

impl Quota {
    pub(super) fn new(limit: u64, tenant_limit: u64) -> Quota {
        Quota {
            limit,
            tenant_limit,
            taken: Mutex::default(),
        }
    }

    /// Nothing yet, for a tenant.
    pub(super) fn reserve(self: &Arc<Quota>, tenant: TenantId) -> Reservation {
        Reservation {
            quota: Arc::clone(self),
            tenant,
            bytes: 0,
        }
    }

    pub(super) fn total(&self) -> u64 {
        self.taken().total
    }

    pub(super) fn of_tenant(&self, tenant: TenantId) -> u64 {
        self.taken().tenants.get(&tenant).copied().unwrap_or(0)
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        // Every change below is whole: a panic elsewhere leaves it right.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Takes more, or nothing.
    pub(super) fn take(&mut self, asked: u64) -> Result<(), QuotaError> {
        let mut taken = self.quota.taken();
        let of_tenant = taken.tenants.get(&self.tenant).copied().unwrap_or(0);
        let scopes = [
            (
                Scope::Tenant(self.tenant.0),
                of_tenant,
                self.quota.tenant_limit,
            ),
            (Scope::Engine, taken.total, self.quota.limit),
        ];
        for (scope, taken, limit) in scopes {
            if taken.checked_add(asked).is_none_or(|sum| sum > limit) {
                return Err(QuotaError {
                    scope,
                    limit,
                    taken,
                    asked,
                });
            }
        }
        if asked > 0 {
            taken.total += asked;
            taken.tenants.insert(self.tenant, of_tenant + asked);
            self.bytes += asked;
        }
        Ok(())
    }

    /// Gives some back.
    pub(super) fn give(&mut self, bytes: u64) {
        let bytes = bytes.min(self.bytes);
        self.bytes -= bytes;
        let mut taken = self.quota.taken();
        taken.total = taken.total.saturating_sub(bytes);
        if let Entry::Occupied(mut entry) = taken.tenants.entry(self.tenant) {
            if *entry.get() > bytes {
                *entry.get_mut() -= bytes;
            } else {
                entry.remove();
            }
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.give(self.bytes);
    }
}
