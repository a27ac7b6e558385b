//! The code of a function.

use wasm_encoder::{BlockType, BranchHint, Function, ValType};
use wasmparser::{BinaryReaderError, FunctionBody, Operator};

use super::sections::{params, val_type};
use super::{BARRIER, GROW, HOST_FUNCTIONS, Own, Plan, Site, Written, slot};
use crate::TrapCode;
use crate::gpu::ir::{Axis, Op, Position, Type};
use crate::gpu::lower::{Nans, nans};

/// Locals that hold something for a moment: two operands of a bulk operation, and a
/// float of each type.
pub(super) const SCRATCH: [ValType; 4] = [ValType::I32, ValType::I32, ValType::F32, ValType::F64];

/// Where a function's code stands that is not its own function: in `run`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inline {
    /// By how much the numbers of its locals are moved.
    pub(super) locals: u32,
    /// The local of the first of 12 positions.
    pub(super) positions: u32,
    /// The local that is the thread's place in a line, if it is in one.
    pub(super) line: Option<u32>,
    /// The local that counts fuel; else a global does, for functions that are called
    /// count too.
    pub(super) fuel: Option<u32>,
}

pub(super) struct Writer<'p, 'a> {
    pub(super) plan: &'p Plan<'a>,
    pub(super) out: Function,
    sites: Vec<Site>,
    hints: Vec<BranchHint>,
    nans: Nans,
    index: u32,
    pub(super) inline: Option<Inline>,
    /// The first of the [`SCRATCH`] locals.
    pub(super) scratch: u32,
    /// Constructs that have begun, the function's own not counted.
    depth: u32,
}

/// A function by itself.
pub(super) fn function(
    plan: &Plan<'_>,
    index: u32,
    body: &FunctionBody<'_>,
) -> Result<Written, BinaryReaderError> {
    let mut locals = declared(body)?;
    let scratch = params(plan.module, index).len() + locals.len();
    locals.extend(SCRATCH);
    let out = Function::new_with_locals_types(locals);
    let mut writer = Writer::new(plan, index, out, None, number(scratch));
    writer.enter();
    writer.body(body)?;
    Ok(writer.finish())
}

/// A function that was imported.
pub(super) fn import(plan: &Plan<'_>, index: u32) -> Written {
    let mut writer = Writer::new(plan, index, Function::new([]), None, 0);
    writer.imported(index);
    writer.out.instructions().end();
    writer.finish()
}

/// The locals of a body, one by one.
pub(super) fn declared(body: &FunctionBody<'_>) -> Result<Vec<ValType>, BinaryReaderError> {
    let mut locals = Vec::new();
    for group in body.get_locals_reader()? {
        let (count, ty) = group?;
        let ty = match ty {
            wasmparser::ValType::I64 => Type::I64,
            wasmparser::ValType::F32 => Type::F32,
            wasmparser::ValType::F64 => Type::F64,
            _ => Type::I32,
        };
        locals.extend(std::iter::repeat_n(val_type(ty), count as usize));
    }
    Ok(locals)
}

pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl<'p, 'a> Writer<'p, 'a> {
    pub(super) fn new(
        plan: &'p Plan<'a>,
        index: u32,
        out: Function,
        inline: Option<Inline>,
        scratch: u32,
    ) -> Writer<'p, 'a> {
        let mut writer = Writer {
            plan,
            out,
            sites: Vec::new(),
            hints: Vec::new(),
            nans: nans(&plan.module.functions[index as usize].code),
            index,
            inline,
            scratch,
            depth: 0,
        };
        let code = &plan.module.functions[index as usize].code;
        let first = code
            .blocks
            .iter()
            .find_map(|block| block.instructions.first());
        // What is wrong before the first instruction: no stack is left.
        writer.site(first.map_or(0, |instruction| instruction.offset), None);
        writer
    }

    pub(super) fn finish(self) -> Written {
        Written {
            function: self.out,
            sites: self.sites,
            hints: self.hints,
        }
    }

    /// Says where what is written next comes from.
    pub(super) fn site(&mut self, offset: u32, code: Option<TrapCode>) {
        let at = self.out.byte_len();
        self.sites.pop_if(|last| last.at == at);
        self.sites.push(Site {
            at,
            function: self.index,
            offset,
            code,
        });
    }

    /// Says that the branch that is written next is seldom, or mostly, taken.
    pub(super) fn hint(&mut self, taken: bool) {
        self.hints.push(BranchHint {
            branch_func_offset: number(self.out.byte_len()),
            branch_hint_value: u32::from(taken),
        });
    }

    /// Makes the float on the stack canonical, if it is a NaN.
    fn canonicalize(&mut self, ty: Type) {
        let long = ty == Type::F64;
        let local = self.scratch + if long { 3 } else { 2 };
        let mut sink = self.out.instructions();
        sink.local_tee(local).local_get(local);
        // All but a NaN are as great as themselves. That is one branch: that something
        // is not itself would be two.
        _ = if long { sink.f64_ge() } else { sink.f32_ge() };
        self.hint(true);
        let mut sink = self.out.instructions();
        sink.if_(BlockType::Empty).else_();
        match long {
            true => sink.f64_const(f64::from_bits(0x7ff8_0000_0000_0000).into()),
            false => sink.f32_const(f32::from_bits(0x7fc0_0000).into()),
        };
        sink.local_set(local).end().local_get(local);
    }

    /// Takes fuel for a function that calls others.
    pub(super) fn enter(&mut self) {
        let function = &self.plan.module.functions[self.index as usize];
        if function.calls() {
            let offset = function.code.blocks.first().map_or(0, |block| block.offset);
            self.charge(offset);
        }
    }

    /// All of a function's code, with its last `end`.
    pub(super) fn body(&mut self, body: &FunctionBody<'_>) -> Result<(), BinaryReaderError> {
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            let (operator, offset) = operators.read_with_offset()?;
            let end = operators.original_position();
            let here = number(offset);
            self.site(here, None);
            if let Some(ty) = self.nans.stored.get(&here) {
                self.canonicalize(*ty);
            }
            if !self.replaced(&operator, here) {
                self.site(here, None);
                let bytes = &self.plan.source.wasm[offset..end];
                self.out.raw(bytes.iter().copied());
            }
            if let Some(ty) = self.nans.made.get(&here) {
                self.canonicalize(*ty);
            }
            match operator {
                Operator::Loop { .. } => {
                    self.depth += 1;
                    self.charge(here);
                }
                Operator::Block { .. } | Operator::If { .. } => self.depth += 1,
                Operator::End => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes what stands for an operator; false if it stays as it is.
    fn replaced(&mut self, operator: &Operator<'_>, offset: u32) -> bool {
        match operator {
            Operator::Call { function_index } => {
                if self.plan.import(*function_index).is_some() {
                    self.imported(*function_index);
                } else {
                    let function = HOST_FUNCTIONS + function_index;
                    self.out.instructions().call(function);
                }
            }
            Operator::MemoryGrow { mem } if self.plan.source.is_arena(*mem) => {
                self.out.instructions().call(GROW);
            }
            Operator::DataDrop { data_index } => {
                if let Some(global) = self.plan.module.data[*data_index as usize].dropped {
                    self.out.instructions().i32_const(1).global_set(global);
                }
            }
            // Nothing could read what it drops, and the segments are not there.
            Operator::ElemDrop { .. } => {}
            Operator::MemoryInit { data_index, .. } => {
                self.charge_bytes(offset);
                self.unless_dropped(*data_index, offset);
                return false;
            }
            Operator::MemoryFill { .. } | Operator::MemoryCopy { .. } => {
                self.charge_bytes(offset);
                return false;
            }
            Operator::Unreachable => {
                // Cranelift takes a branch to a trap and nothing else for a trap,
                // which then has the place of the branch.
                let global = self.plan.own(Own::Trapped);
                self.out.instructions().i32_const(1).global_set(global);
                return false;
            }
            Operator::I32LtS
            | Operator::I32LtU
            | Operator::I32GtS
            | Operator::I32GtU
            | Operator::I32LeS
            | Operator::I32LeU
            | Operator::I32GeS
            | Operator::I32GeU
                if let Some(guard) = self.plan.guard.filter(|guard| guard.offset == offset) =>
            {
                let mut sink = self.out.instructions();
                sink.drop().drop().i32_const(guard.works.into());
            }
            Operator::Return if self.inline.is_some() => {
                self.out.instructions().br(self.depth);
            }
            Operator::LocalGet { local_index } => return self.local(0x20, *local_index),
            Operator::LocalSet { local_index } => return self.local(0x21, *local_index),
            Operator::LocalTee { local_index } => return self.local(0x22, *local_index),
            _ => return false,
        }
        true
    }

    /// Writes the access to a local that has another number here.
    fn local(&mut self, opcode: u8, index: u32) -> bool {
        let Some(inline) = self.inline else {
            return false;
        };
        let local = inline.locals + index;
        let mut sink = self.out.instructions();
        match opcode {
            0x20 => sink.local_get(local),
            0x21 => sink.local_set(local),
            _ => sink.local_tee(local),
        };
        true
    }

    /// What an imported function does.
    fn imported(&mut self, function: u32) {
        match self.plan.import(function) {
            Some(Op::Position(Position::GlobalId(Axis::X)))
                if let Some(line) = self.inline.and_then(|inline| inline.line) =>
            {
                self.out.instructions().local_get(line);
            }
            Some(Op::Position(Position::GlobalId(axis))) => {
                self.position(Position::BlockId(*axis));
                self.position(Position::BlockDim(*axis));
                self.out.instructions().i32_mul();
                self.position(Position::ThreadId(*axis));
                self.out.instructions().i32_add();
            }
            Some(Op::Position(position)) => self.position(*position),
            _ => {
                self.out.instructions().call(BARRIER);
            }
        }
    }

    fn position(&mut self, position: Position) {
        let slot = slot(position).unwrap_or_default();
        let global = self.plan.own(Own::Position(slot));
        let mut sink = self.out.instructions();
        match self.inline {
            Some(inline) => sink.local_get(inline.positions + slot),
            None => sink.global_get(global),
        };
    }
}
