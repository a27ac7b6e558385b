//! Makes hyper send trailers to clients that did not say they take them.
//!
//! A response's trailers are sent only to a request with `TE: trailers`. The
//! servers of wasi-testsuite send them to everybody, and its programs rely on
//! it. So this header is added to what a client sends, behind the request line,
//! before hyper reads it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::header::{HeaderMap, HeaderName, HeaderValue, TE};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What is added.
const ADDED: &[u8] = b"te: trailers\r\n";

/// How much is read at once while the request line is looked for.
const PIECE: usize = 8 << 10;

/// The headers a client sent, without the one that was added.
pub(super) fn sent(headers: &HeaderMap) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
    let mut added_seen = false;
    headers.iter().filter(move |(name, _)| {
        let added = *name == TE && !added_seen;
        added_seen |= added;
        !added
    })
}

/// A connection whose first request takes trailers.
pub(super) struct TakesTrailers {
    stream: TcpStream,
    /// Whether something of the request line was read, and all of it.
    in_line: bool,
    behind_line: bool,
    /// What was read and not handed on yet, from `handed_on`.
    pending: Vec<u8>,
    handed_on: usize,
}

impl TakesTrailers {
    pub(super) fn new(stream: TcpStream) -> TakesTrailers {
        TakesTrailers {
            stream,
            in_line: false,
            behind_line: false,
            pending: Vec::new(),
            handed_on: 0,
        }
    }

    /// Takes what was read, and adds the header behind the request line. Empty
    /// lines may stand before that.
    fn take(&mut self, piece: &[u8]) {
        self.pending.clear();
        self.handed_on = 0;
        for byte in piece {
            self.pending.push(*byte);
            if self.behind_line {
                continue;
            }
            match byte {
                b'\n' if self.in_line => {
                    self.behind_line = true;
                    self.pending.extend_from_slice(ADDED);
                }
                b'\r' | b'\n' => {}
                _ => self.in_line = true,
            }
        }
    }
}

impl AsyncRead for TakesTrailers {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.handed_on == self.pending.len() {
            if self.behind_line {
                return Pin::new(&mut self.stream).poll_read(context, buffer);
            }
            let mut piece = [0; PIECE];
            let mut piece = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut piece))?;
            self.take(piece.filled());
        }
        let start = self.handed_on;
        let end = self.pending.len().min(start + buffer.remaining());
        buffer.put_slice(&self.pending[start..end]);
        self.handed_on = end;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for TakesTrailers {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
