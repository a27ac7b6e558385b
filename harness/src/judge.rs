//! Decides: whether a directive got what it asks for, whether a case went as
//! expected, whether a run passes.
//!
//! Everything here is a function of what was observed. It can be run again on
//! a stored run, with other expectations, and nothing is read, written or
//! started.

pub mod bench;
mod case;
mod directive;
mod operation;
mod run;
mod values;

pub use directive::judge as directive;
pub use run::Judge;
