//! What GPUs have answered, against the interpreter that was written without one.
//!
//! `tensor-wasm gpu probe --device cuda --out FILE` writes such a file; those that are
//! kept lie in `runtime/src/gpu/interp/silicon`, named by the GPU.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tensor_wasm_runtime::gpu::DeviceChoice;
use tensor_wasm_runtime::gpu::probe::{Answer, Answers, Kind, ask};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/gpu/interp/silicon")
}

fn is_nan(kind: Kind, bits: u64) -> bool {
    match kind {
        Kind::F32 => f32::from_bits(bits as u32).is_nan(),
        Kind::F64 => f64::from_bits(bits).is_nan(),
        Kind::I32 | Kind::I64 => false,
    }
}

/// Whether PTX leaves open what an instruction gives there: then the interpreter gives
/// what does most harm, and a GPU something else.
fn is_open(answer: &Answer, operands: &[u64], theirs: u64, ours: u64) -> bool {
    let name = answer.name.as_str();
    let integers =
        name.starts_with("div.u") || name.starts_with("div.s") || name.starts_with("rem");
    if integers {
        let all = u64::MAX >> (64 - if answer.result == Kind::I32 { 32 } else { 64 });
        return operands[1] == 0 || operands[1] == all && operands[0] == all / 2 + 1;
    }
    if name.starts_with("cvt.rzi") && matches!(answer.result, Kind::I32 | Kind::I64) {
        return is_nan(answer.operands[0], operands[0]);
    }
    // A product and a sum that are not each rounded may be one, or two.
    let is_fused = name.starts_with("mul.f") && name.contains("add.f");
    is_fused || is_nan(answer.result, theirs) && is_nan(answer.result, ours)
}

/// What a file and the interpreter's answers differ in, where they must not.
fn wrong(file: &str, interpreter: &Answers) -> Vec<String> {
    let file: Value = serde_json::from_str(file).unwrap();
    let mut wrong = Vec::new();
    for (list, answers, strict) in [
        ("instructions", &interpreter.instructions, false),
        ("operations", &interpreter.operations, true),
    ] {
        let known = file[list].as_array().unwrap();
        for answer in answers {
            let name = |known: &&Value| known["name"] == answer.name.as_str();
            let Some(known) = known.iter().find(name) else {
                wrong.push(format!("{}: it was not asked", answer.name));
                continue;
            };
            let text = known["results"].as_str().unwrap();
            let digits = text.len() / answer.results.len();
            let operands = answer.operands_of();
            assert_eq!(digits * answer.results.len(), text.len(), "{}", answer.name);
            for (at, ours) in answer.results.iter().enumerate() {
                let theirs = &text[at * digits..][..digits];
                let theirs = u64::from_str_radix(theirs, 16).unwrap();
                let open = !strict && is_open(answer, &operands[at], theirs, *ours);
                if theirs != *ours && !open {
                    let operands = &operands[at];
                    wrong.push(format!(
                        "{} of {operands:x?}: {theirs:x}, not {ours:x}",
                        answer.name
                    ));
                }
            }
        }
    }
    wrong
}

#[test]
fn the_interpreter_answers_as_every_gpu_that_was_asked() {
    let interpreter = ask(DeviceChoice::Interp).unwrap();
    let page = include_str!("../../../docs/gpu.md");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder()).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        seen += 1;
        let file = std::fs::read_to_string(&path).unwrap();
        let wrong = wrong(&file, &interpreter);
        assert!(wrong.is_empty(), "{}: {wrong:#?}", path.display());
        // Nobody keeps what the stand-in said.
        assert!(!file.contains("stand-in") && !file.contains("\"interp\""));
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(
            page.contains(name),
            "docs/gpu.md does not say what {name} is"
        );
    }
    let none = "Nothing has been seen on silicon yet.";
    assert_eq!(page.contains(none), seen == 0, "docs/gpu.md, {seen} files");
}

#[test]
fn an_answer_that_differs_is_found_where_nothing_is_open() {
    let interpreter = ask(DeviceChoice::Interp).unwrap();
    let text = interpreter.json();
    assert_eq!(wrong(&text, &interpreter), Vec::<String>::new());
    let expect = |change: &dyn Fn(&mut Value), words: &str| {
        let mut file: Value = serde_json::from_str(&text).unwrap();
        change(&mut file);
        let wrong = wrong(&file.to_string(), &interpreter);
        assert_eq!(wrong.len(), usize::from(!words.is_empty()), "{wrong:?}");
        assert!(wrong.iter().all(|line| line.contains(words)), "{wrong:?}");
    };
    let set = |file: &mut Value, list: &str, name: &str, at: usize, digits: &str| {
        let answers = file[list].as_array_mut().unwrap();
        let answer = answers
            .iter_mut()
            .find(|answer| answer["name"] == name)
            .unwrap();
        let mut results = answer["results"].as_str().unwrap().to_owned();
        results.replace_range(at * digits.len()..(at + 1) * digits.len(), digits);
        answer["results"] = results.into();
    };
    // 0 + 0, and 0 / 0.
    let sum = |file: &mut Value| {
        set(
            file,
            "instructions",
            "add.rn.f32 %d, %a, %b;",
            0,
            "00000001",
        )
    };
    expect(&sum, "add.rn.f32");
    let nan = |file: &mut Value| {
        set(
            file,
            "instructions",
            "div.rn.f32 %d, %a, %b;",
            0,
            "ffc00000",
        )
    };
    expect(&nan, "");
    let number = |file: &mut Value| {
        set(
            file,
            "instructions",
            "div.rn.f32 %d, %a, %b;",
            0,
            "00000000",
        )
    };
    expect(&number, "div.rn.f32");
    let open = |file: &mut Value| set(file, "instructions", "div.u32 %d, %a, %b;", 0, "12345678");
    expect(&open, "");
    // WebAssembly leaves nothing open.
    let wasm = |file: &mut Value| set(file, "operations", "f32.div", 0, "ffc00000");
    expect(&wasm, "f32.div");
}

#[test]
fn what_is_asked_has_every_operation_and_every_value() {
    let answers = ask(DeviceChoice::Interp).unwrap();
    let file: Value = serde_json::from_str(&answers.json()).unwrap();
    assert_eq!(file["device"], "interp");
    assert_eq!(file["schema"], 1);
    assert_eq!(file["date"].as_str().unwrap().len(), 10);
    let count = |kind: &str| file["edges"][kind].as_array().unwrap().len();
    for (name, pairs) in [
        ("f32.min", count("f32") * count("f32")),
        ("i64.rotl", count("i64") * count("i64")),
        ("i32.trunc_sat_f64_u", count("f64")),
        ("f64.promote_f32", count("f32")),
    ] {
        let answer = answers.operations.iter().find(|answer| answer.name == name);
        assert_eq!(answer.unwrap().results.len(), pairs, "{name}");
    }
    // 1 + 1, as the edges say where they lie.
    let add = answers
        .operations
        .iter()
        .find(|answer| answer.name == "i32.add")
        .unwrap();
    let at = add
        .operands_of()
        .iter()
        .position(|operands| *operands == [1, 1])
        .unwrap();
    assert_eq!(add.results[at], 2);
    assert!(ask(DeviceChoice::Cpu).is_err());
    assert!(answers.differences(&answers).is_empty());
    let mut other = answers.clone();
    other.operations[0].results[1] ^= 1;
    other.instructions[1].results[0] ^= 1;
    let [wrong] = answers.differences(&other).try_into().unwrap();
    assert!(wrong.contains("; 1 of "), "{wrong}");
    assert_eq!(answers.open(&other).len(), 1);
}
