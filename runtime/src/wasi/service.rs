//! HTTP services: components that answer requests.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::http::uri::{Authority, Scheme};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use wasmtime::component::{GuestTaskId, InstancePre};
use wasmtime::{Store, StoreContextMut};
use wasmtime_wasi_http::handler::{
    ErrorCode, HandlerState, Instance, ProxyHandler, ProxyPre, ShouldAccept, TrapOrPanicError,
    ViewFn, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p2::WasiHttpView as _;
use wasmtime_wasi_http::{p2, p3};

use super::Grants;
use super::host::{self, Host, within};
use super::program::Program;
use crate::{Engine, Error};

/// How long a client may take to send the head of a request.
const HEADER_DEADLINE: Duration = Duration::from_secs(30);
/// How long an instance without a request is kept for the next one.
const IDLE: Duration = Duration::from_secs(1);
/// Requests that one instance of a WASI 0.3 service answers, in all and at
/// once. One of 0.2 answers one: its world has no other way to be clean again.
const REQUESTS_PER_INSTANCE: usize = 128;
const REQUESTS_AT_ONCE: usize = 16;

/// How a service is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceOptions {
    /// The longest a request may take until its response begins, and once more
    /// until the response is complete.
    pub request_deadline: Option<Duration>,
    /// Connections served at once; more wait to be accepted.
    pub connections: usize,
    /// How long open requests may take once the service is to stop.
    pub shutdown_deadline: Duration,
}

impl Default for ServiceOptions {
    /// No deadline for a request, 1,000 connections, 10 seconds to stop.
    fn default() -> ServiceOptions {
        ServiceOptions {
            request_deadline: None,
            connections: 1_000,
            shutdown_deadline: Duration::from_secs(10),
        }
    }
}

/// A component that exports `wasi:http/incoming-handler` of WASI 0.2 or
/// `wasi:http/handler` of 0.3.
pub struct Service {
    engine: Engine,
    handler: Handler,
}

#[derive(Clone)]
enum Handler {
    Preview2(p2::bindings::ProxyPre<Host>),
    Preview3(p3::bindings::ServicePre<Host>),
}

/// Whether a component exports a handler of either kind.
pub(super) fn is_service(pre: &InstancePre<Host>) -> bool {
    handler(pre).is_some()
}

fn handler(pre: &InstancePre<Host>) -> Option<Handler> {
    if let Ok(pre) = p3::bindings::ServicePre::new(pre.clone()) {
        return Some(Handler::Preview3(pre));
    }
    p2::bindings::ProxyPre::new(pre.clone())
        .ok()
        .map(Handler::Preview2)
}

impl Service {
    /// Compiles and links a service. The engine should have a
    /// [`deadline`](crate::EngineConfig::deadline): its ticks are what keeps
    /// one request from holding up the others.
    ///
    /// # Errors
    ///
    /// [`Error::Compile`], [`Error::Link`], and [`Error::NoEntryPoint`] when
    /// no handler is exported.
    pub fn load(engine: &Engine, bytes: &[u8]) -> Result<Service, Error> {
        let handler = match Program::load(engine, bytes)? {
            Program::Component(pre) => handler(&pre),
            Program::Module(_) => None,
        };
        let handler = handler.ok_or_else(|| {
            let message = "no `wasi:http` handler of WASI 0.2 or 0.3 is exported, so there is \
                           nothing to serve";
            Error::NoEntryPoint(message.to_owned())
        })?;
        Ok(Service {
            engine: engine.clone(),
            handler,
        })
    }

    /// Makes an instance and drops it: whether the service can start at all,
    /// within the deadline of a request.
    ///
    /// # Errors
    ///
    /// What instantiation gives; a trap by interruption at the deadline.
    pub async fn probe(&self, grants: &Grants, options: ServiceOptions) -> Result<(), Error> {
        let mut store = host::store(&self.engine, grants, None)?;
        let instantiated = async {
            match &self.handler {
                Handler::Preview2(pre) => pre.instantiate_async(&mut store).await.map(drop),
                Handler::Preview3(pre) => pre.instantiate_async(&mut store).await.map(drop),
            }
        };
        let made = within(options.request_deadline, instantiated).await;
        made.map_err(|error| host::instantiation_error(&store, &error))
    }

