//! Devices that run PTX: what they have in common.

mod arena;
mod foreign;
mod run;

use std::sync::{Arc, Mutex, PoisonError};

use super::{ArenaSize, Cancel, Device, DeviceError, Grid, Launch, Outcome, PAGE, PtxLaunch, Trap};
use crate::TrapCode;
use crate::gpu::interp::entries;
use crate::gpu::kernels::Kernels;
use crate::gpu::ptx::{Compiled, Layout, symbol};
pub(super) use arena::MachineArena;
use arena::Place;
use foreign::Entries;
use run::Run;

/// What a trap record holds while nobody has trapped.
const NO_TRAP: u64 = u64::MAX;

/// Where `cancel` stands among [`ENTRY_PARAMETERS`](crate::gpu::ptx::ENTRY_PARAMETERS).
const CANCEL_PARAMETER: usize = 8;

/// Something that has memory and runs PTX. [`OnMachine`] makes a [`Device`] of it.
///
/// Addresses are the machine's own.
pub trait Machine: Send + Sync + 'static {
    /// PTX that is ready to be launched.
    type Loaded: Send + Sync + 'static;

    /// What it is, for people.
    fn name(&self) -> String;

    /// What [`Device::architecture`] says.
    fn architecture(&self) -> String;

    /// Makes PTX ready.
    ///
    /// # Errors
    ///
    /// The machine does not take it.
    fn load(&self, compiled: &Compiled) -> Result<Self::Loaded, DeviceError>;

    /// Makes PTX ready that somebody else wrote.
    ///
    /// # Errors
    ///
    /// The machine does not take it.
    fn load_ptx(&self, text: &str) -> Result<Self::Loaded, DeviceError>;

    /// Takes so many bytes of memory, which hold anything.
    ///
    /// # Errors
    ///
    /// There are not as many.
    fn alloc(&self, bytes: u64) -> Result<u64, DeviceError>;

    /// Gives memory back. Does not wait for what runs.
    fn free(&self, address: u64);

    /// Reads memory.
    ///
    /// # Errors
    ///
    /// It is not all allocated.
    fn read(&self, address: u64, bytes: &mut [u8]) -> Result<(), DeviceError>;

    /// Writes memory.
    ///
    /// # Errors
    ///
    /// It is not all allocated.
    fn write(&self, address: u64, bytes: &[u8]) -> Result<(), DeviceError>;

    /// Sets so many bytes to one value.
    ///
    /// # Errors
    ///
    /// They are not all allocated.
    fn fill(&self, address: u64, length: u64, byte: u8) -> Result<(), DeviceError>;

    /// Copies from one address to another; the two do not overlap.
    ///
    /// # Errors
    ///
    /// They are not all allocated.
    fn copy(&self, to: u64, from: u64, length: u64) -> Result<(), DeviceError>;

    /// Runs an entry in every thread of a grid, and waits. Once it was cancelled,
    /// the word of 32 bits that a parameter points to is to become other than zero;
    /// threads without such a word end at once, where the machine can do that. Gives
    /// the least number of a thread that never began because of that, if there is one.
    ///
    /// # Errors
    ///
    /// The launch failed as a whole.
    fn launch(
        &self,
        loaded: &Self::Loaded,
        entry: &MachineLaunch<'_>,
    ) -> Result<Option<u32>, DeviceError>;

    /// What instances are made on from now on, if this machine was lost, with all
    /// that is on it. None while it works.
    fn renewed(&self) -> Option<Result<Self, DeviceError>>
    where
        Self: Sized,
    {
        None
    }
}

/// What a machine is to run.
#[derive(Clone, Copy, Debug)]
pub struct MachineLaunch<'a> {
    /// The name of the `.entry`.
    pub symbol: &'a str,
    /// How many threads, and how they lie.
    pub grid: Grid,
    /// Its parameters, each of 64 bits or of the lowest 32 of them.
    pub parameters: &'a [u64],
    /// Bytes of dynamic shared memory of each block.
    pub shared_bytes: u32,
    /// Ends it before its end.
    pub cancel: &'a Cancel,
    /// Which parameter is the address of the word that tells the threads so. It is
    /// one in memory of the machine that all of them look at; a machine that cannot
    /// write there while they run may give another instead.
    pub cancel_parameter: Option<usize>,
}

