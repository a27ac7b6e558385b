//! Declarations of variables and registers.

use super::super::PtxError;
use super::super::inst::Slot;
use super::super::lex::Kind;
use super::super::program::Parameter;
use super::super::schedule::SHARED_START;
use super::super::types::Type;
use super::scope::{Found, Symbol};
use super::{MAX_VARIABLES, Parser};

/// The most registers that a function may use.
const MAX_SLOTS: u32 = 1 << 20;

/// A variable's type, alignment and, for arrays, number of elements.
pub(super) struct Shape {
    pub(super) ty: Type,
    align: u32,
    /// `None`: a scalar. `Some(0)`: `name[]`.
    count: Option<u32>,
}

impl Shape {
    /// As a parameter: arrays are counted in bytes.
    pub(super) fn parameter(&self, register: bool) -> Parameter {
        let array = self.count.map(|count| count * self.ty.bytes());
        Parameter {
            ty: self.ty,
            array,
            register,
        }
    }

    fn bytes(&self) -> usize {
        self.count.unwrap_or(1) as usize * self.ty.bytes() as usize
    }
}

impl<'a> Parser<'a> {
    /// `.align N .type`: what stands before a variable's name.
    pub(super) fn shape(&mut self) -> Result<Shape, PtxError> {
        let mut align = None;
        if self.eat_dot("align") {
            let token = self.token();
            let value = self.int32("an alignment")?;
            if !value.is_power_of_two() || value > 128 {
                return Err(
                    token.error(format!("alignment {value} is not a power of two up to 128"))
                );
            }
            align = Some(value);
        }
        let ty = self.ty()?;
        Ok(Shape {
            ty,
            align: align.unwrap_or(ty.bytes()).max(ty.bytes()),
            count: None,
        })
    }

    /// A type as a directive says it.
    pub(super) fn ty(&mut self) -> Result<Type, PtxError> {
        let ty = match self.peek() {
            Kind::Dot(name) => Type::named(name),
            _ => None,
        };
        match ty {
            Some(ty) => {
                self.at += 1;
                Ok(ty)
            }
            None => self.expected("a type"),
        }
    }

    /// `[N]` or `[]` after a variable's name.
    pub(super) fn extent(&mut self, shape: &mut Shape) -> Result<(), PtxError> {
        if shape.ty == Type::PRED {
            return self.expected("a type that memory can hold, before the name");
        }
        if self.eat(b'[') {
            let token = self.token();
            let count = if self.peek() == Kind::Mark(b']') {
                0
            } else {
                self.int32("a number of elements")?
            };
            let bytes = u64::from(count) * u64::from(shape.ty.bytes());
            if bytes > MAX_VARIABLES as u64 {
                return Err(token.error(format!("a variable of {bytes} bytes is too large")));
            }
            shape.count = Some(count);
            self.mark(b']')?;
        }
        Ok(())
    }

    /// `.global`, `.const` or `.shared` at module scope, or `.local` or
    /// `.shared` in a body.
    pub(super) fn variable(&mut self, external: bool) -> Result<(), PtxError> {
        let space = match self.next().kind {
            Kind::Dot(space) => space,
            _ => return self.expected("a state space"),
        };
        let mut shape = self.shape()?;
        loop {
            let token = self.token();
            let name = self.word("a variable's name")?;
            self.extent(&mut shape)?;
            if external != (shape.count == Some(0)) || (external && space != "shared") {
                return Err(token.error(
                    "only `.extern .shared` variables have no size, and they must have none",
                ));
            }
            let mut bytes = vec![0; shape.bytes()];
            let initialised = self.eat(b'=');
            if initialised {
                if space != "global" && space != "const" {
                    return Err(token.error(format!("a `.{space}` variable has no initial value")));
                }
                self.initial(&shape, &mut bytes)?;
            }
            let symbol = self.place(space, &shape, name, bytes)?;
            if !self.scopes.declare(name, symbol) {
                return Err(token.error(format!("`{name}` is declared twice")));
            }
            if !self.eat(b',') {
                return self.mark(b';');
            }
            shape.count = None;
        }
    }

