//! Runs a script of the WebAssembly specification, directive by directive.
//!
//! <https://github.com/WebAssembly/spec/blob/main/interpreter/README.md#scripts>

mod together;

use std::collections::{HashMap, VecDeque};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use wast::lexer::Lexer;
use wast::parser::{self, ParseBuffer};
use wast::token::{Id, Span};
use wast::{QuoteWat, Wast, WastDirective, WastExecute, WastInvoke, WastThread, Wat};

use super::{Sink, compile, load, script_failed, spectest};
use crate::engine::{InstanceHandle, ModuleHandle, Session, SessionConfig};
use crate::execute::protocol::Reply;
use crate::model::{Directive, DirectiveKind, Failure, FailureKind, Outcome, Wanted, syntax};

/// Runs every directive of `text`, whatever the others do.
pub(super) fn run(
    session: Box<dyn Session>,
    config: &SessionConfig,
    text: &str,
    send: &mut impl Sink,
) -> std::io::Result<()> {
    let lines = Lines::of(text);
    let mut lexer = Lexer::new(text);
    // Scripts about identifiers hold every odd character there is.
    lexer.allow_confusing_unicode(true);
    let buffer = match ParseBuffer::new_with_lexer(lexer) {
        Ok(buffer) => buffer,
        Err(error) => return unparsable(&error, text, send),
    };
    let script = match parser::parse::<Wast<'_>>(&buffer) {
        Ok(script) => script,
        Err(error) => return unparsable(&error, text, send),
    };

    let mut session = session;
    if let Err(failure) = spectest::register(session.as_mut(), config) {
        return script_failed(1, failure, send);
    }

    let mut directives = Vec::new();
    list(&script.directives, &lines, &mut directives);
    send(Reply::Script(directives))?;

    std::thread::scope(|scope| {
        let mut world = World::new(session, config);
        let mut index = 0;
        let mut directives = VecDeque::from(script.directives);
        loop {
            world.run_together(&mut directives, &mut index, send)?;
            let Some(directive) = directives.pop_front() else {
                return Ok(());
            };
            world.run(directive, &mut index, scope, send)?;
        }
    })
}

fn unparsable(error: &wast::Error, text: &str, send: &mut impl Sink) -> std::io::Result<()> {
    let (line, column) = error.span().linecol_in(text);
    let message = format!(
        "does not parse, line {} column {}: {}",
        line + 1,
        column + 1,
        error.message()
    );
    script_failed(
        line + 1,
        Failure::new(FailureKind::Malformed, message),
        send,
    )
}

/// Where lines start, so that finding a line does not read the whole text.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Lines(newlines.map(|(offset, _)| offset).collect())
    }

    fn line(&self, span: Span) -> usize {
        self.0.partition_point(|newline| *newline < span.offset()) + 1
    }
}