/// A machine as a device. Copies are the same device.
#[derive(Debug)]
pub struct OnMachine<M>(Arc<Mutex<Arc<M>>>);

impl<M> Clone for OnMachine<M> {
    fn clone(&self) -> OnMachine<M> {
        OnMachine(Arc::clone(&self.0))
    }
}

impl<M: Machine> OnMachine<M> {
    /// A device of this machine.
    pub fn new(machine: M) -> OnMachine<M> {
        OnMachine(Arc::new(Mutex::new(Arc::new(machine))))
    }

    fn current(&self) -> Arc<M> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The machine for what is new: another one, if the last was lost.
    fn working(&self) -> Result<Arc<M>, DeviceError> {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(renewed) = current.renewed() {
            *current = Arc::new(renewed?);
        }
        Ok(Arc::clone(&current))
    }
}

/// Kernels on a machine.
pub struct MachineProgram<M: Machine> {
    machine: Arc<M>,
    of: Of,
    loaded: M::Loaded,
}

/// What a program was made of.
enum Of {
    Kernels(Arc<Kernels>),
    /// Somebody else's PTX.
    Ptx(Entries),
}

impl<M: Machine> Device for OnMachine<M> {
    type Program = MachineProgram<M>;
    type Arena = MachineArena<M>;

    fn name(&self) -> String {
        self.current().name()
    }

    fn architecture(&self) -> String {
        self.current().architecture()
    }

    fn compile(&self, kernels: &Arc<Kernels>) -> Result<MachineProgram<M>, DeviceError> {
        let machine = self.working()?;
        Ok(MachineProgram {
            of: Of::Kernels(Arc::clone(kernels)),
            loaded: machine.load(kernels.ptx())?,
            machine,
        })
    }

    fn compile_ptx(&self, text: &str) -> Result<MachineProgram<M>, DeviceError> {
        let machine = self.working()?;
        let loaded = machine.load_ptx(text)?;
        let entries = entries(text).map_err(|refused| {
            let what = "what the entries take cannot be read";
            error(&*machine, format!("{what}: {refused}"))
        })?;
        Ok(MachineProgram {
            of: Of::Ptx(entries),
            loaded,
            machine,
        })
    }

    fn arena(&self, size: ArenaSize) -> Result<MachineArena<M>, DeviceError> {
        let machine = self.working()?;
        MachineArena::new(machine, size)
    }

    fn launch(
        &self,
        program: &MachineProgram<M>,
        arena: &MachineArena<M>,
        launch: &Launch<'_>,
    ) -> Result<Outcome, DeviceError> {
        let machine = program.machine_of(arena)?;
        let Of::Kernels(kernels) = &program.of else {
            return Err(error(
                machine,
                "PTX is launched by the names of its entries",
            ));
        };
        // Nobody moves the arena while threads run in it.
        let mut place = arena.place();
        let compiled = kernels.ptx();
        let run = Run::new(kernels, launch);
        let block = machine.alloc(run.bytes()).map_err(|error| DeviceError {
            message: format!(
                "{}; they are for arguments and results of {} threads: launch fewer at a time",
                error.message,
                launch.grid.count().unwrap_or(0)
            ),
            ..error
        })?;
        let ran = ran(program, compiled, &mut place, &run, block, launch);
        machine.free(block);
        arena.has_pages(place.pages);
        let ran = ran?;
        // A thread that never began is told as one that was interrupted where it begins.
        let unbegun = ran.unbegun.map(|thread| {
            let code = &kernels.module().functions[launch.function as usize].code;
            Trap {
                code: TrapCode::Interrupted,
                function: launch.function,
                offset: code.blocks.first().map_or(0, |block| block.offset),
                thread,
            }
        });
        let trap = ran.trap.map(|record| told(compiled, record));
        Ok(Outcome {
            results: ran.results,
            globals: ran.globals,
            trap: trap
                .into_iter()
                .chain(unbegun)
                .min_by_key(|trap| trap.thread),
        })
    }

