//! One case: its operations, one after another, each with a deadline.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::client::{self, Connection};
use super::command_line::{self, Call};
use super::process::{MOST_OUTPUT, Process};
use super::root::Place;
use super::server::Servers;
use super::{RuntimeConfig, Stopped};
use crate::execute::memory::{MEMORY_CHECK, MemoryWatch};
use crate::model::{
    Directive, DirectiveKind, End, ExitStatus, Failure, FailureKind, Observation, Operation,
    Outcome, Start, Stream, Transcript, Wanted, WasiProgram, quote,
};

/// How long a connection of a program that ended may take to say so.
const LAST_BYTES: Duration = Duration::from_secs(1);

/// A case while it runs.
pub(super) struct Session<'a> {
    config: &'a RuntimeConfig,
    limit: Duration,
    program: &'a WasiProgram,
    file: &'a Path,
    place: Option<Place>,
    servers: Option<Servers>,
    process: Option<Process>,
    connections: BTreeMap<String, Connection>,
    /// Where the program serves, once it has said so.
    serves: Option<SocketAddr>,
    command: String,
    /// What the operation is at, to say so when its time is up.
    doing: String,
    observations: Vec<Observation>,
}

/// Why something did not come out.
type Failed<T> = Result<T, Failure>;

fn failure(message: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Other, message)
}

