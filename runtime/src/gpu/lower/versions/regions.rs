//! The loops without others in them, and what of them is used outside.

use std::collections::HashSet;

use crate::gpu::ir::graph::{Dominators, latches, predecessors, reverse_postorder, target};
use crate::gpu::ir::{Code, Terminator, Value};

/// A loop, with the blocks in which the function ends that only it jumps to.
pub(super) struct Region {
    /// Where the loop begins.
    pub(super) header: usize,
    /// The block that jumps to it from outside, and nowhere else.
    pub(super) before: usize,
    /// The blocks that jump back.
    pub(super) latches: Vec<usize>,
    /// All of its blocks: those of the loop, each after those that jump to it, but for
    /// jumps back; then those in which the function ends.
    pub(super) blocks: Vec<usize>,
    /// How many of them are the loop's.
    pub(super) rounds: usize,
    /// The jumps that leave the loop: a block, and which of its jumps.
    pub(super) exits: Vec<(usize, usize)>,
    /// Those of them that go on elsewhere.
    pub(super) ways_out: Vec<(usize, usize)>,
    /// The values that are used outside.
    pub(super) lives_on: Vec<Value>,
}

/// Where a value is defined.
#[derive(Clone, Copy, Debug)]
pub(super) enum Definition {
    /// As a parameter of a block: which one.
    Parameter(usize, usize),
    /// By an instruction of a block.
    Instruction(usize, usize),
}

/// All such loops of a function.
pub(super) struct Regions {
    pub(super) all: Vec<Region>,
    pub(super) tree: Dominators,
    pub(super) predecessors: Vec<Vec<usize>>,
    definitions: Vec<Option<Definition>>,
    /// The loop that a block is in, by block.
    of: Vec<Option<usize>>,
}

impl Regions {
    pub(super) fn of(code: &Code) -> Regions {
        let order = reverse_postorder(code);
        let mut regions = Regions {
            all: Vec::new(),
            tree: Dominators::of(code, &order),
            predecessors: predecessors(code, &order),
            definitions: definitions(code, &order),
            of: vec![None; code.blocks.len()],
        };
        let latches = latches(code, &order);
        let mut place = vec![0; code.blocks.len()];
        for (number, block) in order.iter().enumerate() {
            place[*block] = number;
        }
        // Inner loops come after those that they are in.
        let mut taken = vec![None; code.blocks.len()];
        for header in order.iter().rev().filter(|it| !latches[**it].is_empty()) {
            let innermost = regions.innermost(*header, &latches[*header], &mut taken);
            if let Some(mut blocks) = innermost {
                blocks.sort_by_key(|block| place[*block]);
                regions.add(code, *header, &latches[*header], blocks);
            }
        }
        regions.find_what_lives_on(code, &order);
        regions
    }

    /// The blocks of a loop; none if it has another in it.
    fn innermost(
        &self,
        header: usize,
        latches: &[usize],
        taken: &mut [Option<usize>],
    ) -> Option<Vec<usize>> {
        // What belongs to a loop in it was taken before, or its header was.
        let mut is_innermost = taken[header].replace(header).is_none();
        let mut blocks = vec![header];
        let mut work = latches.to_vec();
        while let Some(block) = work.pop() {
            match taken[block] {
                Some(by) => is_innermost &= by == header,
                None => {
                    taken[block] = Some(header);
                    blocks.push(block);
                    work.extend(&self.predecessors[block]);
                }
            }
        }
        is_innermost.then_some(blocks)
    }

    fn add(&mut self, code: &Code, header: usize, latches: &[usize], mut blocks: Vec<usize>) {
        let number = self.all.len();
        for block in &blocks {
            self.of[*block] = Some(number);
        }
        let outside = self.predecessors[header].iter();
        let mut outside = outside.copied().filter(|it| self.of[*it] != Some(number));
        let (Some(before), None) = (outside.next(), outside.next()) else {
            return self.leave(&blocks);
        };
        if !matches!(code.blocks[before].end, Terminator::Jump(_)) {
            return self.leave(&blocks);
        }
        let rounds = blocks.len();
        let exits = self.leaving(code, &blocks, number);
        let mut tried = HashSet::new();
        for (block, way) in &exits {
            let to = target(&code.blocks[*block].end.jumps()[*way]);
            let mut from = self.predecessors[to].iter();
            if tried.insert(to)
                && self.of[to].is_none()
                && code.blocks[to].end.jumps().is_empty()
                && from.all(|from| self.of[*from] == Some(number))
            {
                self.of[to] = Some(number);
                blocks.push(to);
            }
        }
        self.all.push(Region {
            header,
            before,
            latches: latches.to_vec(),
            ways_out: self.leaving(code, &blocks, number),
            exits,
            blocks,
            rounds,
            lives_on: Vec::new(),
        });
    }

    /// The jumps from blocks of a loop to what is not in it.
    fn leaving(&self, code: &Code, blocks: &[usize], number: usize) -> Vec<(usize, usize)> {
        let leaves = |block: &usize| {
            let jumps = code.blocks[*block].end.jumps().iter().enumerate();
            let outside = jumps.filter(|(_, jump)| self.of[target(jump)] != Some(number));
            let exits = outside.map(|(way, _)| (*block, way));
            exits.collect::<Vec<_>>()
        };
        blocks.iter().flat_map(leaves).collect()
    }

    /// They are no loop that could have two versions.
    fn leave(&mut self, blocks: &[usize]) {
        for block in blocks {
            self.of[*block] = None;
        }
    }

    fn find_what_lives_on(&mut self, code: &Code, order: &[usize]) {
        let mut found = vec![false; code.values.len()];
        let mut used = Vec::new();
        for number in order {
            let block = &code.blocks[*number];
            for instruction in &block.instructions {
                instruction.op.uses(|value| used.push(value));
            }
            match &block.end {
                Terminator::Branch(value, _) | Terminator::Table(value, _) => used.push(*value),
                Terminator::Return(values) => used.extend(values),
                Terminator::Jump(_) | Terminator::Trap(..) => {}
            }
            used.extend(block.end.jumps().iter().flat_map(|jump| &jump.arguments));
            for value in used.drain(..) {
                if let Some(home) = self.home(value)
                    && Some(home) != self.of[*number]
                    && !std::mem::replace(&mut found[value.0 as usize], true)
                {
                    self.all[home].lives_on.push(value);
                }
            }
        }
    }

    /// The loop that a block is in.
    pub(super) fn region_of(&self, block: usize) -> Option<usize> {
        self.of.get(block).copied().flatten()
    }

    /// The loop that a value is defined in.
    pub(super) fn home(&self, value: Value) -> Option<usize> {
        match self.definition(value)? {
            Definition::Parameter(block, _) | Definition::Instruction(block, _) => self.of[block],
        }
    }

    /// Where a value is defined; none where nothing runs.
    pub(super) fn definition(&self, value: Value) -> Option<Definition> {
        self.definitions.get(value.0 as usize).copied().flatten()
    }
}

fn definitions(code: &Code, order: &[usize]) -> Vec<Option<Definition>> {
    let mut definitions = vec![None; code.values.len()];
    for number in order {
        let block = &code.blocks[*number];
        for (place, value) in block.params.iter().enumerate() {
            definitions[value.0 as usize] = Some(Definition::Parameter(*number, place));
        }
        for (at, instruction) in block.instructions.iter().enumerate() {
            for value in &instruction.results {
                definitions[value.0 as usize] = Some(Definition::Instruction(*number, at));
            }
        }
    }
    definitions
}
