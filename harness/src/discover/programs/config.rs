//! Reads `x.json`: what is done with the program beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::http::{
    Headers, RawServer, check_headers, check_method, path_and_query, server, status,
};
use super::{Folder, order};
use crate::discover::json::parse;
use crate::model::{
    HelperServer, HttpRequest, HttpResponse, InputError, Operation, Start, Stream, WasiProgram,
    WasiProposal, World,
};

/// The keys of either style; a file has those of one.
const PLAIN: [&str; 6] = ["args", "env", "root", "exit_code", "stdout", "stderr"];
const SCRIPTED: [&str; 4] = ["operations", "proposals", "world", "servers"];

/// The most operations, and the most servers, one program may have.
const MOST_OPERATIONS: usize = 1_000;
const MOST_SERVERS: usize = 64;

/// The plain style: run it and compare.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Plain {
    args: Vec<String>,
    env: BTreeMap<String, String>,
    root: Option<String>,
    exit_code: i64,
    stdout: Option<String>,
    stderr: Option<String>,
}

/// The style with operations.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scripted {
    operations: Vec<RawOperation>,
    #[serde(default)]
    proposals: BTreeSet<WasiProposal>,
    world: Option<World>,
    #[serde(default)]
    servers: Vec<RawServer>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
enum RawOperation {
    Run {
        #[serde(default)]
        args: Vec<String>,
        #[serde(default)]
        env: BTreeMap<String, String>,
        root: Option<String>,
    },
    Wait {
        #[serde(default)]
        exit_code: i64,
    },
    Read {
        id: Option<Stream>,
        #[serde(default)]
        payload: String,
    },
    Write {
        id: Option<String>,
        #[serde(default)]
        payload: String,
    },
    Connect {
        id: Option<String>,
        protocol_type: Option<String>,
    },
    Send {
        id: String,
        #[serde(default)]
        payload: String,
    },
    Recv {
        id: String,
        #[serde(default)]
        payload: String,
    },
    Request {
        method: Option<String>,
        path: Option<String>,
        #[serde(default)]
        headers: Headers,
        #[serde(default)]
        body: String,
        #[serde(default)]
        response: RawResponse,
    },
    Kill {
        signal: Option<String>,
    },
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawResponse {
    status: Option<u16>,
    headers: Headers,
    body: String,
}

/// What is done with a program that says nothing.
pub(super) fn default(folder: &Folder) -> WasiProgram {
    plain(Plain::default(), folder).unwrap_or_else(|_| unreachable!("the default is possible"))
}

/// What the file `path` with this `text` says.
pub(super) fn read(path: &Path, text: &str, folder: &Folder) -> Result<WasiProgram, InputError> {
    let wrong = |message: String| InputError::file(path, message);
    let keys: Map<String, Value> = parse(path, text)?;
    let first_of = |keys_of: &[&'static str]| {
        let mut found = keys_of.iter().filter(|key| keys.contains_key(**key));
        found.next().copied()
    };
    let program = match (first_of(&PLAIN), first_of(&SCRIPTED)) {
        (Some(plain), Some(scripted)) => {
            return Err(wrong(format!(
                "mixes two styles: `{plain}` goes with neither `operations` nor `{scripted}`"
            )));
        }
        (None, Some(key)) => {
            let empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
            if keys.get("operations").is_none_or(empty) {
                return Err(wrong(format!(
                    "has `{key}` and no operation: nothing would run; write \
                     \"operations\": [{{\"type\": \"run\"}}, {{\"type\": \"wait\"}}]"
                )));
            }
            scripted(parse(path, text)?, folder).map_err(wrong)?
        }
        (_, None) => plain(parse(path, text)?, folder).map_err(wrong)?,
    };
    order::check(&program.operations).map_err(wrong)?;
    roots(path, &program.operations).map_err(wrong)?;
    Ok(program)
}

fn plain(plain: Plain, folder: &Folder) -> Result<WasiProgram, String> {
    let mut operations = vec![Operation::Run(start(plain.args, plain.env, plain.root)?)];
    let compared = [
        (Stream::Stdout, plain.stdout),
        (Stream::Stderr, plain.stderr),
    ];
    for (stream, payload) in compared {
        operations.extend(payload.map(|payload| Operation::Read { stream, payload }));
    }
    operations.push(Operation::Wait {
        exit_code: exit_code(plain.exit_code)?,
    });
    Ok(WasiProgram {
        suite: folder.name.clone(),
        version: folder.version,
        world: World::Command,
        proposals: BTreeSet::new(),
        servers: Vec::new(),
        operations,
    })
}

fn scripted(scripted: Scripted, folder: &Folder) -> Result<WasiProgram, String> {
    if scripted.operations.len() > MOST_OPERATIONS {
        return Err(format!("has more than {MOST_OPERATIONS} operations"));
    }
    if scripted.servers.len() > MOST_SERVERS {
        return Err(format!("has more than {MOST_SERVERS} servers"));
    }
    let operations = scripted.operations.into_iter().enumerate();
    let operations: Result<Vec<_>, String> = operations
        .map(|(index, raw)| {
            operation(raw).map_err(|message| format!("operation {}: {message}", index + 1))
        })
        .collect();
    let mut servers: Vec<HelperServer> = Vec::new();
    for raw in scripted.servers {
        let server = server(raw)?;
        let variable = server.variable();
        if servers.iter().any(|other| other.variable() == variable) {
            return Err(format!("two servers share the variable `{variable}`"));
        }
        servers.push(server);
    }
    Ok(WasiProgram {
        suite: folder.name.clone(),
        version: folder.version,
        world: scripted.world.unwrap_or(World::Command),
        proposals: scripted.proposals,
        servers,
        operations: operations?,
    })
}

fn operation(raw: RawOperation) -> Result<Operation, String> {
    Ok(match raw {
        RawOperation::Run { args, env, root } => Operation::Run(start(args, env, root)?),
        RawOperation::Wait { exit_code: code } => Operation::Wait {
            exit_code: exit_code(code)?,
        },
        RawOperation::Read { id, payload } => Operation::Read {
            stream: id.unwrap_or(Stream::Stdout),
            payload,
        },
        RawOperation::Write { id, payload } => match id.as_deref() {
            None | Some("stdin") => Operation::Write { payload },
            Some(id) => return Err(format!("writes to `{id}`; only `stdin` can be written to")),
        },
        RawOperation::Connect { id, protocol_type } => match protocol_type.as_deref() {
            None | Some("tcp") => Operation::Connect {
                id: id.unwrap_or_else(|| "server".to_owned()),
            },
            Some(other) => {
                return Err(format!("connects by `{other}`; only `tcp` is supported"));
            }
        },
        RawOperation::Send { id, payload } => Operation::Send { id, payload },
        RawOperation::Recv { id, payload } => Operation::Recv { id, payload },
        RawOperation::Request {
            method,
            path,
            headers,
            body,
            response,
        } => {
            let method = method.unwrap_or_else(|| "GET".to_owned());
            check_method(&method)?;
            check_headers(&headers)?;
            Operation::Request(HttpRequest {
                method,
                path: path_and_query(path)?,
                headers,
                body,
                response: HttpResponse {
                    status: status(response.status)?,
                    headers: response.headers,
                    body: response.body,
                },
            })
        }
        RawOperation::Kill { signal } => Operation::Kill {
            signal: known_signal(signal.unwrap_or_else(|| "SIGTERM".to_owned()))?,
        },
    })
}

fn start(
    args: Vec<String>,
    env: BTreeMap<String, String>,
    root: Option<String>,
) -> Result<Start, String> {
    if args.iter().any(|arg| arg.contains('\0')) {
        return Err("an argument contains a NUL, which none can".to_owned());
    }
    for (name, value) in &env {
        if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
            return Err(format!("{name:?} cannot be a variable of an environment"));
        }
    }
    Ok(Start { args, env, root })
}

