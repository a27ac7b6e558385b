//! One instance of a module, which runs kernels on one thread of the CPU.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use wasmtime::{Engine, Func, Global, Store, Val, WasmBacktrace};

use super::kit::{Ended, Host, Kit};
use super::program::Code;
use super::rewrite::{Own, RUN, function_name, global_name};
use super::{error, failed};
use crate::TrapCode;
use crate::gpu::device::{DeviceError, Grid, Launch, Trap};
use crate::gpu::ir::{Module, Type};

/// An instance.
pub(super) struct Worker {
    pub(super) store: Store<Host>,
    pub(super) kit: Kit,
    code: Arc<Code>,
    /// The function that is called, and of which kernel it is.
    function: Option<(u32, Func)>,
    globals: Vec<Variable>,
    initial: Vec<Variable>,
    thread: Global,
    positions: Vec<Variable>,
    fuel: Variable,
    full: Variable,
    stacks: [Variable; 2],
    instance: wasmtime::Instance,
}

/// A global and what is known to be in it: setting it costs more than knowing.
struct Variable {
    global: Global,
    ty: Type,
    known: Option<u64>,
}

impl Variable {
    fn set(&mut self, store: &mut Store<Host>, bits: u64) -> Result<(), DeviceError> {
        if self.known != Some(bits) {
            let set = self.global.set(store, value(self.ty, bits));
            set.map_err(|error| failed(&error))?;
            self.known = Some(bits);
        }
        Ok(())
    }
}

impl Worker {
    pub(super) fn new(engine: &Engine, code: &Arc<Code>, kit: &Kit) -> Result<Worker, DeviceError> {
        let mut store = Store::new(engine, Host::of(&kit.arena, &kit.meeting));
        let instance = {
            let made = pin!(kit.pre.instantiate_async(&mut store));
            let polled = poll(made);
            polled.ok_or_else(|| error("an instance is not ready"))?
        };
        let instance = instance.map_err(|error| failed(&error))?;
        let mut global = |name: &str| {
            let found = instance.get_global(&mut store, name);
            found.ok_or_else(|| error(format!("no global `{name}`")))
        };
        let mut variable = |name: &str, ty| {
            Ok(Variable {
                global: global(name)?,
                ty,
                known: None,
            })
        };
        let mut globals = Vec::new();
        let mut initial = Vec::new();
        for (index, ty) in code.globals.iter().enumerate() {
            globals.push(variable(&global_name(index), *ty)?);
            let number = u32::try_from(index).unwrap_or(u32::MAX);
            initial.push(variable(&Own::Initial(number).name(), *ty)?);
        }
        let positions: Result<_, DeviceError> = (0..12)
            .map(|slot| variable(&Own::Position(slot).name(), Type::I32))
            .collect();
        Ok(Worker {
            globals,
            initial,
            positions: positions?,
            fuel: variable(&Own::Fuel.name(), Type::I64)?,
            full: variable(&Own::Full.name(), Type::I64)?,
            stacks: [
                variable(&Own::Stacks.name(), Type::I32)?,
                variable(&Own::StackBytes.name(), Type::I32)?,
            ],
            thread: variable(&Own::Thread.name(), Type::I32)?.global,
            store,
            kit: kit.clone(),
            code: Arc::clone(code),
            function: None,
            instance,
        })
    }

    /// Gets ready for a launch.
    pub(super) fn prepare(&mut self, launch: &Launch<'_>) -> Result<(), DeviceError> {
        let store = &mut self.store;
        let dimensions = launch.grid.threads.iter().chain(&launch.grid.blocks);
        for (variable, dimension) in self.positions[6..].iter_mut().zip(dimensions) {
            variable.set(store, u64::from(*dimension))?;
        }
        let pairs = self.globals.iter_mut().zip(&mut self.initial);
        for ((global, initial), bits) in pairs.zip(launch.globals) {
            global.set(store, *bits)?;
            if self.code.runs_many() {
                initial.set(store, *bits)?;
            }
        }
        if let Some(fuel) = launch.fuel {
            self.full.set(store, fuel)?;
        }
        let stacks = launch
            .stacks
            .map_or([0; 2], |stacks| [stacks.base, stacks.bytes]);
        for (variable, bits) in self.stacks.iter_mut().zip(stacks) {
            variable.set(store, u64::from(bits))?;
        }
        if self
            .function
            .is_none_or(|(index, _)| index != launch.function)
        {
            let name = match self.code.runs_many() {
                true => RUN.to_owned(),
                false => function_name(launch.function),
            };
            let found = self.instance.get_func(&mut *store, &name);
            let found = found.ok_or_else(|| error(format!("no function `{name}`")))?;
            self.function = Some((launch.function, found));
        }
        Ok(())
    }

