//! `cargo xtask ci`.
use clap::Args;
use tensor_wasm_harness::model::Exit;
#[derive(Args)]
pub(crate) struct Arguments {}
pub(crate) fn run(_: &Arguments) -> anyhow::Result<Exit> { Ok(Exit::Expected) }
