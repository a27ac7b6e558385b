//! A module on a device: its arena, its globals, and calls of its functions.

mod offload;

use std::sync::Arc;

use super::Refused;
use super::device::{
    Arena, ArenaSize, Arguments, Cancel, Device, DeviceError, Grid, Launch, PAGE, Stacks, Trap,
};
use super::ir::Type;
use super::kernels::{Export, Kernels};
use super::offload::Offloads;
use crate::TrapCode;

/// How much kernels may grow a memory while they run, in pages beyond its first
/// size.
const ROOM_TO_GROW: u64 = 4096;

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
    /// A grid that no device has.
    #[error("blocks {:?} of threads {:?} cannot be launched: {reason}", .grid.blocks, .grid.threads)]
    Grid {
        /// The grid.
        grid: Grid,
        /// What is wrong with it.
        reason: String,
    },
    /// The arena has no room for every thread's shadow stack.
    #[error(
        "{threads} threads need {bytes} bytes of shadow stack each, and the arena cannot grow by that; launch fewer threads, each over more elements"
    )]
    Stacks {
        /// Threads of the launch.
        threads: u32,
        /// Bytes of one thread's stack.
        bytes: u32,
    },
    /// A thread trapped.
    #[error("{0}")]
    Trap(Trap),
    /// The device failed.
    #[error(transparent)]
    Device(#[from] DeviceError),
}

/// How kernels of an instance run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many heads of loops and functions each thread may enter; none if as
    /// many as it likes.
    pub fuel: Option<u64>,
    /// Bytes of each thread's shadow stack, a multiple of 16, where a module
    /// compiled from C or Rust has one.
    pub stack_bytes: u32,
    /// Ends launches before their end.
    pub cancel: Cancel,
}

impl Default for Options {
    /// No limits but the caller's, and shadow stacks of 1 KiB.
    fn default() -> Options {
        Options {
            fuel: None,
            stack_bytes: 1024,
            cancel: Cancel::default(),
        }
    }
}

/// A module with memory on a device. The memory goes back when it is dropped.
pub struct Instance<D: Device> {
    device: D,
    kernels: Arc<Kernels>,
    program: D::Program,
    arena: D::Arena,
    globals: Vec<u64>,
    /// Where the shadow stacks lie, and how many bytes there are for them.
    stacks: Option<(u32, u64)>,
    options: Options,
    /// What became of the loops of functions, by their index.
    offloads: Offloads<D>,
}

impl<D: Device> Instance<D> {
    /// Makes the memory of a module on a device, and its kernels ready. If it has a start
    /// function, one thread runs it, and every later thread begins with the globals that
    /// it leaves.
    ///
    /// # Errors
    ///
    /// The module is refused, a data segment is out of bounds, its start function traps,
    /// or the device fails.
    pub fn new(device: D, wasm: &[u8], options: Options) -> Result<Instance<D>, KernelError> {
        Instance::of(device, Arc::new(Kernels::new(wasm)?), options)
    }

    /// The same, of a module that was understood before.
    ///
    /// # Errors
    ///
    /// A data segment is out of bounds, its start function traps, or the device fails.
    pub fn of(
        device: D,
        kernels: Arc<Kernels>,
        options: Options,
    ) -> Result<Instance<D>, KernelError> {
        let program = device.compile(&kernels)?;
        let module = kernels.module();
        let (initial, maximum) = module
            .memory
            .map_or((0, 0), |limits| (limits.initial, limits.maximum));
        let room = if module.grows {
            maximum.min(initial + ROOM_TO_GROW)
        } else {
            initial
        };
        let arena = device.arena(ArenaSize {
            initial,
            room,
            maximum,
        })?;
        for data in &module.data {
            let Some(offset) = data.offset else { continue };
            let end = offset.saturating_add(data.bytes.len() as u64);
            if end > arena.bytes() {
                return Err(KernelError::Instantiation(
                    TrapCode::OutOfBoundsMemoryAccess,
                ));
            }
            arena.write(offset, &data.bytes)?;
        }
        let mut globals: Vec<u64> = module.globals.iter().map(|global| global.bits).collect();
        if let Some(function) = module.start {
            let launch = Launch {
                function,
                grid: Grid::ONE,
                arguments: Arguments::Same(&[]),
                globals: &globals,
                fuel: options.fuel,
                stacks: None,
                cancel: &options.cancel,
            };
            let outcome = device.launch(&program, &arena, &launch)?;
            if let Some(trap) = outcome.trap {
                return Err(KernelError::Trap(trap));
            }
            globals = outcome.globals;
        }
        Ok(Instance {
            device,
            program,
            arena,
            globals,
            kernels,
            stacks: None,
            options,
            offloads: Offloads::default(),
        })
    }

