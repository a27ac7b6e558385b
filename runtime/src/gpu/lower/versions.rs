//! Loops twice: once as they are, and once without checks, for when a look before the
//! loop shows that every iteration stays in bounds.
//!
//! Nothing is moved: what traps in the loop as it is traps there, at the same place,
//! after the same writes. The other version is taken only where none of the accesses
//! that it does not check could have trapped. That is asked once, in front of the
//! loop, of addresses that go from iteration to iteration by the same step; how many
//! iterations there are at most follows from a counter that a comparison ends.
//!
//! Loops that have others in them are left as they are, and so are those that wait at
//! a barrier: threads of a block could wait at different ones.

mod emitter;
mod lines;
mod looks;
mod regions;
mod trips;

use std::collections::HashMap;

use super::access;
use crate::gpu::ir::graph::target;
use crate::gpu::ir::{Block, BlockId, Code, Instruction, Jump, Op, Proved, Terminator, Value};
use emitter::{Emitter, Term};
use looks::Looks;
use regions::{Region, Regions};

/// Values of a function whose loops have two versions: each is a register, and all of
/// them count as stack of a call.
const MOST_VALUES: usize = 2_000;

/// Gives loops their second version; how many there are.
pub(super) fn versioned(code: &mut Code, zero_bits: &[u32], workgroup_bytes: u32) -> usize {
    let mut regions = Regions::of(code);
    if regions.all.is_empty() {
        return 0;
    }
    let checks = access::accesses(code, zero_bits).checks;
    let all = std::mem::take(&mut regions.all);
    let mut rename = vec![None; code.values.len()];
    let mut versions = 0;
    for region in &all {
        let room = MOST_VALUES.saturating_sub(code.values.len());
        if size(code, region) > room || !may_be_cloned(code, region) {
            continue;
        }
        let offset = code.blocks[region.header].offset;
        let emitter = Emitter::new(offset, code.values.len());
        let looks = Looks {
            code,
            regions: &regions,
            region,
            zero_bits,
            checks: &checks,
            workgroup_bytes,
        };
        let Some(found) = looks.found(emitter) else {
            continue;
        };
        match found.sure {
            Term::Constant(0) => {}
            // It is known without a look.
            Term::Constant(_) => prove(code, &found.proved),
            Term::Value(_) if found.emitter.types().len() + size(code, region) > room => {}
            Term::Value(sure) => {
                code.values.extend(found.emitter.types());
                code.blocks[region.before]
                    .instructions
                    .extend(found.emitter.needed(sure));
                clone(code, region, sure, &found.proved, &mut rename);
                versions += 1;
            }
        }
    }
    rename_outside(code, &regions, &rename);
    versions
}

/// At least how many values it defines, and how many blocks it has.
fn size(code: &Code, region: &Region) -> usize {
    let blocks = region.blocks.iter().map(|block| &code.blocks[*block]);
    let sizes = blocks.map(|block| 1 + block.params.len() + block.instructions.len());
    sizes.sum()
}

fn may_be_cloned(code: &Code, region: &Region) -> bool {
    let waits = |block: &usize| {
        let mut instructions = code.blocks[*block].instructions.iter();
        // Who is called may wait.
        instructions.any(|it| matches!(it.op, Op::Barrier | Op::Call(..) | Op::CallIndirect(..)))
    };
    // Behind one way out nothing joins, so that it carries nothing: see `merge`.
    let carries = |(block, way): &(usize, usize)| {
        let jump = &code.blocks[*block].end.jumps()[*way];
        !jump.arguments.is_empty()
    };
    let leaves = region.lives_on.is_empty()
        || region.ways_out.len() == 1 && !region.ways_out.iter().any(carries);
    leaves && !region.blocks.iter().any(waits)
}

/// What was shown of accesses, by block and instruction.
type Shown = HashMap<(usize, usize), Proved>;

fn prove(code: &mut Code, proved: &Shown) {
    for ((block, at), proved) in proved {
        let instruction = &mut code.blocks[*block].instructions[*at];
        if let Some(access) = instruction.op.access_mut() {
            access.proved = *proved;
        }
    }
}

