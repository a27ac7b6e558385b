//! What was stored, and what it says of what was measured.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::{Against, Bench, Counted, plan};
use crate::discover::{self, CriterionResult};
use crate::execute::bench::Measured;
use crate::judge::bench::exact::against_exact;
use crate::judge::bench::explain::apply_explanations;
use crate::judge::bench::statistics::{lower_quartile, median, standard_deviation};
use crate::judge::bench::stored::{against_stored, why_advisory};
use crate::judge::bench::tail::against_limit;
use crate::model::EngineSpec;
use crate::model::bench::{
    ArmInfo, Baseline, BenchReport, Clock, ExactKind, MeasuredMetric, MetricName, PairedRounds,
    Phase, ProcessTimings,
};
use crate::pipeline::input::CannotRun;

/// How many single latencies the highest quantile needs, and some more: an upper
/// bound of p99.9 at 97.5 % exists from 3,688 samples on.
const LATENCIES: [(f64, u64); 3] = [(0.95, 400), (0.99, 2_000), (1.0, 10_000)];

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
            stored.criterion = discover::read_criterion(&config.criterion)?;
            stored.check_age(config)?;
        }
        Ok(stored)
    }

    /// What criterion measured before this build was made says nothing of it.
    fn check_age(&self, config: &Bench) -> Result<(), CannotRun> {
        let built = config.current.worker.metadata();
        let built = built.and_then(|metadata| metadata.modified());
        let built = built.unwrap_or(SystemTime::UNIX_EPOCH);
        for result in &self.criterion {
            if !plan::selected(&result.name, &config.only) {
                continue;
            }
            if let Some(stale) = result.stale(built) {
                return Err(CannotRun::new(format!(
                    "{stale}. Run the criterion benchmarks again: docs/benchmarking.md"
                )));
            }
        }
        Ok(())
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
            .filter_map(|metric| {
                // Of one process; rounds are the difference of two.
                let spread = metric.spread_pct? / 100.0 * std::f64::consts::SQRT_2;
                Some((metric.name.clone(), spread))
            })
            .collect()
    }

    /// The operations of a variant whose tails have limits, and how many
    /// latencies to measure of each.
    pub(super) fn tails(&self, config: &Bench, spec: &EngineSpec) -> Vec<(String, u64)> {
        if !matches!(config.against, Against::Baseline { .. }) {
            return Vec::new();
        }
        let metrics = self.baseline.iter().flat_map(|baseline| &baseline.metrics);
        metrics
            .filter(|metric| !metric.tail.is_empty())
            .filter(|metric| plan::selected(&metric.name, &config.only))
            .filter_map(|metric| {
                let rest = metric.name.as_str().strip_prefix("operation/")?;
                let operation = rest.strip_suffix(&format!("/{}", spec.variant))?;
                let highest = metric.tail.iter().map(|tail| tail.quantile);
                let highest = highest.fold(0.0, f64::max);
                let (_, samples) = LATENCIES.iter().find(|(up_to, _)| highest <= *up_to)?;
                Some((operation.to_owned(), *samples))
            })
            .collect()
    }

    /// Judges by everything that is stored, and lets explanations answer.
    pub(super) fn judge(
        &self,
        config: &Bench,
        report: &mut BenchReport,
        counted: &Counted,
        variants: &[EngineSpec],
        tails: &[(MetricName, Vec<u64>)],
    ) -> Result<(), CannotRun> {
        report
            .measured
            .extend(self.criterion.iter().map(|result| MeasuredMetric {
                metric: result.name.clone(),
                median_ns: result.median_ns,
                spread_pct: None,
                processes: 1,
            }));
        report.measured.sort_by(|a, b| a.metric.cmp(&b.metric));
        let expects = |metric: &MetricName| {
            plan::selected(metric, &config.only) && is_of(metric, variants, config)
        };
        if let Against::Build(_) = config.against {
            let exact = against_exact(&counted.baseline, &counted.current, &expects);
            report.judged.extend(exact.judged);
            report
                .problems
                .extend(exact.problems.iter().map(ToString::to_string));
            report.warnings.extend(exact.warnings);
        }
        if let (Against::Baseline { .. }, Some(baseline)) = (&config.against, &self.baseline) {
            let exact = against_exact(&baseline.exact, &counted.current, &expects);
            report.judged.extend(exact.judged);
            report
                .problems
                .extend(exact.problems.iter().map(ToString::to_string));
            report.warnings.extend(exact.warnings);
            let today: Vec<(MetricName, f64)> = report
                .measured
                .iter()
                .map(|measured| (measured.metric.clone(), measured.median_ns))
                .collect();
            let stored = against_stored(baseline, &report.fingerprint, &today, &expects);
            report.judged.extend(stored.judged);
            report
                .problems
                .extend(stored.problems.iter().map(ToString::to_string));
            report.warnings.extend(stored.warnings);
            self.judge_tails(baseline, report, tails);
        }
        let mut names: Vec<MetricName> = report
            .judged
            .iter()
            .map(|judged| judged.metric.clone())
            .collect();
        names.extend(self.baseline.iter().flat_map(|baseline| {
            let timed = baseline.metrics.iter().map(|metric| metric.name.clone());
            timed.chain(baseline.exact.iter().map(|exact| exact.metric.clone()))
        }));
        if !matches!(config.against, Against::Nothing) {
            let explanations = discover::read_explanations(&config.explanations, &names)?;
            apply_explanations(&mut report.judged, &explanations);
        }
        report
            .judged
            .sort_by(|a, b| (a.rule, &a.metric).cmp(&(b.rule, &b.metric)));
        Ok(())
    }

    fn judge_tails(
        &self,
        baseline: &Baseline,
        report: &mut BenchReport,
        tails: &[(MetricName, Vec<u64>)],
    ) {
        let advisory = why_advisory(baseline, &report.fingerprint);
        for (metric, ns) in tails {
            let samples: Vec<f64> = ns.iter().map(|ns| *ns as f64).collect();
            let limits = baseline
                .metrics
                .iter()
                .filter(|stored| stored.name == *metric);
            for tail in limits.flat_map(|stored| &stored.tail) {
                match against_limit(metric, tail, &samples, advisory.is_none()) {
                    Ok(mut judged) => {
                        if judged.remark.is_none() {
                            judged.remark.clone_from(&advisory);
                        }
                        report.judged.push(judged);
                    }
                    Err(error) => report.problems.push(error.to_string()),
                }
            }
        }
    }
}

