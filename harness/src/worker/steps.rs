//! Runs a fixture: one module in the text format, and the steps its header
//! lists.

use super::{Sink, compile, encode_text};
use crate::engine::{InstanceHandle, Session, SessionConfig};
use crate::execute::protocol::Reply;
use crate::model::{
    Directive, DirectiveKind, Failure, FailureKind, Outcome, Step, StepAction, Value, Wanted,
    hexadecimal,
};

/// The longest text a fixture may hand over, in bytes.
const LONGEST_TEXT: usize = 1 << 20;

/// Runs every step on one instance of the module in `text`.
pub(super) fn run(
    session: Box<dyn Session>,
    config: &SessionConfig,
    text: &str,
    steps: &[Step],
    send: &mut impl Sink,
) -> std::io::Result<()> {
    let directives = steps.iter().map(|step| Directive {
        line: step.line,
        kind: kind(step),
    });
    send(Reply::Script(directives.collect()))?;
    let mut fixture = Fixture {
        session,
        config,
        text,
        instance: Err("the module was not instantiated".to_owned()),
    };
    for (index, step) in steps.iter().enumerate() {
        let outcome = fixture.act(&step.action);
        send(Reply::Ran {
            index,
            wanted: step.wanted.clone(),
            outcome: outcome.unwrap_or_else(Outcome::Failed),
        })?;
    }
    Ok(())
}

fn kind(step: &Step) -> DirectiveKind {
    match (&step.action, &step.wanted) {
        (StepAction::Launch { .. }, _) => DirectiveKind::Launch,
        (StepAction::Write { .. }, _) => DirectiveKind::WriteMemory,
        (_, Wanted::Trap(_) | Wanted::ThreadTrap { .. }) => DirectiveKind::AssertTrap,
        (_, Wanted::Exception) => DirectiveKind::AssertException,
        (_, Wanted::Unlinkable(_)) => DirectiveKind::AssertUnlinkable,
        (_, Wanted::Invalid(_)) => DirectiveKind::AssertInvalid,
        (_, Wanted::Malformed(_)) => DirectiveKind::AssertMalformed,
        (_, Wanted::Limit(_)) => DirectiveKind::AssertLimit,
        (StepAction::Instantiate, _) => DirectiveKind::Module,
        (StepAction::Memory { .. }, _) => DirectiveKind::Memory,
        (StepAction::Fuel, _) => DirectiveKind::Fuel,
        (StepAction::Text { .. }, _) => DirectiveKind::Golden,
        (StepAction::Call { .. } | StepAction::Get { .. }, _) => DirectiveKind::AssertReturn,
    }
}

struct Fixture<'text> {
    session: Box<dyn Session>,
    config: &'text SessionConfig,
    text: &'text str,
    instance: Result<InstanceHandle, String>,
}

impl Fixture<'_> {
    fn act(&mut self, action: &StepAction) -> Result<Outcome, Failure> {
        match action {
            StepAction::Instantiate => {
                let made = self.instantiate();
                self.instance = match &made {
                    Ok(instance) => Ok(*instance),
                    Err(failure) => Err(format!("the module was not instantiated: {failure}")),
                };
                made.map(|_| Outcome::Done)
            }
            StepAction::Call { export, arguments } => {
                let instance = self.instance()?;
                let values = self.session.invoke(instance, export, arguments)?;
                Ok(Outcome::Returned(values))
            }
            StepAction::Launch {
                export,
                grid,
                arguments,
                repeat,
            } => {
                let instance = self.instance()?;
                repeated(*repeat, || {
                    self.session.launch(instance, export, *grid, arguments)
                })
            }
            StepAction::Write { export, at, bytes } => {
                let instance = self.instance()?;
                let bytes = hexadecimal::from_digits(bytes)
                    .ok_or_else(|| Failure::new(FailureKind::Other, "not hexadecimal"))?;
                self.session.write_memory(instance, export, *at, &bytes)?;
                Ok(Outcome::Done)
            }
            StepAction::Get { export } => {
                let instance = self.instance()?;
                let value = self.session.global(instance, export)?;
                Ok(Outcome::Returned(vec![value]))
            }
            StepAction::Memory { export, at, length } => {
                let instance = self.instance()?;
                let bytes = self.session.memory(instance, export, *at, *length)?;
                Ok(Outcome::Bytes(hexadecimal::to_digits(&bytes)))
            }
            StepAction::Fuel => self.session.fuel_used().map(Outcome::Fuel),
            StepAction::Text { export, arguments } => self.text(export, arguments),
        }
    }

    fn instantiate(&mut self) -> Result<InstanceHandle, Failure> {
        let wasm = encode_text(self.text).map_err(|error| {
            let (line, column) = error.span().linecol_in(self.text);
            Failure::new(
                FailureKind::Malformed,
                format!(
                    "line {} column {}: {}",
                    line + 1,
                    column + 1,
                    error.message()
                ),
            )
        })?;
        let module = compile(self.session.as_mut(), self.config, &wasm)?;
        self.session.instantiate(module)
    }

    fn instance(&self) -> Result<InstanceHandle, Failure> {
        self.instance
            .clone()
            .map_err(|why| Failure::new(FailureKind::Missing, why))
    }

    fn text(&mut self, export: &str, arguments: &[Value]) -> Result<Outcome, Failure> {
        let instance = self.instance()?;
        let values = self.session.invoke(instance, export, arguments)?;
        let [Value::I32(address), Value::I32(length)] = values[..] else {
            return Err(Failure::new(
                FailureKind::Other,
                format!("`{export}` does not return an address and a length"),
            ));
        };
        let (address, length) = (address.cast_unsigned(), length.cast_unsigned() as usize);
        if length > LONGEST_TEXT {
            return Err(Failure::new(
                FailureKind::Other,
                format!("a text of {length} bytes is longer than {LONGEST_TEXT}"),
            ));
        }
        let bytes = self
            .session
            .memory(instance, "memory", u64::from(address), length)?;
        String::from_utf8(bytes)
            .map(Outcome::Text)
            .map_err(|error| Failure::new(FailureKind::Other, format!("the text: {error}")))
    }
}

/// Does something so often; how it ended the first time, or a failure that names
/// the first time it ended otherwise.
fn repeated(
    times: u32,
    mut launch: impl FnMut() -> Result<(), Failure>,
) -> Result<Outcome, Failure> {
    let first = launch();
    for time in 2..=times {
        let this = launch();
        if this != first {
            let say = |result: &Result<(), Failure>| match result {
                Ok(()) => "success".to_owned(),
                Err(failure) => format!("{}: {}", failure.kind.name(), failure.message),
            };
            let message = format!(
                "launch {time} of {times} ended with {}, those before with {}",
                say(&this),
                say(&first)
            );
            return Err(Failure::new(FailureKind::Other, message));
        }
    }
    first.map(|()| Outcome::Done)
}
