//! Asks a device what it answers, over values at which arithmetic has its edges.
//!
//! Two lists: instructions of PTX as they are, of which some leave open what they give,
//! and operations of WebAssembly as the compiler writes them, which leave nothing open.
//! What a GPU has answered can be kept as a file, and be compared with the interpreter,
//! that was written without having seen one.

mod edges;
mod instructions;
mod operations;

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::SystemTime;

use super::choice::DeviceChoice;
use super::device::{
    Arguments, Cancel, Cuda, DeviceError, Grid, Interpreter, Machine, MachineLaunch,
};
use super::instance::{KernelError, Options};
use super::kernels::Kernels;
use super::ptx::{Compiled, Layout, Stats};
pub use edges::Kind;
use edges::combinations;
use instructions::INSTRUCTIONS;
use operations::OPERATIONS;

/// Threads of a block.
const BLOCK: u32 = 128;

/// What the interpreter may do for one instruction's answers.
const STEPS: u64 = 1 << 30;

/// What a device has answered.
#[derive(Clone, Debug)]
pub struct Answers {
    /// What the device is.
    pub device: String,
    /// Instructions of PTX.
    pub instructions: Vec<Answer>,
    /// Operations of WebAssembly.
    pub operations: Vec<Answer>,
}

/// What came of one instruction or operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its name: the text of the PTX, or as WebAssembly's text has it.
    pub name: String,
    /// Its operands.
    pub operands: Vec<Kind>,
    /// What it gives.
    pub result: Kind,
    /// The bits that it gave, for each combination of [`Answer::operands_of`].
    pub results: Vec<u64>,
}

impl Answer {
    /// The bits of the operands of each result, in their order.
    pub fn operands_of(&self) -> Vec<Vec<u64>> {
        combinations(&self.operands)
    }
}

/// The PTX that instructions are asked with.
pub fn ptx() -> String {
    instructions::module()
}

/// Asks a device.
///
/// # Errors
///
/// There is no such device, or it runs no PTX, or it fails.
pub fn ask(device: DeviceChoice) -> Result<Answers, KernelError> {
    let failed = |message| DeviceError {
        device: device.to_string(),
        message,
    };
    let device = match device.resolved() {
        // The best of those that run PTX.
        DeviceChoice::Cpu if device == DeviceChoice::Auto => DeviceChoice::Interp,
        resolved => resolved,
    };
    let instructions = match device {
        DeviceChoice::Cuda(number) => instructions(&Cuda::new(number.unwrap_or(0))?)?,
        DeviceChoice::Interp => instructions(&Interpreter::new(1, STEPS))?,
        DeviceChoice::Auto | DeviceChoice::Cpu => {
            return Err(failed("it runs no PTX; ask cuda or interp".to_owned()).into());
        }
    };
    Ok(Answers {
        instructions,
        operations: operations(device)?,
        device: device.about().map_err(failed)?,
    })
}

fn instructions<M: Machine>(machine: &M) -> Result<Vec<Answer>, DeviceError> {
    let loaded = machine.load(&Compiled {
        text: ptx(),
        sites: Vec::new(),
        entries: Vec::new(),
        layout: Layout { globals: 0 },
        shared_bytes: 0,
        stack_bytes: 0,
        stats: Stats::default(),
    })?;
    let mut answers = Vec::new();
    for (number, instruction) in INSTRUCTIONS.iter().enumerate() {
        let each = combinations(instruction.operands);
        let words = each.iter().flat_map(|operands| {
            // Three for each thread, however many it takes.
            (0..3).map(|at| operands.get(at).copied().unwrap_or(0))
        });
        let bytes: Vec<u8> = words.flat_map(u64::to_le_bytes).collect();
        let mut results = vec![0; 8 * each.len()];
        let input = machine.alloc(bytes.len() as u64)?;
        let output = machine.alloc(results.len() as u64)?;
        machine.write(input, &bytes)?;
        machine.fill(output, results.len() as u64, 0)?;
        let blocks = u32::try_from(each.len()).unwrap_or(0).div_ceil(BLOCK);
        let wanted = MachineLaunch {
            symbol: &format!("probe{number}"),
            grid: Grid {
                blocks: [blocks, 1, 1],
                threads: [BLOCK, 1, 1],
            },
            parameters: &[input, output, each.len() as u64],
            shared_bytes: 0,
            cancel: &Cancel::default(),
            // Nothing here goes on for long.
            cancel_parameter: None,
        };
        machine.launch(&loaded, &wanted)?;
        machine.read(output, &mut results)?;
        machine.free(input);
        machine.free(output);
        answers.push(Answer {
            name: instruction.text.to_owned(),
            operands: instruction.operands.to_vec(),
            result: instruction.result,
            results: results.chunks_exact(8).map(word).collect(),
        });
    }
    Ok(answers)
}

