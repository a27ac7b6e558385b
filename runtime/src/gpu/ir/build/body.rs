//! From one function's operators to its blocks.
//!
//! WebAssembly's control is structured, so what joins where is known in advance:
//! the block after a construct has parameters for the construct's results and for
//! each local that is set somewhere inside it, and a loop's first block for each
//! local that is set in the loop. Nothing has to be found out afterwards.

use wasmparser::{BlockType, FunctionBody, Operator};

use super::super::{Block, BlockId, Code, Instruction, Jump, Op, Terminator, Type, Value};
use super::{Refused, Sections, TOO_LARGE, number, numeric};
use crate::TrapCode;

/// Nesting that is deeper is a mistake or an attack.
const DEEPEST: usize = 1_000;

/// The most locals of a function: Wasmtime takes 50,000, and the device `cpu` gives it
/// some for itself.
const MOST_LOCALS: usize = 49_900;

/// A function that was built.
pub(super) struct Built {
    pub(super) code: Code,
    /// Whether it grows the memory.
    pub(super) grows: bool,
    /// Its values, and how many of them are named where it jumps and returns.
    pub(super) parts: usize,
}

/// Builds a function of so many parts at most.
pub(super) fn build(
    module: &Sections<'_>,
    signature: u32,
    body: &FunctionBody<'_>,
    most_parts: usize,
) -> Result<Built, Refused> {
    let signature = &module.signatures[signature as usize];
    let mut types = signature.params.clone();
    for local in body.get_locals_reader()? {
        let (count, ty) = local?;
        let ty = number(ty)
            .ok_or_else(|| Refused::new("a local that is no number", body.range().start))?;
        if types.len() + count as usize > MOST_LOCALS {
            return Err(Refused::new("too many locals", body.range().start));
        }
        types.extend(std::iter::repeat_n(ty, count as usize));
    }
    let mut builder = Builder {
        module,
        code: Code::default(),
        current: Some(BlockId(0)),
        stack: Vec::new(),
        locals: Vec::new(),
        frames: Vec::new(),
        assigned: assigned(body, most_parts)?,
        constructs: 0,
        offset: u32::try_from(body.range().start).unwrap_or(u32::MAX),
        grows: false,
        named: 0,
        most_parts,
    };
    let entry = builder.block(&signature.params, false);
    builder.locals = builder.code.blocks[entry.0 as usize].params.clone();
    // One zero of each type is enough for all locals.
    let mut zeros: Vec<(Type, Value)> = Vec::new();
    for ty in &types[signature.params.len()..] {
        let known = zeros.iter().find(|(known, _)| known == ty).copied();
        let zero = match known {
            Some((_, zero)) => Some(zero),
            None => builder.push_op(Op::Constant(0), Some(*ty)),
        };
        if let Some(zero) = zero {
            if known.is_none() {
                zeros.push((*ty, zero));
            }
            builder.locals.push(zero);
        }
    }
    builder.stack.clear();
    builder.frames.push(Frame {
        kind: Kind::Function,
        after: BlockId(0),
        carried: Vec::new(),
        height: 0,
        label: signature.results.clone(),
        results: signature.results.clone(),
        is_dead: false,
        is_joined: false,
    });
    let mut operators = body.get_operators_reader()?;
    while !operators.eof() {
        let (operator, offset) = operators.read_with_offset()?;
        builder.offset = u32::try_from(offset).unwrap_or(u32::MAX);
        builder
            .operator(&operator)
            .and_then(|()| builder.within())
            .map_err(|message| Refused::new(message, offset))?;
    }
    Ok(Built {
        parts: builder.parts(),
        code: builder.code,
        grows: builder.grows,
    })
}