/// Appends the version that is taken if a value is not zero.
fn clone(
    code: &mut Code,
    region: &Region,
    sure: Value,
    proved: &Shown,
    rename: &mut [Option<Value>],
) {
    let id = |number: usize| BlockId(u32::try_from(number).unwrap_or(u32::MAX));
    join(code, region, rename);
    let first = code.blocks.len();
    let places: HashMap<usize, usize> = region.blocks.iter().copied().zip(first..).collect();
    let mut values: HashMap<Value, Value> = HashMap::new();
    for block in &region.blocks {
        let block = &code.blocks[*block];
        let results = block.instructions.iter().flat_map(|it| &it.results);
        for value in block.params.iter().chain(results) {
            let copy = Value(u32::try_from(code.values.len()).unwrap_or(u32::MAX));
            code.values.push(code.values[value.0 as usize]);
            values.insert(*value, copy);
        }
    }
    let of = |value: Value| values.get(&value).copied().unwrap_or(value);
    let to = |jump: &Jump| Jump {
        block: places.get(&target(jump)).map_or(jump.block, |it| id(*it)),
        arguments: jump.arguments.iter().copied().map(of).collect(),
    };
    for number in &region.blocks {
        let block = &code.blocks[*number];
        let instructions = block.instructions.iter().enumerate();
        let copied = instructions.map(|(at, instruction)| {
            let mut op = instruction.op.with(of);
            if let (Some(access), Some(proved)) = (op.access_mut(), proved.get(&(*number, at))) {
                access.proved = *proved;
            }
            Instruction {
                op,
                results: instruction.results.iter().copied().map(of).collect(),
                offset: instruction.offset,
            }
        });
        let copy = Block {
            params: block.params.iter().copied().map(of).collect(),
            instructions: copied.collect(),
            end: block.end.with(of, to),
            ..*block
        };
        code.blocks.push(copy);
    }
    let before = &mut code.blocks[region.before];
    if let Terminator::Jump(jump) = &before.end {
        let fast = Jump {
            block: id(places[&region.header]),
            arguments: jump.arguments.clone(),
        };
        before.end = Terminator::Branch(sure, [fast, jump.clone()]);
    }
}

/// Puts a block behind the loop's one way out, if values of the loop are used there:
/// its parameters are what they are called from there on.
fn join(code: &mut Code, region: &Region, rename: &mut [Option<Value>]) {
    let ([_, ..], [(from, way)]) = (region.lives_on.as_slice(), region.ways_out.as_slice()) else {
        return;
    };
    let block = BlockId(u32::try_from(code.blocks.len()).unwrap_or(u32::MAX));
    let mut params = Vec::new();
    for value in &region.lives_on {
        let param = Value(u32::try_from(code.values.len()).unwrap_or(u32::MAX));
        code.values.push(code.values[value.0 as usize]);
        rename[value.0 as usize] = Some(param);
        params.push(param);
    }
    let out = code.blocks[*from].end.jumps()[*way].clone();
    let through = Jump {
        block,
        arguments: region.lives_on.clone(),
    };
    let mut ways = 0..;
    let to = |jump: &Jump| match ways.next() == Some(*way) {
        true => through.clone(),
        false => jump.clone(),
    };
    code.blocks[*from].end = code.blocks[*from].end.with(|value| value, to);
    code.blocks.push(Block {
        params,
        instructions: Vec::new(),
        offset: code.blocks[target(&out)].offset,
        end: Terminator::Jump(out),
        is_loop: false,
    });
}

/// Calls what loops leave by its new name, outside of them.
fn rename_outside(code: &mut Code, regions: &Regions, rename: &[Option<Value>]) {
    if rename.iter().all(Option::is_none) {
        return;
    }
    for (number, block) in code.blocks.iter_mut().enumerate() {
        let here = regions.region_of(number);
        let of = |value: Value| match rename.get(value.0 as usize) {
            Some(Some(renamed)) if regions.home(value) != here => *renamed,
            _ => value,
        };
        for instruction in &mut block.instructions {
            instruction.op = instruction.op.with(of);
        }
        block.end = block.end.with(of, |jump| Jump {
            block: jump.block,
            arguments: jump.arguments.iter().copied().map(of).collect(),
        });
    }
}
