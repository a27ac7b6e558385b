//! Reads what criterion leaves in `target/criterion/`: for each benchmark a
//! folder, however deep, with `new/benchmark.json`, `new/estimates.json` and
//! `new/sample.json`. Criterion 0.3 to 0.8 write them alike.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::Deserialize;

use super::{json, walk};
use crate::model::InputError;
use crate::model::bench::MetricName;

/// The files of one benchmark.
const FILES: [&str; 3] = ["benchmark.json", "estimates.json", "sample.json"];

/// The most bytes of one of them.
const LARGEST: u64 = 16 << 20;

/// What criterion found out about one benchmark.
#[derive(Clone, Debug, PartialEq)]
pub struct CriterionResult {
    /// Its id, as it was given to criterion: folders have other names.
    pub name: MetricName,
    /// The median, in nanoseconds of one iteration on the wall.
    pub median_ns: f64,
    /// Nanoseconds of one iteration, averaged over each of criterion's samples.
    pub samples: Vec<f64>,
    /// When it was written.
    pub written: SystemTime,
    /// Its folder.
    pub folder: PathBuf,
}

impl CriterionResult {
    /// What to say of a result that is older than what it should have measured.
    pub fn stale(&self, since: SystemTime) -> Option<InputError> {
        (self.written < since).then(|| {
            InputError::file(
                &self.folder,
                format!(
                    "`{}` was measured before this run; was the benchmark renamed, or left out?",
                    self.name
                ),
            )
        })
    }
}

#[derive(Deserialize)]
struct Benchmark {
    full_id: MetricName,
}

#[derive(Deserialize)]
struct Estimates {
    median: PointEstimate,
}

#[derive(Deserialize)]
struct PointEstimate {
    point_estimate: f64,
}

#[derive(Deserialize)]
struct Sample {
    iters: Vec<f64>,
    times: Vec<f64>,
}

/// The latest result of every benchmark below `folder`, by name. Links are not
/// followed.
///
/// # Errors
///
/// A folder that cannot be read, a benchmark one of whose files is missing or
/// malformed, a time that is none, or two benchmarks of one id.
pub fn read_criterion(folder: &Path) -> Result<Vec<CriterionResult>, InputError> {
    let mut places = BTreeSet::new();
    let mut seen = 0;
    walk::visit(folder, "", &|_, _| false, &mut |file| {
        seen += 1;
        let name = file.path.file_name().unwrap_or_default();
        let parent = file.path.parent().unwrap_or(folder);
        if file.kind.is_file() && parent.ends_with("new") && FILES.iter().any(|f| name == *f) {
            places.insert(parent.to_owned());
        }
        Ok(seen)
    })?;
    let mut results = Vec::with_capacity(places.len());
    let mut names = HashSet::new();
    for place in places {
        let result = read(place)?;
        if !names.insert(result.name.clone()) {
            return Err(InputError::file(
                result.folder,
                format!("a second result of `{}`", result.name),
            ));
        }
        results.push(result);
    }
    results.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(results)
}

fn read(folder: PathBuf) -> Result<CriterionResult, InputError> {
    let [benchmark, estimates, sample] = FILES.map(|name| folder.join(name));
    let Benchmark { full_id: name } = part(&benchmark)?;
    let Estimates { median } = part(&estimates)?;
    let Sample { iters, times } = part(&sample)?;
    let is_time = |time: f64| time.is_finite() && time > 0.0;
    let median_ns = median.point_estimate;
    if !is_time(median_ns) {
        return Err(InputError::file(
            estimates,
            format!("the median of `{name}` is {median_ns} ns; it should be above zero"),
        ));
    }
    let samples: Vec<f64> = times.iter().zip(&iters).map(|(time, n)| time / n).collect();
    if iters.len() != times.len() || samples.is_empty() || !samples.iter().all(|s| is_time(*s)) {
        return Err(InputError::file(
            sample,
            format!("`{name}` should have as many `iters` as `times`, all above zero"),
        ));
    }
    let written = estimates
        .metadata()
        .and_then(|metadata| metadata.modified())
        .map_err(|error| InputError::file(&estimates, format!("cannot be read: {error}")))?;
    Ok(CriterionResult {
        name,
        median_ns,
        samples,
        written,
        folder,
    })
}

