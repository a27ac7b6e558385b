//! Decides whether what was measured is slower than it was.
//!
//! Three classes of evidence that are never mixed: counts ([`exact`]), two
//! builds side by side ([`pairs`]), and stored nanoseconds ([`stored`], with
//! [`tail`] for their quantiles). `docs/baseline.md` has the rules.

pub mod calibrate;
pub mod exact;
pub mod explain;
mod findings;
pub mod measured;
pub mod pairs;
pub mod saved;
pub mod self_check;
pub mod statistics;
pub mod stored;
pub mod tail;
pub mod tightened;
pub mod verdict;

pub use findings::Findings;
pub use pairs::CannotJudge;
