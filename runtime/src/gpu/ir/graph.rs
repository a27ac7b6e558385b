//! How the blocks of a function follow each other: the order they are reached in,
//! which of them always come before others, and the loops they make.

use super::{BlockId, Code, Jump};

/// Where a jump goes.
pub(in crate::gpu) fn target(jump: &Jump) -> usize {
    let BlockId(block) = jump.block;
    block as usize
}

/// The blocks that are reached, each before those it jumps to, but for jumps back.
pub(in crate::gpu) fn reverse_postorder(code: &Code) -> Vec<usize> {
    let mut seen = vec![false; code.blocks.len()];
    let mut order = Vec::new();
    let mut work: Vec<(usize, usize)> = Vec::new();
    if let Some(first) = seen.first_mut() {
        *first = true;
        work.push((0, 0));
    }
    while let Some((block, next)) = work.last_mut() {
        let jumps = code.blocks[*block].end.jumps();
        match jumps.get(*next) {
            Some(jump) => {
                *next += 1;
                let to = target(jump);
                if !std::mem::replace(&mut seen[to], true) {
                    work.push((to, 0));
                }
            }
            None => {
                order.push(*block);
                work.pop();
            }
        }
    }
    order.reverse();
    order
}

/// For each block, those that jump to it, once for each jump.
pub(in crate::gpu) fn predecessors(code: &Code, order: &[usize]) -> Vec<Vec<usize>> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); code.blocks.len()];
    for block in order {
        for jump in code.blocks[*block].end.jumps() {
            before[target(jump)].push(*block);
        }
    }
    before
}

/// For each block, the blocks that jump back to it: it comes before them.
///
/// WebAssembly has no jump into the middle of a loop: what goes back goes to its
/// beginning.
pub(in crate::gpu) fn latches(code: &Code, order: &[usize]) -> Vec<Vec<usize>> {
    let mut place = vec![usize::MAX; code.blocks.len()];
    for (number, block) in order.iter().enumerate() {
        place[*block] = number;
    }
    let mut latches: Vec<Vec<usize>> = vec![Vec::new(); code.blocks.len()];
    for block in order {
        for jump in code.blocks[*block].end.jumps() {
            let to = target(jump);
            if place[to] <= place[*block] {
                latches[to].push(*block);
            }
        }
    }
    latches
}

/// The blocks of the loop that begins at a header: those from which a jump back to it
/// is reached without coming to it before. In the order that is given.
pub(in crate::gpu) fn natural_loop(
    header: usize,
    latches: &[usize],
    before: &[Vec<usize>],
    order: &[usize],
) -> Vec<usize> {
    let mut found = vec![false; before.len()];
    found[header] = true;
    let mut work = latches.to_vec();
    while let Some(block) = work.pop() {
        if !std::mem::replace(&mut found[block], true) {
            work.extend(&before[block]);
        }
    }
    let order = order.iter().copied();
    order.filter(|block| found[*block]).collect()
}

/// Steps up the tree for each block before nothing is known of a function: what people
/// write takes a few, and an attack as many as it has blocks.
const MOST_STEPS: usize = 1_000;

/// Which blocks are on every way to others: Cooper, Harvey and Kennedy, "A Simple,
/// Fast Dominance Algorithm", 2001. Where that takes too long only the first block is in
/// the tree.
pub(in crate::gpu) struct Dominators {
    /// For each block, those that are reached only through it and next after it.
    pub(in crate::gpu) children: Vec<Vec<usize>>,
    /// When the tree is gone through: when a block is come to, and when all below it
    /// were. None for what is not reached.
    spans: Vec<Option<(usize, usize)>>,
}

impl Dominators {
    pub(in crate::gpu) fn of(code: &Code, order: &[usize]) -> Dominators {
        let none = || vec![Vec::new(); code.blocks.len()];
        let children = children(code, order).unwrap_or_else(none);
        let mut spans = vec![None; code.blocks.len()];
        let mut clock = 0;
        let mut work: Vec<(usize, bool)> =
            order.first().map(|it| (*it, false)).into_iter().collect();
        while let Some((block, ends)) = work.pop() {
            match (ends, spans[block]) {
                (true, Some((begun, _))) => spans[block] = Some((begun, clock)),
                _ => {
                    spans[block] = Some((clock, usize::MAX));
                    clock += 1;
                    work.push((block, true));
                    work.extend(children[block].iter().map(|child| (*child, false)));
                }
            }
        }
        Dominators { children, spans }
    }

    /// Whether every way to the second comes to the first, or is the first.
    pub(in crate::gpu) fn dominates(&self, first: usize, second: usize) -> bool {
        match (self.spans[first], self.spans[second]) {
            (Some((begun, ended)), Some((at, _))) => begun <= at && at < ended,
            _ => false,
        }
    }
}

fn children(code: &Code, order: &[usize]) -> Option<Vec<Vec<usize>>> {
    let mut place = vec![usize::MAX; code.blocks.len()];
    for (number, block) in order.iter().enumerate() {
        place[*block] = number;
    }
    let before: Vec<Vec<usize>> = {
        let before = predecessors(code, order);
        let placed = |blocks: &Vec<usize>| blocks.iter().map(|block| place[*block]).collect();
        order.iter().map(|block| placed(&before[*block])).collect()
    };
    let mut above: Vec<Option<usize>> = vec![None; order.len()];
    if let Some(first) = above.first_mut() {
        *first = Some(0);
    }
    let mut steps = MOST_STEPS.saturating_mul(order.len());
    loop {
        let mut changed = false;
        for number in 1..order.len() {
            let mut found = None;
            for from in &before[number] {
                if above[*from].is_none() {
                    continue;
                }
                found = Some(match found {
                    None => *from,
                    Some(other) => meet(&above, *from, other, &mut steps)?,
                });
            }
            if above[number] != found {
                above[number] = found;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let mut children = vec![Vec::new(); code.blocks.len()];
    for (number, parent) in above.iter().enumerate().skip(1) {
        if let Some(parent) = parent {
            children[order[*parent]].push(order[number]);
        }
    }
    Some(children)
}

/// The last block that is on every way to both; none if the steps are spent.
fn meet(above: &[Option<usize>], mut a: usize, mut b: usize, steps: &mut usize) -> Option<usize> {
    while a != b {
        *steps = steps.checked_sub(1)?;
        if a > b {
            a = above[a].unwrap_or(0);
        } else {
            b = above[b].unwrap_or(0);
        }
    }
    Some(a)
}
