//! Kernels as Wasmtime has them: compiled when they are first needed, in the forms
//! that are needed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wasmtime::Engine;

use super::arena::Place;
use super::block::Group;
use super::kit::Kit;
use super::reach::Reach;
use super::rewrite::{Form, HOST_FUNCTIONS, Site, rewrite};
use super::worker::Worker;
use super::{error, failed};
use crate::gpu::device::DeviceError;
use crate::gpu::ir::{Module, Op, Type};
use crate::gpu::kernels::Kernels;

/// Kernels for the CPU.
pub struct CpuProgram {
    engine: Engine,
    pub(super) kernels: Arc<Kernels>,
    codes: Mutex<HashMap<Form, Arc<Code>>>,
    /// What kernels may come to.
    reaches: Mutex<HashMap<u32, Arc<Reach>>>,
    /// Instances that nobody uses now. They know their code, and so it does not keep
    /// them: nothing of it would ever end.
    idle: Mutex<HashMap<Form, Idle>>,
}

/// Instances of one form.
#[derive(Default)]
struct Idle {
    workers: Vec<Worker>,
    groups: Vec<Group>,
}

impl CpuProgram {
    pub(super) fn new(engine: &Engine, kernels: &Arc<Kernels>) -> CpuProgram {
        CpuProgram {
            engine: engine.clone(),
            kernels: Arc::clone(kernels),
            codes: Mutex::default(),
            reaches: Mutex::default(),
            idle: Mutex::default(),
        }
    }

    /// What a kernel may come to.
    pub(super) fn reach(&self, kernel: u32) -> Arc<Reach> {
        let mut reaches = locked(&self.reaches);
        let find = || Arc::new(Reach::of(self.kernels.module(), &[kernel]));
        Arc::clone(reaches.entry(kernel).or_insert_with(find))
    }

    pub(super) fn code(&self, form: Form) -> Result<Arc<Code>, DeviceError> {
        let mut codes = locked(&self.codes);
        if let Some(code) = codes.get(&form) {
            return Ok(Arc::clone(code));
        }
        let code = Arc::new(Code::new(&self.engine, &self.kernels, form)?);
        codes.insert(form, Arc::clone(&code));
        Ok(code)
    }

    /// An instance that nobody uses now, or a new one.
    pub(super) fn worker(
        &self,
        code: &Arc<Code>,
        arena: &Arc<Place>,
    ) -> Result<Worker, DeviceError> {
        let mut idle = locked(&self.idle);
        let workers = &mut idle.entry(code.form).or_default().workers;
        // What belongs to another arena would keep that alive.
        workers.retain(|worker| Arc::ptr_eq(&worker.kit.arena, arena));
        if let Some(worker) = workers.pop() {
            return Ok(worker);
        }
        drop(idle);
        let kit = Kit::new(&self.engine, code, arena, false)?;
        Worker::new(&self.engine, code, &kit)
    }

    /// Takes an instance back.
    pub(super) fn keep(&self, code: &Code, worker: Worker) {
        let mut idle = locked(&self.idle);
        idle.entry(code.form).or_default().workers.push(worker);
    }

    /// Takes instances back that ran together.
    pub(super) fn keep_group(&self, code: &Code, group: Group) {
        let mut idle = locked(&self.idle);
        idle.entry(code.form).or_default().groups.push(group);
    }

    /// So many instances, or more, that run together.
    pub(super) fn group(
        &self,
        code: &Arc<Code>,
        arena: &Arc<Place>,
        threads: usize,
    ) -> Result<Group, DeviceError> {
        let mut idle = locked(&self.idle);
        let groups = &mut idle.entry(code.form).or_default().groups;
        groups.retain(|group| Arc::ptr_eq(&group.kit.arena, arena));
        let known = groups.pop();
        drop(idle);
        let mut group = match known {
            Some(group) => group,
            None => Group::new(Kit::new(&self.engine, code, arena, true)?),
        };
        while group.lanes.len() < threads {
            group
                .lanes
                .push(Worker::new(&self.engine, code, &group.kit)?);
        }
        Ok(group)
    }
}

/// A form of a module, compiled.
pub(super) struct Code {
    pub(super) module: wasmtime::Module,
    form: Form,
    sites: Vec<Site>,
    pub(super) globals: Vec<Type>,
    /// How many functions the kernels' module has.
    functions: u32,
    pub(super) reach: Reach,
    /// The most threads that one call runs.
    pub(super) most_threads: u32,
    /// Whether some function asks where a thread is.
    pub(super) asks: bool,
    /// Pages of the workgroup memory, and the logarithm of their bytes.
    pub(super) workgroup: Option<(u64, u8)>,
}

impl Code {
    fn new(engine: &Engine, kernels: &Kernels, form: Form) -> Result<Code, DeviceError> {
        let module = kernels.module();
        let written = rewrite(kernels.wasm(), module, form);
        let written = written.map_err(|wrong| error(wrong.to_string()))?;
        let compiled = wasmtime::Module::from_binary(engine, &written.wasm);
        Ok(Code {
            module: compiled.map_err(|error| failed(&error))?,
            form,
            sites: written.sites,
            globals: module.globals.iter().map(|global| global.ty).collect(),
            functions: u32::try_from(module.functions.len()).unwrap_or(u32::MAX),
            reach: written.reach,
            most_threads: written.most_threads,
            asks: asks(module),
            workgroup: written.workgroup,
        })
    }

    /// Whether it has one function that runs many threads.
    pub(super) fn runs_many(&self) -> bool {
        self.form.kernel.is_some()
    }

    /// The function of the kernels' module that Wasmtime has by this index; none for
    /// the one that runs many threads, in which the kernel stands.
    pub(super) fn original(&self, index: u32) -> Option<u32> {
        let original = index.checked_sub(HOST_FUNCTIONS)?;
        (original < self.functions).then_some(original)
    }

    /// What stands at an offset of the module that Wasmtime has.
    pub(super) fn site(&self, at: usize) -> Option<&Site> {
        let after = self.sites.partition_point(|site| site.at <= at);
        self.sites.get(after.checked_sub(1)?)
    }
}

fn asks(module: &Module) -> bool {
    let functions = module.functions.iter();
    let mut instructions = functions.flat_map(|function| function.code.instructions());
    instructions.any(|instruction| matches!(instruction.op, Op::Position(_)))
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
