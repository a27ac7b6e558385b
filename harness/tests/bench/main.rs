//! `bench` from the corpus to the exit code, with the real worker. Doctored
//! baselines must fail, and so must workers that misbehave; a worker may be a
//! mock, a result never is.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![cfg(unix)]

mod baselines;
mod criterion;
mod faults;
mod instructions;
mod pairs;
mod place;
mod saves;
mod self_check;
mod stops;
mod workers;
