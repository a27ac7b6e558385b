//! What a guest is given, as plain data.

use std::path::PathBuf;

use wasmtime_wasi::{DirPerms, FilePerms, WasiCtxBuilder};

use super::Capture;
use crate::Error;
use crate::executor::{Limits, TenantId};
use crate::gpu::guest::{Gpu, GpuGuest};

/// Everything a guest can reach. The default is nothing, within the default
/// [`Limits`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grants {
    /// The arguments, the program's name first.
    pub arguments: Vec<String>,
    /// Environment variables, in order.
    pub environment: Vec<(String, String)>,
    /// Directories, under the names the guest knows them by.
    pub directories: Vec<Directory>,
    /// TCP and UDP sockets, to and from any address the host reaches, and
    /// looking up names.
    pub network: bool,
    /// Outgoing HTTP requests. Without it they are answered with
    /// `HTTP-request-denied`.
    pub outgoing_http: bool,
    /// A device to run kernels on. Without it every call of `gpu` says that none was
    /// granted.
    pub gpu: Option<Gpu>,
    /// The guest has its thread for itself, so that a host function may block
    /// it, which is faster. Such a guest cannot be stopped while it waits.
    pub own_thread: bool,
    /// The three standard streams.
    pub stdio: Stdio,
    /// What the guest may take of the host's memory.
    pub limits: Limits,
    /// Fuel; needs an engine that counts it
    /// ([`EngineConfig::fuel`](crate::EngineConfig::fuel)), and replaces what
    /// that engine gives every store.
    pub fuel: Option<u64>,
}

/// A directory of the host as the guest sees it. The guest may read and write
/// in it; `..` and symbolic links never lead out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Where it is.
    pub host: PathBuf,
    /// Its name in the guest, as `/` or `data`.
    pub guest: String,
}

/// Where the guest's standard streams go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stdio {
    /// Input is at its end, output is thrown away.
    #[default]
    Closed,
    /// The streams of this process.
    Inherit,
}

impl Grants {
    /// What one store has of the device.
    pub(super) fn kernels(&self) -> GpuGuest {
        let gpu = self.gpu.as_ref();
        gpu.map_or_else(GpuGuest::none, |gpu| gpu.guest(TenantId::default()))
    }

    /// A context for one store, its output going to `capture` if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Grant`] when a directory cannot be opened.
    pub(super) fn context(
        &self,
        capture: Option<&Capture>,
    ) -> Result<wasmtime_wasi::p1::WasiP1Ctx, Error> {
        let mut context = WasiCtxBuilder::new();
        context
            .args(&self.arguments)
            .envs(&self.environment)
            .allow_blocking_current_thread(self.own_thread);
        if let Some(capture) = capture {
            capture.attach(&mut context);
        } else if self.stdio == Stdio::Inherit {
            context.inherit_stdio();
        }
        if self.network {
            context.inherit_network().allow_ip_name_lookup(true);
        }
        for directory in &self.directories {
            context
                .preopened_dir(
                    &directory.host,
                    &directory.guest,
                    DirPerms::all(),
                    FilePerms::all(),
                )
                .map_err(|error| {
                    Error::Grant(format!(
                        "cannot open directory {}: {error:#}",
                        directory.host.display()
                    ))
                })?;
        }
        Ok(context.build_p1())
    }
}