    /// Gets ready for one thread.
    pub(super) fn begin(
        &mut self,
        module: &Module,
        launch: &Launch<'_>,
        thread: u32,
    ) -> Result<(), DeviceError> {
        let store = &mut self.store;
        if self.code.asks {
            for (variable, place) in self.positions.iter_mut().zip(place(launch.grid, thread)) {
                variable.set(store, u64::from(place))?;
            }
        }
        for (index, bits) in launch.globals.iter().enumerate() {
            if self.code.reach.sets.get(index) == Some(&true) {
                self.globals[index].known = None;
                self.globals[index].set(store, *bits)?;
            }
        }
        if let (Some(pointer), Some(stacks)) = (module.stack_pointer, launch.stacks) {
            let end = stacks.bytes.wrapping_mul(thread.wrapping_add(1));
            let end = stacks.base.wrapping_add(end);
            self.globals[pointer as usize].set(store, u64::from(end))?;
        }
        if let Some(fuel) = launch.fuel {
            self.fuel.known = None;
            self.fuel.set(store, fuel)?;
        }
        Ok(())
    }

    /// The function that is called and the store to call it in.
    pub(super) fn function(&mut self) -> Result<(Func, &mut Store<Host>), DeviceError> {
        let found = self.function.ok_or_else(|| error("not prepared"))?;
        Ok((found.1, &mut self.store))
    }

    /// The number of the thread that ran last, where many do.
    pub(super) fn thread(&mut self) -> u32 {
        match self.thread.get(&mut self.store) {
            Val::I32(thread) => thread.cast_unsigned(),
            _ => 0,
        }
    }

    /// The bits of all globals, as the last thread left them.
    pub(super) fn globals(&mut self) -> Vec<u64> {
        let globals = self.globals.iter_mut();
        globals
            .map(|variable| {
                variable.known = None;
                bits(&variable.global.get(&mut self.store))
            })
            .collect()
    }

    /// What a call that failed says of a thread.
    pub(super) fn trap(
        &self,
        function: u32,
        thread: u32,
        failure: &wasmtime::Error,
    ) -> Result<Trap, DeviceError> {
        let code = match (
            failure.downcast_ref::<Ended>(),
            failure.downcast_ref::<wasmtime::Trap>(),
        ) {
            (Some(ended), _) => ended.0,
            (None, Some(trap)) => TrapCode::from(*trap),
            (None, None) => return Err(failed(failure)),
        };
        let backtrace = failure.downcast_ref::<WasmBacktrace>();
        let frame = backtrace.and_then(|backtrace| backtrace.frames().first());
        let site = frame.and_then(|frame| self.code.site(frame.module_offset()?));
        // An instruction that Cranelift made of several may have no place; what
        // function it is in is known all the same.
        let inside = frame.and_then(|frame| self.code.original(frame.func_index()));
        Ok(Trap {
            code: site.and_then(|site| site.code).unwrap_or(code),
            function: site.map_or(inside.unwrap_or(function), |site| site.function),
            offset: site.map_or(0, |site| site.offset),
            thread,
        })
    }
}

/// Where a thread is in its block, and its block in the grid.
fn place(grid: Grid, thread: u32) -> [u32; 6] {
    let mut rest = thread;
    let mut place = [0; 6];
    let dimensions = grid.threads.iter().chain(&grid.blocks);
    for (place, dimension) in place.iter_mut().zip(dimensions) {
        *place = rest % dimension;
        rest /= dimension;
    }
    place
}

/// Asks a future once.
pub(super) fn poll<F: Future + ?Sized>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => Some(done),
        Poll::Pending => None,
    }
}

/// A value by its bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "32 bits are the lower half"
)]
pub(super) fn value(ty: Type, bits: u64) -> Val {
    match ty {
        Type::I32 => Val::I32((bits as u32).cast_signed()),
        Type::I64 => Val::I64(bits.cast_signed()),
        Type::F32 => Val::F32(bits as u32),
        Type::F64 => Val::F64(bits),
    }
}

/// The bits of a number.
pub(super) fn bits(value: &Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(value.cast_unsigned()),
        Val::I64(value) => value.cast_unsigned(),
        Val::F32(bits) => u64::from(*bits),
        Val::F64(bits) => *bits,
        _ => 0,
    }
}
