//! Float arithmetic: how an instruction rounds.

use super::super::PtxError;
use super::super::inst::{FloatHow, FloatOp, IntOp, Op, Slot, Src};
use super::super::types::Type;
use super::Parser;
use super::arith::NUMBERS;
use super::modifiers::Modifiers;

impl<'a> Parser<'a> {
    pub(super) fn float_binary(
        &mut self,
        m: &mut Modifiers<'a>,
        op: FloatOp,
        ty: Type,
        how: FloatHow,
    ) -> Result<(), PtxError> {
        m.end()?;
        let d = self.dst(ty)?;
        let (a, b) = (self.next_src(ty)?, self.next_src(ty)?);
        self.emit(float(op, ty, how, d, [a, b]));
        Ok(())
    }

    pub(super) fn float_unary(
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
        self.emit(float(op, ty, how, d, [a, b]));
        Ok(())
    }

    /// `.rn`, `.ftz`, `.sat` and the type, as float arithmetic has them.
    pub(super) fn float_how(
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

    pub(super) fn fma(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
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

    pub(super) fn div(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
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
    pub(super) fn root(&mut self, m: &mut Modifiers<'a>, op: FloatOp) -> Result<(), PtxError> {
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
    pub(super) fn rounds_once(
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
}

/// The operation, at the width of its type.
fn float(op: FloatOp, ty: Type, how: FloatHow, d: Slot, [a, b]: [Src; 2]) -> Op {
    Op::Float {
        op,
        how: FloatHow {
            double: ty.bits == 64,
            ..how
        },
        d,
        a,
        b,
    }
}
