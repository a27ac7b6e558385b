//! The function that runs a kernel for one thread after the other.
//!
//! The kernel's code stands in its loop, so that what does not depend on the thread
//! is done once. In the innermost loop a thread differs from the one before by its
//! number and its place along x, and that is all that is counted there: it runs to the
//! end of a block's row, or, of a line of which nobody asks for blocks, to the end.

use wasm_encoder::{BlockType, Function, Instruction, ValType};
use wasmparser::BinaryReaderError;

use super::body::{Inline, SCRATCH, Writer, declared, number};
use super::sections::params;
use super::{Own, Plan, Shape, Written};
use crate::gpu::ir::Type;

/// Parameters: the first thread, which is also the one that runs; the thread to end
/// before. The kernel's come after them.
const THREAD: u32 = 0;
const END: u32 = 1;
const PARAMS: u32 = 2;

/// Dimensions that differ from thread to thread, and all of them.
const PLACES: u32 = 6;
const POSITIONS: u32 = 12;

pub(super) fn run(plan: &Plan<'_>, kernel: u32) -> Result<Written, BinaryReaderError> {
    let body = &plan.source.bodies[(kernel - plan.source.imports) as usize];
    let arguments = params(plan.module, kernel);
    let declared = declared(body)?;
    let positions = PARAMS + number(arguments.len());
    // The thread that the innermost loop ends before.
    let limit = positions + POSITIONS;
    let fuel = limit + 1;
    let kernels = fuel + 1;
    let scratch = kernels + number(arguments.len() + declared.len());
    let mut locals = vec![ValType::I32; POSITIONS as usize];
    locals.extend([ValType::I32, ValType::I64]);
    locals.extend(&arguments);
    locals.extend(&declared);
    locals.extend(SCRATCH);
    let inline = Inline {
        locals: kernels,
        positions,
        line: is_line(plan).then_some(THREAD),
        fuel: plan.reach.is_leaf().then_some(fuel),
    };
    let out = Function::new_with_locals_types(locals);
    let mut writer = Writer::new(plan, kernel, out, Some(inline), scratch);
    begin(&mut writer, positions, scratch);
    if is_line(plan) {
        let mut sink = writer.out.instructions();
        sink.local_get(END).local_set(limit);
    } else {
        row(&mut writer, positions, limit);
    }
    writer.out.instructions().loop_(BlockType::Empty);
    thread(&mut writer, inline);
    for (index, _) in (0..).zip(&arguments) {
        let mut sink = writer.out.instructions();
        sink.local_get(PARAMS + index).local_set(kernels + index);
    }
    for (index, ty) in (number(arguments.len())..).zip(&declared) {
        writer.out.instruction(&zero(*ty));
        writer.out.instructions().local_set(kernels + index);
    }
    writer.out.instructions().block(BlockType::Empty);
    let function = &plan.module.functions[kernel as usize];
    let offset = function.code.blocks.first().map_or(0, |block| block.offset);
    writer.look(offset);
    writer.enter();
    writer.body(body)?;
    let mut sink = writer.out.instructions();
    if !is_line(plan) {
        sink.local_get(positions).i32_const(1).i32_add();
        sink.local_set(positions);
    }
    sink.local_get(THREAD).i32_const(1).i32_add();
    sink.local_tee(THREAD).local_get(limit).i32_ne();
    sink.br_if(0).end();
    if !is_line(plan) {
        next_row(&mut writer, positions);
    }
    writer.out.instructions().end();
    Ok(writer.finish())
}

fn is_line(plan: &Plan<'_>) -> bool {
    plan.form.shape != Shape::Blocks
}

fn zero(ty: ValType) -> Instruction<'static> {
    match ty {
        ValType::I64 => Instruction::I64Const(0),
        ValType::F32 => Instruction::F32Const(0.0.into()),
        ValType::F64 => Instruction::F64Const(0.0.into()),
        _ => Instruction::I32Const(0),
    }
}

