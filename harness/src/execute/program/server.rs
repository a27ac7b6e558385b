//! The HTTP servers a program may call, and addresses nobody listens on.

mod trailers;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Frame, Incoming};
use hyper::header::{HeaderMap, HeaderName, HeaderValue, TRAILER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinSet;
use trailers::TakesTrailers;

use crate::model::{Answer, Body, Endpoint, HelperServer};

/// The most bytes of a request's body.
const LARGEST_BODY: usize = 16 << 20;

type Answered = Response<BoxBody<Bytes, Infallible>>;

/// The servers of a case, running until they are dropped.
#[derive(Default)]
pub(super) struct Servers {
    tasks: JoinSet<()>,
    /// Of those that listen: the name, and connections so far.
    counts: Vec<(String, Arc<AtomicU64>)>,
    /// Sockets that hold an address without listening on it.
    closed: Vec<TcpSocket>,
    variables: BTreeMap<String, String>,
}

impl Servers {
    /// Starts the servers, each on a port of its own.
    pub(super) async fn start(servers: &[HelperServer]) -> io::Result<Servers> {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut running = Servers::default();
        for server in servers {
            let address = match &server.endpoints {
                Some(endpoints) => {
                    let listener = TcpListener::bind(any_port).await?;
                    let address = listener.local_addr()?;
                    let count = Arc::new(AtomicU64::new(0));
                    running
                        .counts
                        .push((server.name.clone(), Arc::clone(&count)));
                    let endpoints = endpoints.clone().into();
                    running.tasks.spawn(serve(listener, endpoints, count));
                    address
                }
                None => {
                    let socket = TcpSocket::new_v4()?;
                    socket.bind(any_port)?;
                    let address = socket.local_addr()?;
                    running.closed.push(socket);
                    address
                }
            };
            running
                .variables
                .insert(server.variable(), address.to_string());
        }
        Ok(running)
    }

    /// The variables that hold the addresses.
    pub(super) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// How many connections each listening server had.
    pub(super) fn connections(&self) -> impl Iterator<Item = (&str, u64)> {
        self.counts
            .iter()
            .map(|(name, count)| (name.as_str(), count.load(Ordering::Relaxed)))
    }
}

async fn serve(listener: TcpListener, endpoints: Arc<[Endpoint]>, count: Arc<AtomicU64>) {
    // The tasks end with the set, and the set with the case.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        count.fetch_add(1, Ordering::Relaxed);
        let endpoints = Arc::clone(&endpoints);
        connections.spawn(async move {
            let service = service_fn(move |request| {
                let endpoints = Arc::clone(&endpoints);
                async move { Ok::<_, Infallible>(answer(request, &endpoints).await) }
            });
            // One request a connection, as the suite's own runner does; a
            // connection that breaks is the program's business.
            let _ = http1::Builder::new()
                .keep_alive(false)
                .serve_connection(TokioIo::new(TakesTrailers::new(stream)), service)
                .await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(request: Request<Incoming>, endpoints: &[Endpoint]) -> Answered {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else {
        return plain(StatusCode::BAD_REQUEST, Bytes::new());
    };
    let called =
        |endpoint: &&Endpoint| endpoint.method == head.method.as_str() && endpoint.path == path;
    match endpoints
        .iter()
        .find(called)
        .map(|endpoint| &endpoint.answer)
    {
        None => plain(StatusCode::NOT_FOUND, Bytes::new()),
        Some(Answer::EchoBody) => plain(StatusCode::OK, body.to_bytes()),
        Some(Answer::EchoHeaders) => {
            let mut answered = plain(StatusCode::OK, Bytes::new());
            let headers = answered.headers_mut();
            append(headers, "x-request-method", head.method.as_str());
            append(headers, "x-request-path", path);
            for (name, value) in trailers::sent(&head.headers) {
                append_value(headers, &format!("x-echo-{name}"), value.clone());
            }
            for (name, value) in body.trailers().into_iter().flatten() {
                append_value(headers, &format!("x-trailer-{name}"), value.clone());
            }
            answered
        }
        Some(Answer::Static {
            status,
            headers,
            body,
        }) => fixed(*status, headers, body),
    }
}

fn fixed(status: u16, headers: &BTreeMap<String, String>, body: &Body) -> Answered {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answered = match body {
        Body::Whole(text) => plain(status, Bytes::from(text.clone())),
        Body::Chunks { chunks, trailers } => chunked(status, chunks, trailers),
    };
    for (name, value) in headers {
        append(answered.headers_mut(), name, value);
    }
    answered
}

fn plain(status: StatusCode, body: Bytes) -> Answered {
    let mut answered = Response::new(Full::new(body).boxed());
    *answered.status_mut() = status;
    answered
}

fn chunked(status: StatusCode, chunks: &[String], trailers: &BTreeMap<String, String>) -> Answered {
    let mut fields = HeaderMap::new();
    for (name, value) in trailers {
        append(&mut fields, name, value);
    }
    let names: Vec<_> = trailers.keys().map(String::as_str).collect();
    let mut frames: Vec<Frame<Bytes>> = chunks
        .iter()
        // An empty chunk is the end of a chunked body.
        .filter(|chunk| !chunk.is_empty())
        .map(|chunk| Frame::data(Bytes::from(chunk.clone())))
        .collect();
    if !fields.is_empty() {
        frames.push(Frame::trailers(fields));
    }
    let mut answered = Response::new(Frames(frames.into_iter()).boxed());
    *answered.status_mut() = status;
    if !names.is_empty()
        && let Ok(names) = HeaderValue::from_str(&names.join(", "))
    {
        answered.headers_mut().insert(TRAILER, names);
    }
    answered
}

/// Adds a header whose name and value were checked when they were read.
fn append(headers: &mut HeaderMap, name: &str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        append_value(headers, name, value);
    }
}

fn append_value(headers: &mut HeaderMap, name: &str, value: HeaderValue) {
    if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
        headers.append(name, value);
    }
}

/// Frames that are all here already.
struct Frames(std::vec::IntoIter<Frame<Bytes>>);

impl hyper::body::Body for Frames {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.next().map(Ok))
    }
}
