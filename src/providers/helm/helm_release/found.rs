//! From a revision as Helm keeps it to the settings that a declaration is compared with.

use super::{Chart, Spec};
use crate::model::{Scope, SpecMark, label};
use crate::providers::helm::program::{CHART_LABEL, TURN_LABEL, chart_label};
use crate::providers::helm::release::Release;
use crate::providers::kubernetes::cluster::Cluster;
use serde::Deserialize as _;
use std::collections::BTreeMap;

/// What is wanted of a release, if anything is.
pub(super) fn wanted_spec(scope: &Scope<'_>, name: &str) -> Option<Spec> {
    Spec::deserialize(&scope.wanted.get(name)?.spec).ok()
}

/// Whether an apply of ours was at work on a release and did not end: the revision is the one that
/// it was about to make, and not said to be finished.
pub(super) fn is_cut_off(release: &Release) -> bool {
    let label = |key: &str| release.labels.get(key).map(String::as_str);
    let ours = label(TURN_LABEL) == Some(release.revision.to_string().as_str());
    let unfinished = SpecMark::from_label(label(label::SPEC)) == SpecMark::Unfinished;
    ours && unfinished && release.status.is_pending()
}

/// The settings of a revision.
pub(super) fn seen(cluster: &Cluster, release: &Release, wanted: Option<&Spec>) -> Spec {
    Spec {
        cluster: cluster.to_string(),
        chart: chart(release, wanted.map(|wanted| &wanted.chart)),
        values: release.values.clone(),
        status: release.status,
        objects: BTreeMap::new(),
    }
}

/// Helm does not keep where a chart was had; a label of ours tells whether it was the place that is
/// declared. Without the label, nobody can tell, and the declaration is believed.
fn chart(release: &Release, wanted: Option<&Chart>) -> Chart {
    let (name, version) = (release.chart.clone(), release.version.clone());
    let bare = Chart { name, version, ..Chart::default() };
    let Some(wanted) = wanted else { return bare };
    let same = bare.name == wanted.name && bare.version == wanted.version;
    let told = release.labels.get(CHART_LABEL).map(String::as_str);
    match told {
        Some(told) if told == chart_label(wanted) => {
            Chart { name: bare.name, version: bare.version, ..wanted.clone() }
        }
        None if same => wanted.clone(),
        _ => bare,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::helm::helm_release::Status;
    use serde_json::json;

    fn wanted() -> Chart {
        Chart {
            name: "hub".to_owned(),
            version: "4.2.0".to_owned(),
            repository: Some("https://charts.example.org".to_owned()),
            digest: Some("sha256:1".to_owned()),
            ..Chart::default()
        }
    }

    fn release(version: &str, label: Option<String>) -> Release {
        Release {
            name: "hub".to_owned(),
            namespace: "prod".to_owned(),
            revision: 3,
            status: Status::Deployed,
            chart: "hub".to_owned(),
            version: version.to_owned(),
            values: json!({}),
            objects: Vec::new(),
            labels: label.into_iter().map(|it| (CHART_LABEL.to_owned(), it)).collect(),
        }
    }

    #[test]
    fn where_a_chart_was_had_is_told_by_our_label() {
        let (ours, other) = (Some(chart_label(&wanted())), Some("other".to_owned()));
        assert_eq!(chart(&release("4.2.0", ours.clone()), Some(&wanted())), wanted());
        assert_eq!(chart(&release("4.2.0", None), Some(&wanted())), wanted());
        let moved = chart(&release("4.2.0", other), Some(&wanted()));
        assert_eq!((moved.repository, moved.digest), (None, None));
        let older = chart(&release("4.1.0", None), Some(&wanted()));
        assert_eq!((older.version.as_str(), older.source()), ("4.1.0", ""));
    }
}
