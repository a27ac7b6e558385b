//! Assertions that one function returns this or that, one after the other, are
//! given to the engine at once: it may know that none of the calls can see another.

use std::collections::VecDeque;

use wast::{WastDirective, WastExecute, WastInvoke};

use super::World;
use crate::execute::protocol::Reply;
use crate::model::{Outcome, Pattern, Value, Wanted, syntax};
use crate::worker::Sink;

/// The most calls at once. A deadline is on the first of them, and a crash is
/// charged to it.
const MOST: usize = 4096;

/// One assertion: the call's arguments and what it must return.
type Asserted = (Vec<Value>, Vec<Pattern>);

impl World<'_> {
    /// Runs the assertions in front that are about one function of one instance, if
    /// the engine takes them together; else does nothing, and they run in order.
    pub(super) fn run_together(
        &mut self,
        directives: &mut VecDeque<WastDirective<'_>>,
        index: &mut usize,
        send: &mut impl Sink,
    ) -> std::io::Result<()> {
        if self.alone > 0 {
            self.alone -= 1;
            return Ok(());
        }
        let Some((first, _)) = directives.front().and_then(assertion) else {
            return Ok(());
        };
        let same = |call: &WastInvoke<'_>| {
            call.name == first.name
                && call.module.map(|id| id.name()) == first.module.map(|id| id.name())
        };
        let in_front = directives.iter().map_while(assertion);
        let calls: Option<Vec<Asserted>> = in_front
            .take_while(|(call, _)| same(call))
            .take(MOST)
            .map(|(call, results)| read(call, results))
            .collect();
        let Some(calls) = calls.filter(|calls| calls.len() > 1) else {
            return Ok(());
        };
        let (arguments, patterns): (Vec<_>, Vec<_>) = calls.into_iter().unzip();
        let returned = self.find(first.module).ok().and_then(|instance| {
            let session = self.session.as_mut();
            session.invoke_pure(instance, first.name, &arguments)
        });
        let Some(returned) = returned.filter(|returned| returned.len() == patterns.len()) else {
            // They are not offered again, one fewer each time.
            self.alone = patterns.len() - 1;
            return Ok(());
        };
        directives.drain(..patterns.len());
        for (patterns, values) in patterns.into_iter().zip(returned) {
            send(Reply::Ran {
                index: *index,
                wanted: Wanted::Returns(patterns),
                outcome: Outcome::Returned(values),
            })?;
            *index += 1;
        }
        Ok(())
    }
}

/// The call of an assertion that a function returns something.
fn assertion<'d, 'text>(
    directive: &'d WastDirective<'text>,
) -> Option<(&'d WastInvoke<'text>, &'d [wast::WastRet<'text>])> {
    match directive {
        WastDirective::AssertReturn {
            exec: WastExecute::Invoke(call),
            results,
            ..
        } => Some((call, results)),
        _ => None,
    }
}

/// None where something in it is not understood, which is said when it runs alone.
fn read(call: &WastInvoke<'_>, results: &[wast::WastRet<'_>]) -> Option<Asserted> {
    let arguments: Result<_, _> = call.args.iter().map(syntax::argument).collect();
    let patterns: Result<_, _> = results.iter().map(syntax::pattern).collect();
    arguments.ok().zip(patterns.ok())
}