/// For each construct, in the order they begin: the locals that are set in it.
fn assigned(body: &FunctionBody<'_>, most: usize) -> Result<Vec<Vec<u32>>, Refused> {
    let mut held = 0;
    let mut all: Vec<Vec<u32>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for operator in body.get_operators_reader()? {
        match operator? {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                if open.len() == DEEPEST {
                    return Err(Refused::new("blocks nested too deep", body.range().start));
                }
                open.push(all.len());
                all.push(Vec::new());
            }
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                if let Some(inner) = open.last() {
                    all[*inner].push(local_index);
                }
            }
            Operator::End => {
                if let Some(ended) = open.pop() {
                    let mut locals = std::mem::take(&mut all[ended]);
                    locals.sort_unstable();
                    locals.dedup();
                    if let Some(outer) = open.last() {
                        all[*outer].extend(&locals);
                    }
                    held += locals.len();
                    if held > most {
                        return Err(Refused::new(TOO_LARGE, body.range().start));
                    }
                    all[ended] = locals;
                }
            }
            _ => {}
        }
    }
    Ok(all)
}

enum Kind {
    Function,
    Block,
    Loop(BlockId),
    /// With the block that runs if the condition is zero, until `else` was seen,
    /// and the carried locals and arguments it begins with.
    If(Option<(BlockId, Vec<Value>, Vec<Value>)>),
}

/// A construct that has begun.
struct Frame {
    kind: Kind,
    /// What runs after it.
    after: BlockId,
    /// The locals whose values jumps to `after`, and to a loop's beginning, carry.
    carried: Vec<u32>,
    /// The operands below it.
    height: usize,
    /// What a branch to it takes from the stack.
    label: Vec<Type>,
    results: Vec<Type>,
    /// Whether it began where nothing runs.
    is_dead: bool,
    /// Whether something jumps to `after`.
    is_joined: bool,
}

pub(super) struct Builder<'m, 'a> {
    pub(super) module: &'m Sections<'a>,
    code: Code,
    /// The block that is being filled; none where nothing runs.
    current: Option<BlockId>,
    stack: Vec<Value>,
    locals: Vec<Value>,
    frames: Vec<Frame>,
    assigned: Vec<Vec<u32>>,
    /// How many constructs have begun.
    constructs: usize,
    offset: u32,
    pub(super) grows: bool,
    /// How many values were named by jumps and returns, and kept for an `else`.
    named: usize,
    most_parts: usize,
}

impl Builder<'_, '_> {
    fn value(&mut self, ty: Type) -> Value {
        let value = Value(u32::try_from(self.code.values.len()).unwrap_or(u32::MAX));
        self.code.values.push(ty);
        value
    }

    fn parts(&self) -> usize {
        self.code.values.len() + self.named
    }

    /// Refuses what has become too large.
    fn within(&self) -> Result<(), String> {
        if self.parts() > self.most_parts {
            return Err(TOO_LARGE.to_owned());
        }
        Ok(())
    }

    pub(super) fn type_of(&self, value: Value) -> Type {
        self.code.values[value.0 as usize]
    }

    fn block(&mut self, params: &[Type], is_loop: bool) -> BlockId {
        let id = BlockId(u32::try_from(self.code.blocks.len()).unwrap_or(u32::MAX));
        let params = params.iter().map(|ty| self.value(*ty)).collect();
        self.code.blocks.push(Block {
            params,
            instructions: Vec::new(),
            end: Terminator::Trap(TrapCode::Unreachable, self.offset),
            is_loop,
            offset: self.offset,
        });
        id
    }

    pub(super) fn pop(&mut self) -> Value {
        // Validation has counted.
        self.stack.pop().unwrap_or(Value(0))
    }

    fn pops(&mut self, count: usize) -> Vec<Value> {
        self.stack.split_off(self.stack.len().saturating_sub(count))
    }

    /// Appends an instruction and pushes what it gives, if it does.
    pub(super) fn push_op(&mut self, op: Op, result: Option<Type>) -> Option<Value> {
        let results: Vec<Value> = result.into_iter().map(|ty| self.value(ty)).collect();
        let value = results.first().copied();
        self.append(op, results);
        value
    }

    fn append(&mut self, op: Op, results: Vec<Value>) {
        self.stack.extend(&results);
        let offset = self.offset;
        if let Some(block) = self.current {
            let instructions = &mut self.code.blocks[block.0 as usize].instructions;
            instructions.push(Instruction {
                op,
                results,
                offset,
            });
        }
    }

    /// Ends the block that is being filled.
    fn end_with(&mut self, end: Terminator) {
        if let Some(block) = self.current.take() {
            self.code.blocks[block.0 as usize].end = end;
        }
    }

