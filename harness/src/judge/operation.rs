//! Whether an operation on a program got what it asks for, and what is said of
//! a program that went wrong.

use super::directive::{pass, unlike};
use crate::model::{DirectiveVerdict, ExitStatus, HttpResponse, Transcript, excerpt};

pub(super) fn output(from: &str, wanted: &str, got: &str) -> DirectiveVerdict {
    if wanted == got {
        return pass();
    }
    if wanted.is_empty() {
        return unlike(&format!("nothing more from {from}"), &excerpt(got));
    }
    let same = wanted.bytes().zip(got.bytes()).take_while(|(w, g)| w == g);
    let verdict = unlike(
        &format!("{} from {from}", excerpt(wanted)),
        &if got.is_empty() {
            "nothing".to_owned()
        } else {
            excerpt(got)
        },
    );
    let (same, shortest) = (same.count(), wanted.len().min(got.len()));
    match verdict {
        // A short text shows where it differs; a long one may not.
        DirectiveVerdict::Fail { message } if same < shortest && same > 20 => {
            DirectiveVerdict::Fail {
                message: format!("{message}\nthey differ from byte {same} on"),
            }
        }
        verdict => verdict,
    }
}

pub(super) fn exit(wanted: i32, status: &ExitStatus) -> DirectiveVerdict {
    if *status == ExitStatus::Code(wanted) {
        pass()
    } else {
        unlike(&format!("exit code {wanted}"), &status.to_string())
    }
}

pub(super) fn response(wanted: &HttpResponse, got: &HttpResponse) -> DirectiveVerdict {
    match got.difference(wanted) {
        None => pass(),
        Some((wanted, got)) => unlike(&wanted, &got),
    }
}

pub(super) fn called(name: &str, connections: u64) -> DirectiveVerdict {
    if connections > 0 {
        pass()
    } else {
        unlike(
            &format!("a call of the server `{name}`"),
            "none: the program never connected to it",
        )
    }
}

/// What a report says of a program besides what went wrong.
pub(super) fn transcript(transcript: &Transcript) -> String {
    let mut text = String::new();
    if let Some(status) = &transcript.status {
        text.push_str(&format!("\nthe program came to {status}"));
    }
    for (name, output) in [
        ("stdout", &transcript.stdout),
        ("stderr", &transcript.stderr),
    ] {
        let output = output.trim_end();
        if !output.is_empty() {
            text.push_str(&format!("\n{name}:"));
            for line in output.lines() {
                text.push_str(&format!("\n  {line}"));
            }
        }
    }
    if !transcript.command.is_empty() {
        text.push_str(&format!("\ncommand: {}", transcript.command));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn message(verdict: DirectiveVerdict) -> String {
        match verdict {
            DirectiveVerdict::Fail { message } => message,
            DirectiveVerdict::Pass { .. } => panic!("it passed"),
        }
    }

    fn passes(verdict: &DirectiveVerdict) -> bool {
        matches!(verdict, DirectiveVerdict::Pass { .. })
    }

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        HttpResponse {
            status,
            headers: headers.iter().map(owned).collect::<BTreeMap<_, _>>(),
            body: body.to_owned(),
        }
    }

    #[test]
    fn output_is_compared_byte_by_byte() {
        assert!(passes(&output("stdout", "a\n", "a\n")));
        assert!(!passes(&output("stdout", "a\n", "a")));
        assert!(!passes(&output("stdout", "a", "a\n")));
        assert!(message(output("stdout", "", "b")).contains("nothing more from stdout"));
        assert!(message(output("stdout", "a", "")).contains("got nothing"));
    }

    #[test]
    fn only_the_wanted_exit_code_passes() {
        assert!(passes(&exit(3, &ExitStatus::Code(3))));
        assert!(!passes(&exit(0, &ExitStatus::Code(3))));
        let killed = |sent| ExitStatus::Signal {
            name: "SIGINT".to_owned(),
            sent,
        };
        assert!(message(exit(0, &killed(true))).contains("which the case sent"));
        assert!(!passes(&exit(2, &killed(false))));
    }

    #[test]
    fn an_answer_has_the_status_the_headers_and_the_body() {
        let wanted = answer(200, &[("Content-Type", "text/plain")], "hey");
        let right = [("content-type", "text/plain"), ("date", "today")];
        assert!(passes(&response(&wanted, &answer(200, &right, "hey"))));
        let differs = |got: HttpResponse| message(response(&wanted, &got));
        assert!(differs(answer(404, &right, "gone")).contains("status 404 with the body \"gone\""));
        assert!(differs(answer(200, &[], "hey")).contains("an answer without it"));
        let other = [("content-type", "text/html")];
        assert!(differs(answer(200, &other, "hey")).contains("text/html"));
        assert!(differs(answer(200, &right, "")).contains("the body \"hey\""));
    }

    #[test]
    fn a_server_must_be_called() {
        assert!(passes(&called("main", 1)));
        assert!(message(called("main", 0)).contains("`main`"));
    }
}
