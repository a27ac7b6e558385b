//! What is launched for some arguments: the function is gone through as one thread
//! would, with its loops taken in one step, and nothing is written.

use super::check::{Refusal, accessed, exit, given, way};
use super::emit::{Part, Takes};
use super::graph::{Loop, target};
use super::number;
use super::overlap::Track;
use super::shape::{Line, Rounds, Shape, Shapes};
use super::trips::{self, NoEnd};
use super::values::may_trap;
use super::{Map, NotAMap, OffloadError, Reason};
use crate::gpu::device::{Arena, DeviceError, PAGE};
use crate::gpu::instance::KernelError;
use crate::gpu::ir::{Access, Code, Instruction, Jump, Module, Op, Terminator, Type, Value};

/// The most threads of a launch in blocks of 256.
const MOST_THREADS: u64 = u32::MAX as u64 - 255;

/// One launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::gpu) struct Step {
    /// The kernel's name in the map's module.
    pub(in crate::gpu) kernel: String,
    /// What its threads are given.
    pub(in crate::gpu) arguments: Vec<u64>,
    /// How many threads, at least one.
    pub(in crate::gpu) threads: u32,
    /// Whether they are the iterations of a loop.
    pub(in crate::gpu) is_loop: bool,
    /// Where the loop, or the block, stands in the module, in bytes.
    pub(in crate::gpu) offset: u32,
}

/// All launches, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::gpu) struct Plan {
    pub(in crate::gpu) steps: Vec<Step>,
    /// The bits of the function's results.
    pub(in crate::gpu) results: Vec<u64>,
}

impl Map {
    /// What is to be launched for some arguments, as many as the function takes.
    ///
    /// # Errors
    ///
    /// With these, it cannot be shown that the loops are maps; or memory cannot be
    /// read.
    pub(in crate::gpu) fn plan(
        &self,
        module: &Module,
        arena: &impl Arena,
        globals: &[u64],
        fuel: Option<u64>,
        arguments: &[u64],
    ) -> Result<Plan, OffloadError> {
        let mut walk = Walk {
            map: self,
            code: &module.functions[self.function as usize].code,
            arena,
            known: Vec::new(),
            written: Vec::new(),
            heads: 0,
            plan: Plan::default(),
        };
        walk.begin(globals, arguments);
        let went = walk.go().and_then(|()| match fuel {
            Some(fuel) if fuel < walk.heads => Err(Stop::Refused((
                Reason::Fuel {
                    needed: walk.heads,
                    fuel,
                },
                walk.code.blocks.first().map_or(0, |block| block.offset),
            ))),
            _ => Ok(()),
        });
        match went {
            Ok(()) => Ok(walk.plan),
            Err(Stop::Device(error)) => Err(KernelError::Device(error).into()),
            Err(Stop::Refused((reason, offset))) => Err(NotAMap {
                reason,
                function: self.function,
                offset,
            }
            .into()),
        }
    }
}

enum Stop {
    Refused(Refusal),
    Device(DeviceError),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(refusal)
    }
}

impl From<DeviceError> for Stop {
    fn from(error: DeviceError) -> Stop {
        Stop::Device(error)
    }
}

struct Walk<'a, A> {
    map: &'a Map,
    code: &'a Code,
    arena: &'a A,
    /// The values of the one thread, as far as they are known.
    known: Vec<Option<u64>>,
    /// What the launches so far write.
    written: Vec<Track>,
    /// Heads of loops that the one thread enters.
    heads: u64,
    plan: Plan,
}

impl<'a, A: Arena> Walk<'a, A> {
    fn begin(&mut self, globals: &[u64], arguments: &[u64]) {
        self.known = vec![None; self.code.values.len()];
        if let Some(first) = self.code.blocks.first() {
            for (param, argument) in first.params.iter().zip(arguments) {
                let mask = number::mask(self.ty(*param));
                self.known[param.0 as usize] = Some(argument & mask);
            }
        }
        let pages = self.arena.bytes() / PAGE;
        for instruction in self.code.instructions() {
            let bits = match instruction.op {
                Op::GlobalGet(index) => globals.get(index as usize).copied(),
                Op::MemorySize => Some(pages),
                _ => None,
            };
            if let [result] = instruction.results[..] {
                self.known[result.0 as usize] = bits;
            }
        }
    }

    fn ty(&self, value: Value) -> Type {
        self.code.values[value.0 as usize]
    }

    fn get(&self, value: Value) -> Option<u64> {
        let value = self.map.values.resolved(value);
        let constant = || self.map.values.constant(self.code, value);
        self.known[value.0 as usize].or_else(constant)
    }

    /// A value that has to be known.
    fn need(&self, value: Value, offset: u32) -> Result<u64, Refusal> {
        self.get(value).ok_or((Reason::Unknown, offset))
    }

    fn go(&mut self) -> Result<(), Stop> {
        let code = self.code;
        let mut at = 0;
        loop {
            let block = &code.blocks[at];
            let jump = if let Some(within) = &self.map.graph.loops[at] {
                self.around(within)?
            } else {
                for instruction in &block.instructions {
                    self.one(instruction)?;
                }
                self.once(at)?;
                match &block.end {
                    Terminator::Jump(jump) => jump,
                    Terminator::Branch(condition, [taken, other]) => {
                        match self.need(*condition, block.offset)? {
                            0 => other,
                            _ => taken,
                        }
                    }
                    Terminator::Table(index, jumps) => {
                        let index = self.need(*index, block.offset)?;
                        let last = jumps.len() - 1;
                        &jumps[usize::try_from(index).map_or(last, |index| index.min(last))]
                    }
                    Terminator::Return(values) => {
                        for value in values {
                            let bits = self.need(*value, block.offset)?;
                            self.plan.results.push(bits);
                        }
                        return Ok(());
                    }
                    Terminator::Trap(_, offset) => return Err((Reason::Traps, *offset).into()),
                }
            };
            self.follow(jump);
            at = target(jump);
        }
    }

