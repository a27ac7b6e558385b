//! Which metrics a run is about.

use glob::Pattern;

use crate::model::bench::MetricName;

/// Selects metrics by their names: a glob, in which `*` also stands for `/`, or
/// a word that the name contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricFilter {
    text: String,
    pattern: Pattern,
}

impl MetricFilter {
    /// Reads a filter.
    ///
    /// # Errors
    ///
    /// A malformed glob.
    pub fn new(text: &str) -> Result<MetricFilter, glob::PatternError> {
        let is_glob = text.contains(['*', '?', '[']);
        let pattern = match is_glob {
            true => Pattern::new(text)?,
            false => Pattern::new(&format!("*{}*", Pattern::escape(text)))?,
        };
        Ok(MetricFilter {
            text: text.to_owned(),
            pattern,
        })
    }

    /// The filter as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it selects this metric.
    pub fn selects(&self, metric: &MetricName) -> bool {
        self.pattern.matches(metric.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selects(filter: &str, name: &str) -> bool {
        let name = MetricName::new(name).unwrap();
        MetricFilter::new(filter).unwrap().selects(&name)
    }

    #[test]
    fn a_word_is_looked_for_and_a_glob_matches_the_whole_name() {
        assert!(selects("fib", "execute/fib/cranelift"));
        assert!(selects("execute/*", "execute/fib/cranelift"));
        assert!(selects("*/winch", "compile/fib/winch"));
        assert!(!selects("execute/fib*x", "execute/fib/cranelift"));
        assert!(!selects("fib/execute", "execute/fib/cranelift"));
        assert!(selects("execute/fib/cranelift", "execute/fib/cranelift"));
        assert!(MetricFilter::new("a[").is_err());
    }

    #[test]
    fn brackets_of_criterion_names_can_be_written() {
        assert!(selects(
            "*matmul[[]16*",
            "jit_compile/emit_text/matmul[16x16x16]"
        ));
    }
}
