//! The worker's side of a run: serves one engine over standard input and
//! output, so that what the engine breaks is only this process.
//!
//! An engine outside this repository gets its own worker in three lines:
//!
//! ```no_run
//! # use tensor_wasm_harness::{engine::Engine, model::Settings, worker};
//! # fn make(settings: &Settings) -> Result<Box<dyn Engine>, String> { Err(String::new()) }
//! fn main() -> std::process::ExitCode {
//!     worker::main(&[("my-engine", make)])
//! }
//! ```

mod bench;
pub(crate) mod classify;
mod script;
mod spectest;
mod steps;

use std::io::Write;
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, channel};

use serde::Serialize;
use serde::de::DeserializeOwned;
use wast::Wat;
use wast::parser::{self, ParseBuffer};

use crate::engine::{Engine, InstanceHandle, ModuleHandle, Session, SessionConfig};
use crate::execute::protocol::{LONGEST_LINE, PROTOCOL, Reply, Request};
use crate::model::{
    Case, Directive, DirectiveKind, EngineInfo, Failure, FailureKind, Outcome, Program, Settings,
    Wanted,
};

/// Makes an engine from a variant's settings; the error is for the user.
pub type EngineFactory = fn(&Settings) -> Result<Box<dyn Engine>, String>;

/// Where replies go.
trait Sink<R = Reply>: FnMut(R) -> std::io::Result<()> {}
impl<R, F: FnMut(R) -> std::io::Result<()>> Sink<R> for F {}

/// The `main` of a worker that serves one of `engines`, chosen by the command
/// line: `[--bench] --engine NAME [--set KEY=VALUE]…`. Returns when the harness
/// says so or goes away.
pub fn main(engines: &[(&str, EngineFactory)]) -> ExitCode {
    main_that_counts(engines, None)
}

/// Does something and says how many allocations the thread made meanwhile, and
/// how many bytes they asked for.
pub type CountAllocations = fn(&mut dyn FnMut()) -> (u64, u64);

/// As [`main`], for a worker whose allocator can count.
pub fn main_that_counts(
    engines: &[(&str, EngineFactory)],
    allocations: Option<CountAllocations>,
) -> ExitCode {
    let mut arguments: Vec<_> = std::env::args().skip(1).collect();
    let bench = arguments.iter().position(|argument| argument == "--bench");
    if let Some(place) = bench {
        arguments.remove(place);
    }
    let engine = parse_arguments(arguments.into_iter(), engines);
    let engine = engine.as_deref();
    let served = match bench {
        Some(_) => bench::serve(engine, allocations, &mut sink()),
        None => serve(engine, &mut sink()),
    };
    match served {
        Ok(()) if engine.is_err() => ExitCode::from(2),
        Ok(()) => ExitCode::SUCCESS,
        // The harness is gone: there is nobody to report to.
        Err(_) => ExitCode::FAILURE,
    }
}

/// Writes replies to standard output, one a line.
fn sink<R: Serialize>() -> impl Sink<R> {
    let mut stdout = std::io::stdout().lock();
    let mut line = Vec::new();
    move |reply: R| {
        line.clear();
        serde_json::to_writer(&mut line, &reply)?;
        line.push(b'\n');
        stdout.write_all(&line)?;
        stdout.flush()
    }
}

fn parse_arguments(
    mut arguments: impl Iterator<Item = String>,
    engines: &[(&str, EngineFactory)],
) -> Result<Box<dyn Engine>, String> {
    let names = || {
        let names: Vec<_> = engines.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    };
    let mut factory = None;
    let mut settings = Settings::new();
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{argument} needs a value"))
        };
        match argument.as_str() {
            "--engine" => {
                let name = value()?;
                let found = engines.iter().find(|(known, _)| *known == name);
                factory = Some(
                    found
                        .ok_or_else(|| {
                            format!("this worker has no engine `{name}`; it has: {}", names())
                        })?
                        .1,
                );
            }
            "--set" => {
                let setting = value()?;
                let (key, value) = setting
                    .split_once('=')
                    .ok_or_else(|| format!("`--set {setting}` is not KEY=VALUE"))?;
                settings.insert(key.to_owned(), value.to_owned());
            }
            other => {
                return Err(format!(
                    "unknown argument `{other}`; a worker is started by the harness as \
                     `[--bench] --engine NAME [--set KEY=VALUE]…`"
                ));
            }
        }
    }
    let factory =
        factory.ok_or_else(|| format!("--engine is missing; it is one of: {}", names()))?;
    factory(&settings)
}

