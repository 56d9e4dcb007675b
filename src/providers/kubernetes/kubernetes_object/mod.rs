//! `kubernetes-object`: any object of a cluster, as a manifest says it.
//!
//! The name is `CLUSTER/NAMESPACE/KIND.GROUP/NAME`, with `-` as the namespace of what is in none,
//! and without a group for the core one: `leap/hubs/ConfigMap/motd`. It is applied by the server, so
//! that several may manage parts of one object, and planned by lists alone.

mod change;
mod needs;
mod spec;
mod usage;

pub use spec::{Others, Spec};

use crate::kind::{Applied, Change, Kind, ProviderError, Rehearsed, StepContext};
use crate::model::{Need, Observation, Place, Scope, Transition, Usage, path};
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::compare::{Looked, look};
use crate::providers::kubernetes::in_cluster::{
    self, Content, InCluster, Located, NO_NAMESPACE, bare, needing, needs_of,
};
use crate::providers::kubernetes::types::Type;
use crate::providers::kubernetes::{Reader, Writer, is_us};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The kind `kubernetes-object`.
#[derive(Debug)]
pub enum Object {}

/// The name of the object of a manifest in a cluster; none if it does not say what it is.
pub fn object_name(cluster: &str, manifest: &Value) -> Option<String> {
    let of = Type::of(manifest)?.qualified();
    let name = manifest["metadata"]["name"].as_str()?;
    let namespace = namespace(manifest).unwrap_or(NO_NAMESPACE);
    let cluster = cluster.rsplit('/').next().unwrap_or_default();
    Some(format!("{cluster}/{namespace}/{of}/{name}"))
}

/// Where objects like that of a manifest are; none if it does not say what it is.
pub fn place(cluster: &str, manifest: &Value) -> Option<Place> {
    let (cluster, of) = (Cluster::parse(cluster)?, Type::of(manifest)?);
    Some(in_cluster::place(&cluster, &of, namespace(manifest)))
}

fn namespace(manifest: &Value) -> Option<&str> {
    manifest["metadata"]["namespace"].as_str()
}

impl Kind for Object {
    const NAME: &'static str = "kubernetes-object";
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

    fn transition(before: &Spec, after: &Spec) -> Transition {
        change::transition(before, after)
    }

    fn usage(_: &str, spec: &Spec) -> Vec<Usage> {
        usage::of(spec)
    }

    fn needs(name: &str, spec: &Spec) -> BTreeSet<Need> {
        needs::needs(name, spec)
    }

    fn protection(spec: &Spec) -> Option<String> {
        change::protection(spec)
    }
}

impl InCluster for Object {
    fn located(_: &str, spec: &Spec) -> Option<Located> {
        let (cluster, of) = (Cluster::parse(&spec.cluster)?, Type::of(&spec.manifest)?);
        let namespace = namespace(&spec.manifest).map(str::to_owned);
        let name = spec.manifest["metadata"]["name"].as_str()?.to_owned();
        Some(Located { cluster, of, namespace, name })
    }

    fn name_of(cluster: &Cluster, live: &Value) -> String {
        object_name(cluster.name(), live).unwrap_or_default()
    }

    fn read(wanted: Option<&Spec>, cluster: &Cluster, live: &Value) -> Spec {
        let looked = look(wanted.map(|it| &it.manifest), &bare(live), live, is_us);
        read(wanted, cluster, live, looked)
    }

    fn read_whole(cluster: &Cluster, live: &Value) -> Spec {
        let looked = look(None, &bare(live), live, |who| who.subresource.is_empty());
        read(None, cluster, live, looked)
    }

    fn letting_be(mut seen: Spec, fields: &[&str]) -> Spec {
        let let_be = |conflict: &str| fields.iter().any(|field| covers(field, conflict));
        seen.managed_by.retain(|conflict, _| !let_be(conflict));
        seen
    }

    async fn content(_: &StepContext, _: &str, spec: &Spec) -> Result<Content, ProviderError> {
        let manifest = needing(spec.manifest.clone(), &spec.needs);
        Ok(Content { manifest, hidden: Vec::new() })
    }
}

/// Whether a field of the settings, in which `*` stands for every key, is one of a manifest or above it.
fn covers(field: &str, conflict: &str) -> bool {
    let (steps, mut within) = (path::steps(field), conflict.split('.'));
    let Some((first, rest)) = steps.split_first() else { return false };
    first == "manifest"
        && rest.iter().all(|step| within.next().is_some_and(|key| step == "*" || step == key))
}

fn read(wanted: Option<&Spec>, cluster: &Cluster, live: &Value, looked: Looked) -> Spec {
    let Looked { object: mut manifest, conflicts } = looked;
    // What names an object is nobody's field.
    for field in ["apiVersion", "kind"] {
        manifest[field] = live[field].clone();
    }
    for field in ["name", "namespace"] {
        if let Some(text) = live["metadata"][field].as_str() {
            manifest["metadata"][field] = json!(text);
        }
    }
    let others = wanted.map(|it| it.others).unwrap_or_default();
    let managed_by = match others {
        Others::Respect => conflicts,
        Others::Override => Default::default(),
    };
    Spec { cluster: cluster.to_string(), manifest, needs: needs_of(live), others, managed_by }
}
