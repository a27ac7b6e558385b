//! What suites demand beyond their directives: floors, and what they let engines
//! refuse.

use std::io::Write as _;

use console::style;

use super::{json, many};
use crate::model::Summary;

/// The most reasons shown for which an engine refused something.
const SHOWN_REASONS: usize = 12;

/// Prints what engines refused in suites that let them, the most frequent reasons first.
pub(super) fn refused(summary: &Summary) {
    for suite in &summary.suites {
        let reasons = summary.refused(&suite.name);
        if reasons.is_empty() {
            continue;
        }
        let modules = reasons.iter().map(|(_, refused)| refused.modules).sum();
        out!(
            "{} {}: {}, and {} with them, for {}:",
            style("REFUSED").yellow(),
            suite.name,
            many(modules, "module"),
            many(suite.refused - modules, "directive"),
            many(reasons.len() as u64, "reason"),
        );
        for (reason, refused) in reasons.iter().take(SHOWN_REASONS) {
            let directives = many(refused.directives, "directive");
            out!(
                "    {}, {directives}: {reason}",
                many(refused.modules, "module")
            );
        }
        if reasons.len() > SHOWN_REASONS {
            out!("    and {} more", reasons.len() - SHOWN_REASONS);
        }
    }
}

/// Prints what passed of floors.
pub(super) fn floors(summary: &Summary) {
    for floor in &summary.floors {
        let sentence = json::floor(floor);
        match floor.is_met() {
            true => out!("{sentence}"),
            false => out!("{} {sentence}", style("FLOOR").red().bold()),
        }
    }
}
