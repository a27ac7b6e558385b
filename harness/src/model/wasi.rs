//! A WASI program as a case: what is done with it and around it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Capability, DirectiveKind, excerpt};

/// The version of WASI a program is built for, as a suite's manifest names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum WasiVersion {
    /// Core modules that import `wasi_snapshot_preview1`.
    #[serde(rename = "wasm32-wasip1")]
    Preview1,
    /// Components of WASI 0.2.
    #[serde(rename = "wasm32-wasip2")]
    Preview2,
    /// Components of WASI 0.3.
    #[serde(rename = "wasm32-wasip3")]
    Preview3,
}

impl WasiVersion {
    /// Every version.
    pub const ALL: [WasiVersion; 3] = [
        WasiVersion::Preview1,
        WasiVersion::Preview2,
        WasiVersion::Preview3,
    ];

    /// The name in manifests.
    pub fn name(self) -> &'static str {
        match self {
            WasiVersion::Preview1 => "wasm32-wasip1",
            WasiVersion::Preview2 => "wasm32-wasip2",
            WasiVersion::Preview3 => "wasm32-wasip3",
        }
    }

    /// What a runtime must be able to do.
    pub fn capability(self) -> Capability {
        match self {
            WasiVersion::Preview1 => Capability::WasiPreview1,
            WasiVersion::Preview2 => Capability::WasiPreview2,
            WasiVersion::Preview3 => Capability::WasiPreview3,
        }
    }
}

/// What a program is to its runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum World {
    /// It runs from its start to its end.
    #[serde(rename = "wasi:cli/command")]
    Command,
    /// It answers HTTP requests until it is stopped.
    #[serde(rename = "wasi:http/service")]
    Service,
}

impl World {
    /// What a runtime must be able to do.
    pub fn capability(self) -> Capability {
        match self {
            World::Command => Capability::WasiCommand,
            World::Service => Capability::WasiService,
        }
    }
}

/// A part of WASI that a program has to be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WasiProposal {
    /// HTTP requests and responses.
    Http,
    /// The network.
    Sockets,
    /// A device that kernels run on: no proposal of WASI's, but granted like one.
    Gpu,
}

impl WasiProposal {
    /// What a runtime must be able to do.
    pub fn capability(self) -> Capability {
        match self {
            WasiProposal::Http => Capability::WasiHttp,
            WasiProposal::Sockets => Capability::WasiSockets,
            WasiProposal::Gpu => Capability::WasiGpu,
        }
    }
}

/// A program and its script of operations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WasiProgram {
    /// The name its manifest gives the suite it is in.
    pub suite: String,
    /// What it is built for.
    pub version: WasiVersion,
    /// What it is.
    pub world: World,
    /// What it is granted.
    pub proposals: BTreeSet<WasiProposal>,
    /// The servers it may call.
    pub servers: Vec<HelperServer>,
    /// What is done, in order.
    pub operations: Vec<Operation>,
}

impl WasiProgram {
    /// What a runtime must be able to do.
    pub fn requires(&self) -> BTreeSet<Capability> {
        let of_proposals = self.proposals.iter().map(|proposal| proposal.capability());
        let mut requires: BTreeSet<_> = of_proposals.collect();
        requires.insert(self.version.capability());
        requires.insert(self.world.capability());
        requires
    }
}

/// One step of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Start the program.
    Run(Start),
    /// Wait for its end.
    Wait {
        /// The exit code it must have.
        exit_code: i32,
    },
    /// Read as much as `payload` from one of its outputs.
    Read {
        /// Which output.
        stream: Stream,
        /// What must come.
        payload: String,
    },
    /// Write to its standard input.
    Write {
        /// What is written.
        payload: String,
    },
    /// Connect to the address it prints to its standard output.
    Connect {
        /// The name of the connection.
        id: String,
    },
    /// Write to a connection.
    Send {
        /// Its name.
        id: String,
        /// What is written.
        payload: String,
    },
    /// Read as much as `payload` from a connection.
    Recv {
        /// Its name.
        id: String,
        /// What must come.
        payload: String,
    },
    /// Make an HTTP request to the address its runtime prints to standard error.
    Request(HttpRequest),
    /// Send it a signal.
    Kill {
        /// The signal's name, as `SIGTERM`.
        signal: String,
    },
}

impl Operation {
    /// The kind, for reports.
    pub fn kind(&self) -> DirectiveKind {
        match self {
            Operation::Run(_) => DirectiveKind::Run,
            Operation::Wait { .. } => DirectiveKind::WaitExit,
            Operation::Read { .. } => DirectiveKind::Read,
            Operation::Write { .. } => DirectiveKind::Write,
            Operation::Connect { .. } => DirectiveKind::Connect,
            Operation::Send { .. } => DirectiveKind::Send,
            Operation::Recv { .. } => DirectiveKind::Recv,
            Operation::Request(_) => DirectiveKind::Request,
            Operation::Kill { .. } => DirectiveKind::Kill,
        }
    }
}

/// How a program is started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Its arguments, without its name.
    pub args: Vec<String>,
    /// Its whole environment, but for the addresses of servers.
    pub env: BTreeMap<String, String>,
    /// The folder beside it that it sees, in a private copy, as `/`.
    pub root: Option<String>,
}

/// An output of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        })
    }
}

/// A request the harness makes, and what must be answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Headers, by name.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
    /// The answer.
    pub response: HttpResponse,
}

/// An answer: what it must be, or what it was. What it must be names only some
/// of the headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Headers, by name in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl HttpResponse {
    /// The first thing in which it is not what is wanted: the two, in words.
    pub fn difference(&self, wanted: &HttpResponse) -> Option<(String, String)> {
        if wanted.status != self.status {
            let body = match self.body.as_str() {
                "" => String::new(),
                body => format!(" with the body {}", excerpt(body)),
            };
            return Some((
                format!("status {}", wanted.status),
                format!("status {}{body}", self.status),
            ));
        }
        for (name, value) in &wanted.headers {
            let name = name.to_ascii_lowercase();
            let found = self.headers.get(&name);
            if found != Some(value) {
                return Some((
                    format!("the header {name}: {}", excerpt(value)),
                    found.map_or("an answer without it".to_owned(), |found| excerpt(found)),
                ));
            }
        }
        let differs = wanted.body != self.body;
        differs.then(|| {
            let body = format!("the body {}", excerpt(&wanted.body));
            (body, excerpt(&self.body))
        })
    }
}

/// A server the harness stands up for a program to call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelperServer {
    /// Its name; the program finds its address in `HTTP_SERVER_<NAME>`.
    pub name: String,
    /// What it answers; `None` for an address nobody listens on.
    pub endpoints: Option<Vec<Endpoint>>,
}

impl HelperServer {
    /// The variable its address is in.
    pub fn variable(&self) -> String {
        format!("HTTP_SERVER_{}", self.name.to_ascii_uppercase())
    }
}

/// What a server does with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The method it is for.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// What it does.
    pub answer: Answer,
}

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The body of the request.
    EchoBody,
    /// The headers and trailers of the request, as headers.
    EchoHeaders,
    /// This.
    Static {
        /// The status code.
        status: u16,
        /// Headers, by name.
        headers: BTreeMap<String, String>,
        /// The body.
        body: Body,
    },
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// In one piece, its length known.
    Whole(String),
    /// In pieces, then trailers.
    Chunks {
        /// The pieces.
        chunks: Vec<String>,
        /// Trailers, by name.
        trailers: BTreeMap<String, String>,
    },
}
