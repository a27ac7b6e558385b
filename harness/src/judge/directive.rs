//! Whether one directive got what it asks for.

use similar::TextDiff;

use super::{operation, values};
use crate::model::{
    DirectiveVerdict, Failure, FailureKind, Outcome, Pattern, TrapCode, Value, Wanted, excerpt,
};

/// Compares what was wanted with what came.
///
/// Traps are compared by code. The wording of a refused module is not
/// compared; where it differs, the verdict has a note.
pub fn judge(wanted: &Wanted, outcome: &Outcome) -> DirectiveVerdict {
    use FailureKind as Kind;
    match (wanted, outcome) {
        (Wanted::Success, Outcome::Done | Outcome::Returned(_)) => pass(),
        (Wanted::Returns(patterns), Outcome::Returned(values)) => returns(patterns, values),
        (Wanted::Returns(patterns), Outcome::Done) => returns(patterns, &[]),
        (Wanted::Trap(text), Outcome::Failed(failure)) => trap(text, failure),
        (Wanted::ThreadTrap { text, thread }, Outcome::Failed(failure)) => {
            match trap(text, failure) {
                DirectiveVerdict::Pass { .. } if failure.thread != Some(*thread) => {
                    unlike(&describe(wanted), &failure.to_string())
                }
                verdict => verdict,
            }
        }
        (Wanted::Failure { kind, message }, Outcome::Failed(failure)) => {
            if failure.kind == *kind && failure.message.contains(message) {
                pass()
            } else {
                unlike(
                    &describe(wanted),
                    &format!("{}: {}", failure.kind.name(), failure.message),
                )
            }
        }
        (Wanted::Exhaustion(text), Outcome::Failed(failure)) => match failure.kind {
            Kind::Trap(TrapCode::CallStackExhausted) => pass(),
            _ => unlike(&format!("exhaustion `{text}`"), &failure.to_string()),
        },
        (Wanted::Invalid(text), Outcome::Failed(failure)) => refusal(
            "an invalid module",
            text,
            failure,
            failure.kind == Kind::Invalid,
        ),
        (Wanted::Malformed(text), Outcome::Failed(failure)) => refusal(
            "a malformed module",
            text,
            failure,
            failure.kind == Kind::Malformed,
        ),
        (Wanted::RefusedCustom(text), Outcome::Failed(failure)) => refusal(
            "a refused custom section",
            text,
            failure,
            matches!(failure.kind, Kind::Malformed | Kind::Invalid),
        ),
        (Wanted::Unlinkable(text), Outcome::Failed(failure)) => refusal(
            "an unlinkable module",
            text,
            failure,
            failure.kind == Kind::Unlinkable,
        ),
        (Wanted::Limit(text), Outcome::Failed(failure)) => {
            if failure.kind == Kind::Limit && failure.message.contains(text) {
                pass()
            } else {
                unlike(
                    &describe(wanted),
                    &format!("{}: {}", failure.kind.name(), failure.message),
                )
            }
        }
        (Wanted::Exception, Outcome::Failed(failure)) if failure.kind == Kind::Exception => pass(),
        (Wanted::Suspension(_), Outcome::Failed(failure))
            if matches!(
                failure.kind,
                Kind::Suspension | Kind::Trap(TrapCode::UnhandledTag)
            ) =>
        {
            pass()
        }
        (Wanted::Bytes(wanted), Outcome::Bytes(got)) => bytes(wanted, got),
        (Wanted::Fuel { min, max }, Outcome::Fuel(used)) if (min..=max).contains(&used) => pass(),
        (
            Wanted::Golden {
                text: Some(wanted), ..
            },
            Outcome::Text(got),
        ) => golden(wanted, got),
        (Wanted::Golden { name, text: None }, Outcome::Text(_)) => DirectiveVerdict::Fail {
            message: format!(
                "no text was approved as `{name}` yet; look at it and run the case with --bless"
            ),
        },
        (Wanted::Output { from, text }, Outcome::Text(got)) => operation::output(from, text, got),
        (Wanted::Exit(code), Outcome::Exited(status)) => operation::exit(*code, status),
        (Wanted::Response(wanted), Outcome::Responded(got)) => operation::response(wanted, got),
        (Wanted::Called(name), Outcome::Connections(count)) => operation::called(name, *count),
        _ => unlike(&describe(wanted), &show(outcome)),
    }
}

