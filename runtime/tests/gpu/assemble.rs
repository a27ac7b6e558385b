//! What is written is PTX that NVIDIA's own assembler takes, where it is installed:
//! `pip install nvidia-cuda-nvcc` has it, and the variable `PTXAS` names it. Run with
//! `cargo test -p tensor-wasm-runtime --test gpu -- --ignored`.

use std::process::Command;

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::{ir, ptx};

use crate::{threads, wasm};

/// A module with something of everything.
const EVERYTHING: &str = include_str!("everything.wat");

#[test]
#[ignore = "needs ptxas, which is not everywhere"]
fn everything_assembles() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("module.ptx");
    let ptxas = std::env::var_os("PTXAS").unwrap_or_else(|| "ptxas".into());
    for text in [EVERYTHING, threads::REVERSE, &threads::atomics()] {
        let compiled = ptx::write(&ir::build(&wasm(text)).unwrap());
        std::fs::write(&file, compiled.text).unwrap();
        for architecture in ["sm_80", "sm_90", "sm_100"] {
            let output = Command::new(&ptxas)
                .args(["-arch", architecture, "-o"])
                .arg(folder.path().join("out"))
                .arg(&file)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{architecture}: {said}\n{text}");
        }
    }
}

#[test]
fn a_trap_has_its_place_in_the_text() {
    let compiled = ptx::write(&ir::build(&wasm(EVERYTHING)).unwrap());
    let divides = "integer divide by zero, at offset 0x";
    assert!(compiled.text.contains(divides));
    let mut labels = 0;
    for (number, site) in compiled.sites.iter().enumerate() {
        // Polls and dispatchers are given the numbers of their sites.
        let is_passed = matches!(
            site.code,
            TrapCode::Interrupted
                | TrapCode::OutOfFuel
                | TrapCode::OutOfBoundsTableAccess
                | TrapCode::UninitializedElement
                | TrapCode::IndirectCallTypeMismatch
        );
        if !is_passed {
            let label = format!(
                "T{number}:    // {}, at offset {:#x}\n",
                site.code, site.offset
            );
            assert!(compiled.text.contains(&label), "{label}");
            labels += 1;
        }
    }
    assert!(labels > 10, "{labels}");
}

#[test]
fn a_name_stays_a_comment() {
    let text = r#"(module (func (export "a\0a}\0atrap;\0a") (result i32) (i32.const 1))
        (func (export "b\0d\0a.version 9") (result i32) (i32.const 2)))"#;
    let compiled = ptx::write(&ir::build(&wasm(text)).unwrap());
    assert!(
        compiled
            .text
            .lines()
            .all(|line| line != "trap;" && !line.starts_with(".version 9"))
    );
    assert!(compiled.text.is_ascii());
    assert!(tensor_wasm_runtime::gpu::interp::Program::parse(&compiled.text).is_ok());
}

#[test]
fn nothing_is_left_to_the_assembler() {
    let compiled = ptx::write(&ir::build(&wasm(EVERYTHING)).unwrap());
    for line in compiled.text.lines() {
        let word = line.trim().split(' ').next().unwrap_or_default();
        let is_arithmetic = ["add.", "sub.", "mul.", "div.", "sqrt."]
            .iter()
            .any(|name| word.starts_with(name));
        if is_arithmetic && (word.ends_with(".f32") || word.ends_with(".f64")) {
            assert!(word.contains(".rn."), "it may be fused: {line}");
        }
        assert!(
            !word.contains(".ftz") && !word.contains(".approx"),
            "{line}"
        );
        assert!(word != "trap;", "it costs the context");
    }
}