    /// A jump to a construct's label, with what it carries.
    fn jump(&mut self, depth: u32) -> Option<Jump> {
        let place = self.frames.len().checked_sub(1 + depth as usize)?;
        let frame = &mut self.frames[place];
        let block = match frame.kind {
            Kind::Function => return None,
            Kind::Loop(header) => header,
            _ => {
                frame.is_joined = true;
                frame.after
            }
        };
        let carried = frame.carried.iter();
        let mut arguments: Vec<Value> = carried.map(|local| self.locals[*local as usize]).collect();
        let count = frame.label.len();
        arguments.extend(&self.stack[self.stack.len() - count..]);
        self.named += arguments.len();
        Some(Jump { block, arguments })
    }

    fn branch(&mut self, depth: u32) -> Terminator {
        match self.jump(depth) {
            Some(jump) => Terminator::Jump(jump),
            None => self.returning(),
        }
    }

    fn returning(&mut self) -> Terminator {
        let count = self.frames[0].results.len();
        self.named += count;
        Terminator::Return(self.stack[self.stack.len() - count..].to_vec())
    }

    /// A jump even where the label is the function's: to a block that returns.
    fn jump_or_return(&mut self, depth: u32) -> Jump {
        if let Some(jump) = self.jump(depth) {
            return jump;
        }
        let end = self.returning();
        let block = self.block(&[], false);
        self.code.blocks[block.0 as usize].end = end;
        Jump {
            block,
            arguments: Vec::new(),
        }
    }

    /// The jumps of a `br_table`. Where several go to one label and take something
    /// along, they share a block that does: it is given to the label once.
    fn jumps(&mut self, depths: &[u32]) -> Result<Vec<Jump>, String> {
        let mut uses = vec![0_usize; self.frames.len()];
        for depth in depths {
            uses[*depth as usize] += 1;
        }
        let mut known: Vec<Option<Jump>> = vec![None; self.frames.len()];
        let mut jumps = Vec::with_capacity(depths.len());
        for depth in depths {
            if let Some(jump) = &known[*depth as usize] {
                jumps.push(jump.clone());
                continue;
            }
            let mut jump = self.jump_or_return(*depth);
            self.within()?;
            if uses[*depth as usize] > 1 {
                if !jump.arguments.is_empty() {
                    let block = self.block(&[], false);
                    self.code.blocks[block.0 as usize].end = Terminator::Jump(jump);
                    jump = Jump {
                        block,
                        arguments: Vec::new(),
                    };
                }
                known[*depth as usize] = Some(jump.clone());
            }
            jumps.push(jump);
        }
        Ok(jumps)
    }

    fn types(&self, ty: BlockType) -> Result<(Vec<Type>, Vec<Type>), String> {
        let refused = || "a block of other types than numbers".to_owned();
        Ok(match ty {
            BlockType::Empty => (Vec::new(), Vec::new()),
            BlockType::Type(ty) => (Vec::new(), vec![number(ty).ok_or_else(refused)?]),
            BlockType::FuncType(index) => {
                let known = self.module.types.get(index as usize).copied().flatten();
                let known = known.ok_or_else(refused)?;
                let signature = &self.module.signatures[known as usize];
                (signature.params.clone(), signature.results.clone())
            }
        })
    }

