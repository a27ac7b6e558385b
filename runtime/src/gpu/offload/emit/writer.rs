//! One kernel: the blocks of an iteration, or one block, as a function.

use std::collections::{HashMap, HashSet};

use wasm_encoder::{BlockType, Encode as _, Function, InstructionSink, ValType};

use super::{ID, Part, Takes, opcode};
use crate::gpu::ir::graph::target;
use crate::gpu::ir::{Access, Block, Code, Instruction, Jump, Op, Terminator, Type, Value};
use crate::gpu::offload::values::Values;

/// The most blocks of an iteration that are written inside each other.
const DEEPEST: usize = 200;

/// The most parameters of a kernel: WebAssembly's own limit is 1,000, and devices add
/// some.
const MOST_PARAMS: usize = 500;

/// Writes one kernel.
pub(super) struct Writer<'a> {
    code: &'a Code,
    values: &'a Values,
    part: &'a Part,
    /// Blocks that several jumps go to, in order.
    merged: Vec<usize>,
    locals: HashMap<Value, u32>,
    /// Types of all locals, parameters first.
    types: Vec<ValType>,
    /// The blocks of [`Writer::merged`] that have been begun.
    begun: usize,
    /// Constructs that are open beside those for `merged`.
    open: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(code: &'a Code, values: &'a Values, part: &'a Part) -> Writer<'a> {
        let mut writer = Writer {
            code,
            values,
            part,
            merged: Vec::new(),
            locals: HashMap::new(),
            types: Vec::new(),
            begun: 0,
            open: 0,
        };
        let mut seen = HashSet::new();
        let mut again = HashSet::new();
        for block in writer.blocks() {
            for jump in writer.block(*block).end.jumps() {
                if writer.stays(jump) && !seen.insert(target(jump)) {
                    again.insert(target(jump));
                }
            }
        }
        let blocks = writer.blocks().iter().copied();
        writer.merged = blocks.filter(|block| again.contains(block)).collect();
        writer
    }

    fn blocks(&self) -> &'a [usize] {
        match &self.part.within {
            Some(within) => &within.blocks,
            None => std::slice::from_ref(&self.part.block),
        }
    }

    fn block(&self, number: usize) -> &'a Block {
        &self.code.blocks[number]
    }

    /// Whether a jump stays in the iteration.
    fn stays(&self, jump: &Jump) -> bool {
        let within = self.part.within.as_ref();
        within.is_some_and(|within| within.stays(jump))
    }

    /// Whether a value is made by the kernel, and does not come from before.
    fn is_inside(&self, value: Value) -> bool {
        let inside = |block| self.blocks().contains(&block);
        let is_parameter = self.values.instruction(self.code, value).is_none();
        let is_known = self
            .values
            .instruction(self.code, value)
            .is_some_and(|it| matches!(it.op, Op::GlobalGet(_) | Op::MemorySize));
        match self.values.block(value) {
            // What the first block is given comes from before.
            Some(block) if block == self.part.block && is_parameter => {
                self.part.counters.contains(&value)
            }
            Some(block) => inside(block) && !is_known,
            None => false,
        }
    }

    /// Whether an instruction is written.
    fn is_written(&self, instruction: &Instruction) -> bool {
        let mut results = instruction.results.iter();
        let is_known = matches!(
            instruction.op,
            Op::GlobalGet(_) | Op::MemorySize | Op::Constant(_)
        );
        let needed = results.any(|result| self.values.is_needed(*result));
        !is_known && (instruction.op.has_effect() || needed)
    }

    /// The parameters of a block that a jump sets, with their arguments.
    fn set_by(&self, jump: &'a Jump) -> impl Iterator<Item = (Value, Value)> {
        let params = self.block(target(jump)).params.iter();
        params
            .zip(&jump.arguments)
            .filter(|(param, _)| {
                self.values.is_needed(**param) && self.values.resolved(**param) == **param
            })
            .map(|(param, argument)| (*param, *argument))
    }

    /// Values that the kernel uses and does not make.
    fn taken(&self) -> Takes {
        let mut used = Vec::new();
        for block in self.blocks() {
            let block = self.block(*block);
            let written = block.instructions.iter();
            for instruction in written.filter(|it| self.is_written(it)) {
                instruction.op.uses(|value| used.push(value));
            }
            if self.part.within.is_none() {
                continue;
            }
            if let Terminator::Branch(value, _) | Terminator::Table(value, _) = &block.end {
                used.push(*value);
            }
            for jump in block.end.jumps().iter().filter(|jump| self.stays(jump)) {
                used.extend(self.set_by(jump).map(|(_, argument)| argument));
            }
        }
        let mut takes = Takes {
            values: Vec::new(),
            counters: Vec::new(),
        };
        let mut seen = HashSet::new();
        for value in used {
            let value = self.values.resolved(value);
            if !seen.insert(value) || self.values.constant(self.code, value).is_some() {
                continue;
            }
            if self.part.counters.contains(&value) {
                takes.counters.push(value);
            } else if !self.is_inside(value) {
                takes.values.push(value);
            }
        }
        takes
    }

    /// Its parameters, itself, and what they are; none if it is too large.
    pub(super) fn write(mut self) -> Option<(Vec<ValType>, Function, Takes)> {
        let takes = self.taken();
        for value in &takes.values {
            self.local(*value);
        }
        let first = self.types.len();
        for counter in &takes.counters {
            let ty = val_type(self.ty(*counter));
            self.types.extend([ty, ty]);
        }
        self.types.push(ValType::I32);
        let params = self.types.clone();
        if params.len() > MOST_PARAMS {
            return None;
        }
        // Every other local is found before the function begins.
        let mut body = Vec::new();
        let mut sink = InstructionSink::new(&mut body);
        let count = u32::try_from(params.len() - 1).ok()?;
        sink.call(ID).local_get(count).i32_ge_u();
        sink.if_(BlockType::Empty).return_().end();
        for (number, counter) in takes.counters.iter().enumerate() {
            let begin = u32::try_from(first + 2 * number).ok()?;
            sink.local_get(begin).call(ID);
            if self.ty(*counter) == Type::I64 {
                sink.i64_extend_i32_u().local_get(begin + 1);
                sink.i64_mul().i64_add();
            } else {
                sink.local_get(begin + 1).i32_mul().i32_add();
            }
            sink.local_set(self.local(*counter));
        }
        for _ in &self.merged {
            sink.block(BlockType::Empty);
        }
        self.whole(&mut body, self.part.block, 0)?;
        for number in 0..self.merged.len() {
            InstructionSink::new(&mut body).end();
            self.begun = number + 1;
            self.whole(&mut body, self.merged[number], 0)?;
        }
        InstructionSink::new(&mut body).end();
        let locals = self.types[params.len()..].iter().copied();
        let mut function = Function::new_with_locals_types(locals);
        function.raw(body);
        Some((params, function, takes))
    }

    fn ty(&self, value: Value) -> Type {
        self.code.values[value.0 as usize]
    }

    fn local(&mut self, value: Value) -> u32 {
        if let Some(local) = self.locals.get(&value) {
            return *local;
        }
        let local = u32::try_from(self.types.len()).unwrap_or(u32::MAX);
        self.types.push(val_type(self.ty(value)));
        self.locals.insert(value, local);
        local
    }

    /// A block with all that only it jumps to.
    fn whole(&mut self, body: &mut Vec<u8>, number: usize, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let block = self.block(number);
        for instruction in &block.instructions {
            if self.is_written(instruction) {
                self.instruction(body, instruction);
            }
        }
        if self.part.within.is_none() {
            return Some(());
        }
        match &block.end {
            Terminator::Jump(jump) => self.jump(body, jump, depth)?,
            Terminator::Branch(condition, [taken, other]) => {
                self.get(body, *condition);
                InstructionSink::new(body).if_(BlockType::Empty);
                self.open += 1;
                self.jump(body, taken, depth)?;
                InstructionSink::new(body).end();
                self.open -= 1;
                self.jump(body, other, depth)?;
            }
            Terminator::Table(index, jumps) => {
                let (last, others) = jumps.split_last()?;
                for (number, jump) in (0..).zip(others) {
                    self.get(body, *index);
                    let mut sink = InstructionSink::new(body);
                    sink.i32_const(number).i32_eq().if_(BlockType::Empty);
                    self.open += 1;
                    self.jump(body, jump, depth)?;
                    InstructionSink::new(body).end();
                    self.open -= 1;
                }
                self.jump(body, last, depth)?;
            }
            Terminator::Return(_) | Terminator::Trap(..) => return None,
        }
        Some(())
    }

    fn jump(&mut self, body: &mut Vec<u8>, jump: &'a Jump, depth: usize) -> Option<()> {
        if !self.stays(jump) {
            // That was the iteration.
            InstructionSink::new(body).return_();
            return Some(());
        }
        let sets: Vec<(Value, Value)> = self.set_by(jump).collect();
        for (_, argument) in &sets {
            self.get(body, *argument);
        }
        for (param, _) in sets.iter().rev() {
            let local = self.local(*param);
            InstructionSink::new(body).local_set(local);
        }
        let to = target(jump);
        match self.merged.iter().position(|merged| *merged == to) {
            Some(place) => {
                let label = place - self.begun + self.open;
                InstructionSink::new(body).br(u32::try_from(label).ok()?);
            }
            None => self.whole(body, to, depth + 1)?,
        }
        Some(())
    }

    fn get(&mut self, body: &mut Vec<u8>, value: Value) {
        let value = self.values.resolved(value);
        if let Some(bits) = self.values.constant(self.code, value) {
            let ty = self.ty(value);
            body.push(opcode::constant(ty));
            constant(body, ty, bits);
            return;
        }
        let local = self.local(value);
        InstructionSink::new(body).local_get(local);
    }

    fn instruction(&mut self, body: &mut Vec<u8>, instruction: &Instruction) {
        let result = instruction.results.first().copied();
        let to = result.map_or(Type::I32, |result| self.ty(result));
        match &instruction.op {
            // `select` takes the condition last.
            Op::Select(condition, a, b) => {
                for value in [a, b, condition] {
                    self.get(body, *value);
                }
            }
            op => {
                let mut operands = Vec::new();
                op.uses(|value| operands.push(value));
                for value in operands {
                    self.get(body, value);
                }
            }
        }
        match &instruction.op {
            Op::Unary(unary, a) => body.extend(opcode::unary(*unary, self.ty(*a), to)),
            Op::Binary(binary, ..) => body.push(opcode::binary(*binary, to)),
            Op::Compare(compare, a, _) => body.push(opcode::compare(*compare, self.ty(*a))),
            Op::Select(..) => body.push(0x1b),
            Op::Load { access, signed } => {
                body.push(opcode::load(to, access.width, *signed));
                place(body, access);
            }
            Op::Store(access, value) => {
                body.push(opcode::store(self.ty(*value), access.width));
                place(body, access);
            }
            // The check has refused all others.
            _ => body.push(0x00),
        }
        if let Some(result) = result {
            let local = self.local(result);
            InstructionSink::new(body).local_set(local);
        }
    }
}

/// The alignment, which promises nothing, and the offset of an access.
fn place(body: &mut Vec<u8>, access: &Access) {
    body.push(0);
    access.offset.encode(body);
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "32 bits are the lower half"
)]
fn constant(body: &mut Vec<u8>, ty: Type, bits: u64) {
    match ty {
        Type::I32 => (bits as u32).cast_signed().encode(body),
        Type::I64 => bits.cast_signed().encode(body),
        Type::F32 => body.extend((bits as u32).to_le_bytes()),
        Type::F64 => body.extend(bits.to_le_bytes()),
    }
}

fn val_type(ty: Type) -> ValType {
    match ty {
        Type::I32 => ValType::I32,
        Type::I64 => ValType::I64,
        Type::F32 => ValType::F32,
        Type::F64 => ValType::F64,
    }
}
