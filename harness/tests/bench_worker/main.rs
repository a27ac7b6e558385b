//! The measuring worker, as the harness talks to it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod failures;
mod measures;
mod worker;