    /// What it runs on.
    pub fn device(&self) -> &D {
        &self.device
    }

    /// What was compiled.
    pub fn kernels(&self) -> &Kernels {
        &self.kernels
    }

    /// Its memory.
    pub fn arena(&self) -> &D::Arena {
        &self.arena
    }

    /// An exported function.
    ///
    /// # Errors
    ///
    /// There is none of this name.
    pub fn export(&self, name: &str) -> Result<Export<'_>, KernelError> {
        let found = self.kernels.export(name);
        found.ok_or_else(|| KernelError::NoExport(name.to_owned()))
    }

    /// Calls an exported function in one thread, with the bits of its arguments;
    /// gives those of its results. Globals keep what it sets, if it traps too, and
    /// its shadow stack is the module's own.
    ///
    /// # Errors
    ///
    /// A trap, or what else [`KernelError`] names.
    pub fn call(&mut self, export: &str, arguments: &[u64]) -> Result<Vec<u64>, KernelError> {
        let arguments = Arguments::Same(arguments);
        self.check(export, Grid::ONE, arguments)?;
        let (results, globals) = self.run(export, Grid::ONE, arguments, None)?;
        self.globals = globals;
        results
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
        self.launch_each(export, grid, Arguments::Same(arguments))
            .map(drop)
    }

    /// The same, with arguments that may differ from thread to thread; gives the
    /// bits of the results, one thread's after the other's.
    ///
    /// # Errors
    ///
    /// A trap, or what else [`KernelError`] names.
    pub fn launch_each(
        &mut self,
        export: &str,
        grid: Grid,
        arguments: Arguments<'_>,
    ) -> Result<Vec<u64>, KernelError> {
        self.check(export, grid, arguments)?;
        let stacks = self.stacks(grid)?;
        self.run(export, grid, arguments, stacks)?.0
    }

    /// Does what the first launch of this kind would do before its first thread, as
    /// compiling on the device `cpu`, and runs nothing: for who measures launches.
    ///
    /// # Errors
    ///
    /// What [`Instance::launch`] would say before it begins.
    pub fn prepare(
        &mut self,
        export: &str,
        grid: Grid,
        arguments: &[u64],
    ) -> Result<(), KernelError> {
        let arguments = Arguments::Same(arguments);
        self.check(export, grid, arguments)?;
        let stacks = self.stacks(grid)?;
        let found = self.export(export)?;
        let launch = self.wanted(&found, grid, arguments, stacks);
        Ok(self.device.prepare(&self.program, &self.arena, &launch)?)
    }

    /// What is wrong with a launch, before anything is taken for it.
    fn check(&self, export: &str, grid: Grid, arguments: Arguments<'_>) -> Result<(), KernelError> {
        let found = self.export(export)?;
        grid.check()
            .map_err(|reason| KernelError::Grid { grid, reason })?;
        let params = found.signature.params.len();
        let (given, expected) = match arguments {
            Arguments::Same(given) => (given.len(), params),
            Arguments::Each(given) => {
                let threads = grid.count().unwrap_or(0) as usize;
                (given.len(), params.saturating_mul(threads))
            }
        };
        if given != expected {
            return Err(KernelError::Arguments {
                export: export.to_owned(),
                expected,
                given,
            });
        }
        Ok(())
    }

    fn wanted<'a>(
        &'a self,
        found: &Export<'_>,
        grid: Grid,
        arguments: Arguments<'a>,
        stacks: Option<Stacks>,
    ) -> Launch<'a> {
        Launch {
            function: found.function,
            grid,
            arguments,
            globals: &self.globals,
            fuel: self.options.fuel,
            stacks,
            cancel: &self.options.cancel,
        }
    }

    #[expect(clippy::type_complexity, reason = "a trap leaves globals too")]
    fn run(
        &self,
        export: &str,
        grid: Grid,
        arguments: Arguments<'_>,
        stacks: Option<Stacks>,
    ) -> Result<(Result<Vec<u64>, KernelError>, Vec<u64>), KernelError> {
        let found = self.export(export)?;
        let launch = self.wanted(&found, grid, arguments, stacks);
        let outcome = self.device.launch(&self.program, &self.arena, &launch)?;
        let results = match outcome.trap {
            Some(trap) => Err(KernelError::Trap(trap)),
            None => {
                let types = found.signature.results.iter().cycle();
                let results = outcome.results.iter().zip(types);
                Ok(results
                    .map(|(bits, ty)| match ty {
                        Type::I32 | Type::F32 => bits & 0xffff_ffff,
                        Type::I64 | Type::F64 => *bits,
                    })
                    .collect())
            }
        };
        Ok((results, outcome.globals))
    }

    /// Slices of the arena for every thread's shadow stack, beyond what the module
    /// has, where it has a pointer to one.
    fn stacks(&mut self, grid: Grid) -> Result<Option<Stacks>, KernelError> {
        if self.kernels.module().stack_pointer.is_none() {
            return Ok(None);
        }
        let threads = grid.count().unwrap_or(u32::MAX);
        let bytes = self.options.stack_bytes.next_multiple_of(16);
        let wanted = u64::from(threads) * u64::from(bytes);
        let base = match self.stacks {
            Some((base, taken)) if taken >= wanted => base,
            _ => {
                let pages = self.arena.grow(wanted.div_ceil(PAGE));
                let base = pages.and_then(|pages| u32::try_from(pages * PAGE).ok());
                let base = base.ok_or(KernelError::Stacks { threads, bytes })?;
                self.stacks = Some((base, wanted.next_multiple_of(PAGE)));
                base
            }
        };
        Ok(Some(Stacks { base, bytes }))
    }

    /// Reads the module's memory; none if that is not all in bounds.
    ///
    /// # Errors
    ///
    /// The device fails.
    pub fn read(&self, at: u64, length: usize) -> Result<Option<Vec<u8>>, KernelError> {
        if !self.fits(at, length) {
            return Ok(None);
        }
        let mut bytes = vec![0; length];
        self.arena.read(at, &mut bytes)?;
        Ok(Some(bytes))
    }

    /// Writes the module's memory; says whether that is all in bounds, and writes
    /// nothing if it is not.
    ///
    /// # Errors
    ///
    /// The device fails.
    pub fn write(&mut self, at: u64, bytes: &[u8]) -> Result<bool, KernelError> {
        let fits = self.fits(at, bytes.len());
        if fits {
            self.arena.write(at, bytes)?;
        }
        Ok(fits)
    }

    fn fits(&self, at: u64, length: usize) -> bool {
        let end = at.checked_add(length as u64);
        self.kernels.module().memory.is_some() && end.is_some_and(|end| end <= self.arena.bytes())
    }

    /// The bits of a global, as the last call left it; none if there is no such
    /// global.
    pub fn global(&self, index: u32) -> Option<u64> {
        self.globals.get(index as usize).copied()
    }
}
