//! How kernels come to a guest: as WebAssembly that it brings, by a name that the
//! embedder offers, or, where that is allowed, as PTX.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::launch::KernelId;
use super::{Gpu, GpuError, GpuGuest, Hash, RawPtx};
use crate::gpu::KernelError;
use crate::gpu::device::{AnyDevice, AnyProgram, Device as _, DeviceError, PAGE};
use crate::gpu::kernels::Kernels;
use crate::gpu::offload::Offloads;

/// A module that a guest loaded, ready for its device.
pub(super) struct Loaded {
    hash: Hash,
    pub(super) kernels: Arc<Kernels>,
    pub(super) program: AnyProgram,
    /// What globals begin with.
    pub(super) globals: Vec<u64>,
    /// Functions whose loops are kernels.
    pub(super) offloads: Offloads<AnyDevice>,
}

/// A kernel that a guest can launch.
#[derive(Clone)]
pub(super) enum Kernel {
    /// An exported function of a module.
    Function { loaded: Arc<Loaded>, export: String },
    /// An entry of somebody else's PTX.
    Ptx {
        program: Arc<AnyProgram>,
        entry: String,
    },
}

pub(super) fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

impl GpuGuest {
    /// Whether a module of so many bytes would be taken: to be asked before it is
    /// copied.
    pub(super) fn takes_module(&self, bytes: i32) -> Result<(), GpuError> {
        let bytes = usize::try_from(bytes.cast_unsigned()).unwrap_or(usize::MAX);
        fits(&self.granted()?, bytes)
    }

    /// A kernel of a module that the guest brings, in the binary format. A module is
    /// compiled once, however many of its exports are asked for.
    ///
    /// Compiling happens on a thread for blocking work; the cap on a module's size
    /// bounds it.
    ///
    /// # Errors
    ///
    /// The module is refused, has no such function, or a cap is met.
    pub async fn kernel(&mut self, wasm: &[u8], export: &str) -> Result<KernelId, GpuError> {
        let gpu = self.granted()?;
        fits(&gpu, wasm.len())?;
        let hash = hash(wasm);
        let loaded = self.modules.iter().find(|loaded| loaded.hash == hash);
        let kernels = match loaded {
            Some(loaded) => Arc::clone(&loaded.kernels),
            None => {
                let (of, wasm) = (gpu.clone(), wasm.to_vec());
                let compiled = move || {
                    let cache = &of.config().cache;
                    cache.kernels(&wasm, &of.0.architecture)
                };
                blocking(compiled).await??
            }
        };
        self.kernel_of(&gpu, hash, &kernels, export).await
    }

    /// A kernel that the embedder offers by its name.
    ///
    /// # Errors
    ///
    /// It offers none of this name, or a cap is met.
    pub async fn kernel_named(&mut self, export: &str) -> Result<KernelId, GpuError> {
        let gpu = self.granted()?;
        let mut offered = gpu.0.offered.iter();
        let found = offered.find(|(_, kernels)| kernels.export(export).is_some());
        let (hash, kernels) = found.ok_or_else(|| KernelError::NoExport(export.to_owned()))?;
        self.kernel_of(&gpu, *hash, kernels, export).await
    }

    async fn kernel_of(
        &mut self,
        gpu: &Gpu,
        hash: Hash,
        kernels: &Arc<Kernels>,
        export: &str,
    ) -> Result<KernelId, GpuError> {
        let found = kernels.export(export);
        let found = found.ok_or_else(|| KernelError::NoExport(export.to_owned()))?;
        if !found.signature.results.is_empty() {
            return Err(GpuError::Results {
                export: export.to_owned(),
            });
        }
        self.room_for_kernel(gpu)?;
        let known = self.modules.iter().find(|loaded| loaded.hash == hash);
        let loaded = match known {
            Some(loaded) => Arc::clone(loaded),
            None => self.load(gpu, hash, kernels).await?,
        };
        self.add_kernel(Kernel::Function {
            loaded,
            export: export.to_owned(),
        })
    }

    async fn load(
        &mut self,
        gpu: &Gpu,
        hash: Hash,
        kernels: &Arc<Kernels>,
    ) -> Result<Arc<Loaded>, GpuError> {
        let most = gpu.config().modules;
        if self.modules.len() >= most {
            return Err(GpuError::TooMany {
                what: "modules of kernels",
                limit: most,
                setting: "modules",
            });
        }
        if kernels.module().start.is_some() {
            return Err(GpuError::Start);
        }
        let (device, of) = (gpu.device().clone(), Arc::clone(kernels));
        let program = blocking(move || device.compile(&of)).await??;
        self.settle(hash, kernels).await?;
        let globals = kernels.module().globals.iter();
        let loaded = Arc::new(Loaded {
            hash,
            kernels: Arc::clone(kernels),
            program,
            globals: globals.map(|global| global.bits).collect(),
            offloads: Offloads::default(),
        });
        self.modules.push(Arc::clone(&loaded));
        Ok(loaded)
    }

