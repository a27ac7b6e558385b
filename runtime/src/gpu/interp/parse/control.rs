//! Branches, calls, barriers, fences.

use super::super::PtxError;
use super::super::inst::{Barrier, CallSite, Op, Reduce, Src};
use super::super::lex::Kind;
use super::super::program::Parameter;
use super::super::types::Type;
use super::Parser;
use super::modifiers::Modifiers;
use super::scope::{Found, Symbol};

impl<'a> Parser<'a> {
    pub(super) fn simple(&mut self, m: &mut Modifiers<'a>, op: Op) -> Result<(), PtxError> {
        if matches!(op, Op::Return) {
            m.take(&["uni"]);
        }
        m.end()?;
        self.emit(op);
        Ok(())
    }

    pub(super) fn bra(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        m.take(&["uni"]);
        m.end()?;
        let token = self.token();
        let name = self.word("a label")?;
        let target = self.label(name, Some(token));
        self.emit(Op::Branch { target });
        Ok(())
    }

    pub(super) fn brx(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        m.need(&["idx"])?;
        m.take(&["uni"]);
        m.end()?;
        let index = self.src(Type::U32)?;
        self.comma()?;
        let token = self.token();
        let name = self.word("the name of `.branchtargets`")?;
        let table = self.table(name, token)?;
        self.emit(Op::BranchTable { index, table });
        Ok(())
    }

    /// `call (r), f, (a, b);` with either list left out.
    pub(super) fn call(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        m.take(&["uni"]);
        m.end()?;
        let mut written = Vec::new();
        let results_at = self.token();
        if self.peek() == Kind::Mark(b'(') {
            let start = self.at;
            // Results come before the function that says their types.
            while !matches!(self.peek(), Kind::Mark(b')') | Kind::End) {
                self.at += 1;
            }
            self.mark(b')')?;
            self.comma()?;
            written.push(start);
        }
        let token = self.token();
        let name = self.word("a function")?;
        let index = match self.scopes.find(name) {
            Some(Found::Symbol(Symbol::Function { index })) => index,
            Some(_) => return Err(token.error("calls through a register are not modelled")),
            None => return Err(token.error(format!("function `{name}` is not declared"))),
        };
        let callee = &self.program.functions[index as usize];
        if callee.entry {
            return Err(token.error(format!("`{name}` is an entry, which is not called")));
        }
        let (results, parameters) = (callee.results.clone(), callee.parameters.clone());
        let mut arguments = Vec::new();
        if self.eat(b',') {
            self.values(&parameters, false, &mut arguments)?;
        } else if !parameters.is_empty() {
            return self.expected("arguments");
        }
        let after = self.at;
        let mut slots = Vec::new();
        if let Some(start) = written.pop() {
            self.at = start;
            self.values(&results, true, &mut slots)?;
            self.at = after;
        } else if !results.is_empty() {
            return Err(results_at.error(format!("`{name}` has a result, which must be named")));
        }
        let results = slots
            .iter()
            .filter_map(|src| src.split().ok())
            .map(|slot| slot as u32)
            .collect();
        let site = self.program.calls.len() as u32;
        self.program.calls.push(CallSite {
            function: index,
            arguments,
            results,
        });
        self.emit(Op::Call { site });
        Ok(())
    }

    /// `(a, b)` of a call, slot by slot.
    fn values(
        &mut self,
        shapes: &[Parameter],
        write: bool,
        out: &mut Vec<Src>,
    ) -> Result<(), PtxError> {
        self.mark(b'(')?;
        for (at, shape) in shapes.iter().enumerate() {
            if at > 0 {
                self.comma()?;
            }
            let token = self.token();
            let found = match token.kind {
                Kind::Word(name) => self.scopes.find(name),
                _ => None,
            };
            match found {
                Some(Found::Symbol(Symbol::Param { first, shape: held })) if shape.fits(&held) => {
                    self.at += 1;
                    out.extend((first..first + held.slots()).map(Src::slot));
                }
                Some(Found::Symbol(Symbol::Param { .. })) => {
                    return Err(token.error("the variable has not the parameter's size"));
                }
                _ if shape.array.is_some() => return self.expected("a `.param` array"),
                _ if write => out.push(Src::slot(self.dst_or_sink(shape.ty, false)?.0)),
                _ => {
                    let value = self.src(shape.ty)?;
                    out.push(value);
                }
            }
        }
        self.mark(b')')
    }

    /// `bar.sync`, `barrier.sync`, `bar.red`, `barrier.red`; of all threads.
    pub(super) fn barrier(&mut self, m: &mut Modifiers<'a>, short: bool) -> Result<(), PtxError> {
        m.take(&["cta"]);
        let reduces = m.need(&["sync", "red"])? == "red";
        let reduce = match if reduces {
            Some(m.need(&["popc", "and", "or"])?)
        } else {
            None
        } {
            Some("popc") => Some(Reduce::Popc),
            Some("and") => Some(Reduce::And),
            Some(_) => Some(Reduce::Or),
            None => None,
        };
        // `bar` is short for `barrier` with `.aligned`.
        let aligned = if short { true } else { m.has("aligned") };
        let result = match reduce {
            Some(Reduce::Popc) => Some(m.ty(&["u32"])?),
            Some(_) => Some(m.ty(&["pred"])?),
            None => None,
        };
        m.end()?;
        let mut d = 0;
        if let Some(ty) = result {
            d = self.dst(ty)?;
            self.comma()?;
        }
        let token = self.token();
        let id = self.int32("a barrier's number")?;
        if id > 15 {
            return Err(token.error("a barrier's number is at most 15"));
        }
        let reduce = match reduce {
            Some(op) => {
                self.comma()?;
                let (value, negated) = self.maybe_negated()?;
                Some((op, d, value, negated))
            }
            None => None,
        };
        let index = self.program.barriers.len() as u32;
        self.program.barriers.push(Barrier {
            id,
            aligned,
            reduce,
        });
        self.emit(Op::Barrier { index });
        Ok(())
    }

    /// Memory is sequentially consistent here: a fence has nothing to do.
    pub(super) fn membar(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        m.need(&["cta", "gl", "sys"])?;
        self.simple(m, Op::Nothing)
    }

    pub(super) fn fence(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        m.take(&["sc", "acq_rel"]);
        m.need(&["cta", "cluster", "gpu", "sys"])?;
        self.simple(m, Op::Nothing)
    }

    pub(super) fn nanosleep(&mut self, m: &mut Modifiers<'a>) -> Result<(), PtxError> {
        m.need(&["u32"])?;
        m.end()?;
        self.src(Type::U32)?;
        self.emit(Op::Nothing);
        Ok(())
    }
}
