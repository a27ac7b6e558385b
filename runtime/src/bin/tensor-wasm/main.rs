//! `tensor-wasm`: runs WebAssembly programs.

#[cfg(feature = "executor")]
mod exit;
#[cfg(feature = "executor")]
mod options;
#[cfg(feature = "executor")]
mod run;
#[cfg(feature = "executor")]
mod supervise;

#[cfg(feature = "executor")]
fn main() {
    use clap::Parser as _;

    let options::Cli { command } = options::Cli::parse();
    let options::Subcommand::Run(options) = command;
    let code = match run::run(*options) {
        Ok(code) => code,
        Err(failure) => {
            exit::complain(&failure.message);
            failure.code
        }
    };
    exit::now(code)
}

/// Without the executor there is one thing left to do: to say so.
#[cfg(not(feature = "executor"))]
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
