//! What is written is PTX that NVIDIA's own assembler takes, where it is installed:
//! `pip install nvidia-cuda-nvcc` has it, and the variable `PTXAS` names it. Run with
//! `cargo test -p tensor-wasm-runtime --test gpu -- --ignored`.

use std::process::Command;

use tensor_wasm_runtime::TrapCode;
use tensor_wasm_runtime::gpu::ptxas::{ARCHITECTURES, Ptxas};
use tensor_wasm_runtime::gpu::{ir, probe, ptx};

use crate::{threads, wasm};

/// A module with something of everything.
const EVERYTHING: &str = include_str!("everything.wat");

#[test]
#[ignore = "needs ptxas, which is not everywhere"]
fn everything_assembles() {
    let ptxas = Ptxas::find().unwrap();
    for text in [EVERYTHING, threads::REVERSE, &threads::atomics()] {
        let compiled = ptx::write(&ir::build(&wasm(text)).unwrap());
        for architecture in ARCHITECTURES {
            ptxas.assemble(&compiled.text, architecture).unwrap();
        }
    }
    for architecture in ARCHITECTURES {
        ptxas.assemble(&probe::ptx(), architecture).unwrap();
    }
}

/// Sums of products, of which a GPU would make one operation with one rounding.
const PRODUCTS: &str = r#"(module (memory 1)
  (func (export "f32") (param f32 f32 f32) (result f32)
    (f32.add (f32.mul (local.get 0) (local.get 1)) (local.get 2)))
  (func (export "f32-sub") (param f32 f32 f32) (result f32)
    (f32.sub (f32.mul (local.get 0) (local.get 1)) (local.get 2)))
  (func (export "f64") (param f64 f64 f64) (result f64)
    (f64.add (f64.mul (local.get 0) (local.get 1)) (local.get 2)))
  (func (export "f64-sub") (param f64 f64 f64) (result f64)
    (f64.sub (local.get 2) (f64.mul (local.get 0) (local.get 1)))))"#;

/// What NVIDIA's assembler makes of a module, as its disassembler writes it.
fn sass(text: &str, architecture: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let cubin = folder.path().join("k.cubin");
    let assembled = Ptxas::find().unwrap().assemble(text, architecture).unwrap();
    std::fs::write(&cubin, assembled).unwrap();
    let nvdisasm = std::env::var_os("NVDISASM").unwrap_or_else(|| "nvdisasm".into());
    let listed = Command::new(nvdisasm).arg(&cubin).output().unwrap();
    let said = String::from_utf8_lossy(&listed.stderr);
    assert!(listed.status.success(), "{said}");
    String::from_utf8(listed.stdout).unwrap()
}

#[test]
#[ignore = "needs ptxas and nvdisasm, which are not everywhere"]
fn a_sum_of_products_is_rounded_twice() {
    let compiled = ptx::write(&ir::build(&wasm(PRODUCTS)).unwrap());
    let fused = compiled.text.replace(".rn.f", ".f");
    assert_ne!(fused, compiled.text);
    for architecture in ARCHITECTURES {
        let listing = sass(&compiled.text, architecture);
        for (name, count) in [("FMUL", 2), ("FADD", 2), ("DMUL", 2), ("DADD", 2)] {
            let found = listing.matches(&format!(" {name} ")).count();
            assert_eq!(found, count, "{name} on {architecture}");
        }
        for name in [" FFMA ", " DFMA "] {
            assert!(!listing.contains(name), "{name} on {architecture}");
            // Without what keeps it from that, it does.
            assert!(sass(&fused, architecture).contains(name), "{architecture}");
        }
    }
}

#[test]
fn a_trap_has_its_place_in_the_text() {
    let compiled = ptx::write(&ir::build(&wasm(EVERYTHING)).unwrap());
    let lines: Vec<&str> = compiled.text.lines().collect();
    let mut polls = 0;
    for (number, site) in compiled.sites.iter().enumerate() {
        let codes = match site.code {
            // Who polls, or calls by the table, is given the number of the first.
            TrapCode::Interrupted => {
                polls += 1;
                match compiled.sites.get(number + 1).map(|site| site.code) {
                    Some(TrapCode::OutOfFuel) => "interrupted or out of fuel".to_owned(),
                    // Where an entry begins.
                    _ => site.code.to_string(),
                }
            }
            TrapCode::OutOfBoundsTableAccess => {
                let codes = compiled.sites[number..number + 3].iter();
                let codes: Vec<String> = codes.map(|site| site.code.to_string()).collect();
                codes.join(" or ")
            }
            TrapCode::OutOfFuel
            | TrapCode::UninitializedElement
            | TrapCode::IndirectCallTypeMismatch => continue,
            code => code.to_string(),
        };
        let (function, offset) = (site.function, site.offset);
        let said = format!("    // {codes}, function {function}, at offset {offset:#x}");
        let given = |line: &str| {
            let line = line.split("    //").next().unwrap_or_default();
            line.starts_with("    mov.b32 %") && line.ends_with(&format!(", {number};"))
        };
        // Beside the number, or beside the label before.
        let is_said = |pair: &[&str]| {
            pair[0].ends_with(&said) && given(pair[0])
                || pair[0].ends_with(&format!(":{said}")) && given(pair[1])
        };
        assert!(lines.windows(2).any(is_said), "{number}: {said}");
    }
    assert!(polls > 2, "{polls}");
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
