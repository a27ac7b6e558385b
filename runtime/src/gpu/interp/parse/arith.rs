//! Integer arithmetic, and what integers and floats share.

use super::super::PtxError;
use super::super::inst::{FloatHow, FloatOp, IntOp, Op, Src, TernaryOp, UnaryOp};
use super::super::types::{Kind, Type};
use super::Parser;
use super::modifiers::Modifiers;

pub(super) const INTS: [&str; 6] = ["u16", "u32", "u64", "s16", "s32", "s64"];
pub(super) const NUMBERS: [&str; 8] = ["u16", "u32", "u64", "s16", "s32", "s64", "f32", "f64"];
pub(super) const BITS: [&str; 3] = ["b16", "b32", "b64"];

/// The type twice as wide.
fn doubled(ty: Type) -> Type {
    Type {
        bits: ty.bits * 2,
        ..ty
    }
}

impl<'a> Parser<'a> {
    pub(super) fn int_binary(
        &mut self,
        m: &mut Modifiers<'a>,
        op: IntOp,
        ty: Type,
    ) -> Result<(), PtxError> {
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

    pub(super) fn int_unary(
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
    pub(super) fn int_ternary(
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

    pub(super) fn sum(
        &mut self,
        m: &mut Modifiers<'a>,
        int: IntOp,
        float: FloatOp,
    ) -> Result<(), PtxError> {
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

    pub(super) fn mul(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
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

    pub(super) fn mad(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
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

    pub(super) fn min_max(
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

    pub(super) fn neg_abs(
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

    pub(super) fn logic(&mut self, m: &mut Modifiers<'a>, op: IntOp) -> Result<(), PtxError> {
        let ty = m.ty(&["pred", "b16", "b32", "b64"])?;
        self.int_binary(m, op, ty)
    }

    pub(super) fn shift(
        &mut self,
        m: &mut Modifiers<'a>,
        op: IntOp,
        types: &[&str],
    ) -> Result<(), PtxError> {
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

    pub(super) fn funnel(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
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

    pub(super) fn count(&mut self, m: &mut Modifiers<'a>, op: UnaryOp) -> Result<(), PtxError> {
        let ty = m.ty(&["b32", "b64"])?;
        self.int_unary(m, op, ty, Type::U32)
    }

    pub(super) fn insert(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
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

    pub(super) fn lop3(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
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
