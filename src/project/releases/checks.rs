//! What the schema cannot say about releases.

use super::placed::{Placed, placed};
use super::values::{Deployed, check_values};
use crate::project::clusters;
use crate::project::environments::members;
use crate::project::layout::Laid;
use crate::project::managed::check_previously;
use crate::project::names::{Taken, fault, twice};
use crate::project::problem::{Findings, Problem};

/// The longest name of a release.
/// <https://github.com/helm/helm/blob/main/pkg/chart/common/util/validate_name.go>
const LONGEST: usize = 53;

/// The longest name of a namespace.
const LONGEST_NAMESPACE: usize = 63;

/// Checks the releases of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    members(layout, "releases", "release", findings);
    let all = placed(layout);
    let mut taken = Taken::new();
    for placed in &all {
        let range = placed.range("name");
        findings.extend(fault("release-name", "release", placed.name, LONGEST, range));
        let namespace = &placed.release.namespace;
        let at = placed.range("namespace");
        findings.extend(fault("namespace", "namespace", namespace, LONGEST_NAMESPACE, at));
        let whole = placed.cluster.as_deref().unwrap_or_default();
        let whole = format!("{whole}/{namespace}/{}", placed.name);
        twice(&mut taken, &whole, range, findings);
        let previously = placed.release.previously.as_deref();
        let mut here = all.iter().filter(|it| it.laid.env() == placed.laid.env());
        let still = here.find(|it| Some(it.key.name.as_str()) == previously).map(|it| it.key);
        check_previously(placed.node, previously, still, findings);
        findings.extend(cluster(layout, placed));
        findings.extend(source(placed).or_else(|| locked(placed)));
        findings.extend(version(placed));
        values(placed, findings);
    }
}

fn values(placed: &Placed<'_>, findings: &mut Findings) {
    let Some(values) = placed.node.child("values") else { return };
    let path = format!("releases.{}.values", placed.key.name);
    let (laid, chart) = (placed.laid, &placed.release.chart);
    let under = placed.release.values_under.as_deref();
    check_values(Deployed { laid, chart, under, path: &path }, values, findings);
}

fn cluster(layout: &[Laid], placed: &Placed<'_>) -> Option<Problem> {
    let (written, range) = (&placed.release.cluster, placed.range("cluster"));
    if let (Some(_), Some(_)) = (written, &placed.release.context) {
        let message = "`cluster` and `context` both say where it is";
        let problem = Problem::error("release-cluster", range, message);
        return Some(problem.suggest("leave out one of the two".to_owned()));
    }
    if placed.cluster.is_some() {
        return None;
    }
    let laid = placed.laid;
    Some(match written.as_deref().or_else(|| clusters::only(laid)) {
        Some(key) => {
            let (message, near) = clusters::missing(layout, key, laid.env());
            let problem = Problem::error("reference", range, message);
            problem.expected("the key of a declared cluster").suggest(near)
        }
        None => {
            let message = "it does not say which cluster it is in";
            let problem = Problem::error("release-cluster", range, message);
            problem.expected("`cluster: KEY` of a declared one, or `context: NAME`")
        }
    })
}

/// A chart is in one place.
fn source(placed: &Placed<'_>) -> Option<Problem> {
    let chart = &placed.release.chart;
    let said = [&chart.repository, &chart.oci, &chart.path];
    let range = placed.range("chart");
    let problem = |message: &str| Problem::error("chart", range, message.to_owned());
    match said.iter().filter(|source| source.is_some()).count() {
        1 => {}
        0 => {
            let problem = problem("it does not say where the chart is");
            return Some(problem.expected("`repository: https://…`, `oci: oci://…` or `path: …`"));
        }
        _ => {
            let problem = problem("it says several places where the chart is");
            return Some(problem.expected("one of `repository`, `oci` and `path`"));
        }
    }
    let begins = |source: &Option<String>, with: &[&str]| {
        source.as_ref().is_none_or(|source| with.iter().any(|begin| source.starts_with(begin)))
    };
    if !begins(&chart.repository, &["https://", "http://"]) {
        let problem = problem("the repository has no address that Helm knows");
        return Some(problem.expected("`https://…`; for a registry say `oci: oci://…`"));
    }
    if !begins(&chart.oci, &["oci://"]) {
        return Some(problem("the registry has no address that Helm knows").expected("`oci://…`"));
    }
    None
}

/// A range of versions would be another chart tomorrow.
fn version(placed: &Placed<'_>) -> Option<Problem> {
    let version = &placed.release.chart.version;
    let node = placed.node.at(["chart", "version"])?;
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    let numbers = version.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default();
    let number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
    let good = version.chars().all(plain)
        && numbers.split('.').count() == 3
        && numbers.split('.').all(number);
    (!good).then(|| {
        let message = format!("`{version}` is not one version of a chart");
        Problem::error("chart-version", &node.range, message)
            .expected("one version with three numbers, as in `4.11.1`")
    })
}

/// A chart that nobody locked may be another one tomorrow, and its values cannot be checked.
fn locked(placed: &Placed<'_>) -> Option<Problem> {
    let chart = &placed.release.chart;
    if chart.path.is_some() || placed.laid.lock.of(chart).is_some() {
        return None;
    }
    let message = format!(
        "chart {} {} is not in stack.lock: its values are not checked, and nobody would see that \
         another chart took its place",
        chart.name, chart.version
    );
    let problem = Problem::warning("chart-not-locked", placed.range("chart"), message);
    Some(problem.suggest("run `leap-infra lock`, and commit stack.lock".to_owned()))
}
