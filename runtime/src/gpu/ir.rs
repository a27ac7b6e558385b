//! Functions between WebAssembly and PTX: blocks of instructions over values that
//! are each defined once.
//!
//! A block has parameters, and a jump to it gives their arguments; that is how a
//! local that is set on two paths becomes one value again.

mod build;
pub(super) mod graph;
pub(super) mod number;
mod ops;
pub(super) mod same;
mod text;

use super::Refused;
#[cfg(feature = "executor")]
pub(super) use build::FEATURES;
pub use build::build;
pub use ops::{Axis, Binary, Compare, Position, Rmw, Unary};

use crate::TrapCode;

/// A number type of WebAssembly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// 32 bits, an integer.
    I32,
    /// 64 bits, an integer.
    I64,
    /// 32 bits, IEEE 754.
    F32,
    /// 64 bits, IEEE 754.
    F64,
}

impl Type {
    /// Bits of a value.
    pub fn bits(self) -> u32 {
        match self {
            Type::I32 | Type::F32 => 32,
            Type::I64 | Type::F64 => 64,
        }
    }

    /// Whether it is a floating-point type.
    pub fn is_float(self) -> bool {
        matches!(self, Type::F32 | Type::F64)
    }
}

/// What a function takes and gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    /// Types of its parameters.
    pub params: Vec<Type>,
    /// Types of its results.
    pub results: Vec<Type>,
}

/// A module as kernels see it.
#[derive(Clone, Debug)]
pub struct Module {
    /// Signatures, each one once: functions of one type have one index.
    pub signatures: Vec<Signature>,
    /// Every function; imports come first.
    pub functions: Vec<Function>,
    /// Every global.
    pub globals: Vec<Global>,
    /// The memory that is the arena, if there is one.
    pub memory: Option<MemoryLimits>,
    /// Bytes of the memory that each block has for itself; 0 if there is none.
    pub workgroup_bytes: u32,
    /// The functions of the table, if there is one.
    pub table: Option<Vec<Option<u32>>>,
    /// Bytes that are copied to the memory; passive ones only by `memory.init`.
    pub data: Vec<Data>,
    /// Exported functions by name.
    pub exports: Vec<(String, u32)>,
    /// What one thread runs before anything else, if there is such a function.
    pub start: Option<u32>,
    /// Whether the memory may grow.
    pub grows: bool,
    /// Whether threads wait for each other.
    pub has_barrier: bool,
    /// The global that points to the shadow stack of code compiled from C or Rust,
    /// if there is one and somebody sets it.
    pub stack_pointer: Option<u32>,
    /// Whether it says where its variables in memory end: a linker has put some there.
    pub has_statics: bool,
}

impl Module {
    /// The functions that somebody outside may run, each once: those that are exported,
    /// and the start function.
    pub(in crate::gpu) fn roots(&self) -> Vec<u32> {
        let exported = self.exports.iter().map(|(_, function)| *function);
        let mut roots: Vec<u32> = exported.chain(self.start).collect();
        roots.sort_unstable();
        roots.dedup();
        roots
    }
}

/// A memory's size, in pages of 64 KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryLimits {
    /// In the beginning.
    pub initial: u64,
    /// At most.
    pub maximum: u64,
}

/// A data segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// Where it is copied to in the beginning; none for a passive one.
    pub offset: Option<u64>,
    /// What is copied.
    pub bytes: Vec<u8>,
    /// The global that is not zero once a passive one was dropped. It comes after
    /// those of the module: what a thread drops is its own affair, as its globals
    /// are.
    pub dropped: Option<u32>,
}

/// A global. Every thread has its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Global {
    /// Its type.
    pub ty: Type,
    /// The bits of its first value.
    pub bits: u64,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its signature's index.
    pub signature: u32,
    /// The name in the module's name section or of its export.
    pub name: Option<String>,
    /// What it does; block 0 begins, and its parameters are the function's.
    pub code: Code,
}

impl Function {
    /// Whether it calls any, and so may call itself.
    pub fn calls(&self) -> bool {
        let mut instructions = self.code.instructions();
        instructions.any(|it| matches!(it.op, Op::Call(..) | Op::CallIndirect(..)))
    }
}

impl Code {
    /// Where its first instruction stands in the module.
    pub(super) fn first_offset(&self) -> u32 {
        let first = self.instructions().next();
        first.map_or(0, |instruction| instruction.offset)
    }

    /// All instructions, block by block.
    pub fn instructions(&self) -> impl Iterator<Item = &Instruction> {
        self.blocks.iter().flat_map(|block| &block.instructions)
    }
}

/// The code of a function.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// The type of each value.
    pub values: Vec<Type>,
    /// The blocks, in the order of the source.
    pub blocks: Vec<Block>,
}

