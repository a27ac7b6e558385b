//! Kernels that were compiled before: in memory, and in a folder.
//!
//! A module is known by the SHA-256 of its bytes, the compiler's version, and what it
//! was compiled for. Every device can use it: what is kept is [`Kernels`], whose PTX
//! the device has its own driver compile further. What a GPU's driver makes of PTX is
//! not kept here: the driver has a cache of its own, and knows when it has changed.

mod folder;
mod format;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;
use sha2::{Digest as _, Sha256};

use super::Refused;
use super::kernels::Kernels;
pub use folder::CacheError;
use folder::Folder;

/// The version of the compiler: that of this package, and a hash of its sources.
const COMPILER: &str = concat!(env!("CARGO_PKG_VERSION"), " ", env!("TENSOR_WASM_COMPILER"));

/// By what a module is found again.
pub(super) type Key = [u8; 32];

/// What was compiled, up to a number of bytes in memory and in a folder.
pub struct Cache {
    held: Mutex<Held>,
    memory_bytes: u64,
    folder: Option<Folder>,
}

/// A folder of PTX.
///
/// Whoever can write there can have a GPU run what he likes, with the rights of this
/// process: PTX is code. So it is used only if it, and all folders above it, belong to
/// who runs this program or to root, and nobody else may write there.
#[derive(Clone, Debug)]
pub struct CacheFolder {
    /// Where it is. It is made if it is not there.
    pub path: PathBuf,
    /// How much may lie there, in bytes; what was not used for longest goes first.
    pub bytes: u64,
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("memory_bytes", &self.memory_bytes)
            .field("folder", &self.folder.is_some())
            .finish_non_exhaustive()
    }
}

/// What has come of looking into a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheCounts {
    /// Modules that were in memory.
    pub memory: u64,
    /// Modules whose PTX was in the folder.
    pub folder: u64,
    /// Modules that were compiled.
    pub compiled: u64,
    /// Files of the folder that could not be used: damaged, or somebody else's.
    pub rejected: u64,
    /// Files that could not be written.
    pub unwritten: u64,
}

struct Held {
    modules: LruCache<Key, (u64, Arc<Kernels>)>,
    bytes: u64,
    counts: CacheCounts,
}

impl Cache {
    /// An empty cache that holds about so many bytes of modules and their PTX in
    /// memory, and nothing elsewhere.
    pub fn in_memory(bytes: u64) -> Cache {
        Cache::with(bytes, None)
    }

    /// An empty cache that holds about so many bytes of modules and their PTX in
    /// memory, and uses a folder if there is one.
    ///
    /// # Errors
    ///
    /// The folder cannot be used, or others may write there.
    pub fn new(memory_bytes: u64, folder: Option<CacheFolder>) -> Result<Cache, CacheError> {
        let folder = folder.map(Folder::open).transpose()?;
        Ok(Cache::with(memory_bytes, folder))
    }

    fn with(memory_bytes: u64, folder: Option<Folder>) -> Cache {
        Cache {
            held: Mutex::new(Held {
                modules: LruCache::unbounded(),
                bytes: 0,
                counts: CacheCounts::default(),
            }),
            memory_bytes,
            folder,
        }
    }

    /// The kernels of a module, compiled for what is named: an architecture of GPUs,
    /// as `sm_90`, or a device that runs the module itself, as `cpu`, which gets no
    /// PTX.
    ///
    /// # Errors
    ///
    /// The module cannot become kernels. What is wrong with the folder is no error:
    /// then it is compiled.
    pub fn kernels(&self, wasm: &[u8], architecture: &str) -> Result<Arc<Kernels>, Refused> {
        let key = key(wasm, architecture);
        {
            let mut held = self.held();
            if let Some((_, kernels)) = held.modules.get(&key) {
                let kernels = Arc::clone(kernels);
                held.counts.memory += 1;
                return Ok(kernels);
            }
        }
        let has_ptx = architecture != "cpu";
        let folder = self.folder.as_ref().filter(|_| has_ptx);
        let found = folder.and_then(|folder| match folder.read(&key) {
            Ok(found) => found,
            Err(()) => {
                self.held().counts.rejected += 1;
                None
            }
        });
        let kernels = match found {
            Some(stored) => {
                let kernels = Kernels::again(wasm, |module| stored.compiled(module))?;
                self.held().counts.folder += 1;
                kernels
            }
            None => {
                let kernels = Kernels::new(wasm)?;
                if has_ptx {
                    let text = kernels.ptx();
                    let written = folder.is_none_or(|folder| folder.write(&key, text).is_ok());
                    self.held().counts.unwritten += u64::from(!written);
                }
                self.held().counts.compiled += 1;
                kernels
            }
        };
        Ok(self.keep(key, Arc::new(kernels), has_ptx))
    }

    /// What has come of it so far.
    pub fn counts(&self) -> CacheCounts {
        self.held().counts
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a module in memory, and lets go of those that were not used for longest.
    fn keep(&self, key: Key, kernels: Arc<Kernels>, has_ptx: bool) -> Arc<Kernels> {
        let ptx = if has_ptx { kernels.ptx().text.len() } else { 0 };
        // What was understood of a module is some times as large as the module.
        let bytes = 8 * kernels.wasm().len() as u64 + ptx as u64;
        let mut held = self.held();
        if let Some((old, _)) = held.modules.put(key, (bytes, Arc::clone(&kernels))) {
            held.bytes -= old;
        }
        held.bytes += bytes;
        while held.bytes > self.memory_bytes
            && let Some((_, (old, _))) = held.modules.pop_lru()
        {
            held.bytes -= old;
        }
        kernels
    }
}

fn key(wasm: &[u8], architecture: &str) -> Key {
    let mut hash = Sha256::new();
    for part in [COMPILER, architecture] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update(wasm);
    hash.finalize().into()
}
