//! What `bench-results/explanations.toml` says.

use glob::{MatchOptions, Pattern, PatternError};

use super::MetricName;

/// Why metrics may be slower than they were.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// Which metrics.
    pub metric: MetricPattern,
    /// The commit that made them so, as 7 to 40 hexadecimal digits.
    pub commit: String,
    /// By how much at most, in percent. More is not covered.
    pub up_to_pct: f64,
    /// Why.
    pub reason: String,
}

/// A glob over names of metrics; `*` stays between two `/`, `**` does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricPattern(Pattern);

impl MetricPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// A glob that is malformed.
    pub fn parse(text: &str) -> Result<MetricPattern, PatternError> {
        Ok(MetricPattern(Pattern::new(text)?))
    }

    /// Whether it is about this metric: by its pattern, or because the pattern
    /// is the name. Names of benchmarks may have brackets.
    pub fn matches(&self, name: &MetricName) -> bool {
        let options = MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: false,
        };
        self.0.as_str() == name.as_str() || self.0.matches_with(name.as_str(), options)
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_matches_itself() {
        let matches = |pattern: &str, name: &str| {
            let name = MetricName::new(name).unwrap();
            MetricPattern::parse(pattern).unwrap().matches(&name)
        };
        let name = "jit_compile/emit_text/matmul[16x16x16]";
        assert!(matches(name, name));
        assert!(matches("jit_compile/*/*", name));
        assert!(matches("jit_compile/**", name));
        assert!(!matches("jit_compile/*", name));
        assert!(!matches("execute/*/*", name));
    }
}
