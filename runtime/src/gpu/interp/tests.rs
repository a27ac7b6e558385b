//! Kernels in PTX text, with the bits they must give.

mod control;
mod convert;
mod float;
mod hostile;
mod int;
mod memory;
mod parse;
mod threads;

use super::{Fault, Launch, Memory, Program, PtxError, Stats, launch};

const HEADER: &str = ".version 8.0\n.target sm_80\n.address_size 64\n";

/// A module: the header and `text`.
fn module(text: &str) -> Program {
    match Program::parse(&format!("{HEADER}{text}")) {
        Ok(program) => program,
        Err(error) => panic!("{error}\n{text}"),
    }
}

fn refused(text: &str) -> PtxError {
    match Program::parse(&format!("{HEADER}{text}")) {
        Ok(_) => panic!("parsed:\n{text}"),
        Err(error) => error,
    }
}

/// A kernel `k(out, a, b, c)` of one thread. The arguments are in `%d1` to
/// `%d3`, their low halves in `%r1` to `%r3`, `out` in `%d0`.
fn kernel(body: &str) -> String {
    format!(
        ".visible .entry k(.param .u64 out, .param .u64 a, .param .u64 b, .param .u64 c)
        {{
            .reg .pred %p<9>; .reg .b16 %h<9>; .reg .b32 %r<20>; .reg .b64 %d<20>;
            .reg .f32 %f<9>; .reg .f64 %g<9>;
            ld.param.u64 %d0, [out]; ld.param.u64 %d1, [a]; ld.param.u64 %d2, [b]; ld.param.u64 %d3, [c];
            cvt.u32.u64 %r1, %d1; cvt.u32.u64 %r2, %d2; cvt.u32.u64 %r3, %d3;
            {body}
            ret;
        }}"
    )
}

fn run(
    program: &Program,
    memory: &mut Memory,
    block: u32,
    arguments: &[u64],
    seed: u64,
) -> Result<Stats, Fault> {
    let setup = Launch {
        entry: "k",
        grid: [1, 1, 1],
        block: [block, 1, 1],
        shared_bytes: 0,
        arguments,
        seed,
        steps: 1_000_000,
        cancel_word: None,
        begins_cancelled: false,
    };
    launch(program, memory, &setup, &|| false)
}

/// What a body leaves at `out`: 16 bytes, zero before.
fn outcome(body: &str, arguments: [u64; 3], seed: u64) -> Result<[u64; 2], Fault> {
    let program = module(&kernel(body));
    let mut memory = Memory::with_seed(seed);
    let out = memory.alloc(16);
    memory.fill(out, 16, 0)?;
    let [a, b, c] = arguments;
    run(&program, &mut memory, 1, &[out, a, b, c], seed)?;
    let mut bytes = [0; 16];
    memory.read(out, &mut bytes)?;
    let word = |at: usize| {
        bytes[at..at + 8]
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte))
    };
    Ok([word(0), word(8)])
}

/// An instruction that writes `%r9`.
fn bits32(instruction: &str, arguments: [u64; 3]) -> u32 {
    let body = format!("{instruction} st.global.b32 [%d0], %r9;");
    match outcome(&body, arguments, 1) {
        Ok([word, _]) => word as u32,
        Err(fault) => panic!("{instruction} {fault}"),
    }
}

/// An instruction that writes `%d9`.
fn bits64(instruction: &str, arguments: [u64; 3]) -> u64 {
    let body = format!("{instruction} st.global.b64 [%d0], %d9;");
    match outcome(&body, arguments, 1) {
        Ok([word, _]) => word,
        Err(fault) => panic!("{instruction} {fault}"),
    }
}

/// An instruction that writes `%p1`.
fn holds(instruction: &str, arguments: [u64; 3]) -> bool {
    bits32(
        &format!("{instruction} selp.b32 %r9, 1, 0, %p1;"),
        arguments,
    ) == 1
}

/// The bits of an f32 argument.
fn f(value: f32) -> u64 {
    value.to_bits().into()
}

/// The bits of an f64 argument.
fn g(value: f64) -> u64 {
    value.to_bits()
}
