//! Fixtures: modules in the text format whose first lines, behind `;;!`, say
//! in TOML what must come of them. `docs/wat-fixtures.md` describes the keys.

mod data;
mod header;
mod reader;

use std::collections::BTreeSet;
use std::path::Path;

use crate::model::{Capability, Case, CaseId, InputError, Limits, Program, Step, StepAction};
use header::Header;
use reader::Reader;

/// What a line of a header starts with.
const MARK: &str = ";;!";

/// The most bytes a fixture may have.
const LARGEST: u64 = 16 << 20;

/// Reads the fixture at `path`. `base` is what the suite requires of an engine
/// for all its fixtures, `wants` what it switches on where it can; approved
/// texts lie in `goldens`.
pub(super) fn case(
    id: CaseId,
    path: &Path,
    size: u64,
    base: BTreeSet<Capability>,
    wants: BTreeSet<Capability>,
    goldens: &Path,
) -> Result<Case, InputError> {
    if size > LARGEST {
        return Err(InputError::file(
            path,
            format!("is larger than {LARGEST} bytes"),
        ));
    }
    let source = std::fs::read_to_string(path)
        .map_err(|error| InputError::file(path, format!("cannot be read as text: {error}")))?;
    let text = header(&source);
    if text.is_empty() {
        return Err(InputError::at(
            path,
            &source,
            0,
            format!(
                "has no header; its first lines must start with `{MARK}` and say what to check"
            ),
        ));
    }
    let behind = source.lines().enumerate().skip(text.lines().count());
    let stray = behind.map(|(number, line)| (number, line.trim_start()));
    if let Some((number, _)) = { stray }.find(|(_, line)| line.starts_with(MARK)) {
        let offset = source
            .split_inclusive('\n')
            .take(number)
            .map(str::len)
            .sum();
        return Err(InputError::at(
            path,
            &source,
            offset,
            format!("a `{MARK}` line behind the header would be ignored; a header has no gap"),
        ));
    }
    let reader = Reader::new(path, &text, goldens);
    let header: Header =
        toml::from_str(&text).map_err(|error| InputError::toml(path, &text, &error))?;
    let mut requires = base;
    for name in &header.proposals {
        requires.insert(reader.proposal(name)?);
    }
    let steps = reader.steps(&header)?;
    requires.extend(facilities(&header.limits, &steps));
    Ok(Case {
        id,
        path: path.to_owned(),
        size,
        requires,
        wants,
        limits: header.limits,
        settings: header.settings,
        program: Program::Steps(steps),
    })
}

/// The header's text, every byte of it where it stands in the file, so that
/// lines and columns of errors are those of the file.
fn header(source: &str) -> String {
    source
        .lines()
        .take_while(|line| line.starts_with(MARK))
        .map(|line| format!("{}{}\n", " ".repeat(MARK.len()), &line[MARK.len()..]))
        .collect()
}

