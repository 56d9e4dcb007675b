//! What the schema cannot say about uptime checks.

use super::expand::span;
use super::placed::{Placed, placed};
use super::settings::Region;
use crate::project::environments::members;
use crate::project::layout::Laid;
use crate::project::managed::check_previously;
use crate::project::names::{Taken, fault, suffix, twice};
use crate::project::problem::{Findings, Problem};
use std::collections::BTreeMap;

/// The longest name that we give: that of other things.
const LONGEST: usize = 63;

/// How often a check can be made, in seconds.
/// <https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.uptimeCheckConfigs>
const PERIODS: [u32; 4] = [60, 300, 600, 900];

/// So many checks a project makes in a month for nothing.
/// <https://cloud.google.com/stackdriver/pricing#monitoring-costs>, 2026-11
const FREE: u64 = 1_000_000;

/// The seconds of a month, as prices count it: 730 hours.
const MONTH: u64 = 730 * 3600;

/// Checks the uptime checks of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    members(layout, "uptime", "uptime check", findings);
    let checks = placed(layout);
    let mut taken = Taken::new();
    for placed in &checks {
        let range = placed.range("name");
        findings.extend(fault("uptime-name", "uptime check", &placed.name, LONGEST, range));
        findings.extend(suffix(placed.laid, &placed.name, range));
        twice(&mut taken, &placed.name, range, findings);
        let previously = placed.check.previously.as_deref();
        let mut all = checks.iter().filter(|it| it.laid.env() == placed.laid.env());
        let still = all.find(|it| Some(it.key.name.as_str()) == previously).map(|it| it.key);
        check_previously(placed.node, previously, still, findings);
        findings.extend(times(placed));
        findings.extend(places(placed));
        findings.extend(text(placed));
    }
    findings.extend(cost(&checks));
}

fn times(placed: &Placed<'_>) -> Option<Problem> {
    let (every, timeout) = (span(&placed.check.every), span(&placed.check.timeout));
    let problem = |setting: &str, message: String| {
        Problem::error("uptime-times", placed.range(setting), message)
    };
    if !PERIODS.contains(&every) {
        let message = format!("nothing can be asked for every `{}`", placed.check.every);
        let expected = "`1 minute`, `5 minutes`, `10 minutes` or `15 minutes`";
        return Some(problem("every", message).expected(expected));
    }
    if !(1..=60).contains(&timeout) {
        let message = format!("`{}` is no time to wait for an answer", placed.check.timeout);
        return Some(problem("timeout", message).expected("from 1 second to 60 seconds"));
    }
    None
}

fn places(placed: &Placed<'_>) -> Option<Problem> {
    let from = &placed.check.from;
    let total: u64 = from.iter().map(|region| region.places()).sum();
    (!from.is_empty() && total < 3).then(|| {
        let message = "it is asked from too few places to tell who is at fault";
        let problem = Problem::error("uptime-places", placed.range("from"), message);
        problem.expected("three places; `usa` alone has as many")
    })
}

fn text(placed: &Placed<'_>) -> Option<Problem> {
    let text = placed.check.expects.text.as_ref()?;
    let node = placed.node.at(["expects", "text"])?;
    (text.is_empty() || text.len() > 1024).then(|| {
        let problem = Problem::error("uptime-text", &node.range, "it cannot be looked for that");
        problem.expected("a text of 1 to 1024 bytes")
    })
}

/// Checks are free to a bound; beyond it somebody should know.
fn cost(checks: &[Placed<'_>]) -> Vec<Problem> {
    let mut runs: BTreeMap<&str, (u64, &Placed<'_>)> = BTreeMap::new();
    for placed in checks {
        let from = &placed.check.from;
        let everywhere = [Region::Usa, Region::Europe, Region::SouthAmerica, Region::AsiaPacific];
        let from = if from.is_empty() { everywhere.as_slice() } else { from.as_slice() };
        let places: u64 = from.iter().map(|region| region.places()).sum();
        let project = placed.laid.declaration.cloud.project.as_str();
        let entry = runs.entry(project).or_insert((0, placed));
        entry.0 += MONTH / u64::from(span(&placed.check.every).max(1)) * places;
    }
    let too_many = runs.into_iter().filter(|(_, (runs, _))| *runs > FREE);
    let problem = |(project, (runs, first)): (&str, (u64, &Placed<'_>))| {
        let message = format!(
            "the checks of project {project} are made {runs} times a month, of which {FREE} are \
             free; each 1000 more cost $0.30, which `cost` does not count"
        );
        let problem = Problem::warning("uptime-cost", &first.key.range, message);
        problem.suggest("ask less often, or from fewer places".to_owned())
    };
    too_many.map(problem).collect()
}
