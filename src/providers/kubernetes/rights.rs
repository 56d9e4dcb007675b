//! What we may do in a cluster, as its server says it: one question for each verb and type. Asking is
//! a POST, so planning, which only looks, does not ask.
//!
//! <https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access>

use crate::kind::Kind as _;
use crate::kind::ProviderError;
use crate::model::Resource;
use crate::providers::failed::{CallFailed, Reason};
use crate::providers::helm::helm_release::{self, HelmRelease};
use crate::providers::kubernetes::Connection;
use crate::providers::kubernetes::client::Call;
use crate::providers::kubernetes::cluster::Cluster;
use crate::providers::kubernetes::in_cluster::listed_in;
use crate::providers::kubernetes::permissions::{NEEDED, Purpose};
use crate::providers::kubernetes::types::{Type, catalogue};
use http::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Where questions about ourselves are put.
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/// Something that is done to objects of a type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Right {
    /// As roles call it, `patch`.
    pub verb: &'static str,
    /// Of which objects.
    pub of: Type,
    /// Where; none for the whole cluster.
    pub namespace: Option<String>,
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { verb, of, namespace } = self;
        match namespace {
            Some(namespace) => write!(f, "{verb} {of} in {namespace}"),
            None => write!(f, "{verb} {of}"),
        }
    }
}

/// What is needed in a cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// To plan.
    pub plan: BTreeSet<Right>,
    /// To apply, beside that.
    pub apply: BTreeSet<Right>,
}

/// What a cluster says of itself and of us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The version of its server.
    pub version: String,
    /// What we may not do of what is needed.
    pub refused: BTreeSet<Right>,
}

/// What is needed where, for these things.
pub fn wanted<'a>(things: impl IntoIterator<Item = &'a Resource>) -> BTreeMap<Cluster, Wanted> {
    let mut all: BTreeMap<Cluster, Wanted> = BTreeMap::new();
    for resource in things {
        let Some((cluster, of, namespace)) = located(resource) else { continue };
        let needed = NEEDED.iter().filter(|needed| needed.kind == resource.id.kind);
        let wanted = all.entry(cluster).or_default();
        for needed in needed {
            let rights = |verbs: &[&'static str]| -> Vec<Right> {
                let right = |verb: &&'static str| {
                    let (of, namespace) = (of.clone(), namespace.clone());
                    Right { verb, of, namespace }
                };
                verbs.iter().map(right).collect()
            };
            wanted.plan.extend(rights(needed.verbs(Purpose::Plan)));
            wanted.apply.extend(rights(needed.verbs(Purpose::Apply)));
        }
    }
    all
}

/// Where a thing is, and as what its server knows it.
fn located(resource: &Resource) -> Option<(Cluster, Type, Option<String>)> {
    if resource.id.kind == HelmRelease::NAME {
        let (cluster, _) = Cluster::of_place(&resource.place)?;
        let (namespace, _) = helm_release::parts(&resource.id.name);
        return Some((cluster, Type::secret(), Some(namespace.to_owned())));
    }
    let (cluster, of, namespace) = listed_in(&resource.place)?;
    Some((cluster, of, namespace.map(str::to_owned)))
}

/// Asks a cluster; none if it is not there.
///
/// # Errors
/// When it cannot be reached, or will not tell.
pub async fn ask(
    connection: &Connection,
    cluster: &Cluster,
    rights: &BTreeSet<Right>,
) -> Result<Option<Told>, ProviderError> {
    let what = format!("what may be done in cluster {}", cluster.name());
    let told = async || {
        let version = connection.send(cluster, &Call::get(&what, "/version")).await?;
        let version = version["gitVersion"].as_str().unwrap_or("unknown").to_owned();
        let mut refused = BTreeSet::new();
        for right in rights {
            if !may(connection, cluster, &what, right).await? {
                refused.insert(right.clone());
            }
        }
        Ok::<_, CallFailed>(Told { version, refused })
    };
    match connection.retry.run(&what, None, told).await {
        Ok(told) => Ok(Some(told)),
        Err(failed) if failed.reason == Reason::Absent => Ok(None),
        Err(failed) => Err(failed.into()),
    }
}

async fn may(
    connection: &Connection,
    cluster: &Cluster,
    what: &str,
    right: &Right,
) -> Result<bool, CallFailed> {
    let Right { verb, of, namespace } = right;
    // A type that is not served yet is asked about by the name that it usually has.
    let served = catalogue(connection, cluster, of).await?;
    let usual = || format!("{}s", of.kind.to_lowercase());
    let plural = served.get(&of.kind).map_or_else(usual, |it| it.plural.clone());
    let attributes = json!({
        "verb": verb, "group": of.group(), "resource": plural, "namespace": namespace,
    });
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
        "spec": { "resourceAttributes": attributes },
    });
    let call = Call::change(what, Method::POST, REVIEWS).sending("application/json", review);
    let answer: Value = connection.send(cluster, &call).await?;
    Ok(answer["status"]["allowed"] == true)
}
