//! Tokens to a [`Program`]: module scope.
//!
//! One pass; the first error ends it. Names are resolved as they come, but for
//! labels, which a function resolves at its end.

mod access;
mod arith;
mod body;
mod compare;
mod control;
mod data;
mod float;
mod modifiers;
mod opcodes;
mod operand;
mod scope;
mod variable;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use self::body::Body;
use self::scope::Scopes;
use super::PtxError;
use super::lex::{self, Kind, Token};
use super::program::Program;

/// The most bytes of variables that one state space of a module may have.
const MAX_VARIABLES: usize = 64 << 20;

pub(super) struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
    program: Program,
    scopes: Scopes<'a>,
    constants: HashMap<u64, u32>,
    body: Body<'a>,
}

/// Parses a whole module.
pub(super) fn module(text: &str) -> Result<Program, PtxError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut parser = Parser {
        tokens: lex::tokens(text)?,
        at: 0,
        program: Program {
            code: Vec::new(),
            lines: Vec::new(),
            functions: Vec::new(),
            constants: Vec::new(),
            lists: Vec::new(),
            tables: Vec::new(),
            calls: Vec::new(),
            converts: Vec::new(),
            comparisons: Vec::new(),
            atoms: Vec::new(),
            barriers: Vec::new(),
            globals: Vec::new(),
            constant_bank: Vec::new(),
            shared: 0,
            watches: false,
            loose: false,
            id: NEXT.fetch_add(1, Ordering::Relaxed),
        },
        scopes: Scopes::new(),
        constants: HashMap::new(),
        body: Body::default(),
    };
    parser.header()?;
    while parser.peek() != Kind::End {
        parser.item()?;
    }
    parser.all_defined()?;
    Ok(parser.program)
}

impl<'a> Parser<'a> {
    fn token(&self) -> Token<'a> {
        // The last token is the end and is never passed.
        self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn peek(&self) -> Kind<'a> {
        self.token().kind
    }

    fn next(&mut self) -> Token<'a> {
        let token = self.token();
        self.at += 1;
        token
    }

    fn expected<T>(&self, what: &str) -> Result<T, PtxError> {
        let token = self.token();
        Err(token.error(format!("expected {what}, found {}", token.shown())))
    }

    fn eat(&mut self, mark: u8) -> bool {
        let found = self.peek() == Kind::Mark(mark);
        self.at += usize::from(found);
        found
    }

    fn mark(&mut self, mark: u8) -> Result<(), PtxError> {
        if self.eat(mark) {
            Ok(())
        } else {
            self.expected(&format!("`{}`", mark as char))
        }
    }

    fn eat_dot(&mut self, name: &str) -> bool {
        let found = self.peek() == Kind::Dot(name);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, what: &str) -> Result<&'a str, PtxError> {
        match self.peek() {
            Kind::Word(word) => {
                self.at += 1;
                Ok(word)
            }
            _ => self.expected(what),
        }
    }

    fn int(&mut self, what: &str) -> Result<u64, PtxError> {
        match self.peek() {
            Kind::Int(value) => {
                self.at += 1;
                Ok(value)
            }
            _ => self.expected(what),
        }
    }

    fn int32(&mut self, what: &str) -> Result<u32, PtxError> {
        let token = self.token();
        let value = self.int(what)?;
        u32::try_from(value).map_err(|_| token.error(format!("{value} does not fit into 32 bits")))
    }

    /// `.version`, `.target` and `.address_size`: required, in this order.
    fn header(&mut self) -> Result<(), PtxError> {
        if !self.eat_dot("version") {
            return self.expected("`.version`");
        }
        let token = self.next();
        let Kind::Decimal(version) = token.kind else {
            return Err(token.error("expected a version such as `8.0`"));
        };
        let major = version
            .split('.')
            .next()
            .and_then(|major| major.parse::<u32>().ok());
        if !major.is_some_and(|major| (7..=9).contains(&major)) {
            return Err(token.error(format!("version {version} is not one of 7.0 to 9.x")));
        }
        if !self.eat_dot("target") {
            return self.expected("`.target`");
        }
        let token = self.token();
        let target = self.word("a target such as `sm_80`")?;
        let number = target
            .strip_prefix("sm_")
            .map(|text| text.trim_end_matches(['a', 'f']));
        let number = number.and_then(|text| text.parse::<u32>().ok());
        if number.is_none_or(|number| number < 80) {
            return Err(token.error(format!("target `{target}` is not `sm_80` or newer")));
        }
        if !self.eat_dot("address_size") {
            return self.expected("`.address_size`");
        }
        let token = self.token();
        if self.int("64")? != 64 {
            return Err(token.error("only 64-bit addresses are modelled"));
        }
        Ok(())
    }

    /// One directive at module scope.
    fn item(&mut self) -> Result<(), PtxError> {
        let linking = self.token();
        let (mut visible, mut external) = (false, false);
        if self.eat_dot("visible") || self.eat_dot("weak") {
            visible = true;
        } else if self.eat_dot("extern") {
            external = true;
        }
        match self.peek() {
            Kind::Dot("entry") if !external => self.function(true),
            Kind::Dot("func") if !external => self.function(false),
            Kind::Dot("global" | "const" | "shared") => self.variable(external),
            Kind::Dot("pragma") if !visible && !external => self.pragma(),
            Kind::Dot("file") if !visible && !external => self.file(),
            _ if external => {
                Err(linking.error("nothing is linked: `.extern` is for dynamic shared memory"))
            }
            _ => self.expected("a directive of a module"),
        }
    }

    /// `.pragma "…";`: advice to the optimiser.
    fn pragma(&mut self) -> Result<(), PtxError> {
        self.at += 1;
        loop {
            if !matches!(self.next().kind, Kind::Text(_)) {
                self.at -= 1;
                return self.expected("a string");
            }
            if !self.eat(b',') {
                return self.mark(b';');
            }
        }
    }

    /// `.file 1 "name"`.
    fn file(&mut self) -> Result<(), PtxError> {
        self.at += 1;
        self.int("a file's number")?;
        match self.next().kind {
            Kind::Text(_) => Ok(()),
            _ => {
                self.at -= 1;
                self.expected("a file's name")
            }
        }
    }

    /// `.loc 1 2 3`.
    fn location(&mut self) -> Result<(), PtxError> {
        self.at += 1;
        for what in ["a file's number", "a line", "a column"] {
            self.int(what)?;
        }
        Ok(())
    }

    fn all_defined(&self) -> Result<(), PtxError> {
        match self
            .program
            .functions
            .iter()
            .find(|function| !function.defined)
        {
            Some(function) => Err(self.token().error(format!(
                "function `{}` is declared, but never defined",
                function.name
            ))),
            None => Ok(()),
        }
    }
}
