//! Counts instances, of the executor and of each tenant, against their caps.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{LimitError, Scope, TenantId};

#[derive(Debug)]
pub(super) struct Capacity {
    limit: usize,
    tenant_limit: usize,
    alive: Mutex<Alive>,
}

#[derive(Debug, Default)]
struct Alive {
    total: usize,
    /// Only tenants that have an instance, so that it does not grow for ever.
    tenants: HashMap<TenantId, usize>,
}

/// Room for one instance, given back when dropped.
#[derive(Debug)]
pub(super) struct Permit {
    capacity: Arc<Capacity>,
    tenant: TenantId,
}

impl Capacity {
    pub(super) fn new(limit: usize, tenant_limit: usize) -> Capacity {
        Capacity {
            limit,
            tenant_limit,
            alive: Mutex::default(),
        }
    }

    pub(super) fn reserve(self: &Arc<Capacity>, tenant: TenantId) -> Result<Permit, LimitError> {
        let refuse = |scope, limit, asked| {
            Err(LimitError::Instances {
                scope,
                limit,
                asked,
            })
        };
        let mut alive = self.alive();
        let alive = &mut *alive;
        let of_tenant = match alive.tenants.entry(tenant) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(_) if self.tenant_limit == 0 => {
                return refuse(Scope::Tenant(tenant.0), 0, 1);
            }
            Entry::Vacant(_) if alive.total >= self.limit => {
                return refuse(Scope::Engine, self.limit, alive.total + 1);
            }
            Entry::Vacant(entry) => entry.insert(0),
        };
        if *of_tenant >= self.tenant_limit {
            return refuse(Scope::Tenant(tenant.0), self.tenant_limit, *of_tenant + 1);
        }
        if alive.total >= self.limit {
            return refuse(Scope::Engine, self.limit, alive.total + 1);
        }
        *of_tenant += 1;
        alive.total += 1;
        Ok(Permit {
            capacity: Arc::clone(self),
            tenant,
        })
    }

    pub(super) fn total(&self) -> usize {
        self.alive().total
    }

    pub(super) fn of_tenant(&self, tenant: TenantId) -> usize {
        self.alive().tenants.get(&tenant).copied().unwrap_or(0)
    }

    fn alive(&self) -> MutexGuard<'_, Alive> {
        // Every change below is whole: a panic elsewhere leaves it right.
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut alive = self.capacity.alive();
        alive.total = alive.total.saturating_sub(1);
        if let Entry::Occupied(mut count) = alive.tenants.entry(self.tenant) {
            if *count.get() > 1 {
                *count.get_mut() -= 1;
            } else {
                count.remove();
            }
        }
    }
}
