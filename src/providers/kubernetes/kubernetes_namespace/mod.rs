//! `kubernetes-namespace`: a namespace of a cluster.
//!
//! The name is `CLUSTER/NAMESPACE`. What is in a namespace goes with it.

mod spec;

pub use spec::Spec;

use crate::kind::{Applied, Change, Kind, ProviderError, Rehearsed, StepContext};
use crate::model::{Need, Observation, Place, Scope};
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::compare::look;
use crate::providers::kubernetes::in_cluster::{self, Content, InCluster, Located, bare};
use crate::providers::kubernetes::types::Type;
use crate::providers::kubernetes::{Reader, Writer, is_us};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The kind `kubernetes-namespace`.
#[derive(Debug)]
pub enum Namespace {}

/// The name of a namespace.
pub fn namespace_name(cluster: &str, namespace: &str) -> String {
    format!("{}/{namespace}", cluster.rsplit('/').next().unwrap_or_default())
}

/// Where the namespaces of a cluster are; none if that is no cluster.
pub fn place(cluster: &str) -> Option<Place> {
    Some(in_cluster::place(&Cluster::parse(cluster)?, &of(), None))
}

fn of() -> Type {
    Type::new("v1", "Namespace")
}

impl Kind for Namespace {
    const NAME: &'static str = "kubernetes-namespace";
    const PROTECTED: bool = true;
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        in_cluster::observe::<Self>(reader, scope).await
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        in_cluster::apply::<Self>(writer, step, change).await
    }

    async fn rehearse(
        writer: &Writer,
        step: &StepContext,
        change: &Change<Spec>,
    ) -> Result<Rehearsed, ProviderError> {
        in_cluster::rehearse::<Self>(writer, step, change).await
    }

    fn needs(_: &str, spec: &Spec) -> BTreeSet<Need> {
        Cluster::parse(&spec.cluster).and_then(|cluster| cluster.need()).into_iter().collect()
    }

    fn protection(_: &Spec) -> Option<String> {
        Some("everything in it goes with it, what people keep there included".to_owned())
    }
}

impl InCluster for Namespace {
    fn located(name: &str, spec: &Spec) -> Option<Located> {
        let cluster = Cluster::parse(&spec.cluster)?;
        let (_, name) = name.split_once('/')?;
        Some(Located { cluster, of: of(), namespace: None, name: name.to_owned() })
    }

    fn name_of(cluster: &Cluster, live: &Value) -> String {
        namespace_name(cluster.name(), live["metadata"]["name"].as_str().unwrap_or_default())
    }

    fn read(wanted: Option<&Spec>, cluster: &Cluster, live: &Value) -> Spec {
        let declared = wanted.map(|spec| json!({ "metadata": metadata(spec) }));
        let looked = look(declared.as_ref(), &seen(live), live, is_us);
        read(cluster, &looked.object)
    }

    fn read_whole(cluster: &Cluster, live: &Value) -> Spec {
        read(cluster, &seen(live))
    }

    async fn content(_: &StepContext, name: &str, spec: &Spec) -> Result<Content, ProviderError> {
        let (_, name) = name.split_once('/').unwrap_or(("", name));
        let mut metadata = metadata(spec);
        metadata.insert("name".to_owned(), json!(name));
        let manifest = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": metadata });
        Ok(Content { manifest, hidden: Vec::new() })
    }
}

fn metadata(spec: &Spec) -> Map<String, Value> {
    let Spec { cluster: _, labels, annotations } = spec;
    let said = [("labels", labels), ("annotations", annotations)];
    let said = said.into_iter().filter(|(_, all)| !all.is_empty());
    said.map(|(field, all)| (field.to_owned(), json!(all))).collect()
}

/// What is seen of a live one; the label that each server writes by itself is not.
fn seen(live: &Value) -> Value {
    let mut live = bare(live);
    if let Some(labels) = live["metadata"]["labels"].as_object_mut() {
        labels.remove("kubernetes.io/metadata.name");
    }
    live
}

fn read(cluster: &Cluster, object: &Value) -> Spec {
    let texts = |field: &str| -> BTreeMap<String, String> {
        let all = object["metadata"][field].as_object().into_iter().flatten();
        all.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned()))).collect()
    };
    let (labels, annotations) = (texts("labels"), texts("annotations"));
    Spec { cluster: cluster.to_string(), labels, annotations }
}
