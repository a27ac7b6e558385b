//! What is launched for some arguments: the function is gone through as one thread
//! would, with its loops taken in one step, and nothing is written.

mod around;

use super::check::Refusal;
use super::emit::{Part, Takes};
use super::overlap::Track;
use super::shape::Line;
use super::values::may_trap;
use super::{Map, NotAMap, OffloadError, Reason};
use crate::gpu::device::{Arena, DeviceError, PAGE};
use crate::gpu::instance::KernelError;
use crate::gpu::ir::graph::target;
use crate::gpu::ir::{
    Access, Code, Instruction, Jump, Module, Op, Terminator, Type, Value, number,
};

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
}
