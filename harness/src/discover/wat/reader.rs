//! From the keys of a header to steps.

use std::path::Path;

use toml::Spanned;

use super::data::Data;
use super::header::{Check, Fuel, Header};
use crate::model::{
    Capability, FailureKind, Grid, InputError, Step, StepAction, TrapCode, Value, Wanted,
    hexadecimal, syntax,
};

/// Turns a header into steps, and says where it is wrong.
pub(super) struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    goldens: &'a Path,
}

impl<'a> Reader<'a> {
    pub(super) fn new(path: &'a Path, text: &'a str, goldens: &'a Path) -> Reader<'a> {
        Reader {
            path,
            text,
            goldens,
        }
    }

    fn error(&self, offset: usize, message: impl Into<String>) -> InputError {
        InputError::at(self.path, self.text, offset, message)
    }

    fn line(&self, offset: usize) -> usize {
        crate::model::Location::of_offset(self.path, self.text, offset).line
    }

    pub(super) fn proposal(&self, name: &Spanned<String>) -> Result<Capability, InputError> {
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

    pub(super) fn steps(&self, header: &Header) -> Result<Vec<Step>, InputError> {
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
        let (line, action, wanted) = match (&check.call, &check.launch, &check.get) {
            (Some(call), None, None) => {
                self.only_launches(at, check)?;
                let arguments = self.arguments(check)?;
                let export = call.get_ref().clone();
                let action = match check.golden {
                    Some(_) => StepAction::Text { export, arguments },
                    None => StepAction::Call { export, arguments },
                };
                (call.span(), action, self.wanted(at, check)?)
            }
            (None, Some(launch), None) => {
                let action = self.launch(launch, check)?;
                (launch.span(), action, self.launched(at, check)?)
            }
            (None, None, Some(get)) => {
                self.only_launches(at, check)?;
                let only_returns = check.args.is_none()
                    && check.traps.is_none()
                    && check.throws.is_none()
                    && check.golden.is_none()
                    && check.fuel.is_none()
                    && check.write.is_empty();
                if !only_returns || check.returns.is_none() {
                    return Err(self.error(at, "a `get` takes `returns`, and `memory` if need be"));
                }
                let action = StepAction::Get {
                    export: get.get_ref().clone(),
                };
                (get.span(), action, self.wanted(at, check)?)
            }
            _ => return Err(self.error(at, "expected exactly one of `call`, `launch` and `get`")),
        };
        for data in &check.write {
            steps.push(self.write(data)?);
        }
        steps.push(Step {
            line: self.line(line.start),
            action,
            wanted,
        });
        if let Some(fuel) = &check.fuel {
            steps.push(self.fuel(fuel, header)?);
        }
        for data in &check.memory {
            steps.push(self.memory(data)?);
        }
        Ok(())
    }

    fn arguments(&self, check: &Check) -> Result<Vec<Value>, InputError> {
        let Some(args) = &check.args else {
            return Ok(Vec::new());
        };
        syntax::parse_arguments(args.get_ref())
            .map_err(|message| self.error(args.span().start, format!("`args`: {message}")))
    }

    /// Refuses what only a launch has.
    fn only_launches(&self, at: usize, check: &Check) -> Result<(), InputError> {
        let none = check.blocks.is_none()
            && check.threads.is_none()
            && check.repeat.is_none()
            && check.thread.is_none()
            && check.fails.is_none()
            && check.message.is_none();
        if none {
            return Ok(());
        }
        Err(self.error(
            at,
            "`blocks`, `threads`, `repeat`, `thread`, `fails` and `message` go with `launch`",
        ))
    }

    fn launch(&self, launch: &Spanned<String>, check: &Check) -> Result<StepAction, InputError> {
        let dimensions = |key: &str, given: &Option<Spanned<Vec<u32>>>| {
            let mut dimensions = [1; 3];
            let Some(given) = given else {
                return Ok(dimensions);
            };
            let numbers = given.get_ref();
            if numbers.is_empty() || numbers.len() > dimensions.len() {
                let message = format!("`{key}` takes one to three numbers: along x, y and z");
                return Err(self.error(given.span().start, message));
            }
            dimensions[..numbers.len()].copy_from_slice(numbers);
            Ok(dimensions)
        };
        let repeat = check.repeat.unwrap_or(1);
        if repeat == 0 {
            return Err(self.error(launch.span().start, "`repeat` is at least 1"));
        }
        Ok(StepAction::Launch {
            export: launch.get_ref().clone(),
            grid: Grid {
                blocks: dimensions("blocks", &check.blocks)?,
                threads: dimensions("threads", &check.threads)?,
            },
            arguments: self.arguments(check)?,
            repeat,
        })
    }

    /// What must come of a launch.
    fn launched(&self, at: usize, check: &Check) -> Result<Wanted, InputError> {
        if check.throws.is_some() || check.golden.is_some() || check.fuel.is_some() {
            return Err(self.error(at, "a launch has no `throws`, `golden` or `fuel`"));
        }
        if check.thread.is_some() && check.traps.is_none() {
            return Err(self.error(at, "`thread` goes with `traps`"));
        }
        if check.message.is_some() && check.fails.is_none() {
            return Err(self.error(at, "`message` goes with `fails`"));
        }
        match (&check.returns, &check.traps, &check.fails) {
            (Some(returns), None, None) if returns.get_ref().is_empty() => Ok(Wanted::Success),
            (Some(returns), None, None) => Err(self.error(
                returns.span().start,
                "a launch has no results to compare; expected \"\"",
            )),
            (None, Some(traps), None) => match (self.trap(traps)?, check.thread) {
                (Wanted::Trap(text), Some(thread)) => Ok(Wanted::ThreadTrap { text, thread }),
                (wanted, _) => Ok(wanted),
            },
            (None, None, Some(fails)) => {
                let kind = match fails.get_ref().as_str() {
                    "arguments" => FailureKind::Arguments,
                    "limit" => FailureKind::Limit,
                    "missing" => FailureKind::Missing,
                    other => {
                        return Err(self.error(
                            fails.span().start,
                            format!(
                                "`{other}` is no way to refuse a launch; expected arguments, \
                                 limit or missing"
                            ),
                        ));
                    }
                };
                let message = check.message.clone().unwrap_or_default();
                Ok(Wanted::Failure { kind, message })
            }
            _ => Err(self.error(at, "expected exactly one of `returns`, `traps` and `fails`")),
        }
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

    fn write(&self, spanned: &Spanned<Data>) -> Result<Step, InputError> {
        let data = spanned.get_ref();
        Ok(Step {
            line: self.line(spanned.span().start),
            action: StepAction::Write {
                export: data.name.clone(),
                at: data.at,
                bytes: hexadecimal::to_digits(&self.bytes(spanned)?),
            },
            wanted: Wanted::Success,
        })
    }

    fn memory(&self, spanned: &Spanned<Data>) -> Result<Step, InputError> {
        let data = spanned.get_ref();
        let bytes = self.bytes(spanned)?;
        Ok(Step {
            line: self.line(spanned.span().start),
            action: StepAction::Memory {
                export: data.name.clone(),
                at: data.at,
                length: bytes.len(),
            },
            wanted: Wanted::Bytes(hexadecimal::to_digits(&bytes)),
        })
    }

    fn bytes(&self, spanned: &Spanned<Data>) -> Result<Vec<u8>, InputError> {
        { spanned.get_ref().to_bytes() }
            .map_err(|(at, message)| self.error(at.unwrap_or(spanned.span().start), message))
    }
}
