//! Moves: `mov`, `cvt`, `cvta`, `atom`, `red`.

use super::super::PtxError;
use super::super::inst::{Atom, AtomOp, Convert, Op, Round, Src};
use super::super::lex::Kind;
use super::super::types::Type;
use super::Parser;
use super::access::space;
use super::modifiers::Modifiers;

pub(super) const SCOPES: [&str; 4] = ["cta", "cluster", "gpu", "sys"];

impl<'a> Parser<'a> {
    pub(super) fn mov(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let ty = m.ty(&[
            "pred", "b16", "u16", "s16", "b32", "u32", "s32", "f32", "b64", "u64", "s64", "f64",
        ])?;
        m.end()?;
        if self.peek() == Kind::Mark(b'{') {
            // Unpack: the parts are written.
            let slots = self.vector(
                |parser, part| Ok(Src::slot(parser.dst_or_sink(part, false)?.0)),
                m,
                ty,
            )?;
            let a = self.next_src(ty)?;
            let (parts, count) = (self.list(&slots), slots.len() as u8);
            self.emit(Op::Unpack {
                parts,
                count,
                bits: (ty.bits / u32::from(count)) as u8,
                a,
            });
            return Ok(());
        }
        let d = self.dst(ty)?;
        self.comma()?;
        if self.peek() == Kind::Mark(b'{') {
            let sources = self.vector(|parser, part| parser.src(part), m, ty)?;
            let (parts, count) = (self.list(&sources), sources.len() as u8);
            self.emit(Op::Pack {
                d,
                parts,
                count,
                bits: (ty.bits / u32::from(count)) as u8,
            });
            return Ok(());
        }
        let token = self.token();
        if let Some((what, held)) = self.special()? {
            if !ty.accepts(held, false) {
                return Err(token.error(format!(
                    "{} is {}, not {}",
                    token.shown(),
                    held.name(),
                    ty.name()
                )));
            }
            self.emit(Op::Special { d, what });
            return Ok(());
        }
        let a = self.src(ty)?;
        self.emit(Op::Move { d, a });
        Ok(())
    }

    /// `{a, b}`: two or four parts of `ty`.
    fn vector(
        &mut self,
        part: impl Fn(&mut Self, Type) -> Result<Src, PtxError>,
        m: &Modifiers<'a>,
        ty: Type,
    ) -> Result<Vec<Src>, PtxError> {
        // How many parts there are says how wide they are.
        let rest = self.tokens.get(self.at..).unwrap_or_default();
        let commas = rest
            .iter()
            .take_while(|token| token.kind != Kind::Mark(b'}'))
            .take(9);
        let count = 1 + commas
            .filter(|token| token.kind == Kind::Mark(b','))
            .count() as u32;
        if !matches!((ty.bits, count), (32, 2) | (64, 2 | 4)) {
            return Err(m.error("a vector here has two parts, or four of 64 bits"));
        }
        let each = Type {
            kind: super::super::types::Kind::Bits,
            bits: ty.bits / count,
        };
        self.mark(b'{')?;
        let mut out = vec![part(self, each)?];
        for _ in 1..count {
            self.comma()?;
            out.push(part(self, each)?);
        }
        self.mark(b'}')?;
        Ok(out)
    }

    pub(super) fn cvta(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let back = m.has("to");
        let space = space(Some(m.need(&["global", "shared", "local", "const"])?));
        let ty = m.ty(&["u64"])?;
        m.end()?;
        let d = self.dst(ty)?;
        let a = self.next_src(ty)?;
        self.emit(Op::Generic { d, a, space, back });
        Ok(())
    }

    pub(super) fn cvt(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        const TYPES: [&str; 10] = [
            "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64",
        ];
        let mode = m.take(&["rn", "rz", "rm", "rp", "rni", "rzi", "rmi", "rpi"]);
        let ftz = m.has("ftz");
        let saturate = m.has("sat");
        let (to, from) = (m.ty(&TYPES)?, m.ty(&TYPES)?);
        m.end()?;
        let integral = mode.is_some_and(|mode| mode.len() == 3);
        let round = mode.map(|mode| match &mode[..2] {
            "rn" => Round::Nearest,
            "rz" => Round::Zero,
            "rm" => Round::Down,
            _ => Round::Up,
        });
        let fits = match (from.float(), to.float()) {
            (false, false) => round.is_none(),
            (false, true) => round.is_some() && !integral,
            (true, false) => integral,
            (true, true) if from.bits > to.bits => round.is_some() && !integral,
            (true, true) if from.bits < to.bits => round.is_none(),
            (true, true) => round.is_none() || integral,
        };
        if !fits {
            return Err(m.error(&format!(
                "{} from {} does not go with {}",
                to.name(),
                from.name(),
                mode.map_or("no rounding".into(), |mode| format!("`.{mode}`"))
            )));
        }
        if ftz && from != Type::F32 && to != Type::F32 {
            return Err(m.error("only f32 has `.ftz`"));
        }
        let (d, held) = self.register(to, true)?;
        self.comma()?;
        let a = self.converted(from)?;
        let index = self.program.converts.len() as u32;
        let convert = Convert {
            to,
            from,
            register: held.bits,
            round,
            integral,
            saturate,
            ftz,
        };
        self.program.converts.push(convert);
        self.emit(Op::Convert { index, d, a });
        Ok(())
    }

    pub(super) fn atom(&mut self, m: &mut Modifiers<'a>, result: bool) -> Result<(), PtxError> {
        m.take(if result {
            &["relaxed", "acquire", "release", "acq_rel"]
        } else {
            &["relaxed", "release"]
        });
        m.take(&SCOPES);
        let space = space(m.take(&["global", "shared"]));
        const BITS: [&str; 2] = ["b32", "b64"];
        let (op, types): (AtomOp, &[&str]) = match m.need(&[
            "add", "and", "or", "xor", "exch", "cas", "min", "max", "inc", "dec",
        ])? {
            "add" => (AtomOp::Add, &["u32", "s32", "u64", "f32", "f64"]),
            "and" => (AtomOp::And, &BITS),
            "or" => (AtomOp::Or, &BITS),
            "xor" => (AtomOp::Xor, &BITS),
            "exch" if result => (AtomOp::Exch, &BITS),
            "cas" if result => (AtomOp::Cas, &["b16", "b32", "b64"]),
            "min" => (AtomOp::Min, &["u32", "s32", "u64", "s64"]),
            "max" => (AtomOp::Max, &["u32", "s32", "u64", "s64"]),
            "inc" => (AtomOp::Inc, &["u32"]),
            "dec" => (AtomOp::Dec, &["u32"]),
            _ => return Err(m.error("`red` has no `.exch` and no `.cas`")),
        };
        let ty = m.ty(types)?;
        m.end()?;
        let op = if ty.float() { AtomOp::FloatAdd } else { op };
        let mut d = None;
        if result {
            d = Some(self.dst_or_sink(ty, false)?.0);
            self.comma()?;
        }
        let (base, offset) = self.memory(space)?;
        let b = self.next_src(ty)?;
        let c = if op == AtomOp::Cas {
            self.next_src(ty)?
        } else {
            b
        };
        let index = self.program.atoms.len() as u32;
        self.program.atoms.push(Atom { op, space, ty, d });
        self.emit(Op::Atom {
            index,
            base,
            offset,
            b,
            c,
        });
        Ok(())
    }
}
