//! Memory: loads, stores, atomic accesses, and what fills, copies and grows.

use wasmparser::{MemArg, Operator};

use super::super::{Access, Compare, Op, Proved, Rmw, Space, Type, Value};
use super::body::Builder;
use super::numeric::refusal;

/// What an access does; bytes, and the result's type where there is one.
enum Kind {
    /// And whether the sign is extended.
    Load(Type, u8, bool, MemArg),
    Store(u8, MemArg),
    AtomicLoad(Type, u8, MemArg),
    AtomicStore(u8, MemArg),
    Rmw(Type, u8, Rmw, MemArg),
    CompareExchange(Type, u8, MemArg),
}

/// Appends an operator on memory.
pub(super) fn append(builder: &mut Builder<'_, '_>, operator: &Operator<'_>) -> Result<(), String> {
    if let Some(kind) = access(operator) {
        return append_access(builder, &kind);
    }
    match operator {
        Operator::AtomicFence => drop(builder.push_op(Op::Fence, None)),
        Operator::MemorySize { mem } => match space(builder, *mem) {
            Space::Arena => drop(builder.push_op(Op::MemorySize, Some(Type::I32))),
            Space::Workgroup => drop(workgroup_pages(builder)),
        },
        Operator::MemoryGrow { mem } => grow(builder, *mem),
        Operator::DataDrop { data_index } => {
            // An active one was dropped when the instance was made.
            if let Some(global) = builder.module.data[*data_index as usize].dropped
                && let Some(one) = builder.push_op(Op::Constant(1), Some(Type::I32))
            {
                builder.pop();
                builder.push_op(Op::GlobalSet(global, one), None);
            }
        }
        // What is dropped could only be read by `table.init`, which is refused.
        Operator::ElemDrop { .. } => {}
        Operator::MemoryFill { mem } => {
            let space = space(builder, *mem);
            let values = three(builder);
            builder.push_op(Op::MemoryFill(space, values), None);
        }
        Operator::MemoryCopy { dst_mem, src_mem } => {
            let spaces = [*dst_mem, *src_mem].map(|memory| space(builder, memory));
            let values = three(builder);
            builder.push_op(Op::MemoryCopy(spaces, values), None);
        }
        Operator::MemoryInit { data_index, mem } => {
            let space = space(builder, *mem);
            let values = three(builder);
            builder.push_op(Op::MemoryInit(space, *data_index, values), None);
        }
        _ => return Err(refusal(operator)),
    }
    Ok(())
}

/// Whether [`append`] takes an operator.
pub(super) fn is_understood(operator: &Operator<'_>) -> bool {
    access(operator).is_some()
        || matches!(
            operator,
            Operator::AtomicFence
                | Operator::MemorySize { .. }
                | Operator::MemoryGrow { .. }
                | Operator::MemoryFill { .. }
                | Operator::MemoryCopy { .. }
                | Operator::MemoryInit { .. }
                | Operator::DataDrop { .. }
                | Operator::ElemDrop { .. }
        )
}

fn space(builder: &Builder<'_, '_>, memory: u32) -> Space {
    let known = builder.module.spaces.get(memory as usize);
    known.copied().unwrap_or(Space::Arena)
}

fn three(builder: &mut Builder<'_, '_>) -> [Value; 3] {
    let (length, second, to) = (builder.pop(), builder.pop(), builder.pop());
    [to, second, length]
}

fn workgroup_pages(builder: &mut Builder<'_, '_>) -> Option<Value> {
    let pages = builder.module.workgroup.map_or(0, |memory| memory.pages);
    builder.push_op(Op::Constant(pages), Some(Type::I32))
}

fn grow(builder: &mut Builder<'_, '_>, memory: u32) {
    let more = builder.pop();
    if space(builder, memory) == Space::Arena {
        builder.grows = true;
        builder.push_op(Op::MemoryGrow(more), Some(Type::I32));
        return;
    }
    // A block has what it has.
    let parts = (
        workgroup_pages(builder),
        builder.push_op(Op::Constant(0xffff_ffff), Some(Type::I32)),
        builder.push_op(Op::Constant(0), Some(Type::I32)),
    );
    if let (Some(pages), Some(failed), Some(zero)) = parts {
        for _ in 0..3 {
            builder.pop();
        }
        let nothing = builder.push_op(Op::Compare(Compare::Eq, more, zero), Some(Type::I32));
        builder.pop();
        if let Some(nothing) = nothing {
            builder.push_op(Op::Select(nothing, pages, failed), Some(Type::I32));
        }
    }
}

