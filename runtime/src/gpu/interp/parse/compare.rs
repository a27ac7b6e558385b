//! `setp`, `set`, `selp`, `testp`.

use super::super::PtxError;
use super::super::inst::{BoolOp, Compare, Comparison, Op, Slot, Src, TestOp};
use super::super::types::{Kind, Type};
use super::Parser;
use super::modifiers::Modifiers;

const COMPARES: [&str; 18] = [
    "eq", "ne", "lt", "le", "gt", "ge", "lo", "ls", "hi", "hs", "equ", "neu", "ltu", "leu", "gtu",
    "geu", "num", "nan",
];
const TYPES: [&str; 11] = [
    "b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64", "f32", "f64",
];

/// The modifiers of `setp` and `set`, up to the types.
struct How {
    compare: &'static str,
    combine: Option<BoolOp>,
    ftz: bool,
}

fn how(m: &mut Modifiers<'_>) -> Result<How, PtxError> {
    let name = m.need(&COMPARES)?;
    let compare = COMPARES
        .iter()
        .find(|other| **other == name)
        .copied()
        .unwrap_or("eq");
    let combine = match m.take(&["and", "or", "xor"]) {
        Some("and") => Some(BoolOp::And),
        Some("or") => Some(BoolOp::Or),
        Some(_) => Some(BoolOp::Xor),
        None => None,
    };
    Ok(How {
        compare,
        combine,
        ftz: m.has("ftz"),
    })
}

/// The comparison, if operands of this type have it.
fn compare(name: &str, ty: Type) -> Option<Compare> {
    let order = !matches!(ty.kind, Kind::Bits);
    match (name, ty.kind) {
        ("eq", _) => Some(Compare::Eq),
        ("ne", _) => Some(Compare::Ne),
        ("lt", _) if order => Some(Compare::Lt),
        ("le", _) if order => Some(Compare::Le),
        ("gt", _) if order => Some(Compare::Gt),
        ("ge", _) if order => Some(Compare::Ge),
        ("lo", Kind::Unsigned) => Some(Compare::Lt),
        ("ls", Kind::Unsigned) => Some(Compare::Le),
        ("hi", Kind::Unsigned) => Some(Compare::Gt),
        ("hs", Kind::Unsigned) => Some(Compare::Ge),
        ("equ", Kind::Float) => Some(Compare::Equ),
        ("neu", Kind::Float) => Some(Compare::Neu),
        ("ltu", Kind::Float) => Some(Compare::Ltu),
        ("leu", Kind::Float) => Some(Compare::Leu),
        ("gtu", Kind::Float) => Some(Compare::Gtu),
        ("geu", Kind::Float) => Some(Compare::Geu),
        ("num", Kind::Float) => Some(Compare::Num),
        ("nan", Kind::Float) => Some(Compare::Nan),
        _ => None,
    }
}

impl<'a> Parser<'a> {
    pub(super) fn setp(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let how = how(m)?;
        let ty = m.ty(&TYPES)?;
        m.end()?;
        let d = self.dst_or_sink(Type::PRED, false)?.0;
        let q = if self.eat(b'|') {
            Some(self.dst_or_sink(Type::PRED, false)?.0)
        } else {
            None
        };
        self.comparison(m, how, ty, d, q, 1)
    }

    pub(super) fn set(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let how = how(m)?;
        let to = m.ty(&["u32", "s32", "f32"])?;
        let ty = m.ty(&TYPES)?;
        m.end()?;
        let d = self.dst(to)?;
        let truth = if to.float() { 1f32.to_bits() } else { u32::MAX };
        self.comparison(m, how, ty, d, None, truth.into())
    }

    fn comparison(
        &mut self,
        m: &Modifiers<'a>,
        how: How,
        ty: Type,
        d: Slot,
        q: Option<Slot>,
        truth: u64,
    ) -> Result<(), PtxError> {
        let Some(compare) = compare(how.compare, ty) else {
            return Err(m.error(&format!(
                "operands of {} have no `.{}`",
                ty.name(),
                how.compare
            )));
        };
        if how.ftz && ty != Type::F32 {
            return Err(m.error("only f32 has `.ftz`"));
        }
        let (a, b) = (self.next_src(ty)?, self.next_src(ty)?);
        let combine = match how.combine {
            Some(op) => {
                self.comma()?;
                let (c, negated) = self.maybe_negated()?;
                Some((op, c, negated))
            }
            None => None,
        };
        let index = self.program.comparisons.len() as u32;
        self.program.comparisons.push(Comparison {
            how: compare,
            ty,
            ftz: how.ftz,
            combine,
            d,
            q,
            truth,
        });
        self.emit(Op::Compare { index, a, b });
        Ok(())
    }

    pub(super) fn selp(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let ty = m.ty(&TYPES)?;
        m.end()?;
        let d = self.dst(ty)?;
        let (a, b): (Src, Src) = (self.next_src(ty)?, self.next_src(ty)?);
        let p = self.next_src(Type::PRED)?;
        self.emit(Op::Select { d, a, b, p });
        Ok(())
    }

    pub(super) fn testp(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let op = match m.need(&[
            "finite",
            "infinite",
            "number",
            "notanumber",
            "normal",
            "subnormal",
        ])? {
            "finite" => TestOp::Finite,
            "infinite" => TestOp::Infinite,
            "number" => TestOp::Number,
            "notanumber" => TestOp::NotANumber,
            "normal" => TestOp::Normal,
            _ => TestOp::Subnormal,
        };
        let ty = m.ty(&["f32", "f64"])?;
        m.end()?;
        let d = self.predicate()?;
        let a = self.next_src(ty)?;
        self.emit(Op::Test {
            op,
            double: ty.bits == 64,
            d,
            a,
        });
        Ok(())
    }
}