impl<'a> Session<'a> {
    pub(super) fn new(
        config: &'a RuntimeConfig,
        limit: Duration,
        program: &'a WasiProgram,
        file: &'a Path,
    ) -> Session<'a> {
        Session {
            config,
            limit,
            program,
            file,
            place: None,
            servers: None,
            process: None,
            connections: BTreeMap::new(),
            serves: None,
            command: String::new(),
            doing: String::new(),
            observations: Vec::new(),
        }
    }

    /// Runs the operations and returns what was observed, the end included.
    pub(super) async fn run(mut self, stop: watch::Receiver<bool>) -> Vec<Observation> {
        let started = Instant::now();
        let mut done = 0;
        let end = loop {
            let Some(operation) = self.program.operations.get(done) else {
                self.servers_called();
                break End::Completed;
            };
            let Ok((wanted, outcome)) = self.operation(operation, stop.clone()).await else {
                break End::Interrupted;
            };
            done += 1;
            let met = is_met(&wanted, &outcome);
            let outcome = if met {
                outcome
            } else {
                self.explained(operation, outcome).await
            };
            self.ran(operation.kind(), wanted, outcome);
            if !met {
                break End::Stopped;
            }
            if matches!(operation, Operation::Wait { .. }) {
                self.nothing_more().await;
            }
        };
        self.clean_up().await;
        self.observations.push(Observation::Ended {
            end,
            not_run: self.program.operations.len() - done,
            micros: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
        });
        self.observations
    }

    fn ran(&mut self, kind: DirectiveKind, wanted: Wanted, outcome: Outcome) {
        self.observations.push(Observation::Ran {
            directive: Directive { line: 0, kind },
            wanted,
            outcome,
        });
    }

    /// Does one operation, within its deadline and the program's memory.
    async fn operation(
        &mut self,
        operation: &Operation,
        stop: watch::Receiver<bool>,
    ) -> Result<(Wanted, Outcome), Stopped> {
        let wanted = wanted(operation);
        let pid = self.process.as_ref().and_then(Process::pid);
        let memory_limit = self.config.memory_limit;
        let limit = self.limit;
        let performed = tokio::select! {
            performed = timeout(limit, self.perform(operation)) => Some(performed),
            reason = memory_exceeded(pid, memory_limit) => {
                Some(Ok(Err(Failure::new(FailureKind::Crashed, reason))))
            }
            () = super::stopped(stop) => None,
        };
        let outcome = match performed {
            None => return Err(Stopped),
            Some(Ok(Ok(outcome))) => outcome,
            Some(Ok(Err(failure))) => Outcome::Failed(failure),
            Some(Err(_)) => Outcome::Failed(Failure::new(
                FailureKind::TimedOut,
                format!("{} took more than {} ms", self.doing, limit.as_millis()),
            )),
        };
        let too_much = |process: &Process| {
            let outputs = [
                (Stream::Stdout, &process.stdout),
                (Stream::Stderr, &process.stderr),
            ];
            let full = outputs.into_iter().find(|(_, output)| output.is_too_much());
            full.map(|(stream, _)| format!("more than {} MiB on {stream}", MOST_OUTPUT >> 20))
        };
        if let Some(message) = self.process.as_ref().and_then(too_much) {
            let failure = Failure::new(FailureKind::Limit, message);
            return Ok((wanted, Outcome::Failed(failure)));
        }
        Ok((wanted, outcome))
    }

    async fn perform(&mut self, operation: &Operation) -> Failed<Outcome> {
        match operation {
            Operation::Run(start) => self.start(start).await,
            Operation::Wait { .. } => {
                self.doing = "the rest of the program".to_owned();
                let status = self.process()?.wait().await;
                let status = status.map_err(|error| failure(error.to_string()))?;
                Ok(Outcome::Exited(status))
            }
            Operation::Read { stream, payload } => {
                let wanted = payload.len();
                self.doing = format!("reading {wanted} bytes from {stream}");
                let output = self.output(*stream)?;
                output.compared = true;
                let came = output.take(payload.as_bytes()).await;
                Ok(Outcome::Text(client::text(&came)))
            }
            Operation::Write { payload } => {
                self.doing = "writing to a program that does not read".to_owned();
                let stdin = self.process()?.stdin.as_mut();
                let stdin = stdin.ok_or_else(|| failure("its stdin is closed"))?;
                let written = async {
                    stdin.write_all(payload.as_bytes()).await?;
                    stdin.flush().await
                };
                let written = written.await;
                written.map_err(|error| failure(format!("it no longer reads: {error}")))?;
                Ok(Outcome::Done)
            }
            Operation::Connect { id } => self.connect(id).await,
            Operation::Send { id, payload } => {
                self.doing = "writing to a program that does not read".to_owned();
                let stream = &mut self.connection(id)?.stream;
                let sent = stream.write_all(payload.as_bytes()).await;
                sent.map_err(|error| failure(format!("it no longer reads: {error}")))?;
                Ok(Outcome::Done)
            }
            Operation::Recv { id, payload } => {
                let wanted = payload.len();
                self.doing = format!("reading {wanted} bytes from the connection `{id}`");
                let connection = self.connection(id)?;
                connection.compared = true;
                connection.receive(payload.as_bytes()).await;
                Ok(Outcome::Text(client::text(&connection.received)))
            }
            Operation::Request(request) => {
                let server = self.server().await?;
                self.doing = format!("an answer from {server}");
                let response = client::request(server, request).await.map_err(failure)?;
                Ok(Outcome::Responded(response))
            }
            Operation::Kill { signal } => {
                self.doing = "sending a signal".to_owned();
                self.process()?.signal(signal).map_err(failure)?;
                Ok(Outcome::Done)
            }
        }
    }

    async fn start(&mut self, start: &Start) -> Failed<Outcome> {
        self.doing = "starting the program".to_owned();
        let io = |what: &str| {
            let what = what.to_owned();
            move |error: std::io::Error| failure(format!("{what}: {error}"))
        };
        if self.place.is_none() {
            self.place = Some(Place::new().map_err(io("cannot make a temporary folder"))?);
        }
        if self.servers.is_none() {
            let servers = Servers::start(&self.program.servers).await;
            self.servers = Some(servers.map_err(io("cannot start the servers"))?);
        }
        let (Some(place), Some(servers)) = (&mut self.place, &self.servers) else {
            return Err(failure("nowhere to run"));
        };
        let beside = |root: &String| self.file.parent().unwrap_or(Path::new(".")).join(root);
        let root = start
            .root
            .as_ref()
            .map(|root| place.copy(&beside(root)))
            .transpose()
            .map_err(io("cannot copy the root"))?;
        let mut env = start.env.clone();
        env.extend(servers.variables().clone());
        let runtime = &self.config.runtime;
        let call = Call {
            program: self.program,
            start,
            env: &env,
            root: root.as_deref(),
            file: self.file,
            settings: &self.config.settings,
            code_cache: runtime.code_cache.as_deref(),
        };
        let words = command_line::words(&runtime.line, &call).ok_or_else(|| {
            Failure::unsupported("the runtime has no command line for this world")
        })?;
        let name = runtime.program.display().to_string();
        let all = std::iter::once(&name).chain(&words);
        self.command = all.map(|word| quote(word)).collect::<Vec<_>>().join(" ");
        let process = Process::start(runtime, &words, &place.working_folder());
        self.process = Some(process.map_err(io(&format!("cannot start {name}")))?);
        self.serves = None;
        Ok(Outcome::Done)
    }

    async fn connect(&mut self, id: &str) -> Failed<Outcome> {
        self.doing = "waiting for an address on stdout".to_owned();
        let line = self.process()?.stdout.line().await;
        let line = line.ok_or_else(|| {
            Failure::new(FailureKind::Missing, "its stdout ended and no address came")
        })?;
        let address = client::address(&line).map_err(failure)?;
        self.doing = format!("connecting to {address}");
        let stream = TcpStream::connect(address).await;
        let stream =
            stream.map_err(|error| failure(format!("cannot connect to {address}: {error}")))?;
        let connection = Connection {
            stream,
            received: Vec::new(),
            compared: false,
        };
        self.connections.insert(id.to_owned(), connection);
        Ok(Outcome::Done)
    }

    /// Where the program serves: what its runtime says first of a URL.
    async fn server(&mut self) -> Failed<SocketAddr> {
        if let Some(server) = self.serves {
            return Ok(server);
        }
        self.doing = "waiting for an http:// address on stderr".to_owned();
        loop {
            let line = self.process()?.stderr.line().await;
            let line = line.ok_or_else(|| {
                let message = "its stderr ended and no http:// address came";
                Failure::new(FailureKind::Missing, message)
            })?;
            if let Some(server) = client::server_in(&line) {
                let server = server.map_err(failure)?;
                self.serves = Some(server);
                return Ok(server);
            }
        }
    }

    fn process(&mut self) -> Failed<&mut Process> {
        // The order of operations was checked; this is for callers of a
        // library who make their own.
        let process = self.process.as_mut();
        process.ok_or_else(|| Failure::new(FailureKind::Missing, "no program runs"))
    }

    fn output(&mut self, stream: Stream) -> Failed<&mut super::process::Output> {
        let process = self.process()?;
        Ok(match stream {
            Stream::Stdout => &mut process.stdout,
            Stream::Stderr => &mut process.stderr,
        })
    }

    fn connection(&mut self, id: &str) -> Failed<&mut Connection> {
        let connection = self.connections.get_mut(id);
        connection
            .ok_or_else(|| Failure::new(FailureKind::Missing, format!("no connection `{id}`")))
    }

    /// An outcome that is not what was wanted, with what is known of it by
    /// now: how much came before the time was up, or that the program crashed.
    async fn explained(&mut self, operation: &Operation, outcome: Outcome) -> Outcome {
        if let (Operation::Read { stream, .. }, Outcome::Failed(failure)) = (operation, &outcome)
            && let Ok(output) = self.output(*stream)
        {
            let message = format!("{}; {} came", failure.message, output.untaken());
            return Outcome::Failed(Failure::new(failure.kind, message));
        }
        let Some(process) = &mut self.process else {
            return outcome;
        };
        match (process.settle().await, &outcome) {
            (_, Outcome::Exited(_)) => outcome,
            (Some(ExitStatus::Signal { name, sent: false }), _) => {
                let message = format!("the program was ended by {name}");
                Outcome::Failed(Failure::new(FailureKind::Crashed, message))
            }
            _ => outcome,
        }
    }

    /// After the end of a program: what was compared was all there was.
    async fn nothing_more(&mut self) {
        let mut rests = Vec::new();
        if let Some(process) = &self.process {
            for (stream, output) in [
                (Stream::Stdout, &process.stdout),
                (Stream::Stderr, &process.stderr),
            ] {
                if output.compared {
                    rests.push((stream.to_string(), output.rest()));
                }
            }
        }
        for (id, mut connection) in std::mem::take(&mut self.connections) {
            if connection.compared {
                let rest = connection.rest(LAST_BYTES).await;
                rests.push((format!("the connection `{id}`"), rest));
            }
        }
        for (from, rest) in rests {
            let text = client::text(&rest);
            let nothing = Wanted::Output {
                from,
                text: String::new(),
            };
            self.ran(DirectiveKind::Rest, nothing, Outcome::Text(text));
        }
    }

    fn servers_called(&mut self) {
        let Some(servers) = &self.servers else { return };
        let called: Vec<_> = servers
            .connections()
            .map(|(name, count)| (name.to_owned(), count))
            .collect();
        for (name, count) in called {
            let outcome = Outcome::Connections(count);
            self.ran(DirectiveKind::Server, Wanted::Called(name), outcome);
        }
    }

    /// Ends what still runs, and removes what is left.
    async fn clean_up(&mut self) {
        let mut transcript = Transcript {
            command: std::mem::take(&mut self.command),
            ..Transcript::default()
        };
        if let Some(mut process) = self.process.take() {
            transcript.status = process.settle().await;
            process.end().await;
            transcript.stdout = process.stdout.excerpt();
            transcript.stderr = process.stderr.excerpt();
        }
        self.connections.clear();
        self.servers = None;
        if let Some(Err(error)) = self.place.take().map(Place::remove) {
            let outcome =
                Outcome::Failed(failure(format!("its folder cannot be removed: {error}")));
            self.ran(DirectiveKind::Configuration, Wanted::Success, outcome);
        }
        self.observations.push(Observation::Transcript(transcript));
    }
}