    fn follow(&mut self, jump: &Jump) {
        let arguments: Vec<Option<u64>> = jump
            .arguments
            .iter()
            .map(|value| self.get(*value))
            .collect();
        let params = &self.code.blocks[target(jump)].params;
        for (param, argument) in params.iter().zip(arguments) {
            self.known[param.0 as usize] = argument;
        }
    }

    /// An instruction outside of loops.
    fn one(&mut self, instruction: &Instruction) -> Result<(), Stop> {
        let offset = instruction.offset;
        let bits = match &instruction.op {
            Op::Unary(unary, a) => {
                let [result] = instruction.results[..] else {
                    return Ok(());
                };
                let (from, to) = (self.ty(*a), self.ty(result));
                self.get(*a)
                    .and_then(|a| number::unary(*unary, from, to, a))
            }
            Op::Binary(binary, a, b) => {
                let both = self.get(*a).zip(self.get(*b));
                both.and_then(|(a_bits, b_bits)| {
                    number::binary(*binary, self.ty(*a), a_bits, b_bits)
                })
            }
            Op::Compare(compare, a, b) => {
                let both = self.get(*a).zip(self.get(*b));
                both.map(|(x, y)| u64::from(number::compare(*compare, self.ty(*a), x, y)))
            }
            Op::Select(condition, a, b) => match self.get(*condition) {
                Some(0) => self.get(*b),
                Some(_) => self.get(*a),
                None => None,
            },
            Op::Load { access, signed } => {
                let track = self.track_once(access, false, offset)?;
                let ty = instruction.results.first().map(|result| self.ty(*result));
                if ty.is_none() || self.written.iter().any(|written| written.touches(&track)) {
                    None
                } else {
                    let at = self.need(access.address, offset)? + u64::from(access.offset);
                    Some(self.read(at, access.width, ty.filter(|_| *signed))?)
                }
            }
            Op::Store(access, _) => {
                let track = self.track_once(access, true, offset)?;
                self.written.push(track);
                return Ok(());
            }
            _ => return Ok(()),
        };
        let Some(result) = instruction.results.first() else {
            return Ok(());
        };
        let is_load = matches!(instruction.op, Op::Load { .. });
        if bits.is_none() && may_trap(&instruction.op) && !is_load {
            let is_float = |value| self.ty(value).is_float();
            let mut operands = Vec::new();
            instruction.op.uses(|value| operands.push(value));
            if !(is_float(*result) && operands.iter().all(|value| is_float(*value))) {
                let all_known = operands.iter().all(|value| self.get(*value).is_some());
                let reason = if all_known {
                    Reason::Traps
                } else {
                    Reason::Unknown
                };
                return Err((reason, offset).into());
            }
        }
        self.known[result.0 as usize] = bits;
        Ok(())
    }

    fn track_once(&self, access: &Access, writes: bool, offset: u32) -> Result<Track, Refusal> {
        let address = Line {
            first: self.need(access.address, offset)?,
            step: 0,
        };
        self.track(address, access, 1, writes, offset, Reason::Traps)
    }

    fn track(
        &self,
        address: Line,
        access: &Access,
        rounds: u64,
        writes: bool,
        offset: u32,
        beyond: Reason,
    ) -> Result<Track, Refusal> {
        let track = Track::new(address, access.offset, access.width, rounds, writes, offset);
        let track = track.map_err(|_| (Reason::AddressWraps, offset))?;
        if track.is_within(self.arena.bytes()) {
            Ok(track)
        } else {
            Err((beyond, offset))
        }
    }

    /// Bytes of memory that are in bounds, extended to a type where they have a sign.
    fn read(&self, at: u64, width: u8, signed: Option<Type>) -> Result<u64, DeviceError> {
        let mut bytes = [0; 8];
        self.arena.read(at, &mut bytes[..usize::from(width)])?;
        let bits = u64::from_le_bytes(bytes);
        Ok(match signed {
            Some(ty) if width < 8 => {
                let unused = 64 - 8 * u32::from(width);
                ((bits << unused).cast_signed() >> unused).cast_unsigned() & number::mask(ty)
            }
            _ => bits,
        })
    }

    /// A kernel for a block outside of loops, if it writes.
    fn once(&mut self, block: usize) -> Result<(), Refusal> {
        if let Some((number, takes)) = self.part(block) {
            let mut arguments = self.before(takes, self.code.blocks[block].offset)?;
            arguments.push(1);
            self.launch(number, arguments, 1, false);
        }
        Ok(())
    }

    fn part(&self, block: usize) -> Option<(usize, &'a Takes)> {
        let is_it = |part: &Part| part.block == block;
        let number = self.map.parts.iter().position(is_it)?;
        Some((number, &self.map.takes[number]))
    }

    /// What a kernel takes of what was before it.
    fn before(&self, takes: &Takes, offset: u32) -> Result<Vec<u64>, Refusal> {
        let values = takes.values.iter();
        values.map(|value| self.need(*value, offset)).collect()
    }

    fn launch(&mut self, number: usize, arguments: Vec<u64>, threads: u32, is_loop: bool) {
        self.plan.steps.push(Step {
            kernel: super::emit::name(number),
            arguments,
            threads,
            is_loop,
            offset: self.code.blocks[self.map.parts[number].block].offset,
        });
    }

    /// A whole loop; gives the jump that leaves it.
    fn around(&mut self, within: &'a Loop) -> Result<&'a Jump, Stop> {
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
