//! The HTTP in a program's JSON: servers it may call, and the parts of
//! requests.

use std::collections::BTreeMap;

use hyper::header::{HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::discover::json::without_place;
use crate::model::{Answer, Body, Endpoint, HelperServer};

pub(super) type Headers = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawServer {
    name: String,
    #[serde(default)]
    kind: ServerKind,
    endpoints: Option<Vec<RawEndpoint>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ServerKind {
    #[default]
    Listening,
    Closed,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEndpoint {
    method: Option<String>,
    path: Option<String>,
    #[serde(default)]
    mode: Mode,
    response: Option<Value>,
}

#[derive(Default, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    #[default]
    Static,
    EchoBody,
    EchoHeaders,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAnswer {
    status: Option<u16>,
    #[serde(default)]
    headers: Headers,
    body: Option<String>,
    chunks: Option<Vec<String>>,
    #[serde(default)]
    trailers: Headers,
}

pub(super) fn server(raw: RawServer) -> Result<HelperServer, String> {
    let name = raw.name;
    let in_variables = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(in_variables) {
        return Err(format!(
            "the server name {name:?} cannot be part of a variable's: use letters, digits and `_`"
        ));
    }
    let of_server = |message: String| format!("server `{name}`: {message}");
    let endpoints = match (raw.kind, raw.endpoints) {
        (ServerKind::Closed, None) => None,
        (ServerKind::Closed, Some(_)) => {
            return Err(of_server("is closed and can have no endpoints".to_owned()));
        }
        (ServerKind::Listening, raw) => {
            let mut endpoints: Vec<Endpoint> = Vec::new();
            for endpoint in raw.unwrap_or_default() {
                let endpoint = self::endpoint(endpoint).map_err(of_server)?;
                let same = |other: &Endpoint| {
                    other.method == endpoint.method && other.path == endpoint.path
                };
                if endpoints.iter().any(same) {
                    let (method, path) = (&endpoint.method, &endpoint.path);
                    return Err(of_server(format!("has two endpoints for {method} {path}")));
                }
                endpoints.push(endpoint);
            }
            Some(endpoints)
        }
    };
    Ok(HelperServer { name, endpoints })
}

fn endpoint(raw: RawEndpoint) -> Result<Endpoint, String> {
    const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
    let method = raw.method.unwrap_or_else(|| "GET".to_owned());
    let method = method.to_ascii_uppercase();
    if !METHODS.contains(&method.as_str()) {
        let known = METHODS.join(", ");
        return Err(format!("no method `{method}`; expected one of: {known}"));
    }
    let answer = match (raw.mode, raw.response) {
        (Mode::Static, response) => answer(response)?,
        (_, Some(_)) => return Err("an endpoint that echoes takes no `response`".to_owned()),
        (Mode::EchoBody, None) => Answer::EchoBody,
        (Mode::EchoHeaders, None) => Answer::EchoHeaders,
    };
    Ok(Endpoint {
        method,
        path: path_and_query(raw.path)?,
        answer,
    })
}

fn answer(raw: Option<Value>) -> Result<Answer, String> {
    let raw = match raw {
        None => Value::String(String::new()),
        Some(raw) => raw,
    };
    if let Value::String(body) = raw {
        return Ok(Answer::Static {
            status: 200,
            headers: Headers::new(),
            body: Body::Whole(body),
        });
    }
    let raw: RawAnswer = serde_json::from_value(raw)
        .map_err(|error| format!("`response`: {}", without_place(&error.to_string())))?;
    check_headers(&raw.headers)?;
    check_headers(&raw.trailers)?;
    let body = match (raw.body, raw.chunks) {
        (Some(_), Some(_)) => return Err("a response has `body` or `chunks`, not both".to_owned()),
        (None, Some(chunks)) => Body::Chunks {
            chunks,
            trailers: raw.trailers,
        },
        (_, None) if !raw.trailers.is_empty() => {
            return Err("a response with `trailers` needs `chunks`".to_owned());
        }
        (body, None) => Body::Whole(body.unwrap_or_default()),
    };
    Ok(Answer::Static {
        status: status(raw.status)?,
        headers: raw.headers,
        body,
    })
}

pub(super) fn status(status: Option<u16>) -> Result<u16, String> {
    let status = status.unwrap_or(200);
    match StatusCode::from_u16(status) {
        Ok(_) => Ok(status),
        Err(_) => Err(format!("{status} is no HTTP status")),
    }
}

pub(super) fn path_and_query(path: Option<String>) -> Result<String, String> {
    let path = path.unwrap_or_else(|| "/".to_owned());
    let path = if path.starts_with('/') {
        path
    } else {
        format!("/{path}")
    };
    match path.parse::<hyper::http::uri::PathAndQuery>() {
        Ok(_) => Ok(path),
        Err(_) => Err(format!("`{path}` is no path of a URL")),
    }
}

pub(super) fn check_headers(headers: &Headers) -> Result<(), String> {
    for (name, value) in headers {
        if HeaderName::from_bytes(name.as_bytes()).is_err() || HeaderValue::from_str(value).is_err()
        {
            return Err(format!("{name:?}: {value:?} is no HTTP header"));
        }
    }
    Ok(())
}

pub(super) fn check_method(method: &str) -> Result<(), String> {
    match Method::from_bytes(method.as_bytes()) {
        Ok(_) => Ok(()),
        Err(_) => Err(format!("`{method}` is no HTTP method")),
    }
}