/// A value: an index of [`Code::values`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value(pub u32);

/// A block: an index of [`Code::blocks`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(pub u32);

/// Instructions that run one after the other.
#[derive(Clone, Debug)]
pub struct Block {
    /// What jumps to it give.
    pub params: Vec<Value>,
    /// What is done.
    pub instructions: Vec<Instruction>,
    /// Where it goes on.
    pub end: Terminator,
    /// Whether some jump to it goes back: a loop begins here.
    pub is_loop: bool,
    /// Where it was begun in the module, in bytes: a loop's `loop`.
    pub offset: u32,
}

/// One instruction.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// What is done.
    pub op: Op,
    /// What it defines.
    pub results: Vec<Value>,
    /// Where it stands in the module, in bytes.
    pub offset: u32,
}

/// A jump with its arguments.
#[derive(Clone, Debug)]
pub struct Jump {
    /// Where to.
    pub block: BlockId,
    /// One for each of the block's parameters.
    pub arguments: Vec<Value>,
}

/// How a block ends.
#[derive(Clone, Debug)]
pub enum Terminator {
    /// It goes on there.
    Jump(Jump),
    /// It goes on at the first if the value is not zero, else at the second.
    Branch(Value, [Jump; 2]),
    /// It goes on at the jump of this index, or at the last.
    Table(Value, Vec<Jump>),
    /// The function returns.
    Return(Vec<Value>),
    /// The thread ends with a trap, at this offset of the module.
    Trap(TrapCode, u32),
}

impl Terminator {
    /// Every jump it may take.
    pub fn jumps(&self) -> &[Jump] {
        match self {
            Terminator::Jump(jump) => std::slice::from_ref(jump),
            Terminator::Branch(_, jumps) => jumps,
            Terminator::Table(_, jumps) => jumps,
            Terminator::Return(_) | Terminator::Trap(..) => &[],
        }
    }

    /// The same with other values and jumps: what `of` and `to` give for each.
    pub(super) fn with(
        &self,
        mut of: impl FnMut(Value) -> Value,
        mut to: impl FnMut(&Jump) -> Jump,
    ) -> Terminator {
        match self {
            Terminator::Jump(jump) => Terminator::Jump(to(jump)),
            Terminator::Branch(value, [taken, other]) => {
                Terminator::Branch(of(*value), [to(taken), to(other)])
            }
            Terminator::Table(value, jumps) => {
                Terminator::Table(of(*value), jumps.iter().map(to).collect())
            }
            Terminator::Return(values) => {
                Terminator::Return(values.iter().copied().map(of).collect())
            }
            Terminator::Trap(code, offset) => Terminator::Trap(*code, *offset),
        }
    }
}

/// What an instruction does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A constant, by its bits.
    Constant(u64),
    /// An operation on one value.
    Unary(Unary, Value),
    /// An operation on two values of one type.
    Binary(Binary, Value, Value),
    /// Whether two values of one type compare so: an i32 of 0 or 1.
    Compare(Compare, Value, Value),
    /// The second if the first is not zero, else the third.
    Select(Value, Value, Value),
    /// Reads memory.
    Load {
        /// What is read.
        access: Access,
        /// Whether the sign is extended to the result's type.
        signed: bool,
    },
    /// Writes the lowest bytes of a value to memory.
    Store(Access, Value),
    /// Reads memory in one piece, in the one order of all atomic accesses.
    AtomicLoad(Access),
    /// Writes memory so.
    AtomicStore(Access, Value),
    /// Reads memory and writes what an operation makes of it and the value.
    AtomicRmw(Access, Rmw, Value),
    /// Reads memory and, if that is the first value, writes the second.
    AtomicCompareExchange(Access, Value, Value),
    /// All accesses before come before all accesses after.
    Fence,
    /// Waits for all threads of the block.
    Barrier,
    /// Where the thread is.
    Position(Position),
    /// Reads a global of this thread.
    GlobalGet(u32),
    /// Writes a global of this thread.
    GlobalSet(u32, Value),
    /// Calls a function.
    Call(u32, Vec<Value>),
    /// Calls the function at an index of the table, which must have the
    /// signature of this index.
    CallIndirect(u32, Value, Vec<Value>),
    /// Pages of the memory.
    MemorySize,
    /// Grows the memory by so many pages.
    MemoryGrow(Value),
    /// Fills from an address with a byte for a length.
    MemoryFill(Space, [Value; 3]),
    /// Copies to an address in the first from an address in the second for a
    /// length.
    MemoryCopy([Space; 2], [Value; 3]),
    /// Copies from a data segment: the segment; to, from, length.
    MemoryInit(Space, u32, [Value; 3]),
}

/// A memory of a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Space {
    /// The arena, of all threads.
    Arena,
    /// The memory that each block has for itself.
    Workgroup,
}