fn append_access(builder: &mut Builder<'_, '_>, kind: &Kind) -> Result<(), String> {
    let value = |builder: &mut Builder<'_, '_>| builder.pop();
    let (op, result) = match *kind {
        Kind::Load(ty, width, signed, memory) => {
            let access = at(builder, width, memory)?;
            (Op::Load { access, signed }, Some(ty))
        }
        Kind::AtomicLoad(ty, width, memory) => {
            (Op::AtomicLoad(at(builder, width, memory)?), Some(ty))
        }
        Kind::Store(width, memory) => {
            let value = value(builder);
            (Op::Store(at(builder, width, memory)?, value), None)
        }
        Kind::AtomicStore(width, memory) => {
            let value = value(builder);
            (Op::AtomicStore(at(builder, width, memory)?, value), None)
        }
        Kind::Rmw(ty, width, rmw, memory) => {
            let value = value(builder);
            let access = at(builder, width, memory)?;
            (Op::AtomicRmw(access, rmw, value), Some(ty))
        }
        Kind::CompareExchange(ty, width, memory) => {
            let (new, expected) = (value(builder), value(builder));
            let access = at(builder, width, memory)?;
            (Op::AtomicCompareExchange(access, expected, new), Some(ty))
        }
    };
    builder.push_op(op, result);
    Ok(())
}

/// An access at the address on the stack.
fn at(builder: &mut Builder<'_, '_>, width: u8, memory: MemArg) -> Result<Access, String> {
    let offset =
        u32::try_from(memory.offset).map_err(|_| "an offset of more than 32 bits".to_owned())?;
    Ok(Access {
        space: space(builder, memory.memory),
        address: builder.pop(),
        offset,
        width,
        proved: Proved::default(),
    })
}

