//! `tensor-wasm`: runs WebAssembly programs, and kernels.

#[cfg(any(feature = "executor", feature = "gpu"))]
mod exit;
#[cfg(feature = "gpu")]
mod gpu;
#[cfg(feature = "executor")]
mod options;
#[cfg(feature = "executor")]
mod run;
#[cfg(feature = "executor")]
mod supervise;
#[cfg(any(feature = "executor", feature = "gpu"))]
mod units;

/// Runs WebAssembly programs with Wasmtime, and kernels.
#[cfg(any(feature = "executor", feature = "gpu"))]
#[derive(Debug, clap::Parser)]
#[command(name = "tensor-wasm", version = VERSION.as_str())]
struct Cli {
    #[command(subcommand)]
    command: Subcommand,
}

#[cfg(any(feature = "executor", feature = "gpu"))]
#[derive(Debug, clap::Subcommand)]
enum Subcommand {
    #[cfg(feature = "executor")]
    Run(Box<options::RunOptions>),
    /// Compile and run kernels: functions that run once for each thread of a grid
    #[cfg(feature = "gpu")]
    #[command(subcommand)]
    Gpu(gpu::Gpu),
}

#[cfg(any(feature = "executor", feature = "gpu"))]
static VERSION: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
    #[cfg(feature = "executor")]
    let executor = format!("Wasmtime {}", tensor_wasm_runtime::WASMTIME_VERSION);
    #[cfg(not(feature = "executor"))]
    let executor = "without an executor";
    format!("{} ({executor})", env!("CARGO_PKG_VERSION"))
});

#[cfg(any(feature = "executor", feature = "gpu"))]
fn main() {
    use clap::Parser as _;

    let result = match Cli::parse().command {
        #[cfg(feature = "executor")]
        Subcommand::Run(options) => run::run(*options),
        #[cfg(feature = "gpu")]
        Subcommand::Gpu(command) => gpu::run(command),
    };
    let code = match result {
        Ok(code) => code,
        Err(failure) => {
            exit::complain(&failure.message);
            failure.code
        }
    };
    exit::now(code)
}

/// Without executor and kernels there is one thing left to do: to say so.
#[cfg(not(any(feature = "executor", feature = "gpu")))]
#[expect(clippy::print_stderr, reason = "it is all this program does")]
fn main() {
    clap::Command::new("tensor-wasm")
        .about("Runs WebAssembly programs; this build cannot, because it has no executor")
        .version(env!("CARGO_PKG_VERSION"))
        .arg(
            clap::Arg::new("anything")
                .num_args(0..)
                .trailing_var_arg(true)
                .allow_hyphen_values(true)
                .hide(true),
        )
        .get_matches();
    eprintln!(
        "tensor-wasm: this build has no executor and cannot run programs; \
         build it with `cargo build --package tensor-wasm-runtime --features executor`"
    );
    std::process::exit(3);
}

#[cfg(all(test, any(feature = "executor", feature = "gpu")))]
mod tests {
    #[test]
    fn the_command_line_holds_together() {
        use clap::CommandFactory as _;
        super::Cli::command().debug_assert();
    }
}