    /// Begins a construct.
    fn begin(&mut self, ty: BlockType, what: Begin) -> Result<(), String> {
        let carried = std::mem::take(&mut self.assigned[self.constructs]);
        self.constructs += 1;
        let (params, results) = self.types(ty)?;
        let condition = match what {
            Begin::If if self.current.is_some() => Some(self.pop()),
            _ => None,
        };
        let is_dead = self.current.is_none();
        if is_dead {
            self.frames.push(Frame {
                kind: Kind::Block,
                after: BlockId(0),
                carried: Vec::new(),
                height: self.stack.len(),
                label: Vec::new(),
                results: Vec::new(),
                is_dead,
                is_joined: false,
            });
            return Ok(());
        }
        let height = self.stack.len() - params.len();
        let carried_types: Vec<Type> = carried
            .iter()
            .map(|local| self.type_of(self.locals[*local as usize]))
            .collect();
        let after_types = [carried_types.as_slice(), &results].concat();
        let (kind, label) = match (what, condition) {
            (Begin::Loop, _) => {
                let header = self.block(&[carried_types.as_slice(), &params].concat(), true);
                let taken = self.pops(params.len());
                let mut arguments: Vec<Value> = carried
                    .iter()
                    .map(|local| self.locals[*local as usize])
                    .collect();
                arguments.extend(taken);
                self.named += arguments.len();
                self.end_with(Terminator::Jump(Jump {
                    block: header,
                    arguments,
                }));
                self.current = Some(header);
                let given = self.code.blocks[header.0 as usize].params.clone();
                self.enter(&carried, &given);
                (Kind::Loop(header), params)
            }
            (Begin::If, Some(condition)) => {
                let [then, otherwise] = [(); 2].map(|()| self.block(&[], false));
                let to = |block| Jump {
                    block,
                    arguments: Vec::new(),
                };
                self.end_with(Terminator::Branch(condition, [to(then), to(otherwise)]));
                self.current = Some(then);
                let taken = self.stack[height..].to_vec();
                let locals = carried.iter().map(|local| self.locals[*local as usize]);
                let locals: Vec<Value> = locals.collect();
                self.named += locals.len() + taken.len();
                let kind = Kind::If(Some((otherwise, locals, taken)));
                (kind, results.clone())
            }
            _ => (Kind::Block, results.clone()),
        };
        let after = self.block(&after_types, false);
        self.frames.push(Frame {
            kind,
            after,
            carried,
            height,
            label,
            results,
            is_dead,
            is_joined: false,
        });
        Ok(())
    }

    /// Takes a block's parameters as the carried locals and operands.
    fn enter(&mut self, carried: &[u32], given: &[Value]) {
        for (local, value) in carried.iter().zip(given) {
            self.locals[*local as usize] = *value;
        }
        self.stack.extend(&given[carried.len()..]);
    }

    /// Begins the other part of an `if`, with what was there when it began.
    fn begin_other(
        &mut self,
        frame: &Frame,
        (otherwise, locals, taken): (BlockId, Vec<Value>, Vec<Value>),
    ) {
        self.current = Some(otherwise);
        for (local, value) in frame.carried.iter().zip(locals) {
            self.locals[*local as usize] = value;
        }
        self.stack.truncate(frame.height);
        self.stack.extend(taken);
    }

    /// From the end of a part of a construct to what comes after it.
    fn fall_through(&mut self, frame: &mut Frame) {
        if self.current.is_none() {
            return;
        }
        let carried = frame.carried.iter();
        let mut arguments: Vec<Value> = carried.map(|local| self.locals[*local as usize]).collect();
        arguments.extend(self.pops(frame.results.len()));
        self.named += arguments.len();
        frame.is_joined = true;
        self.end_with(Terminator::Jump(Jump {
            block: frame.after,
            arguments,
        }));
    }

    fn end(&mut self) {
        let Some(mut frame) = self.frames.pop() else {
            return;
        };
        if matches!(frame.kind, Kind::Function) {
            if self.current.is_some() {
                let count = frame.results.len();
                let results = self.pops(count);
                self.end_with(Terminator::Return(results));
            }
            return;
        }
        if frame.is_dead {
            self.stack.truncate(frame.height);
            return;
        }
        self.fall_through(&mut frame);
        if let Kind::If(Some(held)) = std::mem::replace(&mut frame.kind, Kind::Block) {
            // Without an `else`, what was taken is given.
            self.begin_other(&frame, held);
            self.fall_through(&mut frame);
        }
        self.stack.truncate(frame.height);
        if frame.is_joined {
            self.current = Some(frame.after);
            let given = self.code.blocks[frame.after.0 as usize].params.clone();
            self.enter(&frame.carried, &given);
        }
    }

    fn otherwise(&mut self) {
        let Some(mut frame) = self.frames.pop() else {
            return;
        };
        if let Kind::If(held @ Some(_)) = &mut frame.kind
            && let Some(held) = held.take()
        {
            self.fall_through(&mut frame);
            self.begin_other(&frame, held);
        }
        self.frames.push(frame);
    }