/// Bytes of a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Access {
    /// Which memory.
    pub space: Space,
    /// The address, an i32.
    pub address: Value,
    /// Added to it without wrapping.
    pub offset: u32,
    /// How many bytes: 1, 2, 4 or 8.
    pub width: u8,
    /// What was shown before the function was written.
    pub proved: Proved,
}

/// What is known of an access beside what its own function shows where it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Proved {
    /// It is in bounds.
    pub bounds: bool,
    /// Its address with its offset is a multiple of its width.
    pub alignment: bool,
}

impl Op {
    /// Whether it does something that its result does not say. What is called may, and
    /// counts as if it did.
    pub(super) fn has_effect(&self) -> bool {
        match self {
            Op::Constant(_)
            | Op::Unary(..)
            | Op::Binary(..)
            | Op::Compare(..)
            | Op::Select(..)
            | Op::Load { .. }
            | Op::GlobalGet(_)
            | Op::MemorySize
            | Op::Position(_) => false,
            Op::Store(..)
            | Op::AtomicLoad(_)
            | Op::AtomicStore(..)
            | Op::AtomicRmw(..)
            | Op::AtomicCompareExchange(..)
            | Op::Fence
            | Op::Barrier
            | Op::GlobalSet(..)
            | Op::MemoryGrow(_)
            | Op::MemoryFill(..)
            | Op::MemoryCopy(..)
            | Op::MemoryInit(..)
            | Op::Call(..)
            | Op::CallIndirect(..) => true,
        }
    }

    /// The memory it accesses, if it is an access.
    pub fn access(&self) -> Option<&Access> {
        match self {
            Op::Load { access, .. }
            | Op::Store(access, _)
            | Op::AtomicLoad(access)
            | Op::AtomicStore(access, _)
            | Op::AtomicRmw(access, ..)
            | Op::AtomicCompareExchange(access, ..) => Some(access),
            _ => None,
        }
    }

    /// The same, to say more of it.
    pub(super) fn access_mut(&mut self) -> Option<&mut Access> {
        match self {
            Op::Load { access, .. }
            | Op::Store(access, _)
            | Op::AtomicLoad(access)
            | Op::AtomicStore(access, _)
            | Op::AtomicRmw(access, ..)
            | Op::AtomicCompareExchange(access, ..) => Some(access),
            _ => None,
        }
    }

    /// Calls `each` with every value it uses.
    pub fn uses(&self, mut each: impl FnMut(Value)) {
        self.with(|value| {
            each(value);
            value
        });
    }

    /// The same with other values: what `of` gives for each that it uses.
    pub(super) fn with(&self, mut of: impl FnMut(Value) -> Value) -> Op {
        let mut at = |access: &Access| Access {
            address: of(access.address),
            ..*access
        };
        match self {
            Op::Load { access, signed } => {
                return Op::Load {
                    access: at(access),
                    signed: *signed,
                };
            }
            Op::Store(access, value) => return Op::Store(at(access), of(*value)),
            Op::AtomicLoad(access) => return Op::AtomicLoad(at(access)),
            Op::AtomicStore(access, value) => return Op::AtomicStore(at(access), of(*value)),
            Op::AtomicRmw(access, rmw, value) => {
                return Op::AtomicRmw(at(access), *rmw, of(*value));
            }
            Op::AtomicCompareExchange(access, expected, new) => {
                return Op::AtomicCompareExchange(at(access), of(*expected), of(*new));
            }
            _ => {}
        }
        match self {
            Op::Unary(unary, a) => Op::Unary(*unary, of(*a)),
            Op::Binary(binary, a, b) => Op::Binary(*binary, of(*a), of(*b)),
            Op::Compare(compare, a, b) => Op::Compare(*compare, of(*a), of(*b)),
            Op::Select(condition, a, b) => Op::Select(of(*condition), of(*a), of(*b)),
            Op::GlobalSet(global, value) => Op::GlobalSet(*global, of(*value)),
            Op::MemoryGrow(pages) => Op::MemoryGrow(of(*pages)),
            Op::MemoryFill(space, values) => Op::MemoryFill(*space, values.map(of)),
            Op::MemoryCopy(spaces, values) => Op::MemoryCopy(*spaces, values.map(of)),
            Op::MemoryInit(space, segment, values) => {
                Op::MemoryInit(*space, *segment, values.map(of))
            }
            Op::Call(function, arguments) => {
                Op::Call(*function, arguments.iter().copied().map(of).collect())
            }
            Op::CallIndirect(signature, index, arguments) => {
                let index = of(*index);
                let arguments = arguments.iter().copied().map(of).collect();
                Op::CallIndirect(*signature, index, arguments)
            }
            other => other.clone(),
        }
    }
}
