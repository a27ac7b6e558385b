//! A framework that tells whether a WebAssembly runtime is right.
//!
//! Data flows one way: [`discover`] finds cases, [`select`] plans them,
//! [`execute`] runs them in worker processes, [`judge`] decides, [`report`]
//! tells. Each stage is a function over the plain values of [`model`] and knows
//! no other stage; [`pipeline`] calls them in order. A runtime takes part by
//! implementing [`engine::Engine`].

pub mod discover;
pub mod engine;
pub mod engines;
pub mod execute;
pub mod judge;
pub mod model;
pub mod pipeline;
pub mod report;
pub mod select;
pub mod worker;