    /// Makes the arena as large as the module's memory is at first, and puts its data
    /// where it belongs.
    async fn settle(&mut self, hash: Hash, kernels: &Kernels) -> Result<(), GpuError> {
        let module = kernels.module();
        let pages = module.memory.map_or(0, |limits| limits.initial);
        let arena = self.arena(pages).await?;
        let has_data = module.data.iter().any(|data| data.offset.is_some());
        // Variables that begin as zero are no data: only a linker's symbols tell of them.
        if !has_data && !module.has_statics && module.stack_pointer.is_none() {
            return Ok(());
        }
        let turn = arena.turn().await;
        let end = pages * PAGE;
        for data in &module.data {
            let Some(offset) = data.offset else { continue };
            let ends = offset.checked_add(data.bytes.len() as u64);
            if ends.is_none_or(|ends| ends > end) {
                let code = crate::TrapCode::OutOfBoundsMemoryAccess;
                return Err(KernelError::Instantiation(code).into());
            }
        }
        // It settled before, and something failed after that.
        if self.resident != Some(hash) {
            let settled = arena.blocks().settle(end);
            settled.map_err(|taken| GpuError::Unsettled { end, taken })?;
            self.resident = Some(hash);
        }
        for data in &module.data {
            if let Some(offset) = data.offset {
                turn.write(offset, data.bytes.clone()).await?;
            }
        }
        Ok(())
    }

    /// A kernel in PTX, where the embedder allows that: see [`RawPtx::Allowed`] for
    /// what is given up.
    ///
    /// # Errors
    ///
    /// PTX is refused, here or by the device, or a cap is met.
    pub async fn kernel_ptx(&mut self, text: &str, entry: &str) -> Result<KernelId, GpuError> {
        let gpu = self.granted()?;
        if gpu.config().raw_ptx == RawPtx::Refused {
            return Err(GpuError::RawPtx);
        }
        fits(&gpu, text.len())?;
        self.room_for_kernel(&gpu)?;
        let (device, text) = (gpu.device().clone(), text.to_owned());
        let program = blocking(move || device.compile_ptx(&text)).await??;
        self.add_kernel(Kernel::Ptx {
            program: Arc::new(program),
            entry: entry.to_owned(),
        })
    }

    /// Forgets a kernel. Its module stays loaded: another of its exports is there at
    /// once.
    ///
    /// # Errors
    ///
    /// There is none of this number.
    pub fn drop_kernel(&mut self, kernel: KernelId) -> Result<(), GpuError> {
        self.find_kernel(kernel)?;
        self.kernels[kernel.0 as usize] = None;
        Ok(())
    }

    pub(super) fn find_kernel(&self, kernel: KernelId) -> Result<Kernel, GpuError> {
        let found = self.kernels.get(kernel.0 as usize);
        found.and_then(Clone::clone).ok_or(GpuError::NoSuch {
            what: "kernel",
            number: kernel.0,
        })
    }

    fn room_for_kernel(&self, gpu: &Gpu) -> Result<(), GpuError> {
        let limit = gpu.config().kernels;
        if self.kernels.iter().flatten().count() >= limit {
            return Err(GpuError::TooMany {
                what: "kernels",
                limit,
                setting: "kernels",
            });
        }
        Ok(())
    }

    fn add_kernel(&mut self, kernel: Kernel) -> Result<KernelId, GpuError> {
        super::launch::put(&mut self.kernels, kernel).map(KernelId)
    }
}

fn fits(gpu: &Gpu, asked: usize) -> Result<(), GpuError> {
    let limit = gpu.config().module_bytes;
    if asked > limit {
        return Err(GpuError::TooLarge { limit, asked });
    }
    Ok(())
}

/// Runs what takes long on a thread for that.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, GpuError> {
    tokio::task::spawn_blocking(work).await.map_err(lost)
}

pub(super) fn lost(error: tokio::task::JoinError) -> GpuError {
    GpuError::from(DeviceError {
        device: "host".to_owned(),
        message: format!("the work on it was lost: {error}"),
    })
}
