//! Operands: registers, immediates, special registers, addresses.

use super::super::PtxError;
use super::super::inst::{Op, Slot, Space, Special, Src};
use super::super::lex::{Kind, Token};
use super::super::program::Parameter;
use super::super::types::{self, Type};
use super::Parser;
use super::scope::{Found, Symbol};

/// What stands between `[` and `]`.
pub(super) enum Address {
    /// A register or symbol, and an offset.
    Memory { base: Src, offset: i32 },
    /// A `.param` variable, and an offset.
    Param {
        first: Slot,
        shape: Parameter,
        offset: i32,
    },
}

impl<'a> Parser<'a> {
    /// The symbol of a name; registers of a range get their slot now.
    fn symbol(&mut self, name: &'a str, token: Token<'a>) -> Result<Symbol, PtxError> {
        match self.scopes.find(name) {
            Some(Found::Symbol(symbol)) => Ok(symbol),
            Some(Found::New { scope, ty }) => {
                let slot = self.slot(name)?;
                let symbol = Symbol::Register { slot, ty };
                self.scopes.declare_in(scope, name, symbol);
                Ok(symbol)
            }
            None => Err(token.error(format!("`{name}` is not declared"))),
        }
    }

    /// A register that may stand where the instruction says `ty`.
    pub(super) fn register(&mut self, ty: Type, wider: bool) -> Result<(Slot, Type), PtxError> {
        let token = self.token();
        let name = self.word("a register")?;
        match self.symbol(name, token)? {
            Symbol::Register { slot, ty: held } if ty.accepts(held, wider) => Ok((slot, held)),
            Symbol::Register { ty: held, .. } => Err(token.error(format!(
                "register `{name}` is {}, which {} does not accept",
                held.name(),
                ty.name()
            ))),
            _ => Err(token.error(format!("`{name}` is not a register"))),
        }
    }

    pub(super) fn dst(&mut self, ty: Type) -> Result<Slot, PtxError> {
        Ok(self.register(ty, false)?.0)
    }

    /// A destination, or `_` for none.
    pub(super) fn dst_or_sink(&mut self, ty: Type, wider: bool) -> Result<(Slot, Type), PtxError> {
        if self.peek() == Kind::Word("_") {
            self.at += 1;
            return Ok((self.slot("_")?, ty));
        }
        self.register(ty, wider)
    }

    pub(super) fn predicate(&mut self) -> Result<Slot, PtxError> {
        self.dst(Type::PRED)
    }

    pub(super) fn comma(&mut self) -> Result<(), PtxError> {
        self.mark(b',')
    }

    pub(super) fn src(&mut self, ty: Type) -> Result<Src, PtxError> {
        self.source(ty, false)
    }

    /// `, operand`
    pub(super) fn next_src(&mut self, ty: Type) -> Result<Src, PtxError> {
        self.comma()?;
        self.src(ty)
    }

    /// The source of a `cvt`: a special register, or any other.
    pub(super) fn converted(&mut self, ty: Type) -> Result<Src, PtxError> {
        let token = self.token();
        let name = token.shown();
        if let Some((special, held)) = self.special()? {
            if !ty.accepts(held, true) {
                return Err(token.error(format!("{name} is {}, not {}", held.name(), ty.name())));
            }
            return self.prepared(&name, |d| Op::Special { d, what: special });
        }
        self.source(ty, true)
    }

