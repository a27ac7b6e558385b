//! Numbers: one operator, one instruction.

use wasmparser::Operator;

use super::super::{Binary, Compare, Op, Type, Unary};
use super::body::Builder;
use super::{memory, opcode};

/// What an operator is, where it only takes operands and gives a result.
enum Simple {
    Constant(Type, u64),
    Unary(Unary, Type),
    Binary(Binary, Type),
    Compare(Compare),
}

/// Appends one of these operators.
pub(super) fn append(builder: &mut Builder<'_, '_>, operator: &Operator<'_>) -> Result<(), String> {
    if let Some(simple) = simple(operator) {
        append_simple(builder, simple);
        return Ok(());
    }
    match operator {
        Operator::I32Eqz | Operator::I64Eqz => {
            let value = builder.pop();
            let ty = builder.type_of(value);
            builder.push_op(Op::Constant(0), Some(ty));
            let zero = builder.pop();
            builder.push_op(Op::Compare(Compare::Eq, value, zero), Some(Type::I32));
            Ok(())
        }
        _ => memory::append(builder, operator),
    }
}

fn append_simple(builder: &mut Builder<'_, '_>, simple: Simple) {
    let (op, result) = match simple {
        Simple::Constant(ty, bits) => (Op::Constant(bits), Some(ty)),
        Simple::Unary(unary, ty) => (Op::Unary(unary, builder.pop()), Some(ty)),
        Simple::Binary(binary, ty) => {
            let (b, a) = (builder.pop(), builder.pop());
            (Op::Binary(binary, a, b), Some(ty))
        }
        Simple::Compare(compare) => {
            let (b, a) = (builder.pop(), builder.pop());
            (Op::Compare(compare, a, b), Some(Type::I32))
        }
    };
    builder.push_op(op, result);
}

/// Whether an operator that is never reached could have been appended.
pub(super) fn is_understood(operator: &Operator<'_>) -> Result<(), String> {
    let is_control = matches!(
        operator,
        Operator::Nop
            | Operator::Unreachable
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
            | Operator::Return
            | Operator::Call { .. }
            | Operator::CallIndirect { .. }
            | Operator::Drop
            | Operator::Select
            | Operator::TypedSelect { .. }
            | Operator::LocalGet { .. }
            | Operator::LocalSet { .. }
            | Operator::LocalTee { .. }
            | Operator::GlobalGet { .. }
            | Operator::GlobalSet { .. }
            | Operator::I32Eqz
            | Operator::I64Eqz
    );
    if is_control || simple(operator).is_some() || memory::is_understood(operator) {
        return Ok(());
    }
    Err(refusal(operator))
}

pub(super) fn refusal(operator: &Operator<'_>) -> String {
    let name = opcode::name(operator);
    format!("kernels do not have the instruction {name}")
}

fn simple(operator: &Operator<'_>) -> Option<Simple> {
    Some(match operator {
        Operator::I32Const { value } => {
            Simple::Constant(Type::I32, u64::from(value.cast_unsigned()))
        }
        Operator::I64Const { value } => Simple::Constant(Type::I64, value.cast_unsigned()),
        Operator::F32Const { value } => Simple::Constant(Type::F32, u64::from(value.bits())),
        Operator::F64Const { value } => Simple::Constant(Type::F64, value.bits()),
        _ => return arithmetic(operator),
    })
}

