//! Decides whether what was measured is slower than it was.
//!
//! Three classes of evidence that are never mixed: counts ([`exact`]), two
//! builds side by side ([`pairs`]), and stored nanoseconds ([`stored`], with
//! [`tail`] for their quantiles). `docs/baseline.md` has the rules.

pub mod calibrate;
pub mod exact;
pub mod explain;
pub mod history;
pub mod pairs;
pub mod statistics;
pub mod stored;
pub mod tail;
pub mod tightened;
pub mod verdict;

pub use pairs::CannotJudge;