fn wanted(operation: &Operation) -> Wanted {
    match operation {
        Operation::Wait { exit_code } => Wanted::Exit(*exit_code),
        Operation::Read { stream, payload } => Wanted::Output {
            from: stream.to_string(),
            text: payload.clone(),
        },
        Operation::Recv { id, payload } => Wanted::Output {
            from: format!("the connection `{id}`"),
            text: payload.clone(),
        },
        Operation::Request(request) => Wanted::Response(request.response.clone()),
        Operation::Run(_)
        | Operation::Write { .. }
        | Operation::Connect { .. }
        | Operation::Send { .. }
        | Operation::Kill { .. } => Wanted::Success,
    }
}

/// Whether to go on. The verdict is the judge's, from the same two values.
fn is_met(wanted: &Wanted, outcome: &Outcome) -> bool {
    match (wanted, outcome) {
        (Wanted::Success, Outcome::Done) => true,
        (Wanted::Output { text, .. }, Outcome::Text(came)) => text == came,
        (Wanted::Exit(code), Outcome::Exited(status)) => *status == ExitStatus::Code(*code),
        (Wanted::Response(wanted), Outcome::Responded(came)) => came.difference(wanted).is_none(),
        _ => false,
    }
}

/// Ends when the process has more memory resident than it may.
async fn memory_exceeded(pid: Option<u32>, limit: u64) -> String {
    let watch = pid.map(|pid| MemoryWatch::new(pid, limit));
    let Some(Ok(mut watch)) = watch else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(MEMORY_CHECK).await;
        if let Some(reason) = watch.exceeded() {
            return reason;
        }
    }
}