/// What an engine must offer for these limits and steps.
fn facilities(limits: &Limits, steps: &[Step]) -> BTreeSet<Capability> {
    let reads = |step: &Step| {
        matches!(
            step.action,
            StepAction::Memory { .. } | StepAction::Text { .. }
        )
    };
    let launches = { steps.iter() }.any(|step| matches!(step.action, StepAction::Launch { .. }));
    let counts = { steps.iter() }.any(|step| matches!(step.action, StepAction::Fuel));
    // Kernels have fuel for each thread, and an engine need not count more.
    let fuel = limits.fuel.is_some() && (!launches || counts);
    let writes = |step: &Step| matches!(step.action, StepAction::Write { .. });
    [
        (fuel, Capability::Fuel),
        (launches || steps.iter().any(writes), Capability::Kernels),
        (limits.deadline_ms.is_some(), Capability::Deadline),
        (limits.memory_bytes.is_some(), Capability::MemoryLimit),
        (limits.table_elements.is_some(), Capability::TableLimit),
        (limits.stack_bytes.is_some(), Capability::StackLimit),
        (steps.iter().any(reads), Capability::ReadMemory),
    ]
    .into_iter()
    .filter_map(|(needed, capability)| needed.then_some(capability))
    .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::model::{Grid, Wanted};

    fn read(source: &str) -> Result<Case, InputError> {
        let mut file = tempfile::NamedTempFile::with_suffix(".wat").unwrap();
        file.write_all(source.as_bytes()).unwrap();
        let id = CaseId("wat/a.wat".to_owned());
        case(
            id,
            file.path(),
            1,
            BTreeSet::new(),
            BTreeSet::new(),
            Path::new("nowhere"),
        )
    }

    fn error_at(source: &str) -> (usize, usize, String) {
        let error = read(source).unwrap_err();
        let location = error.location.unwrap();
        (location.line, location.column, error.message)
    }

    const TOP: &str = ";;! description = \"d\"\n";

    #[test]
    fn a_check_becomes_steps_with_their_lines() {
        let case = read(&format!(
            "{TOP};;! proposals = [\"simd\"]\n;;! [limits]\n;;! fuel = 9\n;;! [[check]]\n\
             ;;! call = \"f\"\n;;! args = \"(i32.const 1)\"\n;;! returns = \"(i32.const 2)\"\n\
             ;;! fuel = {{ max = 5 }}\n;;! memory = [{{ at = 4, i32 = [-1] }}]\n(module)"
        ))
        .unwrap();
        let Program::Steps(steps) = &case.program else {
            panic!("{case:?}");
        };
        let lines: Vec<_> = steps.iter().map(|step| step.line).collect();
        assert_eq!(lines, [1, 6, 9, 10]);
        assert_eq!(steps[2].wanted, Wanted::Fuel { min: 0, max: 5 });
        assert_eq!(steps[3].wanted, Wanted::Bytes("ffffffff".to_owned()));
        let needs = [Capability::Simd, Capability::Fuel, Capability::ReadMemory];
        assert_eq!(case.requires, BTreeSet::from(needs));
    }

    #[test]
    fn a_launch_writes_runs_and_looks() {
        let case = read(&format!(
            "{TOP};;! [limits]\n;;! fuel = 9\n;;! [[check]]\n;;! launch = \"f\"\n\
             ;;! blocks = [4, 2]\n;;! threads = [256]\n;;! repeat = 3\n\
             ;;! traps = \"unreachable\"\n;;! thread = 37\n\
             ;;! write = [{{ at = 4, f32-range = {{ count = 2, start = 1.0, step = 1.0 }} }}]\n\
             ;;! memory = [{{ at = 4, f32 = [1.0] }}]\n(module)"
        ))
        .unwrap();
        let Program::Steps(steps) = &case.program else {
            panic!("{case:?}");
        };
        let lines: Vec<_> = steps.iter().map(|step| step.line).collect();
        assert_eq!(lines, [1, 11, 5, 12]);
        assert_eq!(
            steps[1].action,
            StepAction::Write {
                export: "memory".to_owned(),
                at: 4,
                bytes: "0000803f00000040".to_owned(),
            }
        );
        assert_eq!(
            steps[2].action,
            StepAction::Launch {
                export: "f".to_owned(),
                grid: Grid {
                    blocks: [4, 2, 1],
                    threads: [256, 1, 1],
                },
                arguments: Vec::new(),
                repeat: 3,
            }
        );
        assert_eq!(
            steps[2].wanted,
            Wanted::ThreadTrap {
                text: "unreachable".to_owned(),
                thread: 37,
            }
        );
        // Each thread has fuel, and nobody asks how much was used.
        let needs = [Capability::Kernels, Capability::ReadMemory];
        assert_eq!(case.requires, BTreeSet::from(needs));
    }

    #[test]
    fn launches_and_calls_have_keys_of_their_own() {
        let check = |rest: &str| error_at(&format!("{TOP};;! [[check]]\n;;! {rest}\n")).2;
        for (rest, message) in [
            (
                "call = \"f\"\n;;! blocks = [1]\n;;! returns = \"\"",
                "go with `launch`",
            ),
            (
                "launch = \"f\"\n;;! returns = \"(i32.const 1)\"",
                "no results",
            ),
            (
                "launch = \"f\"\n;;! blocks = []\n;;! returns = \"\"",
                "one to three",
            ),
            (
                "launch = \"f\"\n;;! repeat = 0\n;;! returns = \"\"",
                "at least 1",
            ),
            (
                "launch = \"f\"\n;;! thread = 1\n;;! returns = \"\"",
                "goes with `traps`",
            ),
            ("launch = \"f\"\n;;! fails = \"x\"", "no way to refuse"),
            (
                "launch = \"f\"\n;;! call = \"f\"\n;;! returns = \"\"",
                "exactly one of",
            ),
        ] {
            assert!(check(rest).contains(message), "{rest}: {}", check(rest));
        }
    }

    #[test]
    fn an_unknown_key_is_an_error_at_its_place() {
        let (line, column, message) = error_at(&format!(
            "{TOP};;! [[check]]\n;;! call = \"f\"\n;;!   retruns = \"\"\n"
        ));
        assert_eq!((line, column), (4, 7));
        assert!(message.contains("unknown field `retruns`"), "{message}");
    }

    #[test]
    fn values_traps_and_proposals_that_do_not_exist_are_errors() {
        let check = |rest: &str| {
            error_at(&format!(
                "{TOP};;! [[check]]\n;;! call = \"f\"\n;;! {rest}\n"
            ))
        };
        assert_eq!(check("returns = \"(i32.const x)\"").0, 4);
        let (line, _, message) = check("traps = \"division by zero\"");
        assert_eq!(line, 4);
        assert!(message.contains("integer divide by zero"), "{message}");
        assert_eq!(
            error_at(&format!("{TOP};;! proposals = [\"simdd\"]\n")).0,
            2
        );
    }

    #[test]
    fn a_header_with_a_gap_is_refused() {
        let check = ";;! [[check]]\n;;! call = \"f\"\n;;! returns = \"\"\n";
        let (line, _, message) = error_at(&format!("{TOP}{check}\n  {check}(module)"));
        assert_eq!(line, 6);
        assert!(message.contains("would be ignored"), "{message}");
    }

    #[test]
    fn what_cannot_fail_is_refused() {
        assert!(error_at(TOP).2.contains("nothing is checked"));
        assert!(error_at("(module)").2.contains("no header"));
        let (_, _, message) = error_at(&format!("{TOP};;! [[check]]\n;;! call = \"f\"\n"));
        assert!(message.contains("exactly one of"), "{message}");
        let (_, _, message) = error_at(&format!(
            "{TOP};;! [instantiate]\n;;! traps = \"unreachable\"\n;;! [[check]]\n;;! get = \"g\"\n"
        ));
        assert!(message.contains("never run"), "{message}");
    }
}
