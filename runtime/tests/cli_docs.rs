//! The commands in docs/cli.md do what the page says.
//!
//! A command stands after `$ ` in a `console` block. After it come, each as far
//! as there is one: `? CODE` for an exit code other than 0, and the output,
//! standard error after standard output. `[..]` stands for anything.
#![cfg(feature = "executor")]

use std::path::Path;
use std::process::{Command, Stdio};

struct Example {
    line: usize,
    command: String,
    output: String,
}

fn examples(page: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut console = false;
    for (number, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            console = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| console) {
            found.push(Example {
                line: number + 1,
                command: command.to_owned(),
                output: String::new(),
            });
        } else if console && !line.is_empty() {
            let example = found.last_mut().expect("output before a command");
            example.output += line;
            example.output.push('\n');
        }
    }
    found
}

/// What the command printed, in the form of the page.
fn run(command: &str, folder: &Path) -> String {
    let arguments = command.strip_prefix("tensor-wasm ").unwrap_or_else(|| {
        panic!("only tensor-wasm is run here, not `{command}`");
    });
    // A shell reads the quotes as it would for a person.
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("exec \"$TENSOR_WASM\" {arguments}"))
        .env("TENSOR_WASM", env!("CARGO_BIN_EXE_tensor-wasm"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("sh starts");
    let code = match output.status.code() {
        Some(0) => String::new(),
        code => format!("? {}\n", code.expect("it ends by itself")),
    };
    code + &String::from_utf8_lossy(&output.stdout) + &String::from_utf8_lossy(&output.stderr)
}

/// Compares with `[..]` as a placeholder for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split("[..]");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
        last = Some(part);
    }
    match last {
        None => rest.is_empty(),
        Some(part) => text.ends_with(part),
    }
}

#[test]
fn every_command_in_the_documentation_has_the_output_it_says() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let page = std::fs::read_to_string(docs.join("cli.md")).expect("the page is there");
    let examples = examples(&page);
    assert!(examples.len() >= 15, "only {} found", examples.len());
    let mut wrong = String::new();
    for example in &examples {
        let output = run(&example.command, &docs.join("cli.in"));
        if !matches(&example.output, &output) {
            wrong += &format!(
                "docs/cli.md:{}: $ {}\nthe page says:\n{}it printed:\n{output}\n",
                example.line, example.command, example.output
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