fn word(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |word, byte| word << 8 | u64::from(*byte))
}

fn operations(device: DeviceChoice) -> Result<Vec<Answer>, KernelError> {
    let wasm = operations::module().map_err(|message| DeviceError {
        device: device.to_string(),
        message,
    })?;
    let kernels = Arc::new(Kernels::new(&wasm)?);
    let mut instance = device.instantiate(kernels, Options::default(), 1)?;
    let mut answers = Vec::new();
    for (name, operands, result) in OPERATIONS {
        let mut each = combinations(operands);
        let count = each.len();
        let blocks = u32::try_from(count).unwrap_or(0).div_ceil(BLOCK);
        let grid = Grid {
            blocks: [blocks, 1, 1],
            threads: [BLOCK, 1, 1],
        };
        // The last block has more threads than there are combinations.
        let whole = grid.count().unwrap_or(0) as usize;
        each.resize(whole, vec![0; operands.len()]);
        let words: Vec<u64> = each.into_iter().flatten().collect();
        let mut results = instance.launch_each(name, grid, Arguments::Each(&words))?;
        results.truncate(count);
        answers.push(Answer {
            name: (*name).to_owned(),
            operands: operands.to_vec(),
            result: *result,
            results,
        });
    }
    Ok(answers)
}

impl Answers {
    /// Of the operations of WebAssembly, those that two devices answer differently: a
    /// sentence for the first difference of each.
    pub fn differences(&self, other: &Answers) -> Vec<String> {
        differences(&self.operations, &other.operations)
    }

    /// The same of instructions of PTX, where some difference is nobody's mistake.
    pub fn open(&self, other: &Answers) -> Vec<String> {
        differences(&self.instructions, &other.instructions)
    }

    /// All of it as JSON, with today's date. Bits are in hexadecimal digits; `results`
    /// has those of every combination of the operands' `edges`, the last operand
    /// fastest, one after the other. Three operands have every third of their edges.
    pub fn json(&self) -> String {
        let mut text = format!(
            "{{\n  \"schema\": 1,\n  \"device\": \"{}\",\n  \"date\": \"{}\",\n  \"edges\": {{\n",
            self.device.replace(['"', '\\'], "?"),
            date(SystemTime::now())
        );
        for kind in Kind::ALL {
            let edges: Vec<String> = kind.edges().iter().map(|edge| kind.hex(*edge)).collect();
            let comma = if kind == Kind::ALL[3] { "" } else { "," };
            let _ = writeln!(
                text,
                "    \"{}\": [\"{}\"]{comma}",
                kind.name(),
                edges.join("\", \"")
            );
        }
        text.push_str("  },\n");
        list(&mut text, "instructions", &self.instructions);
        text.push_str(",\n");
        list(&mut text, "operations", &self.operations);
        text.push_str("\n}\n");
        text
    }
}

fn list(text: &mut String, name: &str, answers: &[Answer]) {
    let _ = writeln!(text, "  \"{name}\": [");
    for (number, answer) in answers.iter().enumerate() {
        let operands: Vec<&str> = answer.operands.iter().map(|kind| kind.name()).collect();
        let results = answer.results.iter();
        let results: String = results.map(|bits| answer.result.hex(*bits)).collect();
        let comma = if number + 1 < answers.len() { "," } else { "" };
        let _ = writeln!(
            text,
            "    {{\"name\": \"{}\", \"operands\": [\"{}\"], \"result\": \"{}\", \"results\": \"{results}\"}}{comma}",
            answer.name,
            operands.join("\", \""),
            answer.result.name()
        );
    }
    text.push_str("  ]");
}

fn differences(ours: &[Answer], theirs: &[Answer]) -> Vec<String> {
    let mut found = Vec::new();
    for answer in ours {
        let Some(other) = theirs.iter().find(|other| other.name == answer.name) else {
            found.push(format!("{}: only one of them was asked", answer.name));
            continue;
        };
        let pairs = answer.results.iter().zip(&other.results);
        let mut differ = pairs.enumerate().filter(|(_, (one, two))| one != two);
        if let Some((at, (one, two))) = differ.next() {
            let operands = &answer.operands_of()[at];
            let operands = operands.iter().zip(&answer.operands);
            let operands: Vec<String> = operands.map(|(bits, kind)| kind.hex(*bits)).collect();
            found.push(format!(
                "{} of {}: {} and {}; {} of {} differ",
                answer.name,
                operands.join(", "),
                answer.result.hex(*one),
                answer.result.hex(*two),
                1 + differ.count(),
                answer.results.len()
            ));
        }
    }
    found
}

/// The day of a time, as `2026-11-22`, in UTC.
fn date(time: SystemTime) -> String {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    let days = since.map_or(0, |since| since.as_secs() / 86_400);
    // Howard Hinnant's civil_from_days, of days since 0000-03-01 in eras of 400 years.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + 400 * era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