    /// A register, an immediate or a symbol's address.
    pub(super) fn source(&mut self, ty: Type, wider: bool) -> Result<Src, PtxError> {
        let token = self.token();
        let Kind::Word(name) = token.kind else {
            let value = self.immediate(ty)?;
            return self.constant(value);
        };
        if self.special()?.is_some() {
            return Err(token.error(format!("`{name}` is read by `mov` and `cvt` alone")));
        }
        match self.symbol(name, token)? {
            Symbol::Register { .. } => Ok(Src::slot(self.register(ty, wider)?.0)),
            Symbol::Param { .. } => {
                Err(token.error(format!("`{name}` is a parameter: it must be loaded")))
            }
            symbol => {
                self.at += 1;
                if ty.float()
                    || ty.bits < 32
                    || (ty.bits == 32 && matches!(symbol, Symbol::Global { .. }))
                {
                    return Err(token.error(format!(
                        "the address of `{name}` does not fit {}",
                        ty.name()
                    )));
                }
                self.symbol_address(name, symbol, token)
            }
        }
    }

    fn symbol_address(
        &mut self,
        name: &str,
        symbol: Symbol,
        token: Token<'a>,
    ) -> Result<Src, PtxError> {
        match symbol {
            Symbol::Shared { offset } | Symbol::Const { offset } => self.constant(offset.into()),
            Symbol::DynamicShared => self.prepared(name, |d| Op::Special {
                d,
                what: Special::DynamicSharedAddress,
            }),
            Symbol::Global { index } => self.prepared(name, |d| Op::GlobalAddress { d, index }),
            Symbol::Local { offset } => self.prepared(name, |d| Op::LocalAddress { d, offset }),
            _ => Err(token.error(format!("`{name}` has no address here"))),
        }
    }

    /// A new slot that `op` fills right before the instruction.
    fn prepared(&mut self, name: &str, op: impl Fn(Slot) -> Op) -> Result<Src, PtxError> {
        let slot = self.slot(name)?;
        self.emit_unguarded(op(slot));
        Ok(Src::slot(slot))
    }

    /// Takes a special register and says its type.
    pub(super) fn special(&mut self) -> Result<Option<(Special, Type)>, PtxError> {
        let Kind::Word(name) = self.peek() else {
            return Ok(None);
        };
        let vector: Option<fn(u8) -> Special> = match name {
            "%tid" => Some(Special::Thread),
            "%ntid" => Some(Special::BlockSize),
            "%ctaid" => Some(Special::Block),
            "%nctaid" => Some(Special::GridSize),
            _ => None,
        };
        if let Some(make) = vector {
            self.at += 1;
            let axis = match self.peek() {
                Kind::Dot("x") => 0,
                Kind::Dot("y") => 1,
                Kind::Dot("z") => 2,
                _ => return self.expected("`.x`, `.y` or `.z`"),
            };
            self.at += 1;
            return Ok(Some((make(axis), Type::U32)));
        }
        let found = match name {
            "%laneid" => (Special::Lane, Type::U32),
            "%warpid" => (Special::Warp, Type::U32),
            "%lanemask_lt" => (Special::LaneMaskLt, Type::U32),
            "%clock" => (Special::Clock32, Type::U32),
            "%clock64" | "%globaltimer" => (Special::Clock64, Type::U64),
            "%dynamic_smem_size" => (Special::DynamicSharedSize, Type::U32),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(found))
    }

    pub(super) fn constant(&mut self, value: u64) -> Result<Src, PtxError> {
        let next = self.program.constants.len() as u32;
        if next >= 1 << 30 {
            return self.expected("fewer constants in all");
        }
        let index = *self.constants.entry(value).or_insert(next);
        if index == next {
            self.program.constants.push(value);
        }
        Ok(Src::constant(index))
    }

