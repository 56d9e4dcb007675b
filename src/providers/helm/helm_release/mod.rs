//! `helm-release`: a chart with values, deployed into a namespace by Helm.
//!
//! The name is `CLUSTER/NAMESPACE/RELEASE`. What is there is read from Helm's own Secrets; what
//! changes it is the program `helm`. The mark is in the labels of those Secrets, where Helm carries
//! it from revision to revision.

mod apply;
mod folder;
mod found;
mod marks;
mod objects;
mod observe;
mod spec;
mod stuck;

pub use folder::folder_digest;
pub use spec::{Chart, Spec, Status};

pub use crate::providers::helm::redact::looks_secret;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Need, Observation, Place, Scope, Transition};
use crate::providers::description::Marks;
use crate::providers::helm::Writer;
use crate::providers::kubernetes::Reader;
use crate::providers::kubernetes::cluster::Cluster;
use std::collections::BTreeSet;

/// The kind `helm-release`.
#[derive(Debug)]
pub enum HelmRelease {}

/// The name and the place of a release, if `cluster` is the place of one.
pub fn placed(cluster: &str, namespace: &str, release: &str) -> Option<(String, Place)> {
    let cluster = Cluster::parse(cluster)?;
    Some((release_name(&cluster, namespace, release), place(&cluster)))
}

/// The name of a release.
pub fn release_name(cluster: &Cluster, namespace: &str, release: &str) -> String {
    format!("{}/{namespace}/{release}", cluster.name())
}

/// Where the releases of a cluster are listed.
pub fn place(cluster: &Cluster) -> Place {
    cluster.place("releases")
}

/// Namespace and release of a name.
pub(crate) fn parts(name: &str) -> (&str, &str) {
    let mut parts = name.splitn(3, '/').skip(1);
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

impl Kind for HelmRelease {
    const NAME: &'static str = "helm-release";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        observe::observe(reader, scope).await
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        match change {
            Change::Create { after } => apply::create(writer, step, &after).await,
            Change::Update { before, after, .. } => {
                apply::update(writer, step, &before, &after).await
            }
            Change::Delete { before, .. } => apply::delete(writer, step, &before).await,
            Change::Adopt { spec, .. } => marks::mark(writer, step, &spec, Marks::On).await,
            Change::Disown { spec, .. } => marks::mark(writer, step, &spec, Marks::Off).await,
            Change::Wait { .. } => Err(step.nothing_to_wait_for("releases")),
        }
    }

    fn transition(before: &Spec, after: &Spec) -> Transition {
        if before.chart.name == after.chart.name {
            return Transition::InPlace;
        }
        let (before, after) = (&before.chart.name, &after.chart.name);
        let why = format!("it is of chart {before}, and {after} knows nothing of what that made");
        Transition::Replace(why)
    }

    fn needs(name: &str, spec: &Spec) -> BTreeSet<Need> {
        let Some(cluster) = Cluster::parse(&spec.cluster) else { return BTreeSet::new() };
        let namespace = format!("{}/{}", cluster.name(), parts(name).0);
        let namespace = Need::inside("kubernetes-namespace", namespace);
        cluster.need().into_iter().chain([namespace]).collect()
    }

    fn disruption(before: Option<&Spec>, after: Option<&Spec>) -> Vec<String> {
        match (before, after) {
            (Some(_), None) => {
                let words = "everything that its chart made goes, volume claims and what is in \
                             them included, unless the chart says to keep them";
                vec![words.to_owned()]
            }
            (Some(before), Some(_)) if before.status.is_pending() => {
                let words = "Helm was at work on it and left it so, or still is: if it does not \
                             end, it is brought back to the last revision that was deployed";
                vec![words.to_owned()]
            }
            _ => Vec::new(),
        }
    }
}
