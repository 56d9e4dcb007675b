//! The releases that a monitoring is made of: which charts, in which versions, and what must exist
//! first.

use super::made::{Made, Watched};
use super::values::{alertmanager, blackbox, front, grafana, guard, prometheus, usage};
use crate::project::releases::Chart;
use serde_json::{Map, Value};

/// The charts that this program was made with: what both a stack and their makers call them, the
/// version, and the repository that they are in.
const CHARTS: [(&str, &str, &str); 7] = [
    ("prometheus", "27.39.0", "https://prometheus-community.github.io/helm-charts"),
    (BLACKBOX, "11.4.0", "https://prometheus-community.github.io/helm-charts"),
    ("grafana", "9.2.10", "https://grafana.github.io/helm-charts"),
    ("ingress-nginx", "4.13.3", "https://kubernetes.github.io/ingress-nginx"),
    ("cert-manager", "v1.18.2", "https://charts.jetstack.io"),
    ("cryptnono", "0.3.1", "https://cryptnono.github.io/cryptnono/"),
    ("jupyterhub-groups-exporter", "1.1.0", "https://2i2c.org/jupyterhub-groups-exporter/"),
];

/// What asks hubs from outside.
const BLACKBOX: &str = "prometheus-blackbox-exporter";

/// What a release waits for beside what it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// Nothing.
    Nothing,
    /// What signs certificates and lets people in: it has an address that people find.
    Front,
}

/// A release that a monitoring is made of.
pub(super) struct Release {
    /// Its name.
    pub(super) name: String,
    /// The chart.
    pub(super) chart: Chart,
    /// What the chart is told.
    pub(super) values: Value,
    /// What it waits for.
    pub(super) after: After,
    /// The hub that it belongs to, in whose namespace it is then.
    pub(super) hub: Option<Watched>,
}

/// What the charts are called that a stack can say the version and values of.
pub(super) fn chart_names() -> impl Iterator<Item = &'static str> {
    CHARTS.into_iter().map(|(name, ..)| name)
}

/// Every release, what lets people in first.
pub(super) fn releases(made: &Made<'_>) -> Vec<Release> {
    let monitoring = made.placed.monitoring;
    let mut all = Vec::new();
    if let Some(ingress) = &monitoring.ingress {
        all.push(here(made, "ingress-nginx", front::ingress(made, ingress), After::Nothing));
    }
    if monitoring.certificates.is_some() {
        all.push(here(made, "cert-manager", front::certificates(made), After::Nothing));
    }
    if let Some(settings) = &monitoring.prometheus {
        let mut values = prometheus::values(made, settings);
        super::values::lay(&mut values, alertmanager::values(made));
        let after = if settings.domain.is_some() { After::Front } else { After::Nothing };
        all.push(here(made, "prometheus", values, after));
        all.push(here(made, BLACKBOX, blackbox::values(made), After::Nothing));
    }
    if let Some(settings) = &monitoring.grafana {
        all.push(here(made, "grafana", grafana::values(made, settings), After::Front));
    }
    if monitoring.mining_guard {
        all.push(here(made, "cryptnono", guard::values(), After::Nothing));
    }
    if monitoring.usage_by_category {
        all.extend(exporters(made));
    }
    all
}

/// What tells of teams runs beside every hub that is deployed from here.
fn exporters(made: &Made<'_>) -> Vec<Release> {
    let one = |hub: Watched| {
        let values = usage::values(made);
        let release = here(made, "jupyterhub-groups-exporter", values, After::Nothing);
        Release { name: "groups-exporter".to_owned(), hub: Some(hub), ..release }
    };
    let deployed = made.hubs().into_iter().filter(|hub| hub.release.is_some());
    deployed.map(one).collect()
}

/// A release in the namespace of the monitoring, with the last word of the stack in its values.
fn here(made: &Made<'_>, of: &str, mut values: Value, after: After) -> Release {
    let own = made.placed.monitoring.values.get(of).cloned().unwrap_or_else(Map::new);
    super::values::lay(&mut values, Value::Object(own));
    Release {
        name: of.trim_start_matches("prometheus-").to_owned(),
        chart: chart(made, of),
        values,
        after,
        hub: None,
    }
}

/// A chart in the version that the stack says, or that this program was made with.
pub(super) fn chart(made: &Made<'_>, of: &str) -> Chart {
    let known = CHARTS.into_iter().find(|(name, ..)| *name == of);
    let (name, version, source) = known.unwrap_or((of, "", ""));
    let said = made.placed.monitoring.charts.get(of).map_or(version, String::as_str);
    Chart {
        name: name.to_owned(),
        version: said.to_owned(),
        repository: Some(source.to_owned()),
        ..Chart::default()
    }
}
