//! Functions: headers, statements, labels.

use std::collections::HashMap;

use super::super::PtxError;
use super::super::inst::{Guard, Inst, Op, Slot};
use super::super::lex::{Kind, Token};
use super::super::program::{Function, Parameter};
use super::Parser;
use super::scope::{Found, Symbol};

/// How deep `{ }` may nest.
const MAX_DEPTH: usize = 64;

/// What is known of the function that is being parsed.
#[derive(Default)]
pub(super) struct Body<'a> {
    pub(super) function: Function,
    guard: Option<Guard>,
    line: u32,
    labels: HashMap<&'a str, u32>,
    /// Where each label is, and where it was first named.
    places: Vec<(Option<u32>, Option<Token<'a>>)>,
    /// `.branchtargets`: their index among the program's tables.
    tables: HashMap<&'a str, u32>,
}

impl<'a> Parser<'a> {
    /// `.entry` or `.func`, declared or defined.
    pub(super) fn function(&mut self, entry: bool) -> Result<(), PtxError> {
        self.at += 1;
        self.body = Body::default();
        self.scopes.open();
        let mut results = Vec::new();
        if !entry && self.peek() == Kind::Mark(b'(') {
            let token = self.token();
            results = self.parameters(false)?;
            if results.len() > 1 && results.iter().any(|result| !result.register) {
                return Err(token.error("more than one result: each must be a `.reg`"));
            }
        }
        let token = self.token();
        let name = self.word("the function's name")?;
        let parameters = if self.peek() == Kind::Mark(b'(') {
            self.parameters(entry)?
        } else {
            Vec::new()
        };
        self.body.function = Function {
            name: name.to_owned(),
            entry,
            results,
            parameters,
            slots: self.body.function.slots,
            names: std::mem::take(&mut self.body.function.names),
            ..Function::default()
        };
        self.tuning(entry)?;
        let index = self.declare_function(name, token)?;
        if !entry && self.eat(b';') {
            self.scopes.close();
            return Ok(());
        }
        if self.program.functions[index as usize].defined {
            return Err(token.error(format!("function `{name}` is defined twice")));
        }
        self.mark(b'{')?;
        let start = self.program.code.len();
        self.body.function.start = start as u32;
        self.body.function.defined = true;
        self.statements()?;
        self.body.line = self.token().line;
        self.body.guard = None;
        self.emit(Op::Return);
        self.scopes.close();
        self.resolve(start)?;
        self.program.functions[index as usize] = std::mem::take(&mut self.body.function);
        Ok(())
    }

    /// Finds or makes the function's number; a declaration must agree.
    fn declare_function(&mut self, name: &'a str, token: Token<'a>) -> Result<u32, PtxError> {
        let function = &self.body.function;
        if let Some(Found::Symbol(symbol)) = self.scopes.find(name) {
            let Symbol::Function { index } = symbol else {
                return Err(token.error(format!("`{name}` is declared already, as something else")));
            };
            let declared = &self.program.functions[index as usize];
            let same = declared.results == function.results
                && declared.parameters == function.parameters
                && declared.entry == function.entry;
            return if same {
                Ok(index)
            } else {
                Err(token.error(format!(
                    "function `{name}` is declared with other parameters"
                )))
            };
        }
        let index = self.program.functions.len() as u32;
        self.program.functions.push(Function {
            name: function.name.clone(),
            entry: function.entry,
            results: function.results.clone(),
            parameters: function.parameters.clone(),
            ..Function::default()
        });
        self.scopes.declare_in(0, name, Symbol::Function { index });
        Ok(index)
    }

    /// `(.param .b32 a, …)`.
    fn parameters(&mut self, entry: bool) -> Result<Vec<Parameter>, PtxError> {
        let mut out = Vec::new();
        self.mark(b'(')?;
        if self.eat(b')') {
            return Ok(out);
        }
        loop {
            let register = !entry && self.eat_dot("reg");
            if !register && !self.eat_dot("param") {
                return self.expected("`.param`");
            }
            let mut shape = self.shape()?;
            if entry && self.eat_dot("ptr") {
                self.pointer()?;
            }
            let token = self.token();
            let name = self.word("the parameter's name")?;
            if !register {
                self.extent(&mut shape)?;
            }
            let parameter = shape.parameter(register);
            if entry && parameter.array.is_some() {
                return Err(token.error("a kernel's parameters are scalars here"));
            }
            if parameter.array == Some(0) {
                return Err(token.error("a parameter must have a size"));
            }
            let symbol = self.parameter_symbol(name, parameter)?;
            // `_` may be declared any number of times.
            if !self.scopes.declare(name, symbol) && name != "_" {
                return Err(token.error(format!("`{name}` is declared twice")));
            }
            out.push(parameter);
            if !self.eat(b',') {
                self.mark(b')')?;
                return Ok(out);
            }
        }
    }

    /// `.ptr .global .align 8`: what a kernel promises about a pointer.
    fn pointer(&mut self) -> Result<(), PtxError> {
        if let Kind::Dot("global" | "const" | "shared" | "local") = self.peek() {
            self.at += 1;
        }
        if self.eat_dot("align") {
            self.int32("an alignment")?;
        }
        Ok(())
    }

    /// `.maxntid` and the like.
    fn tuning(&mut self, entry: bool) -> Result<(), PtxError> {
        loop {
            match self.peek() {
                Kind::Dot(name @ ("maxntid" | "reqntid")) if entry => {
                    self.at += 1;
                    let mut block = [1; 3];
                    for (at, size) in block.iter_mut().enumerate() {
                        if at == 0 || self.eat(b',') {
                            *size = self.int32("a number of threads")?;
                        }
                    }
                    self.body.function.block = Some((block, name == "reqntid"));
                }
                Kind::Dot("minnctapersm" | "maxnreg") if entry => {
                    self.at += 1;
                    self.int("a number")?;
                }
                Kind::Dot("noreturn") if !entry => self.at += 1,
                _ => return Ok(()),
            }
        }
    }

