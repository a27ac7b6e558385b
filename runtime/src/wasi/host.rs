//! What stands behind a WASI program's imports.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use wasmtime::Store;
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::{WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, p2, p3};

use super::{Capture, Grants};
use crate::executor::Limiter;
use crate::gpu::guest::{GpuGuest, GpuView};
use crate::{Engine, Error};

/// The data of a store that runs a WASI program.
pub(super) struct Host {
    wasi: WasiP1Ctx,
    http: WasiHttpCtx,
    requests: OutgoingRequests,
    limiter: Limiter,
    gpu: GpuGuest,
}

/// Whether the guest may send HTTP requests.
struct OutgoingRequests {
    allowed: bool,
}

impl Host {
    /// The context of preview 1, whose functions take it directly.
    pub(super) fn preview1(&mut self) -> &mut WasiP1Ctx {
        &mut self.wasi
    }
}

/// Why an instantiation failed: a limit, where it was one.
pub(super) fn instantiation_error(store: &Store<Host>, error: &wasmtime::Error) -> Error {
    match store.data().limiter.explain(error) {
        Some(limit) => Error::Limit(limit.to_string()),
        None => Error::from_execution(error),
    }
}

/// A store with what `grants` name, its output going to `capture` if there is
/// one.
pub(super) fn store(
    engine: &Engine,
    grants: &Grants,
    capture: Option<&Capture>,
) -> Result<Store<Host>, Error> {
    let config = engine.config();
    let mut store = Store::new(
        engine.wasmtime(),
        Host {
            wasi: grants.context(capture)?,
            http: WasiHttpCtx::new(),
            requests: OutgoingRequests {
                allowed: grants.outgoing_http,
            },
            limiter: Limiter::new(grants.limits.clone()),
            gpu: grants.kernels(),
        },
    );
    store.limiter(|host| &mut host.limiter);
    if config.fuel.is_some() {
        let fuel = grants.fuel.or(config.fuel).unwrap_or(u64::MAX);
        store
            .set_fuel(fuel)
            .map_err(|error| Error::Other(format!("{error:#}")))?;
    } else if grants.fuel.is_some() {
        let message = "fuel was granted, but the engine does not count it";
        return Err(Error::Grant(message.to_owned()));
    }
    if config.deadline.is_some() {
        // Give the thread back at every tick: others are served, and whoever
        // waits for this guest can stop waiting.
        store.epoch_deadline_async_yield_and_update(1);
    }
    Ok(store)
}

/// Waits no longer than the deadline, if there is one. It takes effect when the
/// guest waits, and at every tick of the engine's epoch.
pub(super) async fn within<R>(
    deadline: Option<Duration>,
    guest: impl Future<Output = wasmtime::Result<R>>,
) -> wasmtime::Result<R> {
    match deadline {
        Some(deadline) => tokio::time::timeout(deadline, guest)
            .await
            .unwrap_or_else(|_| Err(wasmtime::Trap::Interrupt.into())),
        None => guest.await,
    }
}

/// A guest that is stopped loses its store, and its launches with that.
impl GpuView for Host {
    fn gpu(&mut self) -> &mut GpuGuest {
        &mut self.gpu
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        self.wasi.ctx()
    }
}

impl p2::WasiHttpView for Host {
    fn http(&mut self) -> p2::WasiHttpCtxView<'_> {
        p2::WasiHttpCtxView {
            ctx: &mut self.http,
            table: self.wasi.ctx().table,
            hooks: &mut self.requests,
        }
    }
}

impl p3::WasiHttpView for Host {
    fn http(&mut self) -> p3::WasiHttpCtxView<'_> {
        p3::WasiHttpCtxView {
            ctx: &mut self.http,
            table: self.wasi.ctx().table,
            hooks: &mut self.requests,
        }
    }
}

impl p2::WasiHttpHooks for OutgoingRequests {
    fn send_request(
        &mut self,
        request: hyper::Request<p2::body::HyperOutgoingBody>,
        config: p2::types::OutgoingRequestConfig,
    ) -> p2::HttpResult<p2::types::HostFutureIncomingResponse> {
        if !self.allowed {
            return Err(p2::bindings::http::types::ErrorCode::HttpRequestDenied.into());
        }
        Ok(p2::default_send_request(request, config))
    }
}

type HttpError = wasmtime_wasi::TrappableError<p3::bindings::http::types::ErrorCode>;
type RequestBody = UnsyncBoxBody<Bytes, p3::bindings::http::types::ErrorCode>;
type Transmission =
    Box<dyn Future<Output = Result<(), p3::bindings::http::types::ErrorCode>> + Send>;

impl p3::WasiHttpHooks for OutgoingRequests {
    fn send_request(
        &mut self,
        request: hyper::Request<RequestBody>,
        options: Option<p3::RequestOptions>,
        transmission: Transmission,
    ) -> Box<
        dyn Future<Output = Result<(hyper::Response<RequestBody>, Transmission), HttpError>> + Send,
    > {
        // The default of the crate does not look at it either: whether a
        // response is consumed is the guest's own affair.
        drop(transmission);
        let allowed = self.allowed;
        Box::new(async move {
            if !allowed {
                return Err(p3::bindings::http::types::ErrorCode::HttpRequestDenied.into());
            }
            let (response, io) = p3::default_send_request(request, options).await?;
            let response = response.map(http_body_util::BodyExt::boxed_unsync);
            Ok((response, Box::new(io) as Transmission))
        })
    }
}
