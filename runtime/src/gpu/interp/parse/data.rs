//! Moves: `mov`, `ld`, `st`, `cvt`, `cvta`, `atom`, `red`.

use super::super::PtxError;
use super::super::inst::{Access, Atom, AtomOp, Convert, Op, Round, Slot, Space, Src};
use super::super::lex::Kind;
use super::super::program::Parameter;
use super::super::types::Type;
use super::Parser;
use super::modifiers::Modifiers;
use super::operand::Address;

const MEMORY: [&str; 14] = [
    "b8", "u8", "s8", "b16", "u16", "s16", "b32", "u32", "s32", "f32", "b64", "u64", "s64", "f64",
];
const SCOPES: [&str; 4] = ["cta", "cluster", "gpu", "sys"];

fn space(name: Option<&str>) -> Space {
    match name {
        Some("global") => Space::Global,
        Some("shared") => Space::Shared,
        Some("local") => Space::Local,
        Some("const") => Space::Const,
        _ => Space::Generic,
    }
}

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

    /// `{a, b}` of a load or store: each register of the type.
    fn elements(&mut self, ty: Type, count: u8, load: bool) -> Result<Vec<(Src, Type)>, PtxError> {
        let mut out = Vec::with_capacity(count.into());
        if count > 1 {
            self.mark(b'{')?;
        }
        for at in 0..count {
            if at > 0 {
                self.comma()?;
            }
            out.push(if load {
                let (slot, held) = self.dst_or_sink(ty, true)?;
                (Src::slot(slot), held)
            } else {
                (self.source(ty, true)?, ty)
            });
        }
        if count > 1 {
            self.mark(b'}')?;
        }
        Ok(out)
    }

    /// The modifiers of `ld` and `st`; whether it is a parameter; `.nc`.
    fn access(
        &mut self,
        m: &mut Modifiers<'a>,
        load: bool,
    ) -> Result<(Access, Type, bool), PtxError> {
        let ordered = if load {
            ["weak", "volatile", "relaxed", "acquire"]
        } else {
            ["weak", "volatile", "relaxed", "release"]
        };
        let order = m.take(&ordered);
        if matches!(order, Some("relaxed" | "acquire" | "release")) {
            m.need(&SCOPES)?;
        }
        let name = m.take(&["global", "shared", "local", "const", "param"]);
        if name == Some("const") && !load {
            return Err(m.error("constant memory is not written"));
        }
        // Caches and prefetches change no result.
        if order.is_none() {
            m.take(if load {
                &["ca", "cg", "cs", "lu", "cv"]
            } else {
                &["wb", "cg", "cs", "wt"]
            });
        }
        let read_only = load && name == Some("global") && order.is_none() && m.has("nc");
        m.take(&[
            "L1::evict_normal",
            "L1::evict_unchanged",
            "L1::evict_first",
            "L1::evict_last",
            "L1::no_allocate",
        ]);
        if load {
            m.take(&["L2::64B", "L2::128B", "L2::256B"]);
        }
        let count = match m.take(&["v2", "v4"]) {
            Some("v2") => 2,
            Some(_) => 4,
            None => 1,
        };
        let ty = m.ty(&MEMORY)?;
        m.end()?;
        if ty.bytes() * u32::from(count) > 16 {
            return Err(m.error("a vector has at most 16 bytes"));
        }
        self.program.watches |= read_only;
        let access = Access {
            space: space(name),
            bytes: ty.bytes() as u8,
            count,
            extend: 0,
            read_only,
        };
        Ok((access, ty, name == Some("param")))
    }

    pub(super) fn load(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let (access, ty, param) = self.access(m, true)?;
        let elements = self.elements(ty, access.count, true)?;
        // A register that is wider is filled by the sign, or by zeros.
        let extend = |held: Type| {
            if ty.signed() && held.bits > ty.bits {
                held.bits as u8
            } else {
                0
            }
        };
        self.comma()?;
        if param {
            for (at, slot, shape, first) in self.param_parts(m, ty, access.count)? {
                let (Ok(d), held) = (elements[at].0.split(), elements[at].1) else {
                    continue;
                };
                let (d, extend) = (d as Slot, extend(held));
                self.emit(match shape.array {
                    None if extend == 0 => Op::Move {
                        d,
                        a: Src::slot(first),
                    },
                    None => {
                        return Err(
                            m.error("a scalar parameter is loaded into a register of its size")
                        );
                    }
                    Some(_) => Op::LoadParam {
                        d,
                        first: slot,
                        bytes: access.bytes,
                        extend,
                    },
                });
            }
            return Ok(());
        }
        let (base, offset) = self.memory(access.space)?;
        let extend = extend(elements[0].1);
        if elements
            .iter()
            .any(|(_, held)| held.bits != elements[0].1.bits)
        {
            return Err(m.error("the registers of a vector differ in size"));
        }
        let access = Access { extend, ..access };
        match elements[..] {
            [(d, _)] => {
                let Ok(d) = d.split() else { return Ok(()) };
                self.emit(Op::Load {
                    access,
                    d: d as Slot,
                    base,
                    offset,
                });
            }
            _ => {
                let slots: Vec<Src> = elements.iter().map(|(slot, _)| *slot).collect();
                let parts = self.list(&slots);
                self.emit(Op::LoadVector {
                    access,
                    parts,
                    base,
                    offset,
                });
            }
        }
        Ok(())
    }

    pub(super) fn store(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        let (access, ty, param) = self.access(m, false)?;
        if param {
            let address = self.param_parts(m, ty, access.count)?;
            self.comma()?;
            let elements = self.elements(ty, access.count, false)?;
            for (at, slot, shape, first) in address {
                let a = elements[at].0;
                self.emit(match shape.array {
                    None => Op::StoreParam { first, bytes: 0, a },
                    Some(_) => Op::StoreParam {
                        first: slot,
                        bytes: access.bytes,
                        a,
                    },
                });
            }
            return Ok(());
        }
        let (base, offset) = self.memory(access.space)?;
        self.comma()?;
        let elements: Vec<Src> = self
            .elements(ty, access.count, false)?
            .iter()
            .map(|(src, _)| *src)
            .collect();
        match elements[..] {
            [a] => self.emit(Op::Store {
                access,
                a,
                base,
                offset,
            }),
            _ => {
                let parts = self.list(&elements);
                self.emit(Op::StoreVector {
                    access,
                    parts,
                    base,
                    offset,
                });
            }
        }
        Ok(())
    }

    /// `[a+4]` of `.param`: for each element its slot, the variable's shape and
    /// first slot.
    fn param_parts(
        &mut self,
        m: &Modifiers<'a>,
        ty: Type,
        count: u8,
    ) -> Result<Vec<(usize, Slot, Parameter, Slot)>, PtxError> {
        let Address::Param {
            first,
            shape,
            offset,
        } = self.address(Space::Generic)?
        else {
            return Err(m.error("expected the name of a `.param` variable"));
        };
        let Ok(offset) = u32::try_from(offset) else {
            return Err(m.error("the offset is before the variable"));
        };
        let size = shape.array.unwrap_or(shape.ty.bytes());
        if offset + ty.bytes() * u32::from(count) > size {
            return Err(m.error("the access is not inside the variable"));
        }
        if !offset.is_multiple_of(ty.bytes() * u32::from(count)) {
            return Err(m.error("the access is misaligned"));
        }
        if shape.array.is_none() && (ty.bytes() != size || count > 1) {
            return Err(m.error("a scalar parameter is accessed as a whole"));
        }
        let slot = |at: u32| {
            first
                + if shape.array.is_some() {
                    offset + at * ty.bytes()
                } else {
                    0
                }
        };
        Ok((0..u32::from(count))
            .map(|at| (at as usize, slot(at), shape, first))
            .collect())
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
        let a = self.source(from, true)?;
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
