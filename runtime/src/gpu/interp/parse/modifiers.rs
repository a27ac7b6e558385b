//! The modifiers of an opcode, taken in the order that PTX wants.

use super::super::PtxError;
use super::super::lex::{Kind, Token};
use super::super::types::Type;
use super::Parser;

/// `.a.b.c` after an opcode. Each is taken once; one that is left over, because
/// it is unknown or out of order, is an error.
pub(super) struct Modifiers<'a> {
    opcode: Token<'a>,
    list: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Parser<'a> {
    /// The modifiers that follow `opcode`.
    pub(super) fn modifiers(&mut self, opcode: Token<'a>) -> Modifiers<'a> {
        let mut list = Vec::with_capacity(4);
        while matches!(self.peek(), Kind::Dot(_)) {
            list.push(self.next());
        }
        Modifiers {
            opcode,
            list,
            at: 0,
        }
    }
}

impl<'a> Modifiers<'a> {
    fn peek(&self) -> Option<&'a str> {
        match self.list.get(self.at)?.kind {
            Kind::Dot(name) => Some(name),
            _ => None,
        }
    }

    /// The next modifier, if it is one of these.
    pub(super) fn take(&mut self, names: &[&str]) -> Option<&'a str> {
        let name = self.peek().filter(|name| names.contains(name))?;
        self.at += 1;
        Some(name)
    }

    pub(super) fn has(&mut self, name: &str) -> bool {
        self.take(&[name]).is_some()
    }

    /// The next modifier, which must be one of these.
    pub(super) fn need(&mut self, names: &[&str]) -> Result<&'a str, PtxError> {
        self.take(names)
            .ok_or_else(|| self.here(format!("expected one of .{}", names.join(" ."))))
    }

    /// The next modifier, which must be one of these types.
    pub(super) fn ty(&mut self, names: &[&str]) -> Result<Type, PtxError> {
        let name = self.need(names)?;
        Type::named(name).ok_or_else(|| self.here(format!("`.{name}` is not a type")))
    }

    /// No modifier may be left.
    pub(super) fn end(&self) -> Result<(), PtxError> {
        if self.at == self.list.len() {
            Ok(())
        } else {
            Err(self.here("not known here".into()))
        }
    }

    /// An error at the opcode.
    pub(super) fn error(&self, message: &str) -> PtxError {
        self.opcode
            .error(format!("{}: {message}", self.opcode.shown()))
    }

    fn here(&self, message: String) -> PtxError {
        match self.list.get(self.at) {
            Some(token) => token.error(format!(
                "modifier {} of {}: {message}",
                token.shown(),
                self.opcode.shown()
            )),
            None => self
                .opcode
                .error(format!("{} ends early: {message}", self.opcode.shown())),
        }
    }
}
