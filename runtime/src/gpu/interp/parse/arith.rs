//! Integer and float arithmetic, and the table of opcodes.

use super::super::PtxError;
use super::super::inst::{FloatHow, FloatOp, IntOp, Op, Src, TernaryOp, UnaryOp};
use super::super::types::{Kind, Type};
use super::Parser;
use super::modifiers::Modifiers;

const INTS: [&str; 6] = ["u16", "u32", "u64", "s16", "s32", "s64"];
const NUMBERS: [&str; 8] = ["u16", "u32", "u64", "s16", "s32", "s64", "f32", "f64"];
const BITS: [&str; 3] = ["b16", "b32", "b64"];

/// The type twice as wide.
fn doubled(ty: Type) -> Type {
    Type {
        bits: ty.bits * 2,
        ..ty
    }
}

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

    fn int_binary(&mut self, m: &mut Modifiers<'a>, op: IntOp, ty: Type) -> Result<(), PtxError> {
        m.end()?;
        let d = self.dst(ty)?;
        let (a, b) = (self.next_src(ty)?, self.next_src(ty)?);
        self.emit(Op::Binary {
            op,
            ty: ty.into(),
            d,
            a,
            b,
        });
        Ok(())
    }

    fn int_unary(
        &mut self,
        m: &mut Modifiers<'a>,
        op: UnaryOp,
        ty: Type,
        to: Type,
    ) -> Result<(), PtxError> {
        m.end()?;
        let d = self.dst(to)?;
        let a = self.next_src(ty)?;
        self.emit(Op::Unary {
            op,
            ty: ty.into(),
            d,
            a,
        });
        Ok(())
    }

    /// `types`: of the destination and the three sources.
    fn int_ternary(
        &mut self,
        m: &mut Modifiers<'a>,
        op: TernaryOp,
        ty: Type,
        types: [Type; 4],
    ) -> Result<(), PtxError> {
        m.end()?;
        let d = self.dst(types[0])?;
        let (a, b, c) = (
            self.next_src(types[1])?,
            self.next_src(types[2])?,
            self.next_src(types[3])?,
        );
        self.emit(Op::Ternary {
            op,
            ty: ty.into(),
            d,
            a,
            b,
            c,
        });
        Ok(())
    }

    fn float_binary(
        &mut self,
        m: &mut Modifiers<'a>,
        op: FloatOp,
        ty: Type,
        how: FloatHow,
    ) -> Result<(), PtxError> {
        m.end()?;
        let d = self.dst(ty)?;
        let (a, b) = (self.next_src(ty)?, self.next_src(ty)?);
        self.emit(Op::Float {
            op,
            how: FloatHow {
                double: ty.bits == 64,
                ..how
            },
            d,
            a,
            b,
        });
        Ok(())
    }

    fn float_unary(
        &mut self,
        m: &mut Modifiers<'a>,
        op: FloatOp,
        ty: Type,
        how: FloatHow,
    ) -> Result<(), PtxError> {
        m.end()?;
        let d = self.dst(ty)?;
        let a = self.next_src(ty)?;
        let b = self.constant(0)?;
        self.emit(Op::Float {
            op,
            how: FloatHow {
                double: ty.bits == 64,
                ..how
            },
            d,
            a,
            b,
        });
        Ok(())
    }

    /// `.rn`, `.ftz`, `.sat` and the type, as float arithmetic has them.
    fn float_how(
        &mut self,
        m: &mut Modifiers<'a>,
        types: &[&str],
    ) -> Result<(Type, FloatHow, bool), PtxError> {
        let round = m.take(&["rn", "rz", "rm", "rp"]);
        let ftz = m.has("ftz");
        let ty = m.ty(types)?;
        if !ty.float() && (round.is_some() || ftz) {
            return Err(m.error("integers have neither `.rn` nor `.ftz`"));
        }
        if round.is_some_and(|round| round != "rn") {
            return Err(m.error("arithmetic that rounds other than `.rn` is not modelled"));
        }
        if ftz && ty.bits != 32 {
            return Err(m.error("only f32 has `.ftz`"));
        }
        let how = FloatHow {
            ftz,
            ..FloatHow::default()
        };
        Ok((ty, how, round.is_some()))
    }

    fn sum(&mut self, m: &mut Modifiers<'a>, int: IntOp, float: FloatOp) -> Result<(), PtxError> {
        let (ty, how, rounds) = self.float_how(m, &NUMBERS)?;
        if ty.float() {
            self.program.loose |= !rounds;
            let how = FloatHow {
                loose: !rounds,
                fusing: true,
                ..how
            };
            return self.float_binary(m, float, ty, how);
        }
        self.int_binary(m, int, ty)
    }

    fn mul(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        match m.take(&["lo", "hi", "wide"]) {
            Some("lo") => {
                let ty = m.ty(&INTS)?;
                self.int_binary(m, IntOp::MulLo, ty)
            }
            Some("hi") => {
                let ty = m.ty(&INTS)?;
                self.int_binary(m, IntOp::MulHi, ty)
            }
            Some(_) => {
                let ty = m.ty(&["u16", "u32", "s16", "s32"])?;
                m.end()?;
                let d = self.dst(doubled(ty))?;
                let (a, b) = (self.next_src(ty)?, self.next_src(ty)?);
                self.emit(Op::Binary {
                    op: IntOp::MulWide,
                    ty: ty.into(),
                    d,
                    a,
                    b,
                });
                Ok(())
            }
            None => {
                let (ty, how, rounds) = self.float_how(m, &["f32", "f64"])?;
                self.program.loose |= !rounds;
                let how = FloatHow {
                    loose: !rounds,
                    fusing: true,
                    ..how
                };
                self.float_binary(m, FloatOp::Mul, ty, how)
            }
        }
    }

    fn mad(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let part = m.need(&["lo", "hi", "wide"])?;
        if part == "wide" {
            let ty = m.ty(&["u16", "u32", "s16", "s32"])?;
            let wide = doubled(ty);
            return self.int_ternary(m, TernaryOp::MadWide, ty, [wide, ty, ty, wide]);
        }
        let ty = m.ty(&INTS)?;
        let op = if part == "lo" {
            TernaryOp::MadLo
        } else {
            TernaryOp::MadHi
        };
        self.int_ternary(m, op, ty, [ty; 4])
    }

    fn fma(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let (ty, how, rounds) = self.float_how(m, &["f32", "f64"])?;
        if !rounds {
            return Err(m.error("needs `.rn`"));
        }
        m.end()?;
        let d = self.dst(ty)?;
        let (a, b, c) = (self.next_src(ty)?, self.next_src(ty)?, self.next_src(ty)?);
        self.emit(Op::Fma {
            how: FloatHow {
                double: ty.bits == 64,
                ..how
            },
            d,
            a,
            b,
            c,
        });
        Ok(())
    }

    fn div(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let rough = m.take(&["approx", "full"]).is_some();
        let (ty, how, rounds) = self.float_how(m, &NUMBERS)?;
        if !ty.float() {
            return if rough {
                Err(m.error("integers are divided exactly"))
            } else {
                self.int_binary(m, IntOp::Div, ty)
            };
        }
        self.rounds_once(m, ty, rough, rounds)?;
        self.float_binary(m, FloatOp::Div, ty, FloatHow { rough, ..how })
    }

    /// `sqrt`, `rcp` and `rsqrt`.
    fn root(&mut self, m: &mut Modifiers<'a>, op: FloatOp) -> Result<(), PtxError> {
        let rough = m.has("approx");
        let (ty, how, rounds) = self.float_how(m, &["f32", "f64"])?;
        if op == FloatOp::Rsqrt {
            if !rough || rounds {
                return Err(m.error("there is only `.approx`"));
            }
        } else {
            self.rounds_once(m, ty, rough, rounds)?;
        }
        self.float_unary(m, op, ty, FloatHow { rough, ..how })
    }

    /// Either `.rn` or, of f32 alone, an approximation.
    fn rounds_once(
        &self,
        m: &Modifiers<'a>,
        ty: Type,
        rough: bool,
        rounds: bool,
    ) -> Result<(), PtxError> {
        if rough == rounds {
            return Err(m.error("needs either `.rn` or an approximation"));
        }
        if rough && ty.bits == 64 {
            return Err(m.error("f64 has no approximation"));
        }
        Ok(())
    }

    fn min_max(
        &mut self,
        m: &mut Modifiers<'a>,
        int: IntOp,
        float: [FloatOp; 2],
    ) -> Result<(), PtxError> {
        let ftz = m.has("ftz");
        let nan = m.has("NaN");
        let ty = m.ty(&NUMBERS)?;
        if (ftz || nan) && (!ty.float() || ty.bits != 32) {
            return Err(m.error("only f32 has `.ftz` and `.NaN`"));
        }
        if ty.float() {
            let how = FloatHow {
                ftz,
                ..FloatHow::default()
            };
            return self.float_binary(m, float[usize::from(nan)], ty, how);
        }
        self.int_binary(m, int, ty)
    }

    fn neg_abs(
        &mut self,
        m: &mut Modifiers<'a>,
        int: UnaryOp,
        float: FloatOp,
    ) -> Result<(), PtxError> {
        let ftz = m.has("ftz");
        let ty = m.ty(&["s16", "s32", "s64", "f32", "f64"])?;
        if ftz && ty != Type::F32 {
            return Err(m.error("only f32 has `.ftz`"));
        }
        if ty.float() {
            return self.float_unary(
                m,
                float,
                ty,
                FloatHow {
                    ftz,
                    ..FloatHow::default()
                },
            );
        }
        self.int_unary(m, int, ty, ty)
    }

    fn logic(&mut self, m: &mut Modifiers<'a>, op: IntOp) -> Result<(), PtxError> {
        let ty = m.ty(&["pred", "b16", "b32", "b64"])?;
        self.int_binary(m, op, ty)
    }

    fn shift(&mut self, m: &mut Modifiers<'a>, op: IntOp, types: &[&str]) -> Result<(), PtxError> {
        let ty = m.ty(types)?;
        m.end()?;
        let d = self.dst(ty)?;
        let (a, b) = (self.next_src(ty)?, self.next_src(Type::U32)?);
        self.emit(Op::Binary {
            op,
            ty: ty.into(),
            d,
            a,
            b,
        });
        Ok(())
    }

    fn funnel(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let left = m.need(&["l", "r"])? == "l";
        let wrap = m.need(&["wrap", "clamp"])? == "wrap";
        let ty = m.ty(&["b32"])?;
        let op = match (left, wrap) {
            (true, true) => TernaryOp::ShfLeftWrap,
            (true, false) => TernaryOp::ShfLeftClamp,
            (false, true) => TernaryOp::ShfRightWrap,
            (false, false) => TernaryOp::ShfRightClamp,
        };
        self.int_ternary(m, op, ty, [ty, ty, ty, Type::U32])
    }

    fn count(&mut self, m: &mut Modifiers<'a>, op: UnaryOp) -> Result<(), PtxError> {
        let ty = m.ty(&["b32", "b64"])?;
        self.int_unary(m, op, ty, Type::U32)
    }

    fn insert(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let ty = m.ty(&["b32", "b64"])?;
        m.end()?;
        let d = self.dst(ty)?;
        let (a, b) = (self.next_src(ty)?, self.next_src(ty)?);
        let (c, e) = (self.next_src(Type::U32)?, self.next_src(Type::U32)?);
        // Widths are at most 64.
        self.emit(Op::Bfi {
            bits: ty.bits as u8,
            d,
            a,
            b,
            c,
            e,
        });
        Ok(())
    }

    fn lop3(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let ty = m.ty(&["b32"])?;
        m.end()?;
        let d = self.dst(ty)?;
        let [a, b, c]: [Src; 3] = [self.next_src(ty)?, self.next_src(ty)?, self.next_src(ty)?];
        self.comma()?;
        let table = self.immediate(Type {
            kind: Kind::Bits,
            bits: 8,
        })? as u8;
        self.emit(Op::Lop3 { table, d, a, b, c });
        Ok(())
    }
}