pub(super) fn pass() -> DirectiveVerdict {
    DirectiveVerdict::Pass { note: None }
}

pub(super) fn unlike(wanted: &str, got: &str) -> DirectiveVerdict {
    DirectiveVerdict::Fail {
        message: format!("wanted {wanted}\n   got {got}"),
    }
}

fn returns(patterns: &[Pattern], values: &[Value]) -> DirectiveVerdict {
    let fits = patterns.len() == values.len()
        && values
            .iter()
            .zip(patterns)
            .all(|(value, pattern)| values::matches(value, pattern));
    if fits {
        return pass();
    }
    unlike(&list(patterns), &list(values))
}

fn list<T: std::fmt::Display>(items: &[T]) -> String {
    if items.is_empty() {
        return "no result".to_owned();
    }
    let items: Vec<_> = items.iter().map(ToString::to_string).collect();
    items.join(" ")
}

fn trap(text: &str, failure: &Failure) -> DirectiveVerdict {
    let FailureKind::Trap(code) = failure.kind else {
        return unlike(&format!("trap `{text}`"), &failure.to_string());
    };
    let right = match trap_codes(text) {
        Some(codes) => codes.contains(&code),
        // A wording nobody has met: the engine must use it too.
        None => failure.message.contains(text),
    };
    if right {
        pass()
    } else {
        unlike(&format!("trap `{text}`"), &failure.to_string())
    }
}

/// The codes a script may mean by its wording. The reference interpreter's
/// texts differ by version and say more than a code does.
fn trap_codes(text: &str) -> Option<&'static [TrapCode]> {
    use TrapCode as T;
    let exact = TrapCode::ALL.iter().position(|code| code.text() == text);
    if let Some(index) = exact {
        return Some(&TrapCode::ALL[index..=index]);
    }
    Some(match text {
        "out of bounds" => &[
            T::OutOfBoundsMemoryAccess,
            T::OutOfBoundsTableAccess,
            T::OutOfBoundsArrayAccess,
        ],
        "undefined" | "undefined element" => &[T::OutOfBoundsTableAccess],
        // A null that is called through `call_ref`.
        "null function reference" => &[T::NullReference, T::UninitializedElement],
        "indirect call" | "indirect call signature mismatch" => &[T::IndirectCallTypeMismatch],
        "descriptor cast failure" => &[T::CastFailure],
        "stack overflow" => &[T::CallStackExhausted],
        // `uninitialized element 2` names the element.
        text if text.starts_with("uninitialized") => &[T::UninitializedElement],
        // `null structure reference`, `null descriptor reference`.
        text if text.starts_with("null ") && text.ends_with(" reference") => &[T::NullReference],
        _ => return None,
    })
}

fn refusal(wanted: &str, text: &str, failure: &Failure, right: bool) -> DirectiveVerdict {
    if !right {
        return unlike(&format!("{wanted} (`{text}`)"), &failure.to_string());
    }
    let note = (!failure.message.contains(text)).then(|| {
        let first = failure.message.lines().next().unwrap_or_default();
        format!("script says `{text}`, engine says `{first}`")
    });
    DirectiveVerdict::Pass { note }
}

fn bytes(wanted: &str, got: &str) -> DirectiveVerdict {
    if wanted == got {
        return pass();
    }
    let pairs = wanted.as_bytes().chunks(2).zip(got.as_bytes().chunks(2));
    let first = pairs.take_while(|(wanted, got)| wanted == got).count();
    let (wanted, got) = (from_pair(wanted, first), from_pair(got, first));
    DirectiveVerdict::Fail {
        message: format!("bytes differ from byte {first} on\nwanted {wanted}\n   got {got}"),
    }
}

