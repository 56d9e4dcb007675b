//! `kubernetes-secret`: a secret in a cluster, whose values are kept elsewhere.
//!
//! The name is `CLUSTER/NAMESPACE/NAME`. Values are found while a step runs. Planning asks the server
//! for what it says beside the values, never for the values themselves: an annotation says where each
//! came from, with an imprint, and the server says who wrote it last.

mod kept;
mod spec;

pub use spec::{OPAQUE, Spec};

use self::kept::{From, KEPT, Kept};
use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::secret::Comparison;
use crate::model::{Need, Observation, Place, Scope, Transition};
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::compare::{Element, Manager, managers};
use crate::providers::kubernetes::in_cluster::{self, Content, InCluster, Located};
use crate::providers::kubernetes::types::Type;
use crate::providers::kubernetes::{Reader, Writer, is_us};
use data_encoding::BASE64;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What is said of a key whose secret has another value now.
const CHANGED: &str = "secret: changed";

/// The kind `kubernetes-secret`.
#[derive(Debug)]
pub enum Secret {}

/// The name of a secret.
pub fn secret_name(cluster: &str, namespace: &str, name: &str) -> String {
    format!("{}/{namespace}/{name}", cluster.rsplit('/').next().unwrap_or_default())
}

/// Where the secrets of a namespace are; none if that is no cluster.
pub fn place(cluster: &str, namespace: &str) -> Option<Place> {
    Some(in_cluster::place(&Cluster::parse(cluster)?, &Type::secret(), Some(namespace)))
}

impl Kind for Secret {
    const NAME: &'static str = "kubernetes-secret";
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

    fn transition(before: &Spec, after: &Spec) -> Transition {
        match before.sort == after.sort {
            true => Transition::InPlace,
            false => Transition::Replace("the type of a secret is fixed".to_owned()),
        }
    }

    fn needs(name: &str, spec: &Spec) -> BTreeSet<Need> {
        let cluster = Cluster::parse(&spec.cluster).and_then(|cluster| cluster.need());
        let within = name.rsplit_once('/').map(|(within, _)| within);
        let namespace = within.map(|it| Need::inside("kubernetes-namespace", it));
        cluster.into_iter().chain(namespace).collect()
    }
}

impl InCluster for Secret {
    fn located(name: &str, spec: &Spec) -> Option<Located> {
        let mut parts = name.split('/').skip(1);
        let (namespace, name) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        let cluster = Cluster::parse(&spec.cluster)?;
        Some(Located { cluster, of: Type::secret(), namespace: Some(namespace), name })
    }

    fn name_of(cluster: &Cluster, live: &Value) -> String {
        let text = |field: &str| live["metadata"][field].as_str().unwrap_or_default();
        secret_name(cluster.name(), text("namespace"), text("name"))
    }

    fn read(wanted: Option<&Spec>, cluster: &Cluster, live: &Value) -> Spec {
        let (kept, all) = (Kept::read(live), managers(live));
        let mut spec = Spec::new(cluster.to_string(), BTreeMap::new());
        let usual = wanted.map_or(OPAQUE, |it| &it.sort).to_owned();
        spec.sort = if kept.sort.is_empty() { usual } else { kept.sort };
        for (key, writers) in written(&all) {
            let from = kept.data.get(&key).map(|kept| kept.from.clone());
            let ours = writers.iter().any(|who| is_us(who));
            let others = || writers.iter().map(|who| who.name.as_str()).collect::<Vec<_>>();
            match from {
                Some(from) => {
                    if !ours {
                        let why = format!("written by {}", others().join(" and "));
                        spec.differing.insert(key.clone(), why);
                    }
                    spec.data.insert(key, from);
                }
                None if wanted.is_some_and(|it| it.data.contains_key(&key)) || ours => {
                    let why =
                        format!("written by {}, from where is not known", others().join(" and "));
                    spec.differing.insert(key, why);
                }
                // What others keep in the same secret is theirs.
                None => {}
            }
        }
        spec
    }

