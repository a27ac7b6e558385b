//! The table of opcodes.

use super::super::PtxError;
use super::super::inst::{FloatHow, FloatOp, IntOp, Op, TernaryOp, UnaryOp};
use super::super::types::Type;
use super::Parser;
use super::arith::{BITS, INTS};
use super::modifiers::Modifiers;

impl<'a> Parser<'a> {
    /// One instruction, from after its modifiers to before its `;`.
    pub(super) fn dispatch(&mut self, name: &str, mut m: Modifiers<'a>) -> Result<(), PtxError> {
        let m = &mut m;
        match name {
            "add" => self.sum(m, IntOp::Add, FloatOp::Add),
            "sub" => self.sum(m, IntOp::Sub, FloatOp::Sub),
            "mul" => self.mul(m),
            "mad" => self.mad(m),
            "fma" => self.fma(m),
            "div" => self.div(m),
            "rem" => {
                let ty = m.ty(&INTS)?;
                self.int_binary(m, IntOp::Rem, ty)
            }
            "min" => self.min_max(m, IntOp::Min, [FloatOp::Min, FloatOp::MinNan]),
            "max" => self.min_max(m, IntOp::Max, [FloatOp::Max, FloatOp::MaxNan]),
            "neg" => self.neg_abs(m, UnaryOp::Neg, FloatOp::Neg),
            "abs" => self.neg_abs(m, UnaryOp::Abs, FloatOp::Abs),
            "sqrt" => self.root(m, FloatOp::Sqrt),
            "rcp" => self.root(m, FloatOp::Rcp),
            "rsqrt" => self.root(m, FloatOp::Rsqrt),
            "copysign" => {
                let ty = m.ty(&["f32", "f64"])?;
                self.float_binary(m, FloatOp::CopySign, ty, FloatHow::default())
            }
            "and" => self.logic(m, IntOp::And),
            "or" => self.logic(m, IntOp::Or),
            "xor" => self.logic(m, IntOp::Xor),
            "not" => {
                let ty = m.ty(&["pred", "b16", "b32", "b64"])?;
                self.int_unary(m, UnaryOp::Not, ty, ty)
            }
            "shl" => self.shift(m, IntOp::Shl, &BITS),
            "shr" => self.shift(m, IntOp::Shr, &[&BITS[..], &INTS[..]].concat()),
            "shf" => self.funnel(m),
            "clz" => self.count(m, UnaryOp::Clz),
            "popc" => self.count(m, UnaryOp::Popc),
            "brev" => {
                let ty = m.ty(&["b32", "b64"])?;
                self.int_unary(m, UnaryOp::Brev, ty, ty)
            }
            "bfe" => {
                let ty = m.ty(&["u32", "u64", "s32", "s64"])?;
                self.int_ternary(m, TernaryOp::Bfe, ty, [ty, ty, Type::U32, Type::U32])
            }
            "bfi" => self.insert(m),
            "prmt" => {
                let ty = m.ty(&["b32"])?;
                self.int_ternary(m, TernaryOp::Prmt, ty, [ty; 4])
            }
            "lop3" => self.lop3(m),
            "setp" => self.setp(m),
            "set" => self.set(m),
            "selp" => self.selp(m),
            "testp" => self.testp(m),
            "mov" => self.mov(m),
            "ld" => self.load(m),
            "st" => self.store(m),
            "cvt" => self.cvt(m),
            "cvta" => self.cvta(m),
            "atom" => self.atom(m, true),
            "red" => self.atom(m, false),
            "bra" => self.bra(m),
            "brx" => self.brx(m),
            "call" => self.call(m),
            "ret" => self.simple(m, Op::Return),
            "exit" => self.simple(m, Op::Exit),
            "trap" => self.simple(m, Op::Trap),
            "bar" | "barrier" => self.barrier(m, name == "bar"),
            "membar" => self.membar(m),
            "fence" => self.fence(m),
            "nanosleep" => self.nanosleep(m),
            _ => Err(m.error("this instruction is not modelled")),
        }
    }
}
