//! The fundamental types of PTX and which register may hold which.

/// What the bits of a type mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Pred,
    Bits,
    Unsigned,
    Signed,
    Float,
}

/// A type: a kind and a width in bits (1 for predicates).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Type {
    pub(super) kind: Kind,
    pub(super) bits: u32,
}

impl Type {
    pub(super) const PRED: Type = Type {
        kind: Kind::Pred,
        bits: 1,
    };
    pub(super) const U32: Type = Type {
        kind: Kind::Unsigned,
        bits: 32,
    };
    pub(super) const U64: Type = Type {
        kind: Kind::Unsigned,
        bits: 64,
    };
    pub(super) const F32: Type = Type {
        kind: Kind::Float,
        bits: 32,
    };

    /// The type that `name` (without its dot) says.
    pub(super) fn named(name: &str) -> Option<Type> {
        if name == "pred" {
            return Some(Type::PRED);
        }
        let kind = match name.as_bytes().first()? {
            b'b' => Kind::Bits,
            b'u' => Kind::Unsigned,
            b's' => Kind::Signed,
            b'f' => Kind::Float,
            _ => return None,
        };
        let bits = match (kind, &name[1..]) {
            (Kind::Float, "8" | "16") => return None,
            (_, "8") => 8,
            (_, "16") => 16,
            (_, "32") => 32,
            (_, "64") => 64,
            _ => return None,
        };
        Some(Type { kind, bits })
    }

    pub(super) fn bytes(self) -> u32 {
        self.bits.div_ceil(8)
    }

    pub(super) fn signed(self) -> bool {
        self.kind == Kind::Signed
    }

    pub(super) fn float(self) -> bool {
        self.kind == Kind::Float
    }

    pub(super) fn name(self) -> String {
        match self.kind {
            Kind::Pred => ".pred".into(),
            Kind::Bits => format!(".b{}", self.bits),
            Kind::Unsigned => format!(".u{}", self.bits),
            Kind::Signed => format!(".s{}", self.bits),
            Kind::Float => format!(".f{}", self.bits),
        }
    }

    /// Whether a register of type `register` may be an operand of this
    /// instruction type. `wider` is the rule of `ld`, `st` and `cvt`: the
    /// register may have more bits than an integer type.
    pub(super) fn accepts(self, register: Type, wider: bool) -> bool {
        if self.kind == Kind::Pred || register.kind == Kind::Pred {
            return self.kind == register.kind;
        }
        let same = self.bits == register.bits;
        match (self.kind, register.kind) {
            (Kind::Float, Kind::Float | Kind::Bits) | (Kind::Bits, Kind::Float) => same,
            (Kind::Float, _) | (_, Kind::Float) => false,
            _ => same || (wider && register.bits > self.bits),
        }
    }
}