fn part<T: for<'t> Deserialize<'t>>(file: &Path) -> Result<T, InputError> {
    // A link here could lead anywhere.
    if file.is_symlink() {
        return Err(InputError::file(file, "is a link; a file was expected"));
    }
    json::parse(file, &json::read(file, LARGEST)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The three files of a benchmark, as criterion 0.8 writes them.
    fn write(root: &Path, folder: &str, id: &str, median: &str) -> PathBuf {
        let folder = root.join(folder).join("new");
        std::fs::create_dir_all(&folder).unwrap();
        let estimate = format!(
            "{{\"confidence_interval\":{{\"confidence_level\":0.95,\"lower_bound\":1.0,\
             \"upper_bound\":2.0}},\"point_estimate\":{median},\"standard_error\":0.1}}"
        );
        let estimates = format!("{{\"mean\":{estimate},\"median\":{estimate},\"slope\":null}}");
        std::fs::write(folder.join("estimates.json"), estimates).unwrap();
        let benchmark = format!(
            "{{\"group_id\":\"g\",\"function_id\":\"f\",\"value_str\":null,\"throughput\":null,\
             \"full_id\":\"{id}\",\"directory_name\":\"d\",\"title\":\"t\"}}"
        );
        std::fs::write(folder.join("benchmark.json"), benchmark).unwrap();
        let sample = "{\"sampling_mode\":\"Linear\",\"iters\":[10.0,20.0],\"times\":[15.0,50.0]}";
        std::fs::write(folder.join("sample.json"), sample).unwrap();
        folder
    }

    #[test]
    fn results_are_found_however_deep_and_named_by_their_id() {
        let root = tempfile::tempdir().unwrap();
        let id = "jit_compile/emit_text/matmul[16x16x16]";
        write(
            root.path(),
            "jit_compile_emit_text/matmul[16x16x16]",
            id,
            "1.5",
        );
        write(
            root.path(),
            "a/b/c",
            "cold_start/capture/1048576",
            "25000000.0",
        );
        // What is not the latest result is not read.
        std::fs::create_dir_all(root.path().join("a/b/c/base")).unwrap();
        std::fs::write(root.path().join("a/b/c/base/estimates.json"), "{").unwrap();
        std::fs::write(root.path().join("index.html"), "").unwrap();
        let results = read_criterion(root.path()).unwrap();
        assert_eq!(results.len(), 2);
        assert_eq!(results[0].name.as_str(), "cold_start/capture/1048576");
        assert_eq!(results[1].name.as_str(), id);
        assert_eq!(results[1].samples, [1.5, 2.5]);
        assert!((results[1].median_ns - 1.5).abs() < f64::EPSILON);
        let now = SystemTime::now();
        assert_eq!(
            results[0].stale(now - std::time::Duration::from_secs(3600)),
            None
        );
        let later = now + std::time::Duration::from_secs(3600);
        assert!(
            results[0]
                .stale(later)
                .unwrap()
                .message
                .contains("before this run")
        );
    }

    #[test]
    fn what_is_missing_or_malformed_is_said_with_its_path() {
        let error = |file: &str, contents: Option<&str>| {
            let root = tempfile::tempdir().unwrap();
            let folder = write(root.path(), "g/f", "g/f", "1.5");
            match contents {
                Some(contents) => std::fs::write(folder.join(file), contents).unwrap(),
                None => std::fs::remove_file(folder.join(file)).unwrap(),
            }
            let error = read_criterion(root.path()).unwrap_err();
            assert!(error.file.ends_with(format!("g/f/new/{file}")), "{error}");
            error.message
        };
        for file in FILES {
            assert!(error(file, None).contains("cannot be read"), "{file}");
            assert!(error(file, Some("{")).contains("EOF"), "{file}");
        }
        let zero = "{\"median\": {\"point_estimate\": 0.0}}";
        assert!(error("estimates.json", Some(zero)).contains("above zero"));
        for sample in [
            "{\"iters\": [1.0], \"times\": [1.0, 2.0]}",
            "{\"iters\": [0.0], \"times\": [1.0]}",
            "{\"iters\": [], \"times\": []}",
        ] {
            assert!(
                error("sample.json", Some(sample)).contains("as many"),
                "{sample}"
            );
        }
        let root = tempfile::tempdir().unwrap();
        assert!(read_criterion(&root.path().join("nothing")).is_err());
        write(root.path(), "a", "same", "1.5");
        write(root.path(), "b", "same", "1.5");
        let twice = read_criterion(root.path()).unwrap_err();
        assert!(twice.message.contains("second result"), "{twice}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let outside = tempfile::tempdir().unwrap();
        write(outside.path(), "x", "outside", "1.5");
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("link")).unwrap();
        assert_eq!(read_criterion(root.path()), Ok(vec![]));
        let folder = write(root.path(), "g", "g", "1.5");
        std::fs::remove_file(folder.join("sample.json")).unwrap();
        let target = outside.path().join("x/new/sample.json");
        std::os::unix::fs::symlink(target, folder.join("sample.json")).unwrap();
        assert!(
            read_criterion(root.path())
                .unwrap_err()
                .message
                .contains("link")
        );
    }
}