    /// Everything between `{` and the `}` that ends the function.
    fn statements(&mut self) -> Result<(), PtxError> {
        let outside = self.scopes.depth();
        loop {
            match self.peek() {
                Kind::Mark(b'}') => {
                    self.at += 1;
                    if self.scopes.depth() == outside {
                        return Ok(());
                    }
                    self.scopes.close();
                }
                Kind::Mark(b'{') => {
                    if self.scopes.depth() - outside >= MAX_DEPTH {
                        return self.expected("no more nested scopes");
                    }
                    self.at += 1;
                    self.scopes.open();
                }
                Kind::Dot("reg") => self.registers()?,
                Kind::Dot("param") => self.call_variables()?,
                Kind::Dot("local" | "shared") => self.variable(false)?,
                Kind::Dot("loc") => self.location()?,
                Kind::Dot("pragma") => self.pragma()?,
                Kind::Mark(b';') => self.at += 1,
                Kind::Word(name)
                    if self.tokens.get(self.at + 1).map(|t| t.kind) == Some(Kind::Mark(b':')) =>
                {
                    let token = self.next();
                    self.at += 1;
                    if self.eat_dot("branchtargets") {
                        self.branch_targets(name, token)?;
                    } else {
                        self.place_label(name, token)?;
                    }
                }
                _ => self.instruction()?,
            }
        }
    }

    fn place_label(&mut self, name: &'a str, token: Token<'a>) -> Result<(), PtxError> {
        let pc = self.program.code.len() as u32;
        let label = self.label(name, None) as usize;
        let place = &mut self.body.places[label];
        if place.0.is_some() {
            return Err(token.error(format!("label `{name}` is placed twice")));
        }
        place.0 = Some(pc);
        Ok(())
    }

    /// The number of a label, named at `token` or placed.
    pub(super) fn label(&mut self, name: &'a str, token: Option<Token<'a>>) -> u32 {
        let Body { labels, places, .. } = &mut self.body;
        let label = *labels.entry(name).or_insert_with(|| {
            places.push((None, None));
            places.len() as u32 - 1
        });
        let named = &mut places[label as usize].1;
        *named = named.or(token);
        label
    }

    /// `name: .branchtargets L1, L2;`
    fn branch_targets(&mut self, name: &'a str, token: Token<'a>) -> Result<(), PtxError> {
        let mut targets = Vec::new();
        loop {
            let token = self.token();
            let target = self.word("a label")?;
            targets.push(self.label(target, Some(token)));
            if !self.eat(b',') {
                break;
            }
        }
        self.mark(b';')?;
        let table = self.program.tables.len() as u32;
        self.program.tables.push(targets);
        match self.body.tables.insert(name, table) {
            Some(_) => Err(token.error(format!("`{name}` is declared twice"))),
            None => Ok(()),
        }
    }

    /// The number of a branch table. Unlike a label it stands before its use.
    pub(super) fn table(&self, name: &str, token: Token<'a>) -> Result<u32, PtxError> {
        match self.body.tables.get(name) {
            Some(table) => Ok(*table),
            None => Err(token.error(format!("no `.branchtargets` before this declares `{name}`"))),
        }
    }

    /// Whether a `.param` variable is one of the function's own parameters.
    pub(super) fn is_parameter(&self, first: Slot) -> bool {
        let function = &self.body.function;
        let slots: u32 = function.parameters.iter().map(Parameter::slots).sum();
        let results = function.result_slots();
        (results..results + slots).contains(&first)
    }

    /// Labels to places in the code, at the function's end.
    fn resolve(&mut self, start: usize) -> Result<(), PtxError> {
        for (place, named) in &self.body.places {
            if let (None, Some(token)) = (place, named) {
                return Err(token.error(format!(
                    "label {} is nowhere in the function",
                    token.shown()
                )));
            }
        }
        let place = |label: u32| self.body.places[label as usize].0.unwrap_or_default();
        for inst in &mut self.program.code[start..] {
            if let Op::Branch { target } = &mut inst.op {
                *target = place(*target);
            }
        }
        for table in self.body.tables.values() {
            for target in &mut self.program.tables[*table as usize] {
                *target = place(*target);
            }
        }
        Ok(())
    }

    /// One instruction, with its guard and its `;`.
    fn instruction(&mut self) -> Result<(), PtxError> {
        let first = self.token();
        self.body.line = first.line;
        self.body.guard = None;
        if self.eat(b'@') {
            let negated = self.eat(b'!');
            let slot = self.predicate()?;
            self.body.guard = Some(Guard::new(slot, negated));
        }
        let opcode = self.token();
        let name = self.word("an instruction")?;
        let modifiers = self.modifiers(opcode);
        self.dispatch(name, modifiers)?;
        self.mark(b';')
    }

    /// Appends an instruction that the guard of the text applies to.
    pub(super) fn emit(&mut self, op: Op) {
        let guard = self.body.guard.unwrap_or(Guard::NONE);
        self.program.code.push(Inst { guard, op });
        self.program.lines.push(self.body.line);
    }

    /// Appends a step that only prepares an operand.
    pub(super) fn emit_unguarded(&mut self, op: Op) {
        self.program.code.push(Inst {
            guard: Guard::NONE,
            op,
        });
        self.program.lines.push(self.body.line);
    }
}
