//! The releases that a hub is made of: which charts, and with which values.

use super::made;
use super::settings::Hub;
use super::values::{self, builds, dask, home};
use crate::model::ResourceId;
use crate::project::releases::Chart;
use serde_json::Value;
use std::collections::BTreeSet;

/// The charts that this program was made with: what a stack calls them, what their makers do, the
/// version, and where they are.
const CHARTS: [(&str, &str, &str, &str); 4] = [
    ("jupyterhub", "jupyterhub", "4.3.3", "https://hub.jupyter.org/helm-chart/"),
    ("dask-gateway", "dask-gateway", "2026.3.0", "https://helm.dask.org/"),
    (
        "home-nfs",
        "jupyterhub-home-nfs",
        "1.2.1",
        "oci://ghcr.io/2i2c-org/charts/jupyterhub-home-nfs",
    ),
    ("binderhub-service", "binderhub-service", "0.1.0", "https://2i2c.org/binderhub-service/"),
];

/// A release that a hub is made of.
pub(super) struct Made {
    /// Its name.
    pub(super) name: String,
    /// The chart.
    pub(super) chart: Chart,
    /// What the chart is told.
    pub(super) values: Value,
    /// What must exist first.
    pub(super) needs: BTreeSet<ResourceId>,
    /// Whether it is the hub itself, and not something beside it.
    pub(super) hub: bool,
}

/// What the charts are called that a stack can say the version of.
pub(super) fn chart_names() -> impl Iterator<Item = &'static str> {
    CHARTS.into_iter().map(|(name, ..)| name)
}

/// Every release of a hub, itself first.
pub(super) fn releases(made: &made::Made<'_>) -> Vec<Made> {
    let hub = made.placed.hub;
    let mut all = vec![itself(made)];
    if let Some(disk) = hub.home.as_ref().and_then(|it| home::disk(made, it)) {
        let needs = BTreeSet::from([disk.id.clone()]);
        all.push(beside(hub, "home-nfs", home::RELEASE, home::values(made, &disk), needs));
    }
    if let Some(settings) = &hub.dask {
        let needs = made.cluster.room(&settings.workers_on).map(|room| room.id);
        let values = dask::values(made, settings);
        all.push(beside(hub, "dask-gateway", dask::RELEASE, values, needs.into_iter().collect()));
    }
    if let Some(settings) = &hub.builds {
        let values = builds::values(made, settings);
        let needs = builds::needs(made, settings);
        all.push(beside(hub, "binderhub-service", builds::RELEASE, values, needs));
    }
    all
}

/// The release of JupyterHub, or of what wraps it. It waits for the pools that its servers run on,
/// and for what lets people in.
fn itself(made: &made::Made<'_>) -> Made {
    let hub = made.placed.hub;
    let usual = chart(hub, "jupyterhub");
    let own = hub.release.as_ref();
    let place = own.and_then(|own| own.repository.as_deref());
    let chart = Chart {
        name: own.and_then(|own| own.chart.clone()).unwrap_or_else(|| usual.name.clone()),
        version: own.and_then(|own| own.version.clone()).unwrap_or_else(|| usual.version.clone()),
        ..place.map_or(usual, at)
    };
    let offers = made.profiles().into_iter().flat_map(|(_, offers)| offers);
    Made {
        name: made.release().to_owned(),
        chart,
        values: values::jupyterhub(made),
        needs: offers.map(|offer| offer.room.id).chain(made.front().needs).collect(),
        hub: true,
    }
}

fn beside(hub: &Hub, of: &str, name: &str, values: Value, needs: BTreeSet<ResourceId>) -> Made {
    Made { name: name.to_owned(), chart: chart(hub, of), values, needs, hub: false }
}

/// A chart in the version that the stack says, or that this program was made with.
fn chart(hub: &Hub, of: &str) -> Chart {
    let known = CHARTS.into_iter().find(|(name, ..)| *name == of);
    let (_, name, version, source) = known.unwrap_or((of, of, "", ""));
    let version = hub.charts.get(of).map_or(version, String::as_str);
    Chart { name: name.to_owned(), version: version.to_owned(), ..at(source) }
}

/// A chart that is somewhere.
fn at(source: &str) -> Chart {
    let owned = Some(source.to_owned());
    match source.starts_with("oci://") {
        true => Chart { oci: owned, ..Chart::default() },
        false => Chart { repository: owned, ..Chart::default() },
    }
}
