//! Which values of a function are always equal.

use super::graph::target;
use super::{Code, Value};

/// Passes over a function: loops in loops need some, and not one for each level of an
/// attack. What is not found out is taken for different.
const PASSES: usize = 16;

/// For each value, one that it is always equal to.
#[derive(Clone, Debug)]
pub(in crate::gpu) struct Same(Vec<Value>);

impl Same {
    /// A parameter that all jumps give one value is that value, until there is no
    /// more such parameter: Braun and others, "Simple and Efficient Construction of
    /// Static Single Assignment Form", 2013.
    pub(in crate::gpu) fn of(code: &Code, order: &[usize]) -> Same {
        let mut same = Same((0..).map(Value).take(code.values.len()).collect());
        for _ in 0..PASSES {
            if !same.pass(code, order) {
                break;
            }
        }
        same
    }

    /// Whether something new was found.
    fn pass(&mut self, code: &Code, order: &[usize]) -> bool {
        // What each parameter is given: nothing yet, one value, or several.
        let mut given: Vec<Option<Option<Value>>> = vec![None; code.values.len()];
        for block in order {
            for jump in code.blocks[*block].end.jumps() {
                let params = &code.blocks[target(jump)].params;
                for (param, argument) in params.iter().zip(&jump.arguments) {
                    let argument = self.resolved(*argument);
                    let seen = &mut given[param.0 as usize];
                    if argument != *param {
                        *seen = match *seen {
                            None => Some(Some(argument)),
                            Some(Some(other)) if other == argument => *seen,
                            Some(_) => Some(None),
                        };
                    }
                }
            }
        }
        let mut changed = false;
        for (param, given) in (0..).map(Value).zip(given) {
            if let Some(Some(value)) = given
                && self.0[param.0 as usize] == param
                && param != value
            {
                self.0[param.0 as usize] = value;
                changed = true;
            }
        }
        (0..)
            .map(Value)
            .take(self.0.len())
            .for_each(|value| self.shorten(value));
        changed
    }

    /// Lets all on the way to what a value is know it at once.
    fn shorten(&mut self, mut value: Value) {
        let end = self.resolved(value);
        while value != end {
            value = std::mem::replace(&mut self.0[value.0 as usize], end);
        }
    }

    /// From here on, the first is the second.
    pub(in crate::gpu) fn set(&mut self, value: Value, equal: Value) {
        self.0[value.0 as usize] = equal;
    }

    /// The value that one is, whatever it is called.
    pub(in crate::gpu) fn resolved(&self, mut value: Value) -> Value {
        while self.0[value.0 as usize] != value {
            value = self.0[value.0 as usize];
        }
        value
    }
}
