//! What was stored, and what it says of what was measured.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::run::Counted;
use super::save::Saved;
use super::{Against, Bench, plan};
use crate::discover::{self, CriterionResult};
use crate::judge::bench::Findings;
use crate::judge::bench::exact::{self, against_exact};
use crate::judge::bench::explain::apply_explanations;
use crate::judge::bench::stored::{against_stored, give_way, no_say};
use crate::judge::bench::tail::against_limits;
use crate::model::EngineSpec;
use crate::model::bench::{
    ArmInfo, Baseline, BenchReport, ExactKind, ExactReading, Explanation, HIGHEST_QUANTILE,
    MeasuredMetric, MetricName, Phase,
};
use crate::pipeline::input::CannotRun;

/// How many single latencies the highest quantile needs, and some more: an upper
/// bound of p99.9 at 97.5 % exists from 3,688 samples on.
const LATENCIES: [(f64, u64); 3] = [(0.95, 400), (0.99, 2_000), (HIGHEST_QUANTILE, 10_000)];

/// What was known before the run.
pub(super) struct Stored {
    /// The baseline, where there is one to compare with.
    pub(super) baseline: Option<Baseline>,
    /// Criterion's results, where the baseline or the run is about them.
    pub(super) criterion: Vec<CriterionResult>,
}

impl Stored {
    /// Reads the baseline and what criterion measured.
    pub(super) fn read(config: &Bench) -> Result<Stored, CannotRun> {
        let wanted = matches!(config.against, Against::Baseline { .. });
        let baseline = match wanted || (config.save.is_some() && config.baseline.exists()) {
            true => Some(discover::read_baseline(&config.baseline)?),
            false => None,
        };
        let mut stored = Stored {
            baseline,
            criterion: Vec::new(),
        };
        let named = |baseline: &Baseline| {
            let mut metrics = baseline.metrics.iter();
            metrics.any(|metric| {
                metric.regression_check
                    && is_criterion(&metric.name)
                    && plan::selected(&metric.name, &config.only)
            })
        };
        let is_about_criterion = stored.baseline.as_ref().is_some_and(named);
        if is_about_criterion || (config.save.is_some() && config.criterion.is_dir()) {
            let mut found = discover::read_criterion(&config.criterion)?;
            found.retain(|result| plan::selected(&result.name, &config.only));
            stored.criterion = fresh(config, found, is_about_criterion)?;
        }
        let lost = stored.lost(config);
        if !lost.is_empty() {
            return Err(CannotRun::new(format!(
                "{}: criterion has no result of {}, and a new baseline would not have it. Run \
                 the criterion benchmarks, or take it out of the baseline",
                config.baseline.display(),
                lost.join(", ")
            )));
        }
        Ok(stored)
    }

    /// Every name the baseline knows.
    pub(super) fn names(&self) -> Vec<MetricName> {
        let baseline = self.baseline.iter();
        baseline
            .flat_map(|baseline| {
                let timed = baseline.metrics.iter().map(|metric| metric.name.clone());
                timed.chain(baseline.exact.iter().map(|exact| exact.metric.clone()))
            })
            .collect()
    }

    /// Whether the baseline says of a metric that nothing depends on it.
    fn is_unchecked(&self, name: &MetricName) -> bool {
        let mut metrics = self.baseline.iter().flat_map(|baseline| &baseline.metrics);
        metrics.any(|metric| metric.name == *name && !metric.regression_check)
    }

    /// What the baseline was, for a run that builds nothing else.
    pub(super) fn info(&self) -> Option<ArmInfo> {
        let baseline = self.baseline.as_ref()?;
        Some(match &baseline.origin {
            None => ArmInfo {
                label: "stored".to_owned(),
                commit: None,
                wasmtime: None,
            },
            Some(origin) => ArmInfo {
                label: format!(
                    "{}, stored",
                    origin.commit.chars().take(12).collect::<String>()
                ),
                commit: Some(origin.commit.clone()),
                wasmtime: origin.wasmtime.clone(),
            },
        })
    }

    /// The spreads of the baseline's metrics, as ratios.
    pub(super) fn spreads(&self) -> BTreeMap<MetricName, f64> {
        let metrics = self.baseline.iter().flat_map(|baseline| &baseline.metrics);
        metrics
            // Of what has no say nothing has to be found.
            .filter(|metric| no_say(metric).is_none())
            .filter_map(|metric| Some((metric.name.clone(), metric.spread_pct? / 100.0)))
            .collect()
    }

    /// How many latencies the limits on a metric's tail need; none without limits.
    pub(super) fn latencies(&self, config: &Bench, metric: &MetricName) -> Option<u64> {
        let is_wanted = matches!(config.against, Against::Baseline { .. });
        let baseline = self.baseline.as_ref().filter(|_| is_wanted)?;
        let mut metrics = baseline.metrics.iter();
        let stored = metrics.find(|stored| stored.name == *metric)?;
        let quantiles = stored.tail.iter().map(|tail| tail.quantile);
        let highest = quantiles.max_by(f64::total_cmp)?;
        let (_, samples) = LATENCIES.iter().find(|(up_to, _)| highest <= *up_to)?;
        Some(*samples)
    }