    fn read_whole(cluster: &Cluster, live: &Value) -> Spec {
        Self::read(None, cluster, live)
    }

    async fn finish(reader: &Reader, wanted: &Spec, live: &Value, mut seen: Spec) -> Spec {
        let kept = Kept::read(live);
        for (key, reference) in &wanted.data {
            let Some(from) = kept.data.get(key).filter(|it| it.from == *reference) else {
                continue;
            };
            let imprint = from.imprint();
            if reader.glance.glance(reference, imprint.as_ref()).await == Comparison::Differs {
                seen.differing.entry(key.clone()).or_insert_with(|| CHANGED.to_owned());
            }
        }
        seen
    }

    fn ground(mut spec: Spec) -> Spec {
        // What the secret is elsewhere is no part of what is there.
        spec.differing.retain(|_, why| why != CHANGED);
        spec
    }

    async fn content(
        step: &StepContext,
        name: &str,
        spec: &Spec,
    ) -> Result<Content, ProviderError> {
        let located = Self::located(name, spec);
        let Located { namespace, name, .. } = located.ok_or_else(|| ProviderError::Unexpected {
            what: step.id.to_string(),
            why: "its name says no place in a cluster".to_owned(),
        })?;
        let mut kept = Kept { sort: spec.sort.clone(), data: BTreeMap::new() };
        let (mut data, mut hidden) = (Map::new(), Vec::new());
        for (key, reference) in &spec.data {
            let resolved = step.secrets.resolve(reference).await?;
            data.insert(key.clone(), json!(BASE64.encode(resolved.value.expose())));
            kept.data.insert(key.clone(), From::new(reference, &resolved.imprint));
            hidden.push(resolved.value);
        }
        let annotations = json!({ KEPT: kept.written() });
        let manifest = json!({
            "apiVersion": "v1", "kind": "Secret", "type": spec.sort, "data": data,
            "metadata": { "name": name, "namespace": namespace, "annotations": annotations },
        });
        Ok(Content { manifest, hidden })
    }
}

/// Who wrote each key, whether it was in the data or given in clear.
fn written(all: &[Manager]) -> BTreeMap<String, Vec<&Manager>> {
    let mut keys: BTreeMap<String, Vec<&Manager>> = BTreeMap::new();
    for who in all {
        let fields = ["data", "stringData"].map(|field| who.fields.field(field));
        for (element, _) in fields.into_iter().flatten().flat_map(|fields| fields.steps()) {
            if let Element::Field(key) = element {
                keys.entry(key.clone()).or_default().push(who);
            }
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::Reference;

    fn reference() -> Reference {
        Reference::Env("TOKEN".to_owned())
    }

    fn live(by: &str) -> Value {
        let imprint = "google:projects/p/secrets/s/versions/3".parse().unwrap();
        let data = [("token".to_owned(), From::new(&reference(), &imprint))].into();
        let kept = Kept { sort: OPAQUE.to_owned(), data }.written();
        json!({ "metadata": {
            "annotations": { KEPT: kept },
            "managedFields": [{
                "manager": by, "operation": if by == "leap-infra" { "Apply" } else { "Update" },
                "fieldsV1": { "f:data": { ".": {}, "f:token": {} } },
            }],
        } })
    }

    #[test]
    fn a_secret_is_known_by_where_its_values_came_from() {
        let cluster = Cluster::parse("context/lab").unwrap();
        let wanted = Spec::new("context/lab", [("token".to_owned(), reference())].into());
        assert_eq!(Secret::read(Some(&wanted), &cluster, &live("leap-infra")), wanted);
    }

    #[test]
    fn a_value_that_somebody_else_wrote_differs() {
        let cluster = Cluster::parse("context/lab").unwrap();
        let wanted = Spec::new("context/lab", [("token".to_owned(), reference())].into());
        let seen = Secret::read(Some(&wanted), &cluster, &live("kubectl-edit"));
        assert_eq!(seen.differing["token"], "written by kubectl-edit");
        assert_ne!(seen, wanted);
    }
}