fn arithmetic(operator: &Operator<'_>) -> Option<Simple> {
    let unary = |unary, ty| Some(Simple::Unary(unary, ty));
    let binary = |binary, ty| Some(Simple::Binary(binary, ty));
    let compare = |compare| Some(Simple::Compare(compare));
    match operator {
        Operator::I32Clz => unary(Unary::Clz, Type::I32),
        Operator::I32Ctz => unary(Unary::Ctz, Type::I32),
        Operator::I32Popcnt => unary(Unary::Popcnt, Type::I32),
        Operator::I32Extend8S => unary(Unary::Extend(8), Type::I32),
        Operator::I32Extend16S => unary(Unary::Extend(16), Type::I32),
        Operator::F32Abs => unary(Unary::Abs, Type::F32),
        Operator::F32Neg => unary(Unary::Neg, Type::F32),
        Operator::F32Ceil => unary(Unary::Ceil, Type::F32),
        Operator::F32Floor => unary(Unary::Floor, Type::F32),
        Operator::F32Trunc => unary(Unary::Trunc, Type::F32),
        Operator::F32Nearest => unary(Unary::Nearest, Type::F32),
        Operator::F32Sqrt => unary(Unary::Sqrt, Type::F32),
        Operator::I32TruncF32S | Operator::I32TruncF64S => unary(
            Unary::Truncate {
                signed: true,
                saturating: false,
            },
            Type::I32,
        ),
        Operator::I32TruncSatF32S | Operator::I32TruncSatF64S => unary(
            Unary::Truncate {
                signed: true,
                saturating: true,
            },
            Type::I32,
        ),
        Operator::F32ConvertI32S | Operator::F32ConvertI64S => {
            unary(Unary::Convert { signed: true }, Type::F32)
        }
        Operator::I32TruncF32U | Operator::I32TruncF64U => unary(
            Unary::Truncate {
                signed: false,
                saturating: false,
            },
            Type::I32,
        ),
        Operator::I32TruncSatF32U | Operator::I32TruncSatF64U => unary(
            Unary::Truncate {
                signed: false,
                saturating: true,
            },
            Type::I32,
        ),
        Operator::F32ConvertI32U | Operator::F32ConvertI64U => {
            unary(Unary::Convert { signed: false }, Type::F32)
        }
        Operator::F64ConvertI32S | Operator::F64ConvertI64S => {
            unary(Unary::Convert { signed: true }, Type::F64)
        }
        Operator::F64ConvertI32U | Operator::F64ConvertI64U => {
            unary(Unary::Convert { signed: false }, Type::F64)
        }
        Operator::I32ReinterpretF32 => unary(Unary::Reinterpret, Type::I32),
        Operator::F32ReinterpretI32 => unary(Unary::Reinterpret, Type::F32),
        Operator::I64Clz => unary(Unary::Clz, Type::I64),
        Operator::I64Ctz => unary(Unary::Ctz, Type::I64),
        Operator::I64Popcnt => unary(Unary::Popcnt, Type::I64),
        Operator::I64Extend8S => unary(Unary::Extend(8), Type::I64),
        Operator::I64Extend16S => unary(Unary::Extend(16), Type::I64),
        Operator::F64Abs => unary(Unary::Abs, Type::F64),
        Operator::F64Neg => unary(Unary::Neg, Type::F64),
        Operator::F64Ceil => unary(Unary::Ceil, Type::F64),
        Operator::F64Floor => unary(Unary::Floor, Type::F64),
        Operator::F64Trunc => unary(Unary::Trunc, Type::F64),
        Operator::F64Nearest => unary(Unary::Nearest, Type::F64),
        Operator::F64Sqrt => unary(Unary::Sqrt, Type::F64),
        Operator::I64TruncF32S | Operator::I64TruncF64S => unary(
            Unary::Truncate {
                signed: true,
                saturating: false,
            },
            Type::I64,
        ),
        Operator::I64TruncSatF32S | Operator::I64TruncSatF64S => unary(
            Unary::Truncate {
                signed: true,
                saturating: true,
            },
            Type::I64,
        ),
        Operator::I64TruncF32U | Operator::I64TruncF64U => unary(
            Unary::Truncate {
                signed: false,
                saturating: false,
            },
            Type::I64,
        ),
        Operator::I64TruncSatF32U | Operator::I64TruncSatF64U => unary(
            Unary::Truncate {
                signed: false,
                saturating: true,
            },
            Type::I64,
        ),
        Operator::I64ReinterpretF64 => unary(Unary::Reinterpret, Type::I64),
        Operator::F64ReinterpretI64 => unary(Unary::Reinterpret, Type::F64),
        Operator::I64Extend32S => unary(Unary::Extend(32), Type::I64),
        Operator::I32WrapI64 => unary(Unary::Wrap, Type::I32),
        Operator::I64ExtendI32S => unary(Unary::Widen { signed: true }, Type::I64),
        Operator::I64ExtendI32U => unary(Unary::Widen { signed: false }, Type::I64),
        Operator::F32DemoteF64 => unary(Unary::Demote, Type::F32),
        Operator::F64PromoteF32 => unary(Unary::Promote, Type::F64),
        Operator::I32Add => binary(Binary::Add, Type::I32),
        Operator::I32Sub => binary(Binary::Sub, Type::I32),
        Operator::I32Mul => binary(Binary::Mul, Type::I32),
        Operator::I32DivS => binary(Binary::DivS, Type::I32),
        Operator::I32DivU => binary(Binary::DivU, Type::I32),
        Operator::I32RemS => binary(Binary::RemS, Type::I32),
        Operator::I32RemU => binary(Binary::RemU, Type::I32),
        Operator::I32And => binary(Binary::And, Type::I32),
        Operator::I32Or => binary(Binary::Or, Type::I32),
        Operator::I32Xor => binary(Binary::Xor, Type::I32),
        Operator::I32Shl => binary(Binary::Shl, Type::I32),
        Operator::I32ShrS => binary(Binary::ShrS, Type::I32),
        Operator::I32ShrU => binary(Binary::ShrU, Type::I32),
        Operator::I32Rotl => binary(Binary::Rotl, Type::I32),
        Operator::I32Rotr => binary(Binary::Rotr, Type::I32),
        Operator::F32Add => binary(Binary::Add, Type::F32),
        Operator::F32Sub => binary(Binary::Sub, Type::F32),
        Operator::F32Mul => binary(Binary::Mul, Type::F32),
        Operator::F32Min => binary(Binary::Min, Type::F32),
        Operator::F32Max => binary(Binary::Max, Type::F32),
        Operator::F32Copysign => binary(Binary::Copysign, Type::F32),
        Operator::F32Div => binary(Binary::DivS, Type::F32),
        Operator::I64Add => binary(Binary::Add, Type::I64),
        Operator::I64Sub => binary(Binary::Sub, Type::I64),
        Operator::I64Mul => binary(Binary::Mul, Type::I64),
        Operator::I64DivS => binary(Binary::DivS, Type::I64),
        Operator::I64DivU => binary(Binary::DivU, Type::I64),
        Operator::I64RemS => binary(Binary::RemS, Type::I64),
        Operator::I64RemU => binary(Binary::RemU, Type::I64),
        Operator::I64And => binary(Binary::And, Type::I64),
        Operator::I64Or => binary(Binary::Or, Type::I64),
        Operator::I64Xor => binary(Binary::Xor, Type::I64),
        Operator::I64Shl => binary(Binary::Shl, Type::I64),
        Operator::I64ShrS => binary(Binary::ShrS, Type::I64),
        Operator::I64ShrU => binary(Binary::ShrU, Type::I64),
        Operator::I64Rotl => binary(Binary::Rotl, Type::I64),
        Operator::I64Rotr => binary(Binary::Rotr, Type::I64),
        Operator::F64Add => binary(Binary::Add, Type::F64),
        Operator::F64Sub => binary(Binary::Sub, Type::F64),
        Operator::F64Mul => binary(Binary::Mul, Type::F64),
        Operator::F64Min => binary(Binary::Min, Type::F64),
        Operator::F64Max => binary(Binary::Max, Type::F64),
        Operator::F64Copysign => binary(Binary::Copysign, Type::F64),
        Operator::F64Div => binary(Binary::DivS, Type::F64),
        Operator::I32Eq | Operator::F32Eq | Operator::I64Eq | Operator::F64Eq => {
            compare(Compare::Eq)
        }
        Operator::I32Ne | Operator::F32Ne | Operator::I64Ne | Operator::F64Ne => {
            compare(Compare::Ne)
        }
        Operator::I32LtS | Operator::F32Lt | Operator::I64LtS | Operator::F64Lt => {
            compare(Compare::LtS)
        }
        Operator::I32LtU | Operator::I64LtU => compare(Compare::LtU),
        Operator::I32GtS | Operator::F32Gt | Operator::I64GtS | Operator::F64Gt => {
            compare(Compare::GtS)
        }
        Operator::I32GtU | Operator::I64GtU => compare(Compare::GtU),
        Operator::I32LeS | Operator::F32Le | Operator::I64LeS | Operator::F64Le => {
            compare(Compare::LeS)
        }
        Operator::I32LeU | Operator::I64LeU => compare(Compare::LeU),
        Operator::I32GeS | Operator::F32Ge | Operator::I64GeS | Operator::F64Ge => {
            compare(Compare::GeS)
        }
        Operator::I32GeU | Operator::I64GeU => compare(Compare::GeU),
        _ => None,
    }
}