    /// Answers requests until `stop` is ready, then finishes the open ones.
    ///
    /// A request whose guest traps is answered with status 500 and reported to
    /// `failed`; the service goes on. Returns whether all open requests ended
    /// before [`ServiceOptions::shutdown_deadline`].
    ///
    /// # Errors
    ///
    /// [`Error::Grant`] when a directory cannot be opened.
    pub async fn serve(
        &self,
        listener: TcpListener,
        grants: Grants,
        options: ServiceOptions,
        stop: impl Future<Output = ()>,
        failed: impl Fn(&Error) + Send + Sync + 'static,
    ) -> Result<bool, Error> {
        let failed: Report = Arc::new(failed);
        grants.context(None)?;
        let preview3 = matches!(self.handler, Handler::Preview3(_));
        let handler = ProxyHandler::new(State {
            engine: self.engine.clone(),
            handler: self.handler.clone(),
            grants,
            rules: InstanceRules {
                request_deadline: options.request_deadline,
                requests: if preview3 { REQUESTS_PER_INSTANCE } else { 1 },
                at_once: if preview3 { REQUESTS_AT_ONCE } else { 1 },
                failed: Arc::clone(&failed),
            },
        });
        let places = Arc::new(Semaphore::new(options.connections));
        let open = GracefulShutdown::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = async {
                let place = Arc::clone(&places).acquire_owned().await.ok();
                (place, listener.accept().await)
            };
            let (place, accepted) = tokio::select! {
                biased;
                () = &mut stop => break,
                accepted = accepted => accepted,
            };
            let Ok((stream, _)) = accepted else {
                // Out of file descriptors, most likely: wait for some to close.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            // Small pieces of a response are to arrive when they are written.
            let _ = stream.set_nodelay(true);
            let handler = handler.clone();
            let report = Arc::clone(&failed);
            let answer = service_fn(move |request| {
                let handler = handler.clone();
                let report = Arc::clone(&report);
                async move { Ok::<_, Infallible>(answer(&handler, request, &report).await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADER_DEADLINE)
                .serve_connection(TokioIo::new(stream), answer);
            let connection = open.watch(connection);
            tokio::spawn(async move {
                // A client that goes away is no failure of the service.
                let _ = connection.await;
                drop(place);
            });
        }
        drop(listener);
        let ended = tokio::time::timeout(options.shutdown_deadline, open.shutdown());
        Ok(ended.await.is_ok())
    }
}

type Body = UnsyncBoxBody<Bytes, wasmtime::Error>;

async fn answer(
    handler: &ProxyHandler<State>,
    request: Request<Incoming>,
    report: &Report,
) -> Response<Body> {
    let request = with_authority(request).map(|body| {
        body.map_err(p3::bindings::http::types::ErrorCode::from_hyper_request_error)
            .map_err(ErrorCode::from)
            .boxed_unsync()
    });
    match handler.handle((), request).await {
        Ok(response) => response,
        Err(error) => {
            // The instance says why when it is dropped.
            if !error.is::<TrapOrPanicError>() {
                report(&Error::from_execution(&error));
            }
            let body = Full::new(Bytes::from_static(b"the service failed\n"));
            let mut response = Response::new(body.map_err(|never| match never {}).boxed_unsync());
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    }
}

/// Fills in what a request line leaves out and `wasi:http` has names for: the
/// scheme, which is that of the listener, and the authority, which the client
/// gave in `Host`. Without a usable `Host` the request stays as it is.
fn with_authority(mut request: Request<Incoming>) -> Request<Incoming> {
    let host = request.headers().get(hyper::header::HOST);
    if let (None, Some(host)) = (request.uri().authority(), host) {
        let mut parts = request.uri().clone().into_parts();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Authority::try_from(host.as_bytes()).ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// What all instances of a service share.
struct State {
    engine: Engine,
    handler: Handler,
    grants: Grants,
    rules: InstanceRules,
}

/// Told what went wrong with requests.
type Report = Arc<dyn Fn(&Error) + Send + Sync>;

/// What one instance may do, and whom its end concerns.
#[derive(Clone)]
struct InstanceRules {
    request_deadline: Option<Duration>,
    requests: usize,
    at_once: usize,
    failed: Report,
}

impl HandlerState for State {
    type StoreData = Host;
    type WorkerExpiration = Expiration;
    type WorkerState = InstanceRules;

    async fn instantiate(&self) -> wasmtime::Result<Instance<Host, Expiration, InstanceRules>> {
        let mut store = host::store(&self.engine, &self.grants, None)?;
        let (pre, view) = match &self.handler {
            Handler::Preview2(pre) => (ProxyPre::P2(pre.clone()), ViewFn::P2(p2_view)),
            Handler::Preview3(pre) => (ProxyPre::P3(pre.clone()), ViewFn::P3(p3_view)),
        };
        let instantiated = pre.instantiate_async(&mut store);
        let proxy = within(self.rules.request_deadline, instantiated).await?;
        Ok(Instance {
            store,
            proxy,
            view,
            expiration: Expiration {
                request_deadline: self.rules.request_deadline,
                sleep: None,
            },
            state: self.rules.clone(),
        })
    }
}

fn p2_view(host: &mut Host) -> p2::WasiHttpCtxView<'_> {
    host.http()
}

fn p3_view(host: &mut Host) -> p3::WasiHttpCtxView<'_> {
    p3::WasiHttpView::http(host)
}

impl WorkerState for InstanceRules {
    type StoreData = Host;
    type RequestId = ();

    fn should_accept_request(&self, at_once: usize, in_all: usize) -> ShouldAccept {
        if in_all >= self.requests {
            ShouldAccept::Never
        } else if at_once >= self.at_once {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _store: StoreContextMut<'_, Host>,
        (): (),
        _task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        match self.request_deadline {
            Some(deadline) => Box::pin(tokio::time::sleep(deadline)),
            None => Box::pin(std::future::pending()),
        }
    }

    fn drop(&self, store: Store<Host>, result: wasmtime::Result<()>) {
        drop(store);
        if let Err(error) = result {
            (self.failed)(&Error::from_execution(&error));
        }
    }
}

/// Ends an instance that is idle, or whose newest request is past its deadline.
struct Expiration {
    request_deadline: Option<Duration>,
    sleep: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl WorkerExpiration for Expiration {
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: WorkerStatus,
        since: Instant,
    ) -> Poll<()> {
        let allowed = match status {
            WorkerStatus::Idle => Some(IDLE),
            WorkerStatus::Requests | WorkerStatus::PostReturn => self.request_deadline,
        };
        let Some(deadline) = allowed.and_then(|allowed| since.checked_add(allowed)) else {
            return Poll::Pending;
        };
        let deadline = tokio::time::Instant::from_std(deadline);
        let sleep = self
            .sleep
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(context)
    }
}
