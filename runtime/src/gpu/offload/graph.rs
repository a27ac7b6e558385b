//! The blocks of a function, and the loops they make.

use std::collections::HashSet;

use crate::gpu::ir::graph::{latches, natural_loop, predecessors, reverse_postorder, target};
use crate::gpu::ir::{Code, Jump};

/// A loop that has no other in it.
#[derive(Clone, Debug)]
pub(super) struct Loop {
    /// Where it begins.
    pub(super) header: usize,
    /// Its blocks, in an order in which each comes after those that jump to it.
    pub(super) blocks: Vec<usize>,
    /// The same, in no order.
    inside: HashSet<usize>,
    /// The blocks that jump back.
    pub(super) latches: Vec<usize>,
    /// The jumps that leave it: a block, and which of its jumps.
    pub(super) exits: Vec<(usize, usize)>,
}

/// How the blocks of a function follow each other.
#[derive(Debug)]
pub(super) struct Graph {
    /// Blocks that are reached, each after those that jump to it, but for jumps back.
    pub(super) order: Vec<usize>,
    /// The loop that begins at a block, by block.
    pub(super) loops: Vec<Option<Loop>>,
    /// The header of the loop that a block is in, by block.
    pub(super) inside: Vec<Option<usize>>,
}

impl Graph {
    /// The graph of a function; else the offset of a loop that has another in it.
    pub(super) fn of(code: &Code) -> Result<Graph, u32> {
        let order = reverse_postorder(code);
        let before = predecessors(code, &order);
        let mut latches = latches(code, &order);
        let mut graph = Graph {
            loops: vec![None; code.blocks.len()],
            inside: vec![None; code.blocks.len()],
            order,
        };
        for header in graph.order.clone() {
            if latches[header].is_empty() {
                continue;
            }
            let blocks = natural_loop(header, &latches[header], &before, &graph.order);
            for block in &blocks {
                if graph.inside[*block].is_some() {
                    return Err(code.blocks[header].offset.min(code.blocks[*block].offset));
                }
            }
            for block in &blocks {
                graph.inside[*block] = Some(header);
            }
            let inside: HashSet<usize> = blocks.iter().copied().collect();
            let leaves = |block: &usize| {
                let jumps = code.blocks[*block].end.jumps().iter().enumerate();
                let outside = jumps.filter(|(_, jump)| !inside.contains(&target(jump)));
                outside
                    .map(|(number, _)| (*block, number))
                    .collect::<Vec<_>>()
            };
            graph.loops[header] = Some(Loop {
                header,
                exits: blocks.iter().flat_map(leaves).collect(),
                latches: std::mem::take(&mut latches[header]),
                blocks,
                inside,
            });
        }
        Ok(graph)
    }
}

impl Loop {
    /// Whether a jump stays in the iteration.
    pub(super) fn stays(&self, jump: &Jump) -> bool {
        target(jump) != self.header && self.inside.contains(&target(jump))
    }

    /// Whether an iteration cannot go back without coming to a block.
    pub(super) fn always_comes_to(&self, code: &Code, block: usize) -> bool {
        let mut passed = HashSet::from([self.header]);
        for from in &self.blocks {
            if *from == block || !passed.contains(from) {
                continue;
            }
            let jumps = code.blocks[*from].end.jumps().iter();
            passed.extend(jumps.filter(|jump| self.stays(jump)).map(target));
            if self.latches.contains(from) {
                return false;
            }
        }
        true
    }

    /// The blocks that may run before a block in an iteration, with that one.
    pub(super) fn before(&self, code: &Code, block: usize) -> HashSet<usize> {
        let mut found = HashSet::from([block]);
        for from in self.blocks.iter().rev() {
            let mut jumps = code.blocks[*from].end.jumps().iter();
            if jumps.any(|jump| self.stays(jump) && found.contains(&target(jump))) {
                found.insert(*from);
            }
        }
        found
    }
}