/// All digits of a few bytes; of many only some, from that byte on.
fn from_pair(digits: &str, first: usize) -> String {
    const SHOWN: usize = 64;
    if digits.len() <= SHOWN {
        return digits.to_owned();
    }
    let from = digits.get(2 * first..).unwrap_or_default();
    let shown = from.get(..SHOWN).unwrap_or(from);
    format!("..{shown}..")
}

fn golden(wanted: &str, got: &str) -> DirectiveVerdict {
    if wanted == got {
        return pass();
    }
    let diff = TextDiff::from_lines(wanted, got);
    let diff = diff.unified_diff().header("approved", "now").to_string();
    DirectiveVerdict::Fail {
        message: format!("the text differs from the approved one\n{diff}"),
    }
}

fn describe(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Success => "success".to_owned(),
        Wanted::Returns(patterns) => list(patterns),
        Wanted::Trap(text) => format!("trap `{text}`"),
        Wanted::ThreadTrap { text, thread } => format!("trap `{text}` in thread {thread}"),
        Wanted::Failure { kind, message } => format!("{} (`{message}`)", kind.name()),
        Wanted::Exhaustion(text) => format!("exhaustion `{text}`"),
        Wanted::Invalid(text) => format!("an invalid module (`{text}`)"),
        Wanted::Malformed(text) => format!("a malformed module (`{text}`)"),
        Wanted::RefusedCustom(text) => format!("a refused custom section (`{text}`)"),
        Wanted::Unlinkable(text) => format!("an unlinkable module (`{text}`)"),
        Wanted::Limit(text) => format!("a limit reported (`{text}`)"),
        Wanted::Exception => "an uncaught exception".to_owned(),
        Wanted::Suspension(text) => format!("an unhandled suspension (`{text}`)"),
        Wanted::Bytes(digits) => format!("bytes {digits}"),
        Wanted::Fuel { min, max } if min == max => format!("{min} units of fuel used"),
        Wanted::Fuel { min, max } => format!("{min} to {max} units of fuel used"),
        Wanted::Golden { name, .. } => format!("the text of `{name}`"),
        Wanted::Output { from, text } => format!("{} from {from}", excerpt(text)),
        Wanted::Exit(code) => format!("exit code {code}"),
        Wanted::Response(response) => format!("status {}", response.status),
        Wanted::Called(name) => format!("a call of the server `{name}`"),
    }
}