    /// A literal that fits the type.
    pub(super) fn immediate(&mut self, ty: Type) -> Result<u64, PtxError> {
        let token = self.token();
        let negative = self.eat(b'-');
        let literal = self.next();
        let wrong = || {
            let sign = if negative { "-" } else { "" };
            Err(token.error(format!(
                "expected an operand of {}, found {sign}{}",
                ty.name(),
                literal.shown()
            )))
        };
        match (literal.kind, ty.kind) {
            (Kind::F32(bits), types::Kind::Float | types::Kind::Bits)
                if ty.bits == 32 && !negative =>
            {
                Ok(bits.into())
            }
            (Kind::F64(bits), types::Kind::Float | types::Kind::Bits)
                if ty.bits == 64 && !negative =>
            {
                Ok(bits)
            }
            (Kind::Int(_), types::Kind::Float) => wrong(),
            (Kind::Int(value), _) => {
                let ones = u64::MAX >> (64 - ty.bits);
                match negative {
                    false if value <= ones => Ok(value),
                    true if ty.bits > 1 && value <= 1 << (ty.bits - 1) => {
                        Ok(value.wrapping_neg() & ones)
                    }
                    _ => wrong(),
                }
            }
            _ => wrong(),
        }
    }

    /// `[register+4]`, `[symbol]`, `[1024]`.
    pub(super) fn address(&mut self, space: Space) -> Result<Address, PtxError> {
        self.mark(b'[')?;
        let token = self.token();
        let mut param = None;
        let base = match token.kind {
            Kind::Word(name) => match self.symbol(name, token)? {
                Symbol::Param { first, shape } => {
                    self.at += 1;
                    param = Some((first, shape));
                    self.constant(0)?
                }
                Symbol::Register { ty, .. } => {
                    let narrow = matches!(space, Space::Shared | Space::Local | Space::Const);
                    let want = if narrow && ty.bits == 32 {
                        Type::U32
                    } else {
                        Type::U64
                    };
                    Src::slot(self.register(want, false)?.0)
                }
                symbol => {
                    self.at += 1;
                    let fits = matches!(
                        (symbol, space),
                        (Symbol::Global { .. }, Space::Global | Space::Generic)
                            | (Symbol::Shared { .. } | Symbol::DynamicShared, Space::Shared)
                            | (Symbol::Const { .. }, Space::Const)
                            | (Symbol::Local { .. }, Space::Local)
                    );
                    if !fits {
                        return Err(token
                            .error(format!("`{name}` is not in the state space of the access")));
                    }
                    self.symbol_address(name, symbol, token)?
                }
            },
            _ if space == Space::Local => {
                let value = self.immediate(Type::U64)?;
                self.constant(value)?
            }
            _ => {
                return self.expected(
                    "a register or a variable: only `.local` has addresses that are numbers",
                );
            }
        };
        let offset = self.offset()?;
        self.mark(b']')?;
        Ok(match param {
            Some((first, shape)) => Address::Param {
                first,
                shape,
                offset,
            },
            None => Address::Memory { base, offset },
        })
    }

    /// An address outside of `.param`.
    pub(super) fn memory(&mut self, space: Space) -> Result<(Src, i32), PtxError> {
        let token = self.token();
        match self.address(space)? {
            Address::Memory { base, offset } => Ok((base, offset)),
            Address::Param { .. } => Err(token.error("a parameter has no address here")),
        }
    }

    fn offset(&mut self) -> Result<i32, PtxError> {
        let token = self.token();
        let negative = if self.eat(b'+') {
            self.eat(b'-')
        } else if self.eat(b'-') {
            true
        } else {
            return Ok(0);
        };
        let value = i64::try_from(self.int("an offset")?).ok();
        let value = value.map(|value| if negative { -value } else { value });
        match value.and_then(|value| i32::try_from(value).ok()) {
            Some(value) => Ok(value),
            None => Err(token.error("the offset does not fit into 32 bits")),
        }
    }

    /// `!%p` or `%p`: a predicate that a combination or a reduction reads.
    pub(super) fn maybe_negated(&mut self) -> Result<(Src, bool), PtxError> {
        let negated = self.eat(b'!');
        Ok((self.src(Type::PRED)?, negated))
    }

    /// Appends to the lists; the index of the first.
    pub(super) fn list(&mut self, parts: &[Src]) -> u32 {
        let first = self.program.lists.len() as u32;
        self.program.lists.extend_from_slice(parts);
        first
    }
}