/// Whether a name is not one of those the harness gives.
pub(super) fn is_criterion(metric: &MetricName) -> bool {
    let first = metric.as_str().split('/').next().unwrap_or_default();
    let ours = Phase::ALL.iter().any(|phase| phase.name() == first)
        || ExactKind::ALL.iter().any(|kind| kind.name() == first);
    !ours
}

/// Whether a metric belongs to this run: of one of its variants, or
/// criterion's. A baseline may hold several variants, and a run one.
fn is_of(metric: &MetricName, variants: &[EngineSpec], config: &Bench) -> bool {
    if is_criterion(metric) {
        return config.from.is_none() && config.modules.is_empty();
    }
    let variant = metric.as_str().rsplit('/').next().unwrap_or_default();
    let counted = !metric.as_str().starts_with(ExactKind::Instructions.name());
    counted && variants.iter().any(|spec| spec.variant == variant)
}

/// The statistic of one process: the lower quartile of its CPU times.
fn statistic(timings: &ProcessTimings) -> Option<f64> {
    let times: Vec<f64> = timings
        .timings
        .iter()
        .map(|timing| match timings.clock {
            Clock::Wall => timing.wall_ns,
            Clock::ThreadCpu | Clock::ProcessCpu => timing.cpu_ns,
        })
        .collect();
    lower_quartile(&times)
}

fn summary(metric: &MetricName, processes: &[&ProcessTimings]) -> Option<MeasuredMetric> {
    let statistics: Vec<f64> = processes
        .iter()
        .filter_map(|timings| statistic(timings))
        .collect();
    let logarithms: Vec<f64> = statistics.iter().map(|ns| ns.ln()).collect();
    Some(MeasuredMetric {
        metric: metric.clone(),
        median_ns: median(&statistics)?,
        spread_pct: standard_deviation(&logarithms).map(|spread| spread * 100.0),
        processes: u32::try_from(statistics.len()).unwrap_or(u32::MAX),
    })
}

/// What processes without a comparison measured.
pub(super) fn measured(measured: &Measured) -> Option<MeasuredMetric> {
    let processes: Vec<&ProcessTimings> = measured.processes.iter().collect();
    summary(&measured.metric, &processes)
}

/// What the current build measured in the first stage.
pub(super) fn measured_of_rounds(rounds: &[PairedRounds]) -> Vec<MeasuredMetric> {
    let first = rounds.iter().filter(|paired| paired.stage == 1);
    first
        .filter_map(|paired| {
            let processes: Vec<&ProcessTimings> =
                paired.rounds.iter().map(|round| &round.current).collect();
            summary(&paired.metric, &processes)
        })
        .collect()
}
