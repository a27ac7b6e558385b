//! A module on a device: its memory, its globals, and calls of its functions.

use super::Refused;
use super::device::{Device, DeviceError, Grid};
use super::ir::{self, Module, Type};
use super::ptx::{self, Compiled, Entry, Layout};
use crate::TrapCode;

/// Bytes of a page of WebAssembly.
const PAGE: u64 = 64 << 10;

/// How much memory is taken for a memory that may grow, in pages beyond its
/// first size.
const ROOM_TO_GROW: u64 = 4096;

/// What a trap record begins with.
const NO_TRAP: u64 = u64::MAX;

/// A trap, as a launch reports it: that of the thread with the smallest number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} in function {function}, at offset {offset:#x}, thread {thread}")]
pub struct Trap {
    /// Why.
    pub code: TrapCode,
    /// The function's index in the module.
    pub function: u32,
    /// Bytes from the beginning of the module.
    pub offset: u32,
    /// The thread's number in the grid.
    pub thread: u32,
}

/// Why a kernel did not run to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KernelError {
    /// The module cannot become kernels.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A data segment does not fit, as a trap when the instance is made.
    #[error("{0}")]
    Instantiation(TrapCode),
    /// No exported function of this name.
    #[error("no exported function `{0}`")]
    NoExport(String),
    /// Other arguments than the function's.
    #[error("`{export}` takes {expected} arguments, not {given}")]
    Arguments {
        /// The function.
        export: String,
        /// How many it takes.
        expected: usize,
        /// How many were given.
        given: usize,
    },
    /// A grid of no threads, or of more than can be numbered.
    #[error("a grid of {0:?} cannot be launched: it has no threads, or more than 2^32 - 1")]
    Grid(Grid),
    /// A thread trapped.
    #[error("{0}")]
    Trap(Trap),
    /// The device failed.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// A module with memory on a device. The memory goes back when it is dropped.
pub struct Instance<D: Device> {
    device: D,
    compiled: Compiled,
    program: D::Program,
    memory: Memory,
    /// One block: state, record, cancel word.
    control: u64,
    fuel: u64,
}

#[derive(Clone, Copy)]
struct Memory {
    address: u64,
    /// The module's memory, if it has one.
    exists: bool,
}

impl<D: Device> Instance<D> {
    /// Compiles a module and makes its memory on a device. Every thread of a launch
    /// may take `fuel` back edges and calls.
    ///
    /// # Errors
    ///
    /// The module is refused, a data segment is out of bounds, or the device fails.
    pub fn new(mut device: D, wasm: &[u8], fuel: u64) -> Result<Instance<D>, KernelError> {
        let module = ir::build(wasm)?;
        let compiled = ptx::write(&module);
        let program = device.compile(&compiled)?;
        let limits = module.memory;
        let pages = limits.map_or(0, |limits| limits.initial);
        let room = limits.map_or(0, |limits| limits.maximum.min(pages + ROOM_TO_GROW));
        let reserved = if module.grows { room } else { pages };
        // Nothing is at address zero, and a block of nothing has no address.
        let memory = device.alloc((reserved * PAGE).max(16))?;
        device.fill(memory, reserved * PAGE, 0)?;
        let layout = compiled.layout;
        let control = device.alloc(Control::of(layout).bytes)?;
        let mut instance = Instance {
            device,
            compiled,
            program,
            memory: Memory {
                address: memory,
                exists: limits.is_some(),
            },
            control,
            fuel,
        };
        instance.initialize(&module, pages, reserved)?;
        Ok(instance)
    }

    fn initialize(
        &mut self,
        module: &Module,
        pages: u64,
        reserved: u64,
    ) -> Result<(), KernelError> {
        let layout = self.compiled.layout;
        let mut state = vec![0; layout.bytes()];
        let mut put = |place: usize, value: u64| {
            state[place..place + 8].copy_from_slice(&value.to_le_bytes());
        };
        put(Layout::PAGES, pages);
        put(Layout::MOST_PAGES, reserved);
        for (index, global) in module.globals.iter().enumerate() {
            put(layout.global(index), global.bits);
        }
        self.device.write(self.control, &state)?;
        for data in &module.data {
            let Some(offset) = data.offset else { continue };
            let end = offset.saturating_add(data.bytes.len() as u64);
            if end > pages * PAGE {
                return Err(KernelError::Instantiation(
                    TrapCode::OutOfBoundsMemoryAccess,
                ));
            }
            self.device
                .write(self.memory.address + offset, &data.bytes)?;
        }
        Ok(())
    }

    /// What was compiled.
    pub fn compiled(&self) -> &Compiled {
        &self.compiled
    }

    /// An exported function.
    ///
    /// # Errors
    ///
    /// There is none of this name.
    pub fn export(&self, name: &str) -> Result<&Entry, KernelError> {
        let mut entries = self.compiled.entries.iter();
        let found = entries.find(|entry| entry.export == name);
        found.ok_or_else(|| KernelError::NoExport(name.to_owned()))
    }

    /// Calls an exported function in one thread, with the bits of its arguments;
    /// gives those of its results. Globals keep what it sets.
    ///
    /// # Errors
    ///
    /// A trap, or what else [`KernelError`] names.
    pub fn call(&mut self, export: &str, arguments: &[u64]) -> Result<Vec<u64>, KernelError> {
        let results = self.run(export, Grid::ONE, arguments, true)?;
        let types = &self.export(export)?.signature.results;
        Ok(types
            .iter()
            .zip(results)
            .map(|(ty, bits)| match ty {
                Type::I32 | Type::F32 => bits & 0xffff_ffff,
                Type::I64 | Type::F64 => bits,
            })
            .collect())
    }

