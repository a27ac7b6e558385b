//! Runs modules on tokio: tenants, deadlines, cancellation, fuel and caps.
//!
//! Its parts also serve a store that was made elsewhere: [`Limiter`] caps it,
//! [`Watch`] interrupts it, and [`arguments_from_json`] and [`values_to_json`]
//! type what goes in and comes out.

mod arguments;
mod epoch;
mod limits;

pub use arguments::{
    ArgumentError, ResultError, arguments_from_json, value_to_json, values_to_json,
};
pub use epoch::{Interruption, Watch};
pub use limits::{LimitError, Limiter, Limits, Scope};