/// Finds out where the first thread is.
fn begin(writer: &mut Writer<'_, '_>, positions: u32, rest: u32) {
    for slot in PLACES..POSITIONS {
        let global = writer.plan.own(Own::Position(slot));
        let mut sink = writer.out.instructions();
        sink.global_get(global).local_set(positions + slot);
    }
    if is_line(writer.plan) {
        return;
    }
    // What is left of its number is a remainder by each dimension in turn: threads
    // of a block along x, y, z, then blocks of the grid.
    let mut sink = writer.out.instructions();
    sink.local_get(THREAD).local_set(rest);
    for slot in 0..PLACES {
        let dimension = positions + PLACES + slot;
        sink.local_get(rest).local_get(dimension).i32_rem_u();
        sink.local_set(positions + slot);
        sink.local_get(rest).local_get(dimension).i32_div_u();
        sink.local_set(rest);
    }
}

/// Begins a row: it ends where the block does along x, or with the last thread.
fn row(writer: &mut Writer<'_, '_>, positions: u32, limit: u32) {
    let mut sink = writer.out.instructions();
    sink.loop_(BlockType::Empty);
    sink.local_get(positions + PLACES).local_get(positions);
    sink.i32_sub().local_set(limit);
    // The smaller of the two.
    sink.local_get(END).local_get(THREAD).i32_sub();
    sink.local_get(limit);
    sink.local_get(END).local_get(THREAD).i32_sub();
    sink.local_get(limit).i32_lt_u().select();
    sink.local_get(THREAD).i32_add().local_set(limit);
}

/// Goes on to the next row, if there is one.
fn next_row(writer: &mut Writer<'_, '_>, positions: u32) {
    let mut sink = writer.out.instructions();
    sink.local_get(THREAD).local_get(END).i32_eq();
    sink.if_(BlockType::Empty).return_().end();
    sink.i32_const(0).local_set(positions);
    for place in (positions..).take(PLACES as usize).skip(1) {
        sink.local_get(place).i32_const(1).i32_add();
        sink.local_tee(place).local_get(place + PLACES).i32_lt_u();
        sink.br_if(0).i32_const(0).local_set(place);
    }
    // There is no place after the last, but validation does not know that.
    sink.br(0).end();
}

/// What each thread begins with.
fn thread(writer: &mut Writer<'_, '_>, inline: Inline) {
    let plan = writer.plan;
    let mut sink = writer.out.instructions();
    if plan.form.shape != Shape::Sure {
        sink.local_get(THREAD).global_set(plan.own(Own::Thread));
    }
    if let Some((memory, _)) = plan.source.workgroup() {
        // A new block.
        let bytes = plan.module.workgroup_bytes.cast_signed();
        sink.local_get(inline.positions)
            .local_get(inline.positions + 1)
            .i32_or()
            .local_get(inline.positions + 2)
            .i32_or()
            .i32_eqz()
            .if_(BlockType::Empty)
            .i32_const(0)
            .i32_const(0)
            .i32_const(bytes)
            .memory_fill(memory)
            .end();
    }
    if plan.reach.calls_ask {
        for slot in 0..PLACES {
            sink.local_get(inline.positions + slot)
                .global_set(plan.own(Own::Position(slot)));
        }
    }
    for (index, _) in (0..).zip(&plan.reach.sets).filter(|(_, sets)| **sets) {
        sink.global_get(plan.own(Own::Initial(index)))
            .global_set(index);
    }
    if let Some(pointer) = plan.module.stack_pointer {
        // The end of its slice, or what the global begins with.
        debug_assert_eq!(plan.module.globals[pointer as usize].ty, Type::I32);
        sink.local_get(THREAD)
            .i32_const(1)
            .i32_add()
            .global_get(plan.own(Own::StackBytes))
            .i32_mul()
            .global_get(plan.own(Own::Stacks))
            .i32_add()
            .global_get(plan.own(Own::Initial(pointer)))
            .global_get(plan.own(Own::StackBytes))
            .select()
            .global_set(pointer);
    }
    if plan.form.has_fuel {
        sink.global_get(plan.own(Own::Full));
        match inline.fuel {
            Some(fuel) => sink.local_set(fuel),
            None => sink.global_set(plan.own(Own::Fuel)),
        };
    }
}