fn show(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "success".to_owned(),
        Outcome::Returned(values) => list(values),
        Outcome::Bytes(digits) => format!("bytes {digits}"),
        Outcome::Fuel(used) => format!("{used}"),
        Outcome::Text(text) => format!("a text of {} bytes", text.len()),
        Outcome::Exited(status) => status.to_string(),
        Outcome::Responded(response) => format!("status {}", response.status),
        Outcome::Connections(count) => format!("{count} connections"),
        Outcome::Failed(failure) => failure.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: FailureKind) -> Outcome {
        Outcome::Failed(Failure::new(kind, "the engine's words"))
    }

    fn passes(wanted: &Wanted, outcome: &Outcome) -> bool {
        matches!(judge(wanted, outcome), DirectiveVerdict::Pass { .. })
    }

    #[test]
    fn invalid_and_malformed_are_told_apart() {
        let invalid = Wanted::Invalid("type mismatch".to_owned());
        let malformed = Wanted::Malformed("unexpected end".to_owned());
        assert!(passes(&invalid, &failed(FailureKind::Invalid)));
        assert!(!passes(&invalid, &failed(FailureKind::Malformed)));
        assert!(passes(&malformed, &failed(FailureKind::Malformed)));
        assert!(!passes(&malformed, &failed(FailureKind::Invalid)));
        assert!(!passes(&invalid, &Outcome::Done));
    }

    #[test]
    fn other_wording_of_a_refusal_is_a_note() {
        let verdict = judge(
            &Wanted::Invalid("type mismatch".to_owned()),
            &failed(FailureKind::Invalid),
        );
        let DirectiveVerdict::Pass { note: Some(note) } = verdict else {
            panic!("{verdict:?}");
        };
        assert!(note.contains("type mismatch") && note.contains("the engine's words"));
    }

    #[test]
    fn traps_are_compared_by_code() {
        let trap = |text: &str, code| {
            passes(
                &Wanted::Trap(text.to_owned()),
                &failed(FailureKind::Trap(code)),
            )
        };
        assert!(trap("integer overflow", TrapCode::IntegerOverflow));
        assert!(!trap("integer overflow", TrapCode::IntegerDivideByZero));
        assert!(trap(
            "uninitialized element 7",
            TrapCode::UninitializedElement
        ));
        assert!(trap("out of bounds", TrapCode::OutOfBoundsTableAccess));
        assert!(!trap("out of bounds", TrapCode::Unreachable));
        assert!(trap("null array reference", TrapCode::NullReference));
        assert!(!trap("some text of a new proposal", TrapCode::Unreachable));
        assert!(trap("the engine's words", TrapCode::Other));
    }

    #[test]
    fn the_thread_of_a_trap_counts_where_it_is_named() {
        let wanted = Wanted::ThreadTrap {
            text: "unreachable".to_owned(),
            thread: 37,
        };
        let trap = |code, thread| {
            let mut failure = Failure::trap(code, "the engine's words");
            failure.thread = thread;
            passes(&wanted, &Outcome::Failed(failure))
        };
        assert!(trap(TrapCode::Unreachable, Some(37)));
        assert!(!trap(TrapCode::Unreachable, Some(36)));
        assert!(!trap(TrapCode::Unreachable, None));
        assert!(!trap(TrapCode::OutOfFuel, Some(37)));
    }

    #[test]
    fn a_refused_launch_has_its_kind_and_its_message() {
        let wanted = |message: &str| Wanted::Failure {
            kind: FailureKind::Limit,
            message: message.to_owned(),
        };
        assert!(passes(&wanted("words"), &failed(FailureKind::Limit)));
        assert!(!passes(&wanted("others"), &failed(FailureKind::Limit)));
        assert!(!passes(&wanted("words"), &failed(FailureKind::Arguments)));
        assert!(!passes(&wanted(""), &Outcome::Done));
    }

    #[test]
    fn a_trap_is_no_exhaustion_and_an_exception_no_trap() {
        let exhaustion = Wanted::Exhaustion("call stack exhausted".to_owned());
        let stack = failed(FailureKind::Trap(TrapCode::CallStackExhausted));
        assert!(passes(&exhaustion, &stack));
        assert!(!passes(
            &exhaustion,
            &failed(FailureKind::Trap(TrapCode::Unreachable))
        ));
        let unreachable = Wanted::Trap("unreachable".to_owned());
        assert!(!passes(&unreachable, &failed(FailureKind::Exception)));
        assert!(!passes(&unreachable, &Outcome::Returned(vec![])));
    }

    #[test]
    fn results_are_counted() {
        let one = Wanted::Returns(vec![Pattern::I32(1)]);
        assert!(passes(&one, &Outcome::Returned(vec![Value::I32(1)])));
        assert!(!passes(&one, &Outcome::Returned(vec![])));
        assert!(!passes(&one, &Outcome::Returned(vec![Value::I32(1); 2])));
        assert!(!passes(
            &Wanted::Returns(vec![]),
            &Outcome::Returned(vec![Value::I32(1)])
        ));
    }

    #[test]
    fn fuel_has_two_bounds() {
        let fuel = Wanted::Fuel { min: 5, max: 7 };
        let passes = |used| passes(&fuel, &Outcome::Fuel(used));
        assert_eq!([4, 5, 7, 8].map(passes), [false, true, true, false]);
    }

    #[test]
    fn a_changed_golden_shows_a_diff() {
        let wanted = Wanted::Golden {
            name: "a.txt".to_owned(),
            text: Some("one\ntwo\n".to_owned()),
        };
        let DirectiveVerdict::Fail { message } =
            judge(&wanted, &Outcome::Text("one\n2\n".to_owned()))
        else {
            panic!("it passed");
        };
        assert!(message.contains("-two\n+2\n"), "{message}");
    }
}