    /// Criterion's metrics of a baseline that is to be replaced, of which there is no
    /// result: they would be gone.
    fn lost(&self, config: &Bench) -> Vec<&str> {
        let saving = config.save.as_ref();
        if saving.is_none_or(|saving| saving.what != Saved::Baseline) {
            return Vec::new();
        }
        let metrics = self.baseline.iter().flat_map(|baseline| &baseline.metrics);
        let is_lost = |name: &&MetricName| {
            let mut results = self.criterion.iter();
            is_criterion(name) && !results.any(|result| result.name == **name)
        };
        let names = metrics.map(|metric| &metric.name).filter(is_lost);
        names.map(MetricName::as_str).collect()
    }

    /// Judges by everything that is stored, and lets explanations answer.
    pub(super) fn judge(&self, config: &Bench, variants: &Variants, found: Found<'_>) {
        let Found {
            report,
            counted,
            tails,
            explanations,
        } = found;
        let criterion = self.criterion.iter().map(|result| MeasuredMetric {
            metric: result.name.clone(),
            median_ns: result.median_ns,
            spread_pct: None,
            processes: 1,
            each_ns: result.samples.clone(),
        });
        report.measured.extend(criterion);
        report.measured.sort_by(|a, b| a.metric.cmp(&b.metric));
        let today: Vec<(MetricName, f64)> = report
            .measured
            .iter()
            .map(|measured| (measured.metric.clone(), measured.median_ns))
            .collect();
        let is_ours = |metric: &MetricName| {
            plan::selected(metric, &config.only) && variants.are_about(metric, config)
        };
        let expects = |metric: &MetricName| {
            let is_here = today.iter().any(|(name, _)| name == metric);
            is_ours(metric) && (is_here || !self.is_unchecked(metric))
        };
        let here = report.fingerprint.clone();
        match (&config.against, &self.baseline) {
            (Against::Build(_), _) => {
                let exact = against_exact(&counted.baseline, &counted.current, None, expects);
                take(report, exact);
            }
            (Against::Baseline { .. }, Some(baseline)) => {
                let elsewhere = exact::why_advisory(baseline, &here);
                let elsewhere = elsewhere.as_deref();
                let (then, now) = (&counted.baseline, &counted.current);
                // What both builds were counted for now says more than the file,
                // and what was not to be counted is not missed.
                let [live, stored]: [Vec<_>; 2] = [true, false].map(|is_live| {
                    let is_live = |reading: &&ExactReading| {
                        is_live == (reading.kind.is_of_callgrind() && !then.is_empty())
                    };
                    now.iter().filter(is_live).cloned().collect()
                });
                let is_counted = |reading: &&ExactReading| {
                    !reading.kind.is_of_callgrind() || (config.instructions && then.is_empty())
                };
                let before: Vec<_> = baseline.exact.iter().filter(is_counted).cloned().collect();
                take(report, against_exact(then, &live, None, expects));
                take(report, against_exact(&before, &stored, elsewhere, expects));
                take(report, against_stored(baseline, &here, &today, expects));
                take(report, against_limits(baseline, &here, tails, expects));
                give_way(&mut report.judged, baseline);
                apply_explanations(&mut report.judged, explanations);
            }
            _ => {}
        }
        report
            .judged
            .sort_by(|a, b| (a.rule, &a.metric).cmp(&(b.rule, &b.metric)));
    }
}

fn take(report: &mut BenchReport, findings: Findings) {
    report.judged.extend(findings.judged);
    let problems = findings.problems.iter().map(ToString::to_string);
    report.problems.extend(problems);
    report.warnings.extend(findings.warnings);
}

/// What a run has found, to be judged.
pub(super) struct Found<'a> {
    pub(super) report: &'a mut BenchReport,
    pub(super) counted: &'a Counted,
    pub(super) tails: &'a [(MetricName, Vec<u64>)],
    pub(super) explanations: &'a [Explanation],
}

/// The variants of the engine, and those of this run.
pub(super) struct Variants {
    pub(super) known: Vec<String>,
    pub(super) run: Vec<EngineSpec>,
}

impl Variants {
    /// Whether a metric belongs to this run: of one of its variants, of none
    /// that there is any more, or criterion's.
    fn are_about(&self, metric: &MetricName, config: &Bench) -> bool {
        if is_criterion(metric) {
            return config.from.is_none() && config.modules.is_empty();
        }
        let variant = metric.as_str().rsplit('/').next().unwrap_or_default();
        let is_known = self.known.iter().any(|known| known == variant);
        !is_known || self.run.iter().any(|spec| spec.variant == variant)
    }
}

/// What criterion measured before this build was made says nothing of it: an
/// error where it is asked for, and left out where it only lies there.
fn fresh(
    config: &Bench,
    found: Vec<CriterionResult>,
    is_asked_for: bool,
) -> Result<Vec<CriterionResult>, CannotRun> {
    let built = config.current.worker.metadata();
    let built = built.and_then(|metadata| metadata.modified());
    let built = built.unwrap_or(SystemTime::UNIX_EPOCH);
    let stale = found.iter().find_map(|result| result.stale(built));
    if let Some(stale) = stale.filter(|_| is_asked_for) {
        return Err(CannotRun::new(format!(
            "{stale}. Run the criterion benchmarks again: docs/benchmarking.md"
        )));
    }
    let fresh = found.into_iter();
    Ok(fresh
        .filter(|result| result.stale(built).is_none())
        .collect())
}

/// Whether a name is not one of those the harness gives.
pub(super) fn is_criterion(metric: &MetricName) -> bool {
    let first = metric.as_str().split('/').next().unwrap_or_default();
    let ours = Phase::ALL.iter().any(|phase| phase.name() == first)
        || ExactKind::ALL.iter().any(|kind| kind.name() == first);
    !ours
}
