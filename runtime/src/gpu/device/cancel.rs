//! Ending launches before their end.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Ends launches from elsewhere. Copies end the same ones.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<Cancelled>);

#[derive(Debug, Default)]
struct Cancelled {
    is: AtomicBool,
    /// Who is told at once.
    running: Mutex<Vec<Arc<dyn Interrupt>>>,
}

/// What runs and can be interrupted.
pub(super) trait Interrupt: fmt::Debug + Send + Sync {
    /// Ends it soon.
    fn interrupt(&self);
}

/// Somebody is told until this is dropped.
#[cfg(feature = "executor")]
pub(super) struct Told<'a> {
    cancelled: &'a Cancelled,
    running: Arc<dyn Interrupt>,
}

impl Cancel {
    /// Threads end with [`TrapCode::Interrupted`](crate::TrapCode::Interrupted) soon, those of launches to come
    /// too.
    pub fn cancel(&self) {
        let running = self.0.running();
        self.0.is.store(true, Ordering::Release);
        running.iter().for_each(|running| running.interrupt());
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.is.load(Ordering::Acquire)
    }

    /// Interrupts this when it is cancelled, or now if it was.
    #[cfg(feature = "executor")]
    pub(super) fn tell<I: Interrupt + 'static>(&self, running: &Arc<I>) -> Told<'_> {
        let running: Arc<dyn Interrupt> = Arc::<I>::clone(running);
        let mut all = self.0.running();
        if self.is_cancelled() {
            running.interrupt();
        }
        all.push(Arc::clone(&running));
        Told {
            cancelled: &self.0,
            running,
        }
    }
}

impl Cancelled {
    fn running(&self) -> MutexGuard<'_, Vec<Arc<dyn Interrupt>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(feature = "executor")]
impl Drop for Told<'_> {
    fn drop(&mut self) {
        let mut all = self.cancelled.running();
        let place = all.iter().position(|it| Arc::ptr_eq(it, &self.running));
        if let Some(place) = place {
            all.swap_remove(place);
        }
    }
}
