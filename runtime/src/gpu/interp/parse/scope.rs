//! What names mean where.

use std::collections::HashMap;

use super::super::inst::Slot;
use super::super::program::Parameter;
use super::super::types::Type;

#[derive(Debug, Clone, Copy)]
pub(super) enum Symbol {
    Register {
        slot: Slot,
        ty: Type,
    },
    /// A `.param` variable of a function: its first slot.
    Param {
        first: Slot,
        shape: Parameter,
    },
    Global {
        index: u32,
    },
    Shared {
        offset: u32,
    },
    /// `.extern .shared name[]`.
    DynamicShared,
    Const {
        offset: u32,
    },
    Local {
        offset: u32,
    },
    Function {
        index: u32,
    },
}

/// Scopes, the innermost last.
pub(super) struct Scopes<'a> {
    stack: Vec<Scope<'a>>,
}

#[derive(Default)]
struct Scope<'a> {
    names: HashMap<&'a str, Symbol>,
    /// `%r<10>`: prefix, how many, type.
    ranges: Vec<(&'a str, u32, Type)>,
}

/// What a lookup finds.
pub(super) enum Found {
    Symbol(Symbol),
    /// One of `%r<10>` that has no slot yet, and the scope it belongs to.
    New {
        scope: usize,
        ty: Type,
    },
}

impl<'a> Scopes<'a> {
    pub(super) fn new() -> Scopes<'a> {
        Scopes {
            stack: vec![Scope::default()],
        }
    }

    pub(super) fn depth(&self) -> usize {
        self.stack.len()
    }

    pub(super) fn open(&mut self) {
        self.stack.push(Scope::default());
    }

    pub(super) fn close(&mut self) {
        if self.stack.len() > 1 {
            self.stack.pop();
        }
    }

    /// Declares in the innermost scope; false if the name is taken there.
    pub(super) fn declare(&mut self, name: &'a str, symbol: Symbol) -> bool {
        let at = self.stack.len() - 1;
        self.stack[at].names.insert(name, symbol).is_none()
    }

    /// Declares in the scope that [`Found::New`] named.
    pub(super) fn declare_in(&mut self, scope: usize, name: &'a str, symbol: Symbol) {
        self.stack[scope].names.insert(name, symbol);
    }

    /// Declares `prefix0` to `prefix{count - 1}`; false if the prefix is taken.
    pub(super) fn declare_range(&mut self, prefix: &'a str, count: u32, ty: Type) -> bool {
        let at = self.stack.len() - 1;
        let ranges = &mut self.stack[at].ranges;
        let fresh = ranges.iter().all(|(other, ..)| *other != prefix);
        ranges.push((prefix, count, ty));
        fresh
    }

    pub(super) fn find(&self, name: &str) -> Option<Found> {
        let digits = name.len()
            - name
                .trim_end_matches(|byte: char| byte.is_ascii_digit())
                .len();
        for (scope, held) in self.stack.iter().enumerate().rev() {
            if let Some(symbol) = held.names.get(name) {
                return Some(Found::Symbol(*symbol));
            }
            // A prefix may end in digits itself: `%f64_` does not, `%v1` might.
            for length in 1..=digits {
                let (prefix, number) = name.split_at(name.len() - length);
                if number.len() > 1 && number.starts_with('0') {
                    continue;
                }
                let Ok(number) = number.parse::<u32>() else {
                    break;
                };
                if let Some((_, _, ty)) = held
                    .ranges
                    .iter()
                    .find(|(other, count, _)| *other == prefix && number < *count)
                {
                    return Some(Found::New { scope, ty: *ty });
                }
            }
        }
        None
    }
}