fn serve(engine: Result<&dyn Engine, &String>, send: &mut impl Sink) -> std::io::Result<()> {
    let engine = match engine {
        Ok(engine) => engine,
        Err(message) => return send(Reply::Refused(message.clone())),
    };
    let info = engine.info();
    send(Reply::Hello {
        protocol: PROTOCOL,
        engine: info.clone(),
    })?;
    let requests = read_requests(LONGEST_LINE, |request| matches!(request, Request::Exit))?;
    loop {
        match requests.recv() {
            Ok(Ok(Request::Run(case))) => {
                run(engine, &info, &case, send)?;
                send(Reply::End)?;
            }
            Ok(Ok(Request::Exit)) | Err(_) => return Ok(()),
            Ok(Err(message)) => {
                send(Reply::Refused(format!("request not understood: {message}")))?;
                return Err(std::io::Error::other(message));
            }
        }
    }
}

/// Reads requests on a thread of its own, which ends the process when the
/// harness goes away: a guest that never ends must not outlive it.
fn read_requests<R: DeserializeOwned + Send + 'static>(
    longest: usize,
    is_last: fn(&R) -> bool,
) -> std::io::Result<Receiver<Result<R, String>>> {
    let (sender, requests) = channel();
    std::thread::Builder::new()
        .name("requests".to_owned())
        .spawn(move || {
            let mut stdin = std::io::stdin().lock();
            let mut line = Vec::new();
            loop {
                line.clear();
                if !matches!(read_line(&mut stdin, longest, &mut line), Ok(1..)) {
                    std::process::exit(1);
                }
                let request = serde_json::from_slice(&line).map_err(|error| error.to_string());
                let last = request.as_ref().map_or(true, is_last);
                if sender.send(request).is_err() || last {
                    return;
                }
            }
        })?;
    Ok(requests)
}

fn read_line(
    stdin: &mut impl std::io::BufRead,
    longest: usize,
    line: &mut Vec<u8>,
) -> std::io::Result<usize> {
    use std::io::{BufRead as _, Read as _};
    stdin.by_ref().take(longest as u64).read_until(b'\n', line)
}

fn run(
    engine: &dyn Engine,
    info: &EngineInfo,
    case: &Case,
    send: &mut impl Sink,
) -> std::io::Result<()> {
    let config = SessionConfig {
        proposals: case.proposals(&info.capabilities),
        lacking: case.lacking(&info.capabilities),
        limits: case.limits.clone(),
        settings: case.settings.clone(),
    };
    let text = match std::fs::read_to_string(&case.path) {
        Ok(text) => text,
        Err(error) => return unreadable(1, &format!("cannot be read as text: {error}"), send),
    };
    let session = match engine.session(&config) {
        Ok(session) => session,
        Err(failure) => return cannot_start(failure, send),
    };
    match &case.program {
        Program::Script => script::run(session, &config, &text, send),
        Program::Steps(steps) => steps::run(session, &config, &text, steps, send),
        Program::Wasi(_) | Program::Unusable(_) => {
            unreadable(1, "is no script and no fixture; no worker can run it", send)
        }
    }
}

/// Reports a script that cannot be read, as one directive that failed.
fn unreadable(line: usize, message: &str, send: &mut impl Sink) -> std::io::Result<()> {
    let failure = Failure::new(FailureKind::Malformed, message);
    script_failed(line, failure, send)
}

fn cannot_start(failure: Failure, send: &mut impl Sink) -> std::io::Result<()> {
    script_failed(1, failure, send)
}

fn script_failed(line: usize, failure: Failure, send: &mut impl Sink) -> std::io::Result<()> {
    send(Reply::Script(vec![Directive {
        line,
        kind: DirectiveKind::Script,
    }]))?;
    send(Reply::Ran {
        index: 0,
        wanted: Wanted::Success,
        outcome: Outcome::Failed(failure),
    })
}

/// The binary format of a module in the text format.
fn encode_text(text: &str) -> Result<Vec<u8>, wast::Error> {
    let buffer = ParseBuffer::new(text)?;
    parser::parse::<Wat<'_>>(&buffer)?.encode()
}

/// Compiles and instantiates in one step.
fn load(
    session: &mut dyn Session,
    config: &SessionConfig,
    wasm: &[u8],
) -> Result<(ModuleHandle, InstanceHandle), Failure> {
    let module = compile(session, config, wasm)?;
    Ok((module, session.instantiate(module)?))
}

/// Compiles, and says of a refused module whether it is malformed or invalid.
fn compile(
    session: &mut dyn Session,
    config: &SessionConfig,
    wasm: &[u8],
) -> Result<ModuleHandle, Failure> {
    session.compile(wasm).map_err(|mut failure| {
        if failure.kind == FailureKind::Refused {
            failure.kind = classify::refused(wasm, &config.proposals);
        }
        failure
    })
}