    fn operator(&mut self, operator: &Operator<'_>) -> Result<(), String> {
        match operator {
            Operator::Block { blockty } => return self.begin(*blockty, Begin::Block),
            Operator::Loop { blockty } => return self.begin(*blockty, Begin::Loop),
            Operator::If { blockty } => return self.begin(*blockty, Begin::If),
            Operator::Else => {
                self.otherwise();
                return Ok(());
            }
            Operator::End => {
                self.end();
                return Ok(());
            }
            _ => {}
        }
        if self.current.is_none() {
            // It is refused all the same: what is understood must not depend on
            // what is reached.
            return numeric::is_understood(operator);
        }
        self.reached(operator)
    }

    fn reached(&mut self, operator: &Operator<'_>) -> Result<(), String> {
        match operator {
            Operator::Nop => {}
            Operator::Unreachable => {
                self.end_with(Terminator::Trap(TrapCode::Unreachable, self.offset));
            }
            Operator::Br { relative_depth } => {
                let end = self.branch(*relative_depth);
                self.end_with(end);
            }
            Operator::BrIf { relative_depth } => {
                let condition = self.pop();
                let taken = self.jump_or_return(*relative_depth);
                let next = self.block(&[], false);
                let stay = Jump {
                    block: next,
                    arguments: Vec::new(),
                };
                self.end_with(Terminator::Branch(condition, [taken, stay]));
                self.current = Some(next);
            }
            Operator::BrTable { targets } => {
                let index = self.pop();
                let depths = targets.targets().chain([Ok(targets.default())]);
                let depths: Result<Vec<u32>, _> = depths.collect();
                let depths = depths.map_err(|error| error.to_string())?;
                let jumps = self.jumps(&depths)?;
                self.end_with(Terminator::Table(index, jumps));
            }
            Operator::Return => {
                let end = self.returning();
                self.end_with(end);
            }
            Operator::Call { function_index } => {
                if let Some(op) = self.module.imports.get(*function_index as usize) {
                    let result = matches!(op, Op::Position(_)).then_some(Type::I32);
                    self.push_op(op.clone(), result);
                    return Ok(());
                }
                let function = self.module.functions.get(*function_index as usize);
                let signature = function.map_or(0, |function| function.signature);
                self.call(signature, |arguments| Op::Call(*function_index, arguments));
            }
            Operator::CallIndirect { type_index, .. } => {
                let known = self
                    .module
                    .types
                    .get(*type_index as usize)
                    .copied()
                    .flatten();
                let signature = known.ok_or("a call of other types than numbers")?;
                let index = self.pop();
                self.call(signature, |arguments| {
                    Op::CallIndirect(signature, index, arguments)
                });
            }
            Operator::Drop => drop(self.pop()),
            Operator::Select | Operator::TypedSelect { .. } => {
                let condition = self.pop();
                let (b, a) = (self.pop(), self.pop());
                let ty = self.type_of(a);
                self.push_op(Op::Select(condition, a, b), Some(ty));
            }
            Operator::LocalGet { local_index } => {
                self.stack.push(self.locals[*local_index as usize]);
            }
            Operator::LocalSet { local_index } => {
                let value = self.pop();
                self.locals[*local_index as usize] = value;
            }
            Operator::LocalTee { local_index } => {
                let value = self.pop();
                self.locals[*local_index as usize] = value;
                self.stack.push(value);
            }
            Operator::GlobalGet { global_index } => {
                let ty = self.module.globals[*global_index as usize].ty;
                self.push_op(Op::GlobalGet(*global_index), Some(ty));
            }
            Operator::GlobalSet { global_index } => {
                let value = self.pop();
                self.push_op(Op::GlobalSet(*global_index, value), None);
            }
            _ => return numeric::append(self, operator),
        }
        Ok(())
    }

    fn call(&mut self, signature: u32, op: impl FnOnce(Vec<Value>) -> Op) {
        let signature = &self.module.signatures[signature as usize];
        let arguments = self.pops(signature.params.len());
        let results = signature.results.iter();
        let results: Vec<Value> = results.map(|ty| self.value(*ty)).collect();
        self.append(op(arguments), results);
    }
}

#[derive(Clone, Copy)]
enum Begin {
    Block,
    Loop,
    If,
}