/// A root lies in the folder of its JSON.
fn roots(config: &Path, operations: &[Operation]) -> Result<(), String> {
    let folder = config.parent().unwrap_or(Path::new("."));
    for operation in operations {
        let Operation::Run(Start {
            root: Some(root), ..
        }) = operation
        else {
            continue;
        };
        let real = |path: &Path| {
            path.canonicalize()
                .map_err(|error| format!("the root `{root}` cannot be read: {error}"))
        };
        let inside = Path::new(root)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        if root.is_empty() || !inside || !real(&folder.join(root))?.starts_with(real(folder)?) {
            return Err(format!(
                "the root `{root}` is not below the folder of the program; nothing else is shown to one"
            ));
        }
        if !folder.join(root).is_dir() {
            return Err(format!("the root `{root}` is no folder"));
        }
    }
    Ok(())
}

fn exit_code(code: i64) -> Result<i32, String> {
    match i32::try_from(code) {
        Ok(code @ 0..=255) => Ok(code),
        _ => Err(format!(
            "no program ends with exit code {code}; it is 0 to 255"
        )),
    }
}

fn known_signal(name: String) -> Result<String, String> {
    #[cfg(unix)]
    let known = name.parse::<nix::sys::signal::Signal>().is_ok();
    #[cfg(not(unix))]
    let known = ["SIGINT", "SIGTERM", "SIGKILL"].contains(&name.as_str());
    if known {
        Ok(name)
    } else {
        Err(format!("there is no signal `{name}`"))
    }
}
