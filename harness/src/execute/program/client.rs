//! What the harness says to a program: requests over HTTP, bytes over TCP.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{ACCEPT, CONTENT_LENGTH, HOST, USER_AGENT};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::model::{HttpRequest, HttpResponse};

/// The most bytes of an answer's body.
const LARGEST_BODY: usize = 16 << 20;

/// The address in the first `http://…` of a line.
pub(super) fn server_in(line: &str) -> Option<Result<SocketAddr, String>> {
    let start = line.find("http://")?;
    let url = line[start..].split_whitespace().next().unwrap_or_default();
    let uri: Option<Uri> = url.parse().ok();
    let authority = uri.as_ref().and_then(Uri::authority);
    let Some(authority) = authority else {
        return Some(Err(format!("`{url}` is no URL of a server")));
    };
    let port = authority.port_u16().unwrap_or(80);
    Some(address(&format!("{}:{port}", authority.host())))
}

/// Reads `host:port`. Only this machine is connected to, whatever a program
/// prints.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let refuse = || format!("`{text}` is no `host:port`");
    let (host, port) = text.rsplit_once(':').ok_or_else(refuse)?;
    let port: u16 = port.parse().map_err(|_| refuse())?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let ip = match host {
        "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        host => host.parse().map_err(|_| refuse())?,
    };
    let ip = match ip {
        // Every address of this machine, this one among them.
        IpAddr::V4(any) if any.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(any) if any.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    if !ip.is_loopback() {
        return Err(format!(
            "`{text}` is not on this machine, and no other is connected to"
        ));
    }
    Ok(SocketAddr::new(ip, port))
}

/// Makes a request on a connection of its own. Redirections are not followed.
pub(super) async fn request(
    server: SocketAddr,
    wanted: &HttpRequest,
) -> Result<HttpResponse, String> {
    let stream = TcpStream::connect(server)
        .await
        .map_err(|error| format!("cannot connect to {server}: {error}"))?;
    let broken = |error: &dyn std::error::Error| {
        let cause = error.source().map(|cause| format!(": {cause}"));
        format!(
            "no answer from {server}: {error}{}",
            cause.unwrap_or_default()
        )
    };
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error))?;
    let connection = Abort(tokio::spawn(async move {
        // What breaks it, the request says too.
        let _ = connection.await;
    }));
    let has_body = !wanted.body.is_empty();
    let mut request = Request::builder()
        .method(wanted.method.as_str())
        .uri(wanted.path.as_str())
        .header(HOST, server.to_string())
        .header(ACCEPT, "*/*")
        .header(USER_AGENT, "conformance");
    if has_body || ["POST", "PUT", "PATCH"].contains(&wanted.method.as_str()) {
        request = request.header(CONTENT_LENGTH, wanted.body.len());
    }
    for (name, value) in &wanted.headers {
        if let Some(headers) = request.headers_mut() {
            headers.remove(name.as_str());
        }
        request = request.header(name, value);
    }
    let request = request
        .body(Full::new(Bytes::from(wanted.body.clone())))
        .map_err(|error| format!("an impossible request: {error}"))?;
    let answer = sender
        .send_request(request)
        .await
        .map_err(|error| broken(&error))?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, LARGEST_BODY)
        .collect()
        .await
        .map_err(|error| format!("the answer of {server} has a body that breaks off: {error}"))?
        .to_bytes();
    drop(connection);
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in &head.headers {
        let value = text(value.as_bytes());
        headers
            .entry(name.as_str().to_owned())
            .and_modify(|joined| *joined = format!("{joined}, {value}"))
            .or_insert(value);
    }
    Ok(HttpResponse {
        status: head.status.as_u16(),
        headers,
        body: text(&body),
    })
}

/// Bytes as text to compare and to show. What is not UTF-8 is equal to no text
/// that a case can want but one that says so itself.
pub(super) fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("(not UTF-8) {}", bytes.escape_ascii()),
    }
}

/// A task that does not outlive what waits for it.
struct Abort(tokio::task::JoinHandle<()>);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A TCP connection to a program.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    /// What came, as far as it was asked for.
    pub(super) received: Vec<u8>,
    /// Whether what comes is compared.
    pub(super) compared: bool,
}

impl Connection {
    /// Reads until `wanted` is here, something else is, or there is no more.
    pub(super) async fn receive(&mut self, wanted: &[u8]) {
        self.received.clear();
        while self.received.len() < wanted.len() && wanted.starts_with(&self.received) {
            let mut piece = vec![0; wanted.len() - self.received.len()];
            match self.stream.read(&mut piece).await {
                Ok(length @ 1..) => self.received.extend_from_slice(&piece[..length]),
                // A connection that is reset is one that has no more.
                Ok(0) | Err(_) => return,
            }
        }
    }

    /// What is still to come, up to a bound, as far as it comes within `limit`.
    pub(super) async fn rest(&mut self, limit: Duration) -> Vec<u8> {
        let mut rest = Vec::new();
        let mut bounded = (&mut self.stream).take(64 << 10);
        // A connection that is reset is one that has no more; what came before
        // the time was up did come.
        let _ = timeout(limit, bounded.read_to_end(&mut rest)).await;
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_the_first_url_of_a_line() {
        let server = |line| server_in(line).map(|found| found.map(|at| at.to_string()));
        let expected = Some(Ok("127.0.0.1:8080".to_owned()));
        assert_eq!(server("Serving HTTP on http://127.0.0.1:8080/"), expected);
        assert_eq!(
            server("http://localhost:8080 and http://127.0.0.1:9/"),
            expected
        );
        assert_eq!(server("http://0.0.0.0:8080/x y"), expected);
        assert_eq!(server("http://[::1]:80/"), Some(Ok("[::1]:80".to_owned())));
        assert_eq!(server("warning: something"), None);
        assert!(matches!(server("http://"), Some(Err(_))));
    }

    #[test]
    fn only_this_machine_is_connected_to() {
        assert_eq!(address("127.0.0.1:1").map(|at| at.port()), Ok(1));
        assert!(address("192.0.2.1:80").is_err_and(|why| why.contains("not on this machine")));
        assert!(address("example.com:80").is_err());
        assert!(address("127.0.0.1").is_err());
        assert!(address("127.0.0.1:x").is_err());
    }

    #[test]
    fn bytes_that_are_no_text_are_equal_to_none_that_is_wanted() {
        assert_eq!(text("grün".as_bytes()), "grün");
        assert_ne!(text(b"\xff"), "\u{fffd}");
        assert_ne!(text(b"\xff"), r"\xff");
    }
}