    /// Runs an exported function once for each thread of a grid, all with the same
    /// arguments. Each thread begins with the module's globals.
    ///
    /// # Errors
    ///
    /// A trap, or what else [`KernelError`] names.
    pub fn launch(
        &mut self,
        export: &str,
        grid: Grid,
        arguments: &[u64],
    ) -> Result<(), KernelError> {
        self.run(export, grid, arguments, false).map(drop)
    }

    fn run(
        &mut self,
        export: &str,
        grid: Grid,
        arguments: &[u64],
        persist: bool,
    ) -> Result<Vec<u64>, KernelError> {
        let entry = self.export(export)?.clone();
        let expected = entry.signature.params.len();
        if expected != arguments.len() {
            return Err(KernelError::Arguments {
                export: export.to_owned(),
                expected,
                given: arguments.len(),
            });
        }
        let threads = grid.count().filter(|threads| *threads > 0);
        let threads = u64::from(threads.ok_or(KernelError::Grid(grid))?);
        let results = 8 * entry.signature.results.len() as u64 * threads;
        let given: Vec<u8> = arguments
            .iter()
            .flat_map(|bits| bits.to_le_bytes())
            .collect();
        let exchange = self.device.alloc(given.len() as u64 + results + 16)?;
        let ran = self.run_with(&entry, grid, &given, exchange, persist);
        let mut out = vec![0; usize::try_from(results).unwrap_or(0)];
        let read = ran.and_then(|()| {
            let at = exchange + given.len() as u64;
            Ok(self.device.read(at, &mut out)?)
        });
        self.device.free(exchange);
        read?;
        let words = out.chunks_exact(8).map(|chunk| {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            u64::from_le_bytes(word)
        });
        Ok(words.collect())
    }

    fn run_with(
        &mut self,
        entry: &Entry,
        grid: Grid,
        given: &[u8],
        exchange: u64,
        persist: bool,
    ) -> Result<(), KernelError> {
        let control = Control::of(self.compiled.layout);
        let record = self.control + control.record;
        let cancel = self.control + control.cancel;
        self.device.write(record, &NO_TRAP.to_le_bytes())?;
        self.device.write(cancel, &[0; 4])?;
        self.device.write(exchange, given)?;
        let arguments = [
            self.memory.address,
            self.bytes()?,
            self.control,
            record,
            exchange,
            // All threads have the same.
            0,
            exchange + given.len() as u64,
            u64::from(persist),
            self.fuel,
            cancel,
        ];
        self.device
            .launch(&self.program, &entry.symbol, grid, &arguments)?;
        let mut word = [0; 8];
        self.device.read(record, &mut word)?;
        match u64::from_le_bytes(word) {
            NO_TRAP => Ok(()),
            found => Err(KernelError::Trap(self.trap(found))),
        }
    }

    /// What a record says.
    fn trap(&self, record: u64) -> Trap {
        let site = usize::try_from(record & 0xffff_ffff).unwrap_or(usize::MAX);
        let thread = u32::try_from(record >> 32).unwrap_or(u32::MAX);
        let known = self.compiled.sites.get(site).copied();
        Trap {
            code: known.map_or(TrapCode::Other, |site| site.code),
            function: known.map_or(0, |site| site.function),
            offset: known.map_or(0, |site| site.offset),
            thread,
        }
    }

    /// Bytes of the module's memory, as they are now.
    ///
    /// # Errors
    ///
    /// The device fails.
    pub fn bytes(&self) -> Result<u64, KernelError> {
        let mut word = [0; 8];
        let pages = self.control + Layout::PAGES as u64;
        self.device.read(pages, &mut word)?;
        Ok(u64::from_le_bytes(word) * PAGE)
    }

    /// Reads the module's memory; none if that is not all in bounds.
    ///
    /// # Errors
    ///
    /// The device fails.
    pub fn read(&self, at: u64, length: usize) -> Result<Option<Vec<u8>>, KernelError> {
        if !self.fits(at, length)? {
            return Ok(None);
        }
        let mut bytes = vec![0; length];
        self.device.read(self.memory.address + at, &mut bytes)?;
        Ok(Some(bytes))
    }

    /// Writes the module's memory; says whether that is all in bounds, and writes
    /// nothing if it is not.
    ///
    /// # Errors
    ///
    /// The device fails.
    pub fn write(&mut self, at: u64, bytes: &[u8]) -> Result<bool, KernelError> {
        let fits = self.fits(at, bytes.len())?;
        if fits {
            self.device.write(self.memory.address + at, bytes)?;
        }
        Ok(fits)
    }

    fn fits(&self, at: u64, length: usize) -> Result<bool, KernelError> {
        let end = at.checked_add(length as u64);
        let bytes = self.bytes()?;
        Ok(self.memory.exists && end.is_some_and(|end| end <= bytes))
    }

    /// The bits of a global, as the last call left it.
    ///
    /// # Errors
    ///
    /// The device fails.
    pub fn global(&self, index: u32) -> Result<u64, KernelError> {
        let mut word = [0; 8];
        let place = self.compiled.layout.global(index as usize) as u64;
        self.device.read(self.control + place, &mut word)?;
        Ok(u64::from_le_bytes(word))
    }
}

impl<D: Device> Drop for Instance<D> {
    fn drop(&mut self) {
        self.device.free(self.memory.address);
        self.device.free(self.control);
    }
}

/// Where things lie in the block that a launch is controlled by.
struct Control {
    record: u64,
    cancel: u64,
    bytes: u64,
}

impl Control {
    fn of(layout: Layout) -> Control {
        let record = (layout.bytes() as u64).next_multiple_of(8);
        Control {
            record,
            cancel: record + 8,
            bytes: record + 16,
        }
    }
}
