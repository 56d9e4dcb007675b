//! What the things in clusters have in common: each is an object that is applied by the server, is
//! marked by labels, and is found in the list of its type and namespace.

mod apply;
mod body;
mod observe;
mod ready;
mod rehearse;

pub(crate) use apply::{apply, wait};
pub(crate) use body::{bare, needing, needs_of};
pub(crate) use observe::observe;
pub(crate) use ready::is_waited_for;
pub(crate) use rehearse::rehearse;

use crate::kind::{Kind, ProviderError, StepContext};
use crate::model::{Mark, Owner, Place};
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::types::Type;
use crate::providers::kubernetes::{Reader, Writer};
use serde_json::Value;
use std::future::Future;

/// How namespaces are written where there is none.
pub(crate) const NO_NAMESPACE: &str = "-";

/// The annotation that says what an object needs.
pub(crate) const NEEDS: &str = "leap-infra/needs";

/// Where a thing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Located {
    pub(crate) cluster: Cluster,
    pub(crate) of: Type,
    pub(crate) namespace: Option<String>,
    pub(crate) name: String,
}

/// What is sent of a thing.
pub(crate) struct Content {
    /// All of it but the mark.
    pub(crate) manifest: Value,
    /// What must not be repeated to people, if the server does.
    pub(crate) hidden: Vec<crate::model::secret::Value>,
}

/// One type of thing in clusters.
pub(crate) trait InCluster: Kind<Reader = Reader, Writer = Writer> {
    /// Where the thing of this name and spec is; none if its name or its cluster is no such thing.
    fn located(name: &str, spec: &Self::Spec) -> Option<Located>;

    /// The name of a live object.
    fn name_of(cluster: &Cluster, live: &Value) -> String;

    /// Whether a live object is one of these at all.
    fn is_one(_live: &Value) -> bool {
        true
    }

    /// The settings of a live object, as far as the wanted ones are concerned with it; without any,
    /// what we own of it.
    fn read(wanted: Option<&Self::Spec>, cluster: &Cluster, live: &Value) -> Self::Spec;

    /// The same of an object that is nobody's: whatever anybody set.
    fn read_whole(cluster: &Cluster, live: &Value) -> Self::Spec;

    /// Settings without what is said of others in these fields, which are let be.
    fn letting_be(seen: Self::Spec, _fields: &[&str]) -> Self::Spec {
        seen
    }

    /// The same, with what only others can tell, and what nobody could.
    fn finish(
        _reader: &Reader,
        _wanted: &Self::Spec,
        _live: &Value,
        seen: Self::Spec,
    ) -> impl Future<Output = (Self::Spec, Vec<String>)> + Send {
        std::future::ready((seen, Vec::new()))
    }

    /// Settings without what [`InCluster::finish`] told: what a step is checked on.
    fn ground(spec: Self::Spec) -> Self::Spec {
        spec
    }

    /// What is sent for it.
    fn content(
        step: &StepContext,
        name: &str,
        spec: &Self::Spec,
    ) -> impl Future<Output = Result<Content, ProviderError>> + Send;
}

/// The place in which objects of a type are listed.
pub(crate) fn place(cluster: &Cluster, of: &Type, namespace: Option<&str>) -> Place {
    let namespace = namespace.unwrap_or(NO_NAMESPACE);
    cluster.place(format!("{namespace}/{}/{}", of.api_version, of.kind))
}

/// What is listed in a place.
pub(crate) fn listed_in(place: &Place) -> Option<(Cluster, Type, Option<&str>)> {
    let (cluster, parent) = Cluster::of_place(place)?;
    let (namespace, of) = parent.split_once('/')?;
    let (api_version, kind) = of.rsplit_once('/')?;
    let namespace = Some(namespace).filter(|it| *it != NO_NAMESPACE);
    Some((cluster, Type::new(api_version, kind), namespace))
}

/// Whose an object is, by its labels.
fn owner(live: &Value, stack: &str, kind: &str, name: &str) -> Owner {
    Mark::owner(stack, kind, name, |key| live["metadata"]["labels"][key].as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_listed_is_found_again_in_the_place() {
        let cluster = Cluster::parse("projects/p/locations/l/clusters/leap").unwrap();
        let of = Type::new("apps/v1", "Deployment");
        for namespace in [None, Some("hubs")] {
            let place = place(&cluster, &of, namespace);
            let found = listed_in(&place).unwrap();
            assert_eq!(found, (cluster.clone(), of.clone(), namespace));
        }
    }
}
