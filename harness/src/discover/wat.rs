//! Fixtures: modules in the text format whose first lines, behind `;;!`, say
//! in TOML what must come of them. `docs/wat-fixtures.md` describes the keys.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use crate::model::{
    Capability, Case, CaseId, InputError, Limits, Program, Settings, Step, StepAction, TrapCode,
    Wanted, syntax,
};

/// What a line of a header starts with.
const MARK: &str = ";;!";

/// The most bytes a fixture may have.
const LARGEST: u64 = 16 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Header {
    #[expect(dead_code, reason = "required of every fixture, for its readers")]
    description: String,
    #[serde(default)]
    proposals: Vec<Spanned<String>>,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    settings: Settings,
    instantiate: Option<Spanned<Instantiate>>,
    #[serde(default)]
    check: Vec<Spanned<Check>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Instantiate {
    traps: Option<Spanned<String>>,
    fails: Option<Spanned<String>>,
    message: Option<String>,
    fuel: Option<Spanned<Fuel>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Check {
    call: Option<Spanned<String>>,
    get: Option<Spanned<String>>,
    args: Option<Spanned<String>>,
    returns: Option<Spanned<String>>,
    traps: Option<Spanned<String>>,
    throws: Option<bool>,
    golden: Option<Spanned<String>>,
    fuel: Option<Spanned<Fuel>>,
    #[serde(default)]
    memory: Vec<Spanned<Memory>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Fuel {
    Exactly(u64),
    Between(Bounds),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bounds {
    #[serde(default)]
    min: u64,
    max: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Memory {
    #[serde(default = "default_memory")]
    name: String,
    at: u64,
    bytes: Option<Spanned<String>>,
    text: Option<String>,
    i32: Option<Vec<i64>>,
    i64: Option<Vec<i64>>,
    f32: Option<Vec<f32>>,
    f64: Option<Vec<f64>>,
}

fn default_memory() -> String {
    "memory".to_owned()
}

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
    let reader = Reader {
        path,
        text: &text,
        goldens,
    };
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
    [
        (limits.fuel.is_some(), Capability::Fuel),
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

/// Turns a header into steps, and says where it is wrong.
struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    goldens: &'a Path,
}

impl Reader<'_> {
    fn error(&self, offset: usize, message: impl Into<String>) -> InputError {
        InputError::at(self.path, self.text, offset, message)
    }

    fn line(&self, offset: usize) -> usize {
        crate::model::Location::of_offset(self.path, self.text, offset).line
    }

    fn proposal(&self, name: &Spanned<String>) -> Result<Capability, InputError> {
        let known = name.get_ref().parse().ok();
        known
            .filter(|capability: &Capability| capability.is_proposal())
            .ok_or_else(|| {
                let names: Vec<_> = Capability::proposals().map(Capability::name).collect();
                self.error(
                    name.span().start,
                    format!(
                        "unknown proposal `{}`; expected one of: {}",
                        name.get_ref(),
                        names.join(", ")
                    ),
                )
            })
    }

    fn steps(&self, header: &Header) -> Result<Vec<Step>, InputError> {
        let mut steps = Vec::new();
        let fails = self.instantiate(header, &mut steps)?;
        match (fails, header.check.first()) {
            (true, Some(check)) => {
                return Err(self.error(
                    check.span().start,
                    "a check of a module that is not to be instantiated can never run",
                ));
            }
            (false, None) => {
                return Err(self.error(
                    0,
                    "nothing is checked; expected a [[check]], or an [instantiate] that fails",
                ));
            }
            _ => {}
        }
        for check in &header.check {
            self.check(check, header, &mut steps)?;
        }
        Ok(steps)
    }

    /// Adds the steps of the instantiation; whether it is meant to fail.
    fn instantiate(&self, header: &Header, steps: &mut Vec<Step>) -> Result<bool, InputError> {
        let Some(spanned) = &header.instantiate else {
            steps.push(Step {
                line: 1,
                action: StepAction::Instantiate,
                wanted: Wanted::Success,
            });
            return Ok(false);
        };
        let at = spanned.span().start;
        let instantiate = spanned.get_ref();
        let wanted = match (&instantiate.traps, &instantiate.fails) {
            (Some(traps), None) => self.trap(traps)?,
            (None, Some(fails)) => {
                let message = instantiate.message.clone().unwrap_or_default();
                match fails.get_ref().as_str() {
                    "unlinkable" => Wanted::Unlinkable(message),
                    "invalid" => Wanted::Invalid(message),
                    "malformed" => Wanted::Malformed(message),
                    "limit" => Wanted::Limit(message),
                    "exception" if message.is_empty() => Wanted::Exception,
                    "exception" => {
                        return Err(self.error(at, "an exception has no message to compare"));
                    }
                    other => {
                        return Err(self.error(
                            fails.span().start,
                            format!(
                                "`{other}` is no way to fail; expected unlinkable, invalid, \
                                 malformed, limit or exception"
                            ),
                        ));
                    }
                }
            }
            (None, None) => Wanted::Success,
            (Some(_), Some(_)) => {
                return Err(self.error(at, "has both `traps` and `fails`; expected one"));
            }
        };
        let fails = wanted != Wanted::Success;
        if instantiate.message.is_some() && instantiate.fails.is_none() {
            return Err(self.error(at, "`message` goes with `fails`"));
        }
        steps.push(Step {
            line: self.line(at),
            action: StepAction::Instantiate,
            wanted,
        });
        if let Some(fuel) = &instantiate.fuel {
            steps.push(self.fuel(fuel, header)?);
        }
        Ok(fails)
    }

    fn check(
        &self,
        spanned: &Spanned<Check>,
        header: &Header,
        steps: &mut Vec<Step>,
    ) -> Result<(), InputError> {
        let at = spanned.span().start;
        let check = spanned.get_ref();
        let (line, action, wanted) = match (&check.call, &check.get) {
            (Some(call), None) => {
                let arguments = match &check.args {
                    Some(args) => syntax::parse_arguments(args.get_ref()).map_err(|message| {
                        self.error(args.span().start, format!("`args`: {message}"))
                    })?,
                    None => Vec::new(),
                };
                let export = call.get_ref().clone();
                let action = match check.golden {
                    Some(_) => StepAction::Text { export, arguments },
                    None => StepAction::Call { export, arguments },
                };
                (
                    self.line(call.span().start),
                    action,
                    self.wanted(at, check)?,
                )
            }
            (None, Some(get)) => {
                let only_returns = check.args.is_none()
                    && check.traps.is_none()
                    && check.throws.is_none()
                    && check.golden.is_none()
                    && check.fuel.is_none();
                if !only_returns || check.returns.is_none() {
                    return Err(self.error(at, "a `get` takes `returns`, and `memory` if need be"));
                }
                let action = StepAction::Get {
                    export: get.get_ref().clone(),
                };
                (self.line(get.span().start), action, self.wanted(at, check)?)
            }
            _ => return Err(self.error(at, "expected either `call` or `get`")),
        };
        steps.push(Step {
            line,
            action,
            wanted,
        });
        if let Some(fuel) = &check.fuel {
            steps.push(self.fuel(fuel, header)?);
        }
        for memory in &check.memory {
            steps.push(self.memory(memory)?);
        }
        Ok(())
    }

    fn wanted(&self, at: usize, check: &Check) -> Result<Wanted, InputError> {
        let throws = check.throws == Some(true);
        match (&check.returns, &check.traps, throws, &check.golden) {
            (Some(returns), None, false, None) => syntax::parse_patterns(returns.get_ref())
                .map(Wanted::Returns)
                .map_err(|message| {
                    self.error(returns.span().start, format!("`returns`: {message}"))
                }),
            (None, Some(traps), false, None) => self.trap(traps),
            (None, None, true, None) => Ok(Wanted::Exception),
            (None, None, false, Some(golden)) => self.golden(golden),
            _ => Err(self.error(
                at,
                "expected exactly one of `returns`, `traps`, `throws = true` and `golden`",
            )),
        }
    }

    fn trap(&self, text: &Spanned<String>) -> Result<Wanted, InputError> {
        if TrapCode::from_text(text.get_ref()).is_some() {
            return Ok(Wanted::Trap(text.get_ref().clone()));
        }
        let known: Vec<_> = TrapCode::ALL.iter().map(|code| code.text()).collect();
        Err(self.error(
            text.span().start,
            format!(
                "`{}` is no trap; expected one of: {}",
                text.get_ref(),
                known.join(", ")
            ),
        ))
    }

    fn golden(&self, name: &Spanned<String>) -> Result<Wanted, InputError> {
        let plain = !name.get_ref().is_empty()
            && !name.get_ref().contains(['/', '\\'])
            && name.get_ref() != "..";
        if !plain {
            return Err(self.error(
                name.span().start,
                "a golden is the name of a file, without a folder",
            ));
        }
        let path = self.goldens.join(name.get_ref());
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(InputError::file(path, format!("cannot be read: {error}")));
            }
        };
        Ok(Wanted::Golden {
            name: name.get_ref().clone(),
            text,
        })
    }

    fn fuel(&self, fuel: &Spanned<Fuel>, header: &Header) -> Result<Step, InputError> {
        let at = fuel.span().start;
        if header.limits.fuel.is_none() {
            return Err(self.error(at, "fuel is counted only when [limits] sets `fuel`"));
        }
        let (min, max) = match fuel.get_ref() {
            Fuel::Exactly(used) => (*used, *used),
            Fuel::Between(bounds) => (bounds.min, bounds.max),
        };
        if min > max {
            return Err(self.error(at, "`min` is above `max`: no call can use that much fuel"));
        }
        Ok(Step {
            line: self.line(at),
            action: StepAction::Fuel,
            wanted: Wanted::Fuel { min, max },
        })
    }

    fn memory(&self, spanned: &Spanned<Memory>) -> Result<Step, InputError> {
        let at = spanned.span().start;
        let memory = spanned.get_ref();
        let mut kinds: Vec<Vec<u8>> = Vec::new();
        if let Some(digits) = &memory.bytes {
            let bytes = hexadecimal(digits.get_ref()).ok_or_else(|| {
                self.error(
                    digits.span().start,
                    "`bytes` takes pairs of hexadecimal digits, as \"de ad be ef\"",
                )
            })?;
            kinds.push(bytes);
        }
        if let Some(text) = &memory.text {
            kinds.push(text.clone().into_bytes());
        }
        if let Some(values) = &memory.i32 {
            kinds.push(self.i32_bytes(at, values)?);
        }
        if let Some(values) = &memory.i64 {
            kinds.push(
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect(),
            );
        }
        if let Some(values) = &memory.f32 {
            kinds.push(
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect(),
            );
        }
        if let Some(values) = &memory.f64 {
            kinds.push(
                values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect(),
            );
        }
        let [bytes] = kinds.as_slice() else {
            return Err(self.error(
                at,
                "expected exactly one of `bytes`, `text`, `i32`, `i64`, `f32` and `f64`",
            ));
        };
        Ok(Step {
            line: self.line(at),
            action: StepAction::Memory {
                export: memory.name.clone(),
                at: memory.at,
                length: bytes.len(),
            },
            wanted: Wanted::Bytes(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
        })
    }

    /// 32-bit integers, signed or unsigned.
    fn i32_bytes(&self, at: usize, values: &[i64]) -> Result<Vec<u8>, InputError> {
        let mut bytes = Vec::new();
        for value in values {
            let signed = i32::try_from(*value).map(i32::cast_unsigned);
            let bits = signed
                .or_else(|_| u32::try_from(*value))
                .map_err(|_| self.error(at, format!("{value} has more than 32 bits")))?;
            bytes.extend(bits.to_le_bytes());
        }
        Ok(bytes)
    }
}

fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let digits: String = digits.split_whitespace().collect();
    if !digits.is_ascii() || digits.len() % 2 == 1 {
        return None;
    }
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

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