/// The directives in the order they are reported: those of a thread follow it.
fn list(script: &[WastDirective<'_>], lines: &Lines, out: &mut Vec<Directive>) {
    for directive in script {
        out.push(Directive {
            line: lines.line(directive.span()),
            kind: kind(directive),
        });
        if let WastDirective::Thread(thread) = directive {
            list(&thread.directives, lines, out);
        }
    }
}

fn kind(directive: &WastDirective<'_>) -> DirectiveKind {
    match directive {
        WastDirective::Module(_) => DirectiveKind::Module,
        WastDirective::ModuleDefinition(_) => DirectiveKind::ModuleDefinition,
        WastDirective::ModuleInstance { .. } => DirectiveKind::ModuleInstance,
        WastDirective::AssertMalformed { .. } => DirectiveKind::AssertMalformed,
        WastDirective::AssertInvalid { .. } => DirectiveKind::AssertInvalid,
        WastDirective::AssertInvalidCustom { .. } => DirectiveKind::AssertInvalidCustom,
        WastDirective::AssertMalformedCustom { .. } => DirectiveKind::AssertMalformedCustom,
        WastDirective::Register { .. } => DirectiveKind::Register,
        WastDirective::Invoke(_) => DirectiveKind::Invoke,
        WastDirective::AssertTrap { .. } => DirectiveKind::AssertTrap,
        WastDirective::AssertReturn { .. } => DirectiveKind::AssertReturn,
        WastDirective::AssertExhaustion { .. } => DirectiveKind::AssertExhaustion,
        WastDirective::AssertUnlinkable { .. } => DirectiveKind::AssertUnlinkable,
        WastDirective::AssertException { .. } => DirectiveKind::AssertException,
        WastDirective::AssertSuspension { .. } => DirectiveKind::AssertSuspension,
        WastDirective::Thread(_) => DirectiveKind::Thread,
        WastDirective::Wait { .. } => DirectiveKind::Wait,
    }
}

/// What a thread of a script reports when it is waited for: the place of its
/// first directive, and what each one wanted and got.
type ThreadResult = Vec<(usize, Wanted, Outcome)>;

/// The state of a script: its instances and their names.
struct World<'scope> {
    session: Box<dyn Session>,
    config: &'scope SessionConfig,
    /// The instance that an action without a name is about, or the failure
    /// that left the script without one.
    current: Result<InstanceHandle, Failure>,
    /// Those with a name, or the failure that it was left without one by.
    instances: HashMap<String, Result<InstanceHandle, Failure>>,
    definitions: HashMap<Option<String>, ModuleHandle>,
    threads: HashMap<String, ScopedJoinHandle<'scope, ThreadResult>>,
    /// How many of the directives to come the engine would not take together.
    alone: usize,
}