#[rustfmt::skip]
fn access(operator: &Operator<'_>) -> Option<Kind> {
    let rmw = |ty, width, rmw, memory: &MemArg| Kind::Rmw(ty, width, rmw, *memory);
    Some(match operator {
        Operator::I32Load { memarg } => Kind::Load(Type::I32, 4, false, *memarg),
        Operator::I64Load { memarg } => Kind::Load(Type::I64, 8, false, *memarg),
        Operator::F32Load { memarg } => Kind::Load(Type::F32, 4, false, *memarg),
        Operator::F64Load { memarg } => Kind::Load(Type::F64, 8, false, *memarg),
        Operator::I32Load8S { memarg } => Kind::Load(Type::I32, 1, true, *memarg),
        Operator::I32Load8U { memarg } => Kind::Load(Type::I32, 1, false, *memarg),
        Operator::I32Load16S { memarg } => Kind::Load(Type::I32, 2, true, *memarg),
        Operator::I32Load16U { memarg } => Kind::Load(Type::I32, 2, false, *memarg),
        Operator::I64Load8S { memarg } => Kind::Load(Type::I64, 1, true, *memarg),
        Operator::I64Load8U { memarg } => Kind::Load(Type::I64, 1, false, *memarg),
        Operator::I64Load16S { memarg } => Kind::Load(Type::I64, 2, true, *memarg),
        Operator::I64Load16U { memarg } => Kind::Load(Type::I64, 2, false, *memarg),
        Operator::I64Load32S { memarg } => Kind::Load(Type::I64, 4, true, *memarg),
        Operator::I64Load32U { memarg } => Kind::Load(Type::I64, 4, false, *memarg),
        Operator::I32Store { memarg } => Kind::Store(4, *memarg),
        Operator::I64Store { memarg } => Kind::Store(8, *memarg),
        Operator::F32Store { memarg } => Kind::Store(4, *memarg),
        Operator::F64Store { memarg } => Kind::Store(8, *memarg),
        Operator::I32Store8 { memarg } => Kind::Store(1, *memarg),
        Operator::I32Store16 { memarg } => Kind::Store(2, *memarg),
        Operator::I64Store8 { memarg } => Kind::Store(1, *memarg),
        Operator::I64Store16 { memarg } => Kind::Store(2, *memarg),
        Operator::I64Store32 { memarg } => Kind::Store(4, *memarg),
        Operator::I32AtomicRmwAdd { memarg } => rmw(Type::I32, 4, Rmw::Add, memarg),
        Operator::I32AtomicRmw8AddU { memarg } => rmw(Type::I32, 1, Rmw::Add, memarg),
        Operator::I32AtomicRmw16AddU { memarg } => rmw(Type::I32, 2, Rmw::Add, memarg),
        Operator::I32AtomicRmwSub { memarg } => rmw(Type::I32, 4, Rmw::Sub, memarg),
        Operator::I32AtomicRmw8SubU { memarg } => rmw(Type::I32, 1, Rmw::Sub, memarg),
        Operator::I32AtomicRmw16SubU { memarg } => rmw(Type::I32, 2, Rmw::Sub, memarg),
        Operator::I32AtomicRmwAnd { memarg } => rmw(Type::I32, 4, Rmw::And, memarg),
        Operator::I32AtomicRmw8AndU { memarg } => rmw(Type::I32, 1, Rmw::And, memarg),
        Operator::I32AtomicRmw16AndU { memarg } => rmw(Type::I32, 2, Rmw::And, memarg),
        Operator::I32AtomicRmwOr { memarg } => rmw(Type::I32, 4, Rmw::Or, memarg),
        Operator::I32AtomicRmw8OrU { memarg } => rmw(Type::I32, 1, Rmw::Or, memarg),
        Operator::I32AtomicRmw16OrU { memarg } => rmw(Type::I32, 2, Rmw::Or, memarg),
        Operator::I32AtomicRmwXor { memarg } => rmw(Type::I32, 4, Rmw::Xor, memarg),
        Operator::I32AtomicRmw8XorU { memarg } => rmw(Type::I32, 1, Rmw::Xor, memarg),
        Operator::I32AtomicRmw16XorU { memarg } => rmw(Type::I32, 2, Rmw::Xor, memarg),
        Operator::I32AtomicRmwXchg { memarg } => rmw(Type::I32, 4, Rmw::Exchange, memarg),
        Operator::I32AtomicRmw8XchgU { memarg } => rmw(Type::I32, 1, Rmw::Exchange, memarg),
        Operator::I32AtomicRmw16XchgU { memarg } => rmw(Type::I32, 2, Rmw::Exchange, memarg),
        Operator::I32AtomicRmwCmpxchg { memarg } => Kind::CompareExchange(Type::I32, 4, *memarg),
        Operator::I32AtomicRmw8CmpxchgU { memarg } => Kind::CompareExchange(Type::I32, 1, *memarg),
        Operator::I32AtomicRmw16CmpxchgU { memarg } => Kind::CompareExchange(Type::I32, 2, *memarg),
        Operator::I32AtomicLoad { memarg } => Kind::AtomicLoad(Type::I32, 4, *memarg),
        Operator::I32AtomicStore { memarg } => Kind::AtomicStore(4, *memarg),
        Operator::I32AtomicLoad8U { memarg } => Kind::AtomicLoad(Type::I32, 1, *memarg),
        Operator::I32AtomicStore8 { memarg } => Kind::AtomicStore(1, *memarg),
        Operator::I32AtomicLoad16U { memarg } => Kind::AtomicLoad(Type::I32, 2, *memarg),
        Operator::I32AtomicStore16 { memarg } => Kind::AtomicStore(2, *memarg),
        Operator::I64AtomicRmwAdd { memarg } => rmw(Type::I64, 8, Rmw::Add, memarg),
        Operator::I64AtomicRmw8AddU { memarg } => rmw(Type::I64, 1, Rmw::Add, memarg),
        Operator::I64AtomicRmw16AddU { memarg } => rmw(Type::I64, 2, Rmw::Add, memarg),
        Operator::I64AtomicRmw32AddU { memarg } => rmw(Type::I64, 4, Rmw::Add, memarg),
        Operator::I64AtomicRmwSub { memarg } => rmw(Type::I64, 8, Rmw::Sub, memarg),
        Operator::I64AtomicRmw8SubU { memarg } => rmw(Type::I64, 1, Rmw::Sub, memarg),
        Operator::I64AtomicRmw16SubU { memarg } => rmw(Type::I64, 2, Rmw::Sub, memarg),
        Operator::I64AtomicRmw32SubU { memarg } => rmw(Type::I64, 4, Rmw::Sub, memarg),
        Operator::I64AtomicRmwAnd { memarg } => rmw(Type::I64, 8, Rmw::And, memarg),
        Operator::I64AtomicRmw8AndU { memarg } => rmw(Type::I64, 1, Rmw::And, memarg),
        Operator::I64AtomicRmw16AndU { memarg } => rmw(Type::I64, 2, Rmw::And, memarg),
        Operator::I64AtomicRmw32AndU { memarg } => rmw(Type::I64, 4, Rmw::And, memarg),
        Operator::I64AtomicRmwOr { memarg } => rmw(Type::I64, 8, Rmw::Or, memarg),
        Operator::I64AtomicRmw8OrU { memarg } => rmw(Type::I64, 1, Rmw::Or, memarg),
        Operator::I64AtomicRmw16OrU { memarg } => rmw(Type::I64, 2, Rmw::Or, memarg),
        Operator::I64AtomicRmw32OrU { memarg } => rmw(Type::I64, 4, Rmw::Or, memarg),
        Operator::I64AtomicRmwXor { memarg } => rmw(Type::I64, 8, Rmw::Xor, memarg),
        Operator::I64AtomicRmw8XorU { memarg } => rmw(Type::I64, 1, Rmw::Xor, memarg),
        Operator::I64AtomicRmw16XorU { memarg } => rmw(Type::I64, 2, Rmw::Xor, memarg),
        Operator::I64AtomicRmw32XorU { memarg } => rmw(Type::I64, 4, Rmw::Xor, memarg),
        Operator::I64AtomicRmwXchg { memarg } => rmw(Type::I64, 8, Rmw::Exchange, memarg),
        Operator::I64AtomicRmw8XchgU { memarg } => rmw(Type::I64, 1, Rmw::Exchange, memarg),
        Operator::I64AtomicRmw16XchgU { memarg } => rmw(Type::I64, 2, Rmw::Exchange, memarg),
        Operator::I64AtomicRmw32XchgU { memarg } => rmw(Type::I64, 4, Rmw::Exchange, memarg),
        Operator::I64AtomicRmwCmpxchg { memarg } => Kind::CompareExchange(Type::I64, 8, *memarg),
        Operator::I64AtomicRmw8CmpxchgU { memarg } => Kind::CompareExchange(Type::I64, 1, *memarg),
        Operator::I64AtomicRmw16CmpxchgU { memarg } => Kind::CompareExchange(Type::I64, 2, *memarg),
        Operator::I64AtomicRmw32CmpxchgU { memarg } => Kind::CompareExchange(Type::I64, 4, *memarg),
        Operator::I64AtomicLoad { memarg } => Kind::AtomicLoad(Type::I64, 8, *memarg),
        Operator::I64AtomicStore { memarg } => Kind::AtomicStore(8, *memarg),
        Operator::I64AtomicLoad8U { memarg } => Kind::AtomicLoad(Type::I64, 1, *memarg),
        Operator::I64AtomicStore8 { memarg } => Kind::AtomicStore(1, *memarg),
        Operator::I64AtomicLoad16U { memarg } => Kind::AtomicLoad(Type::I64, 2, *memarg),
        Operator::I64AtomicStore16 { memarg } => Kind::AtomicStore(2, *memarg),
        Operator::I64AtomicLoad32U { memarg } => Kind::AtomicLoad(Type::I64, 4, *memarg),
        Operator::I64AtomicStore32 { memarg } => Kind::AtomicStore(4, *memarg),
        _ => return None,
    })
}