    fn launch_ptx(
        &self,
        program: &MachineProgram<M>,
        arena: &MachineArena<M>,
        launch: &PtxLaunch<'_>,
    ) -> Result<(), DeviceError> {
        let machine = program.machine_of(arena)?;
        let Of::Ptx(entries) = &program.of else {
            let message = "kernels are launched by the numbers of their functions";
            return Err(error(machine, message));
        };
        let place = arena.place();
        let parameters = foreign::parameters(entries, launch, &place);
        let parameters = parameters.map_err(|message| error(machine, message))?;
        let wanted = MachineLaunch {
            symbol: launch.entry,
            grid: launch.grid,
            parameters: &parameters,
            shared_bytes: launch.shared_bytes,
            cancel: launch.cancel,
            cancel_parameter: None,
        };
        machine.launch(&program.loaded, &wanted).map(drop)
    }
}

impl<M: Machine> MachineProgram<M> {
    /// The machine that both this and an arena are on.
    fn machine_of<'p>(&'p self, arena: &MachineArena<M>) -> Result<&'p M, DeviceError> {
        if Arc::ptr_eq(&self.machine, &arena.machine) {
            return Ok(&self.machine);
        }
        let message = "the device was lost while the instance was made: make it anew";
        Err(error(&*self.machine, message))
    }
}

fn error<M: Machine>(machine: &M, message: impl Into<String>) -> DeviceError {
    DeviceError {
        device: machine.name(),
        message: message.into(),
    }
}

/// What a launch left.
struct Ran {
    /// The record of a trap.
    trap: Option<u64>,
    unbegun: Option<u32>,
    results: Vec<u64>,
    globals: Vec<u64>,
}

fn ran<M: Machine>(
    program: &MachineProgram<M>,
    compiled: &Compiled,
    place: &mut Place,
    run: &Run,
    block: u64,
    launch: &Launch<'_>,
) -> Result<Ran, DeviceError> {
    let machine = &*program.machine;
    machine.write(block, &run.contents(place, launch))?;
    let results = block + run.results;
    machine.fill(results, run.result_bytes, 0)?;
    let stacks = launch.stacks.map_or((0, 0), |slices| {
        (u64::from(slices.base), u64::from(slices.bytes))
    });
    let parameters = [
        place.address,
        place.pages * PAGE,
        block,
        block + run.record,
        block + run.arguments,
        run.stride,
        results,
        launch.fuel.unwrap_or(u64::MAX),
        block + Layout::STOPPED as u64,
        stacks.0,
        stacks.1,
    ];
    let wanted = MachineLaunch {
        symbol: &symbol(launch.function),
        grid: launch.grid,
        parameters: &parameters,
        shared_bytes: compiled.shared_bytes,
        cancel: launch.cancel,
        cancel_parameter: Some(CANCEL_PARAMETER),
    };
    let unbegun = machine.launch(&program.loaded, &wanted)?;
    let head = words(machine, block, run.layout.bytes() as u64)?;
    place.pages = head[Layout::PAGES / 8];
    let record = words(machine, block + run.record, 8)?[0];
    let results = words(machine, results, run.result_bytes)?;
    let globals = head[run.layout.left(0) / 8..].to_vec();
    Ok(Ran {
        trap: (record != NO_TRAP).then_some(record),
        unbegun,
        results,
        globals,
    })
}

/// What a record says.
fn told(compiled: &Compiled, record: u64) -> Trap {
    let site = usize::try_from(record & 0xffff_ffff).unwrap_or(usize::MAX);
    let thread = u32::try_from(record >> 32).unwrap_or(u32::MAX);
    let known = compiled.sites.get(site).copied();
    Trap {
        code: known.map_or(TrapCode::Other, |site| site.code),
        function: known.map_or(0, |site| site.function),
        offset: known.map_or(0, |site| site.offset),
        thread,
    }
}

fn words<M: Machine>(machine: &M, address: u64, bytes: u64) -> Result<Vec<u64>, DeviceError> {
    let mut read = vec![0; usize::try_from(bytes).unwrap_or(0)];
    machine.read(address, &mut read)?;
    let words = read.chunks_exact(8).map(|chunk| {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        u64::from_le_bytes(word)
    });
    Ok(words.collect())
}