impl<'scope> World<'scope> {
    fn new(session: Box<dyn Session>, config: &'scope SessionConfig) -> World<'scope> {
        World {
            session,
            config,
            current: Err(missing("no instance: no module stands before it")),
            instances: HashMap::new(),
            definitions: HashMap::new(),
            threads: HashMap::new(),
            alone: 0,
        }
    }

    fn run<'text: 'scope>(
        &mut self,
        directive: WastDirective<'text>,
        index: &mut usize,
        scope: &'scope Scope<'scope, '_>,
        send: &mut impl Sink,
    ) -> std::io::Result<()> {
        let at = *index;
        *index += 1;
        let (wanted, outcome) = match directive {
            WastDirective::Thread(thread) => {
                *index += count(&thread.directives);
                let started = self.start(thread, at + 1, scope);
                (Wanted::Success, outcome(started))
            }
            WastDirective::Wait { thread, .. } => {
                let waited = self.wait(thread);
                if let Ok(results) = &waited {
                    for (index, wanted, outcome) in results.clone() {
                        send(Reply::Ran {
                            index,
                            wanted,
                            outcome,
                        })?;
                    }
                }
                (Wanted::Success, outcome(waited.map(drop)))
            }
            other => self.step(other),
        };
        send(Reply::Ran {
            index: at,
            wanted,
            outcome,
        })
    }

    /// Runs a directive that neither starts nor waits for a thread.
    fn step(&mut self, directive: WastDirective<'_>) -> (Wanted, Outcome) {
        match directive {
            WastDirective::Module(module) => (Wanted::Success, outcome(self.module(module))),
            WastDirective::ModuleDefinition(mut module) => {
                let name = name_of(module.name());
                let defined = encode(&mut module)
                    .and_then(|wasm| compile(self.session.as_mut(), self.config, &wasm))
                    .map(|module| {
                        self.definitions.insert(name, module);
                    });
                (Wanted::Success, outcome(defined))
            }
            WastDirective::ModuleInstance {
                instance, module, ..
            } => {
                let made = self.instance(instance, module);
                (Wanted::Success, outcome(made))
            }
            WastDirective::Register { name, module, .. } => {
                let registered = self
                    .find(module)
                    .and_then(|instance| self.session.register(name, instance));
                (Wanted::Success, outcome(registered))
            }
            WastDirective::Invoke(invoke) => (Wanted::Success, self.invoke(&invoke)),
            WastDirective::AssertReturn { exec, results, .. } => {
                let patterns: Result<Vec<_>, _> = results.iter().map(syntax::pattern).collect();
                match patterns {
                    Ok(patterns) => (Wanted::Returns(patterns), self.execute(exec)),
                    Err(message) => (
                        Wanted::Success,
                        Outcome::Failed(Failure::unsupported(message)),
                    ),
                }
            }
            WastDirective::AssertTrap { exec, message, .. } => {
                (Wanted::Trap(message.to_owned()), self.execute(exec))
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                (Wanted::Exhaustion(message.to_owned()), self.invoke(&call))
            }
            WastDirective::AssertException { exec, .. } => (Wanted::Exception, self.execute(exec)),
            WastDirective::AssertSuspension { exec, message, .. } => {
                (Wanted::Suspension(message.to_owned()), self.execute(exec))
            }
            WastDirective::AssertInvalid {
                module, message, ..
            } => (Wanted::Invalid(message.to_owned()), self.refuse(module)),
            WastDirective::AssertMalformed {
                module, message, ..
            } => (Wanted::Malformed(message.to_owned()), self.refuse(module)),
            WastDirective::AssertInvalidCustom {
                module, message, ..
            }
            | WastDirective::AssertMalformedCustom {
                module, message, ..
            } => (
                Wanted::RefusedCustom(message.to_owned()),
                self.refuse(module),
            ),
            WastDirective::AssertUnlinkable {
                mut module,
                message,
                ..
            } => {
                let linked = encode_wat(&mut module)
                    .and_then(|wasm| load(self.session.as_mut(), self.config, &wasm))
                    .map(drop);
                (Wanted::Unlinkable(message.to_owned()), outcome(linked))
            }
            WastDirective::Thread(_) | WastDirective::Wait { .. } => (
                Wanted::Success,
                Outcome::Failed(Failure::unsupported("a thread inside a thread")),
            ),
        }
    }

    fn module(&mut self, mut module: QuoteWat<'_>) -> Result<(), Failure> {
        let name = name_of(module.name());
        let loaded =
            encode(&mut module).and_then(|wasm| load(self.session.as_mut(), self.config, &wasm));
        let instance = loaded.map(|(definition, instance)| {
            self.definitions.insert(name.clone(), definition);
            instance
        });
        // Whatever happened, the instance before is no longer meant.
        self.name(name, instance.clone(), "the module before it did not load");
        instance.map(drop)
    }

    fn instance(
        &mut self,
        instance: Option<Id<'_>>,
        module: Option<Id<'_>>,
    ) -> Result<(), Failure> {
        let definition = name_of(module);
        let module = *self.definitions.get(&definition).ok_or_else(|| {
            missing(match definition {
                Some(name) => format!("no module definition ${name}"),
                None => "no module definition".to_owned(),
            })
        })?;
        let made = self.session.instantiate(module);
        self.name(
            name_of(instance),
            made.clone(),
            "the instance before it was not made",
        );
        made.map(drop)
    }

    /// Names an instance, or what came instead of it. What an engine cannot do, it
    /// cannot do with that instance either; else it is missing, and `why` says so.
    fn name(&mut self, name: Option<String>, instance: Result<InstanceHandle, Failure>, why: &str) {
        let instead = |message: String| {
            instance.clone().map_err(|failure| match failure.kind {
                FailureKind::Unsupported => failure,
                _ => missing(message),
            })
        };
        self.current = instead(format!("no instance: {why}"));
        if let Some(name) = name {
            let known = instead(format!("no instance ${name}"));
            self.instances.insert(name, known);
        }
    }

    fn find(&self, id: Option<Id<'_>>) -> Result<InstanceHandle, Failure> {
        let Some(id) = id else {
            return self.current.clone();
        };
        let known = self.instances.get(id.name()).cloned();
        known.unwrap_or_else(|| Err(missing(format!("no instance ${}", id.name()))))
    }

    fn execute(&mut self, action: WastExecute<'_>) -> Outcome {
        match action {
            WastExecute::Invoke(invoke) => self.invoke(&invoke),
            WastExecute::Get { module, global, .. } => {
                let value = self
                    .find(module)
                    .and_then(|instance| self.session.global(instance, global));
                match value {
                    Ok(value) => Outcome::Returned(vec![value]),
                    Err(failure) => Outcome::Failed(failure),
                }
            }
            WastExecute::Wat(mut module) => {
                let loaded = encode_wat(&mut module)
                    .and_then(|wasm| load(self.session.as_mut(), self.config, &wasm))
                    .map(drop);
                outcome(loaded)
            }
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Outcome {
        let arguments: Result<Vec<_>, _> = invoke.args.iter().map(syntax::argument).collect();
        let returned = arguments
            .map_err(Failure::unsupported)
            .and_then(|arguments| {
                let instance = self.find(invoke.module)?;
                self.session.invoke(instance, invoke.name, &arguments)
            });
        match returned {
            Ok(values) => Outcome::Returned(values),
            Err(failure) => Outcome::Failed(failure),
        }
    }

    fn refuse(&mut self, mut module: QuoteWat<'_>) -> Outcome {
        let compiled = encode(&mut module)
            .and_then(|wasm| compile(self.session.as_mut(), self.config, &wasm))
            .map(drop);
        outcome(compiled)
    }

    fn start<'text: 'scope>(
        &mut self,
        thread: WastThread<'text>,
        first: usize,
        scope: &'scope Scope<'scope, '_>,
    ) -> Result<(), Failure> {
        let Some(shared) = thread.shared_module else {
            return Err(Failure::unsupported("a thread that shares no module"));
        };
        let config = self.config;
        let instance = self.find(Some(shared))?;
        let (mut session, instance) = self.session.share(instance)?;
        spectest::register(session.as_mut(), config)?;
        let handle = Builder::new()
            .name(format!("${}", thread.name.name()))
            .spawn_scoped(scope, move || {
                let mut world = World::new(session, config);
                world.name(Some(shared.name().to_owned()), Ok(instance), "");
                let mut index = first;
                let mut results = Vec::new();
                for directive in thread.directives {
                    let next = index + 1 + nested(&directive);
                    let (wanted, outcome) = world.step(directive);
                    results.push((index, wanted, outcome));
                    index = next;
                }
                results
            })
            .map_err(|error| Failure::new(FailureKind::Other, error.to_string()))?;
        self.threads.insert(thread.name.name().to_owned(), handle);
        Ok(())
    }

    fn wait(&mut self, id: Id<'_>) -> Result<ThreadResult, Failure> {
        let handle = self.threads.remove(id.name());
        let handle = handle.ok_or_else(|| missing(format!("no thread ${}", id.name())))?;
        handle
            .join()
            .map_err(|_| Failure::new(FailureKind::Other, "the thread panicked"))
    }
}

fn missing(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Missing, message)
}

/// How many directives stand inside these, themselves included.
fn count(directives: &[WastDirective<'_>]) -> usize {
    directives.iter().map(|inner| 1 + nested(inner)).sum()
}

fn nested(directive: &WastDirective<'_>) -> usize {
    match directive {
        WastDirective::Thread(thread) => count(&thread.directives),
        _ => 0,
    }
}

fn name_of(id: Option<Id<'_>>) -> Option<String> {
    id.map(|id| id.name().to_owned())
}

fn outcome(result: Result<(), Failure>) -> Outcome {
    match result {
        Ok(()) => Outcome::Done,
        Err(failure) => Outcome::Failed(failure),
    }
}

/// The binary format of a module; text that does not parse is malformed.
fn encode(module: &mut QuoteWat<'_>) -> Result<Vec<u8>, Failure> {
    module.encode().map_err(|error| malformed(&error))
}

fn encode_wat(module: &mut Wat<'_>) -> Result<Vec<u8>, Failure> {
    module.encode().map_err(|error| malformed(&error))
}

fn malformed(error: &wast::Error) -> Failure {
    Failure::new(FailureKind::Malformed, error.message())
}
