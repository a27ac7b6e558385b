//! Text to tokens.

use super::PtxError;

/// The longest text that is parsed.
const MAX_BYTES: usize = 64 << 20;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind<'a> {
    /// An identifier, with its leading `%`, `$` or `_`.
    Word(&'a str),
    /// `.name`, without the dot.
    Dot(&'a str),
    Int(u64),
    /// `0f` and eight hexadecimal digits.
    F32(u32),
    /// `0d` and sixteen hexadecimal digits.
    F64(u64),
    /// `8.0`: only `.version` takes one.
    Decimal(&'a str),
    Text(&'a str),
    Mark(u8),
    End,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) line: u32,
    pub(super) column: u32,
}

impl Token<'_> {
    pub(super) fn error(&self, message: impl Into<String>) -> PtxError {
        PtxError {
            line: self.line,
            column: self.column,
            message: message.into(),
        }
    }

    /// As a reader sees it, for messages.
    pub(super) fn shown(&self) -> String {
        match self.kind {
            Kind::Word(text) | Kind::Decimal(text) => format!("`{text}`"),
            Kind::Dot(text) => format!("`.{text}`"),
            Kind::Int(value) => format!("`{value}`"),
            Kind::F32(bits) => format!("`0f{bits:08X}`"),
            Kind::F64(bits) => format!("`0d{bits:016X}`"),
            Kind::Text(_) => "a string".into(),
            Kind::Mark(byte) => format!("`{}`", byte as char),
            Kind::End => "the end of the text".into(),
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    line_start: usize,
}

/// All tokens of `text`; the last one is [`Kind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, PtxError> {
    let mut lexer = Lexer {
        text,
        at: 0,
        line: 1,
        line_start: 0,
    };
    if text.len() > MAX_BYTES {
        return Err(lexer.token(Kind::End).error(format!(
            "the text has {} bytes, more than {MAX_BYTES}",
            text.len()
        )));
    }
    let mut out = Vec::with_capacity(text.len() / 4);
    loop {
        let token = lexer.next()?;
        out.push(token);
        if token.kind == Kind::End {
            return Ok(out);
        }
    }
}

fn word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$'
}

impl<'a> Lexer<'a> {
    fn token(&self, kind: Kind<'a>) -> Token<'a> {
        let column = u32::try_from(self.at - self.line_start + 1).unwrap_or(u32::MAX);
        Token {
            kind,
            line: self.line,
            column,
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.text
            .as_bytes()
            .get(self.at + ahead)
            .copied()
            .unwrap_or(0)
    }

    fn blank(&mut self) -> Result<(), PtxError> {
        loop {
            match self.peek(0) {
                b'\n' => {
                    self.at += 1;
                    self.line += 1;
                    self.line_start = self.at;
                }
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'/' if self.peek(1) == b'/' => {
                    while self.at < self.text.len() && self.peek(0) != b'\n' {
                        self.at += 1;
                    }
                }
                b'/' if self.peek(1) == b'*' => {
                    let start = self.token(Kind::End);
                    self.at += 2;
                    while !(self.peek(0) == b'*' && self.peek(1) == b'/') {
                        if self.at >= self.text.len() {
                            return Err(start.error("the comment is not closed"));
                        }
                        if self.peek(0) == b'\n' {
                            self.line += 1;
                            self.line_start = self.at + 1;
                        }
                        self.at += 1;
                    }
                    self.at += 2;
                }
                _ => return Ok(()),
            }
        }
    }

    /// The bytes from here on that `accept` takes. They are ASCII.
    fn run(&mut self, accept: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while self.at < self.text.len() && accept(self.peek(0)) {
            self.at += 1;
        }
        &self.text[start..self.at]
    }

    fn next(&mut self) -> Result<Token<'a>, PtxError> {
        self.blank()?;
        let mut token = self.token(Kind::End);
        if self.at >= self.text.len() {
            return Ok(token);
        }
        let byte = self.peek(0);
        token.kind = match byte {
            b'.' if word_byte(self.peek(1)) => {
                self.at += 1;
                // `.L1::no_allocate` is one modifier.
                let start = self.at;
                self.run(word_byte);
                while self.peek(0) == b':' && self.peek(1) == b':' && word_byte(self.peek(2)) {
                    self.at += 2;
                    self.run(word_byte);
                }
                Kind::Dot(&self.text[start..self.at])
            }
            b'%' if word_byte(self.peek(1)) => {
                let start = self.at;
                self.at += 1;
                self.run(word_byte);
                Kind::Word(&self.text[start..self.at])
            }
            b'0'..=b'9' => self.number(token)?,
            byte if word_byte(byte) => Kind::Word(self.run(word_byte)),
            b'"' => {
                self.at += 1;
                let text = self.run(|byte| byte != b'"' && byte != b'\n' && byte.is_ascii());
                if self.peek(0) != b'"' {
                    return Err(token.error("the string is not closed"));
                }
                self.at += 1;
                Kind::Text(text)
            }
            byte if b"(){}[]<>,;:=+-@!|".contains(&byte) => {
                self.at += 1;
                Kind::Mark(byte)
            }
            _ => return Err(token.error(format!("byte {byte:#04x} starts nothing in PTX"))),
        };
        Ok(token)
    }

    fn number(&mut self, token: Token<'a>) -> Result<Kind<'a>, PtxError> {
        let start = self.at;
        let text = self.run(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
        debug_assert!(start < self.at, "a number starts with a digit");
        let wrong = || token.error(format!("`{text}` is not a number"));
        if let Some(digits) = text.strip_prefix("0f").or(text.strip_prefix("0F")) {
            let bits = u32::from_str_radix(digits, 16).map_err(|_| wrong())?;
            return if digits.len() == 8 {
                Ok(Kind::F32(bits))
            } else {
                Err(wrong())
            };
        }
        if let Some(digits) = text.strip_prefix("0d").or(text.strip_prefix("0D")) {
            let bits = u64::from_str_radix(digits, 16).map_err(|_| wrong())?;
            return if digits.len() == 16 {
                Ok(Kind::F64(bits))
            } else {
                Err(wrong())
            };
        }
        if text.contains('.') {
            return Ok(Kind::Decimal(text));
        }
        let digits = text.strip_suffix('U').unwrap_or(text);
        let value = if let Some(hex) = digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
            u64::from_str_radix(hex, 16)
        } else if let Some(binary) = digits.strip_prefix("0b").or(digits.strip_prefix("0B")) {
            u64::from_str_radix(binary, 2)
        } else if digits.len() > 1 && digits.starts_with('0') {
            u64::from_str_radix(digits, 8)
        } else {
            digits.parse()
        };
        value.map(Kind::Int).map_err(|_| wrong())
    }
}
