//! Fuel, looks at whether the launch is cancelled, and segments that a thread has
//! dropped.

use wasm_encoder::{BlockType, MemArg};

use super::Own;
use super::body::Writer;
use crate::TrapCode;

impl Writer<'_, '_> {
    fn get_fuel(&mut self) {
        let global = self.plan.own(Own::Fuel);
        let mut sink = self.out.instructions();
        match self.inline.and_then(|inline| inline.fuel) {
            Some(local) => sink.local_get(local),
            None => sink.global_get(global),
        };
    }

    fn set_fuel(&mut self) {
        let global = self.plan.own(Own::Fuel);
        let mut sink = self.out.instructions();
        match self.inline.and_then(|inline| inline.fuel) {
            Some(local) => sink.local_set(local),
            None => sink.global_set(global),
        };
    }

    /// Traps if the launch is cancelled.
    pub(super) fn look(&mut self, offset: u32) {
        if !self.plan.looks() {
            return;
        }
        // Another access could be done once for a whole loop. A call of the host could
        // not, and all that is in registers would be in memory instead.
        let word = MemArg {
            offset: 0,
            align: 2,
            memory_index: self.plan.control(),
        };
        self.out.instructions().i32_const(0).i32_atomic_load(word);
        self.trap_if(TrapCode::Interrupted, offset);
        self.site(offset, None);
    }

    /// Traps with this code if the i32 on the stack is not zero.
    fn trap_if(&mut self, code: TrapCode, offset: u32) {
        // Wasmtime takes `if` and `unreachable` for one instruction.
        self.site(offset, Some(code));
        let mut sink = self.out.instructions();
        sink.if_(BlockType::Empty).unreachable().end();
    }

    /// Takes one from the thread's fuel, or traps if there is none. Looks.
    pub(super) fn charge(&mut self, offset: u32) {
        self.look(offset);
        if !self.plan.form.has_fuel {
            return;
        }
        self.get_fuel();
        self.out.instructions().i64_eqz();
        self.trap_if(TrapCode::OutOfFuel, offset);
        self.get_fuel();
        self.out.instructions().i64_const(1).i64_sub();
        self.set_fuel();
    }

    /// Takes as much as the length on the stack says, which stays there.
    pub(super) fn charge_bytes(&mut self, offset: u32) {
        if !self.plan.form.has_fuel {
            return;
        }
        let length = self.scratch;
        self.out.instructions().local_set(length);
        self.get_fuel();
        let mut sink = self.out.instructions();
        sink.local_get(length).i64_extend_i32_u().i64_lt_u();
        self.trap_if(TrapCode::OutOfFuel, offset);
        self.get_fuel();
        let mut sink = self.out.instructions();
        sink.local_get(length).i64_extend_i32_u().i64_sub();
        self.set_fuel();
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
