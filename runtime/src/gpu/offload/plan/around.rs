//! A loop in one step: how often it goes round, what it touches, and where that
//! leaves the values of the one thread.

use super::{Stop, Walk};
use crate::gpu::device::Arena;
use crate::gpu::ir::number;
use crate::gpu::ir::{Jump, Value};
use crate::gpu::offload::Reason;
use crate::gpu::offload::check::{Refusal, accessed, exit, given, way};
use crate::gpu::offload::graph::Loop;
use crate::gpu::offload::overlap::Track;
use crate::gpu::offload::shape::{Line, Rounds, Shape, Shapes};
use crate::gpu::offload::trips::{self, NoEnd};

/// The most threads of a launch in blocks of 256.
const MOST_THREADS: u64 = u32::MAX as u64 - 255;

impl<'a, A: Arena> Walk<'a, A> {
    /// A whole loop; gives the jump that leaves it.
    pub(super) fn around(&mut self, within: &'a Loop) -> Result<&'a Jump, Stop> {
        let (code, offset) = (self.code, self.code.blocks[within.header].offset);
        let Some((number, takes)) = self.part(within.header) else {
            return Err((Reason::Exit, offset).into());
        };
        let [(last, way_out)] = within.exits[..] else {
            return Err((Reason::SecondExit, offset).into());
        };
        let begin = self.counters(within, &self.map.parts[number].counters)?;
        let rounds = self.rounds(within, &begin)?;
        let entered = rounds.saturating_add(1);
        let outside = |value: Value| self.known[value.0 as usize];
        let shapes = Shapes::of(
            code,
            &self.map.values,
            within,
            &begin,
            Rounds::Known(entered),
            &outside,
        );
        let before = within.before(code, last);
        let mut tracks = Vec::new();
        let mut writes_before = false;
        for block in &within.blocks {
            let is_before = before.contains(block);
            let rounds = if is_before { entered } else { rounds };
            for instruction in &code.blocks[*block].instructions {
                let Some((access, writes)) = accessed(instruction) else {
                    continue;
                };
                writes_before |= is_before && writes;
                let address = match shapes.get(access.address) {
                    Shape::Line(Some(line)) => line,
                    Shape::Fixed(Some(first)) => Line { first, step: 0 },
                    Shape::Varying => return Err((Reason::Address, instruction.offset).into()),
                    _ => return Err((Reason::Unknown, instruction.offset).into()),
                };
                if rounds > 0 {
                    let at = instruction.offset;
                    let beyond = Reason::OutOfBounds;
                    tracks.push(self.track(address, access, rounds, writes, at, beyond)?);
                }
            }
        }
        apart(&tracks)?;
        let after: Vec<(Value, Option<u64>)> = shapes
            .all()
            .map(|(value, shape)| {
                let bits = match shape {
                    Shape::Fixed(bits) => bits,
                    Shape::Line(line) => line.map(|line| line.at(self.ty(value), rounds)),
                    Shape::Varying => None,
                };
                (value, bits)
            })
            .collect();
        // The last one to enter only finds out that it is the last, if it does not
        // write before.
        let threads = if writes_before { entered } else { rounds };
        tracks.retain(|track| track.writes);
        if threads > 0 && !tracks.is_empty() {
            let count = u32::try_from(threads).ok();
            let count = count.filter(|count| u64::from(*count) <= MOST_THREADS);
            let count = count.ok_or((Reason::TooMany(threads), offset))?;
            let mut arguments = self.before(takes, offset)?;
            for counter in &takes.counters {
                let line = begin.iter().find(|(value, _)| value == counter);
                if let Some((_, Shape::Line(Some(line)))) = line {
                    arguments.extend([line.first, line.step]);
                }
            }
            arguments.push(threads);
            self.launch(number, arguments, count, true);
        }
        self.written.extend(tracks);
        self.heads = self.heads.saturating_add(entered);
        for (value, bits) in after {
            self.known[value.0 as usize] = bits;
        }
        Ok(&code.blocks[last].end.jumps()[way_out])
    }

    /// The lines of a loop's counters.
    fn counters(&self, within: &Loop, counters: &[Value]) -> Result<Vec<(Value, Shape)>, Refusal> {
        let (code, values) = (self.code, &self.map.values);
        let offset = code.blocks[within.header].offset;
        let lines: Vec<(Value, Shape)> = counters
            .iter()
            .map(|counter| (*counter, Shape::Line(None)))
            .collect();
        let outside = |value: Value| self.known[value.0 as usize];
        let shapes = Shapes::of(code, values, within, &lines, Rounds::NotYet, &outside);
        let step = |latch: usize, counter: Value| -> Option<u64> {
            let next = given(code, values, within, latch, counter)?;
            let mut step = 0_u64;
            for (value, is_added) in way(code, values, &shapes, next, counter)? {
                let Shape::Fixed(Some(bits)) = shapes.get(value) else {
                    return None;
                };
                step = if is_added {
                    step.wrapping_add(bits)
                } else {
                    step.wrapping_sub(bits)
                };
            }
            Some(step & number::mask(self.ty(counter)))
        };
        let line = |counter: &Value| {
            let first = self.need(*counter, offset)?;
            let mut steps = within.latches.iter().map(|latch| step(*latch, *counter));
            let step = steps.next().flatten();
            let step = step.ok_or((Reason::Unknown, offset))?;
            if steps.any(|other| other != Some(step)) {
                return Err((Reason::Carried, offset));
            }
            Ok((*counter, Shape::Line(Some(Line { first, step }))))
        };
        counters.iter().map(line).collect()
    }

    /// How often a loop goes back.
    fn rounds(&self, within: &Loop, begin: &[(Value, Shape)]) -> Result<u64, Refusal> {
        let offset = self.code.blocks[within.header].offset;
        let outside = |value: Value| self.known[value.0 as usize];
        let values = &self.map.values;
        let shapes = Shapes::of(self.code, values, within, begin, Rounds::NotYet, &outside);
        let exit = exit(self.code, values, &shapes, within).ok_or((Reason::Exit, offset))?;
        let line = match exit.line {
            Shape::Line(Some(line)) => line,
            Shape::Fixed(Some(first)) => Line { first, step: 0 },
            _ => return Err((Reason::Unknown, offset)),
        };
        let Shape::Fixed(Some(with)) = exit.with else {
            return Err((Reason::Unknown, offset));
        };
        trips::first(exit.compare, exit.ty, line, with).map_err(|no_end| {
            let reason = match no_end {
                NoEnd::Never => Reason::Endless,
                NoEnd::Wraps => Reason::CounterWraps,
            };
            (reason, offset)
        })
    }
}

/// Whether no iteration touches what another one writes.
fn apart(tracks: &[Track]) -> Result<(), Refusal> {
    for written in tracks.iter().filter(|track| track.writes) {
        for other in tracks {
            if written.meets(other) {
                let reason = Reason::Overlap {
                    other: written.offset,
                };
                return Err((reason, other.offset));
            }
        }
    }
    Ok(())
}
