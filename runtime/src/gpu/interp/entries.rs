//! What the entries of a module take, and nothing else of it: what is read here may use
//! more than is modelled.

use std::collections::HashMap;

use super::PtxError;
use super::lex::{self, Kind, Token};

/// The bytes of each parameter of each entry, by its name.
///
/// # Errors
///
/// A declaration that is not understood: who launches must know how much is read of
/// what it gives.
pub fn entries(text: &str) -> Result<HashMap<String, Vec<u64>>, PtxError> {
    let tokens = lex::tokens(text)?;
    let mut reader = Reader { tokens, at: 0 };
    let mut entries = HashMap::new();
    loop {
        let token = reader.next();
        match token.kind {
            Kind::End => return Ok(entries),
            // Others may take what is behind it for a part of the string.
            Kind::Text(text) if text.contains('\\') => {
                return Err(token.error("a backslash in a string"));
            }
            Kind::Dot("entry") => {
                let (name, parameters) = reader.entry()?;
                let before = entries.insert(name.to_owned(), parameters);
                if before.is_some_and(|before| before != entries[name]) {
                    return Err(token.error(format!("entry `{name}` is declared in two ways")));
                }
            }
            _ => {}
        }
    }
}

struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Token<'a> {
        // The last token is the end and is never passed.
        let token = self.tokens[self.at.min(self.tokens.len() - 1)];
        self.at += 1;
        token
    }

    fn eat(&mut self, kind: Kind<'_>) -> bool {
        let found = self.next().kind == kind;
        self.at -= usize::from(!found);
        found
    }

    /// `name (.param .u64 a, .param .align 4 .b8 b[12])`, behind `.entry`.
    fn entry(&mut self) -> Result<(&'a str, Vec<u64>), PtxError> {
        let token = self.next();
        let Kind::Word(name) = token.kind else {
            return Err(token.error("expected an entry's name"));
        };
        let mut parameters = Vec::new();
        if !self.eat(Kind::Mark(b'(')) {
            // Without parameters there are no parentheses before the body.
            loop {
                let token = self.next();
                match token.kind {
                    Kind::Mark(b'{' | b';') => return Ok((name, parameters)),
                    Kind::Mark(b'(') | Kind::End => {
                        let shown = token.shown();
                        return Err(token.error(format!("expected a body, found {shown}")));
                    }
                    _ => {}
                }
            }
        }
        if self.eat(Kind::Mark(b')')) {
            return Ok((name, parameters));
        }
        loop {
            parameters.push(self.parameter()?);
            if self.eat(Kind::Mark(b')')) {
                return Ok((name, parameters));
            }
            if !self.eat(Kind::Mark(b',')) {
                return Err(self.next().error("expected `,` or `)`"));
            }
        }
    }

    fn parameter(&mut self) -> Result<u64, PtxError> {
        if !self.eat(Kind::Dot("param")) {
            return Err(self.next().error("expected `.param`"));
        }
        let mut bytes = None;
        loop {
            let token = self.next();
            let size = match token.kind {
                Kind::Dot("align") => {
                    self.next();
                    continue;
                }
                Kind::Dot("ptr" | "global" | "shared" | "const" | "local") => continue,
                Kind::Dot("b8" | "u8" | "s8") => 1,
                Kind::Dot("b16" | "u16" | "s16" | "f16" | "bf16") => 2,
                Kind::Dot("b32" | "u32" | "s32" | "f32" | "f16x2" | "bf16x2") => 4,
                Kind::Dot("b64" | "u64" | "s64" | "f64") => 8,
                Kind::Dot("b128") => 16,
                Kind::Word(_) => break,
                _ => {
                    let shown = token.shown();
                    return Err(token.error(format!("{shown} in a parameter is not understood")));
                }
            };
            if bytes.replace(size).is_some() {
                return Err(token.error("a parameter of two types"));
            }
        }
        let mut bytes = bytes.ok_or_else(|| self.next().error("a parameter of no type"))?;
        while self.eat(Kind::Mark(b'[')) {
            let token = self.next();
            let Kind::Int(count) = token.kind else {
                return Err(token.error("expected a number of elements"));
            };
            bytes = u64::saturating_mul(bytes, count);
            if !self.eat(Kind::Mark(b']')) {
                return Err(self.next().error("expected `]`"));
            }
        }
        Ok(bytes)
    }
}
