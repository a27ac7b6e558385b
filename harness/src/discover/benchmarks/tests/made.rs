//! Modules that are made here, and those that somebody brings.

use super::*;

const DESCRIBED: &str = "[generate]\nseed = 3\nfunctions = 300\ndata_bytes = 70000\n";

#[test]
fn a_generated_module_is_the_same_every_time_and_valid() {
    let folder = corpus(&[("big/benchmark.toml", DESCRIBED.as_bytes())]);
    let generated = folder.path().join("cache");
    let find = || find_benchmarks(&folder.path().join("big"), &generated).unwrap();
    let (first, second) = (find(), find());
    assert_eq!(first, second);
    let program = &first.programs[0];
    assert_eq!((program.name.as_str(), program.workloads.len()), ("big", 0));
    assert_eq!(program.phases, GENERATED);
    // The same on every machine: whoever changes the generator makes another
    // benchmark, and baselines must know.
    assert_eq!(
        program.sha256,
        "c58235c004bd50a28ba6a4e31ea37f8483341d8c26547badd8a0001a51d12e7f"
    );
    let bytes = fs::read(&program.wasm).unwrap();
    assert_eq!(crate::discover::sha256(&bytes), program.sha256);
    wasmparser::Validator::new().validate_all(&bytes).unwrap();
    // A file that was cut off is written again.
    fs::write(&program.wasm, b"half").unwrap();
    find();
    assert_eq!(fs::read(&program.wasm).unwrap(), bytes);
    assert_eq!(fs::read_dir(&generated).unwrap().count(), 1);
}

#[test]
fn every_shape_of_a_generated_module_is_valid() {
    for (seed, functions) in [(0, 1), (1, 2), (2, 30), (u32::MAX, 200), (5, 1500)] {
        let text = format!("[generate]\nseed = {seed}\nfunctions = {functions}\ndata_bytes = 1\n");
        let folder = corpus(&[("benchmark.toml", text.as_bytes())]);
        let bytes = generate::module(&generate::read(&folder.path().join(DESCRIPTION)).unwrap());
        let valid = wasmparser::Validator::new().validate_all(&bytes).map(drop);
        assert!(valid.is_ok(), "seed {seed}: {valid:?}");
    }
}

#[test]
fn a_description_that_is_wrong_is_an_error_at_its_place() {
    let error = |text: &str| {
        let folder = corpus(&[("big/benchmark.toml", text.as_bytes())]);
        let error = find(folder.path()).unwrap_err();
        let location = error.location.unwrap();
        (location.line, error.message)
    };
    let (line, message) = error(&DESCRIBED.replace("300", "0"));
    assert_eq!(line, 3);
    assert_eq!(message, "`functions` must be from 1 to 50000");
    assert_eq!(error(&DESCRIBED.replace("70000", "70000000")).0, 4);
    let (line, message) = error(&DESCRIBED.replace("seed", "sed"));
    assert_eq!(line, 2);
    assert!(message.contains("unknown field `sed`"), "{message}");
}

#[test]
fn a_module_that_somebody_brings_is_compiled_only() {
    let folder = corpus(&[
        (
            "real.wasm",
            &encode("(module (import \"env\" \"f\" (func)))"),
        ),
        ("text.wat", b"(module (func))"),
        ("bad.wat", b"(module\n  (fnc))"),
        ("component.wasm", COMPONENT),
        ("bytes.bin", b"\xff\xfe"),
    ]);
    let generated = folder.path().join("cache");
    let program = |name: &str| module_program(&folder.path().join(name), &generated);
    let real = program("real.wasm").unwrap();
    assert_eq!((real.name.as_str(), real.workloads.len()), ("real", 0));
    assert_eq!(real.wasm, folder.path().join("real.wasm"));
    let phases = [Phase::Compile, Phase::Serialize, Phase::Deserialize];
    assert_eq!(real.phases, phases);
    let text = program("text.wat").unwrap();
    assert_eq!(text.name, "text");
    assert!(fs::read(&text.wasm).unwrap().starts_with(b"\0asm"));
    assert_eq!(program("bad.wat").unwrap_err().location.unwrap().line, 2);
    assert!(
        program("component.wasm")
            .unwrap_err()
            .message
            .contains("is a component")
    );
    assert!(
        program("bytes.bin")
            .unwrap_err()
            .message
            .contains("neither")
    );
    assert!(
        program("gone.wasm")
            .unwrap_err()
            .message
            .contains("cannot be read")
    );
}
