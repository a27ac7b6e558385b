//! Fuel, patience, and segments that a thread has dropped.

use wasm_encoder::BlockType;

use super::body::Writer;
use super::{LOOK, Own};
use crate::TrapCode;

/// Steps between two looks at whether the launch is cancelled. A look takes as long as
/// some tens of the smallest steps.
const PATIENCE: i32 = 4096;

/// The logarithm of the bytes that take as long to fill or copy as a step.
const STEP_BYTES: i32 = 8;

/// What is counted.
#[derive(Clone, Copy)]
enum Counter {
    Fuel,
    Patience,
}

impl Writer<'_, '_> {
    /// The local, or else the global, that counts.
    fn counter(&self, counter: Counter) -> Result<u32, u32> {
        let (number, own) = match counter {
            Counter::Fuel => (0, Own::Fuel),
            Counter::Patience => (1, Own::Patience),
        };
        match self.inline.and_then(|inline| inline.counters) {
            Some(counters) => Ok(counters[number]),
            None => Err(self.plan.own(own)),
        }
    }

    fn get(&mut self, counter: Counter) {
        match self.counter(counter) {
            Ok(local) => self.out.instructions().local_get(local),
            Err(global) => self.out.instructions().global_get(global),
        };
    }

    fn set(&mut self, counter: Counter) {
        match self.counter(counter) {
            Ok(local) => self.out.instructions().local_set(local),
            Err(global) => self.out.instructions().global_set(global),
        };
    }

    /// Takes a step, and looks after so many whether the launch is cancelled.
    pub(super) fn step(&mut self, offset: u32) {
        if !self.plan.looks() {
            return;
        }
        self.site(offset, None);
        self.get(Counter::Patience);
        self.out.instructions().i32_const(1).i32_sub();
        self.set(Counter::Patience);
        self.get(Counter::Patience);
        self.out.instructions().i32_const(0).i32_le_s();
        self.hint(false);
        let mut sink = self.out.instructions();
        sink.if_(BlockType::Empty).call(LOOK).i32_const(PATIENCE);
        self.set(Counter::Patience);
        self.out.instructions().end();
    }

    /// Traps with this code if the i32 on the stack is not zero.
    fn trap_if(&mut self, code: TrapCode, offset: u32) {
        // Wasmtime takes `if` and `unreachable` for one instruction.
        self.site(offset, Some(code));
        let mut sink = self.out.instructions();
        sink.if_(BlockType::Empty).unreachable().end();
    }

    /// Takes one from the thread's fuel, or traps if there is none, and a step.
    pub(super) fn charge(&mut self, offset: u32) {
        if self.plan.form.has_fuel {
            self.burn(offset);
        }
        self.step(offset);
    }

    fn burn(&mut self, offset: u32) {
        self.get(Counter::Fuel);
        self.out.instructions().i64_eqz();
        self.trap_if(TrapCode::OutOfFuel, offset);
        self.get(Counter::Fuel);
        self.out.instructions().i64_const(1).i64_sub();
        self.set(Counter::Fuel);
    }

    /// Takes as much as the length on the stack says, which stays there.
    pub(super) fn charge_bytes(&mut self, offset: u32) {
        let length = self.scratch;
        self.out.instructions().local_set(length);
        if self.plan.form.has_fuel {
            self.get(Counter::Fuel);
            let mut sink = self.out.instructions();
            sink.local_get(length).i64_extend_i32_u().i64_lt_u();
            self.trap_if(TrapCode::OutOfFuel, offset);
            self.get(Counter::Fuel);
            let mut sink = self.out.instructions();
            sink.local_get(length).i64_extend_i32_u().i64_sub();
            self.set(Counter::Fuel);
        }
        if self.plan.looks() {
            self.get(Counter::Patience);
            let mut sink = self.out.instructions();
            sink.local_get(length).i32_const(STEP_BYTES).i32_shr_u();
            sink.i32_sub();
            self.set(Counter::Patience);
        }
        self.out.instructions().local_get(length);
    }

    /// Traps if the thread has dropped the segment that the operands on the stack,
    /// which stay there, would copy from.
    pub(super) fn unless_dropped(&mut self, segment: u32, offset: u32) {
        let Some(dropped) = self.plan.module.data[segment as usize].dropped else {
            return;
        };
        let (length, from) = (self.scratch, self.scratch + 1);
        let mut sink = self.out.instructions();
        sink.local_set(length).local_set(from);
        sink.local_get(length).local_get(from).i32_or();
        sink.i32_const(0).global_get(dropped).select();
        self.trap_if(TrapCode::OutOfBoundsMemoryAccess, offset);
        let mut sink = self.out.instructions();
        sink.local_get(from).local_get(length);
    }
}