    fn place(
        &mut self,
        space: &str,
        shape: &Shape,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<Symbol, PtxError> {
        let token = self.token();
        let too_large = || token.error("the variables of this state space are too large together");
        let after = |end: u32| -> Result<(u32, u32), PtxError> {
            let start = end.next_multiple_of(shape.align);
            let size = u32::try_from(shape.bytes()).map_err(|_| too_large())?;
            let end = start
                .checked_add(size)
                .filter(|end| *end as usize <= MAX_VARIABLES);
            Ok((start, end.ok_or_else(too_large)?))
        };
        match space {
            "global" => {
                self.program.globals.push((name.to_owned(), bytes));
                let held: usize = self
                    .program
                    .globals
                    .iter()
                    .map(|(_, bytes)| bytes.len())
                    .sum();
                if held > MAX_VARIABLES || self.program.globals.len() > 4096 {
                    return Err(too_large());
                }
                Ok(Symbol::Global {
                    index: self.program.globals.len() as u32 - 1,
                })
            }
            "const" => {
                let (offset, end) = after(self.program.constant_bank.len() as u32)?;
                self.program.constant_bank.resize(offset as usize, 0);
                self.program.constant_bank.extend(bytes);
                debug_assert_eq!(self.program.constant_bank.len(), end as usize);
                Ok(Symbol::Const { offset })
            }
            "shared" => {
                // All dynamic variables start at the same place: where the
                // static ones end, which a launch knows.
                let (offset, end) = after(self.program.shared)?;
                if shape.count == Some(0) {
                    return Ok(Symbol::DynamicShared);
                }
                self.program.shared = end;
                Ok(Symbol::Shared {
                    offset: SHARED_START + offset,
                })
            }
            _ => {
                let (offset, end) = after(self.body.function.local)?;
                self.body.function.local = end;
                Ok(Symbol::Local { offset })
            }
        }
    }

    /// `= value` or `= {value, …}`; what is not listed is zero.
    fn initial(&mut self, shape: &Shape, bytes: &mut [u8]) -> Result<(), PtxError> {
        let width = shape.ty.bytes() as usize;
        if shape.count.is_none() {
            let value = self.immediate(shape.ty)?;
            bytes.copy_from_slice(&value.to_le_bytes()[..width]);
            return Ok(());
        }
        self.mark(b'{')?;
        if self.eat(b'}') {
            return Ok(());
        }
        for element in bytes.chunks_exact_mut(width) {
            let value = self.immediate(shape.ty)?;
            element.copy_from_slice(&value.to_le_bytes()[..width]);
            if !self.eat(b',') {
                return self.mark(b'}');
            }
        }
        self.expected("no more values than the array has elements")
    }

    /// `.reg .b32 %r<10>, %x;`
    pub(super) fn registers(&mut self) -> Result<(), PtxError> {
        self.at += 1;
        let ty = self.ty()?;
        loop {
            let token = self.token();
            let name = self.word("a register's name")?;
            let fresh = if self.eat(b'<') {
                let count = self.int32("a number of registers")?;
                self.mark(b'>')?;
                self.scopes.declare_range(name, count, ty)
            } else {
                let slot = self.slot(name)?;
                self.scopes.declare(name, Symbol::Register { slot, ty })
            };
            if !fresh {
                return Err(token.error(format!("register `{name}` is declared twice")));
            }
            if !self.eat(b',') {
                return self.mark(b';');
            }
        }
    }

    /// `.param .b32 a, b;` in a body: what calls pass.
    pub(super) fn call_variables(&mut self) -> Result<(), PtxError> {
        self.at += 1;
        let mut shape = self.shape()?;
        loop {
            let token = self.token();
            let name = self.word("a name")?;
            self.extent(&mut shape)?;
            // ptxas takes such a variable for the parameter.
            if let Some(Found::Symbol(Symbol::Param { first, .. })) = self.scopes.find(name)
                && self.is_parameter(first)
            {
                return Err(token.error(format!("`{name}` is a parameter of the function already")));
            }
            let symbol = self.parameter_symbol(name, shape.parameter(false))?;
            if !self.scopes.declare(name, symbol) {
                return Err(token.error(format!("`{name}` is declared twice")));
            }
            if !self.eat(b',') {
                return self.mark(b';');
            }
            shape.count = None;
        }
    }

    /// The slots of a parameter, and what its name stands for.
    pub(super) fn parameter_symbol(
        &mut self,
        name: &str,
        shape: Parameter,
    ) -> Result<Symbol, PtxError> {
        let first = self.body.function.slots;
        for _ in 0..shape.slots() {
            self.slot(name)?;
        }
        Ok(if shape.register {
            Symbol::Register {
                slot: first,
                ty: shape.ty,
            }
        } else {
            Symbol::Param { first, shape }
        })
    }

    /// A new slot in the frame of the function being parsed.
    pub(super) fn slot(&mut self, name: &str) -> Result<Slot, PtxError> {
        let function = &mut self.body.function;
        if function.slots >= MAX_SLOTS {
            return Err(self
                .token()
                .error(format!("a function uses more than {MAX_SLOTS} registers")));
        }
        function.slots += 1;
        function.names.push(name.to_owned());
        Ok(function.slots - 1)
    }
}
