//! From declared hubs to complete resources: the namespace of each, what it keeps secret, the accounts
//! of its servers, its homes, and the releases that it is made of.

use super::made::{Acting, Made};
use super::placed::placed;
use super::releases::{Made as Release, releases};
use super::values::builds::CREDENTIALS;
use super::values::home;
use super::values::login::SECRET;
use super::warm;
use crate::model::{Keys, Resource, ResourceId};
use crate::project::inside::{Inside, OPAQUE};
use crate::project::layout::Laid;
use crate::project::{address, identities};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The type of a secret with which images are pushed and pulled.
const DOCKER: &str = "kubernetes.io/dockerconfigjson";

/// Every hub of every environment, as what it is made of.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    let all = placed(layout);
    for made in all.iter().filter_map(|placed| Made::deployed(placed, layout)) {
        resources.extend(of_hub(&made));
    }
}

/// The key of every hub, with what it is made of in each environment.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    let all = placed(layout);
    for made in all.iter().filter_map(|placed| Made::deployed(placed, layout)) {
        let key = address::written("hub", &made.placed.key.name);
        keys.entry(key).or_default().extend(of_hub(&made).into_iter().map(|it| it.id));
    }
}

/// The release that is a hub itself, for every hub that is deployed, with the hub's key.
pub(crate) fn released(layout: &[Laid]) -> Vec<(ResourceId, String)> {
    let all = placed(layout);
    let released = all.iter().filter_map(|placed| {
        let made = Made::deployed(placed, layout)?;
        let itself = releases(&made).into_iter().find(|release| release.hub)?;
        Some((made.inside().release_id(&itself.name)?, placed.key.name.clone()))
    });
    released.collect()
}

fn of_hub(made: &Made<'_>) -> Vec<Resource> {
    let inside = made.inside();
    let mut resources: Vec<Resource> = inside.namespace().into_iter().collect();
    resources.extend(login(made, &inside));
    resources.extend(credentials(made, &inside));
    resources.extend(made.accounts().iter().filter_map(|it| account(&inside, it)));
    let objects = homes(made).into_iter().chain(warm::jobs(made));
    resources.extend(objects.filter_map(|it| inside.object(&it, BTreeSet::new())));
    let needed: BTreeSet<ResourceId> = resources.iter().map(|it| it.id.clone()).collect();
    resources.extend(releases(made).into_iter().filter_map(|it| release(&inside, it, &needed)));
    resources
}

/// What logging in needs.
fn login(made: &Made<'_>, inside: &Inside<'_>) -> Option<Resource> {
    let (key, field) = made.login()?.secret();
    inside.secret(SECRET, OPAQUE, &[(field.to_owned(), key)].into())
}

/// With what images that people have built are pushed.
fn credentials(made: &Made<'_>, inside: &Inside<'_>) -> Option<Resource> {
    let key = made.placed.hub.builds.as_ref()?.credentials.as_str();
    inside.secret(CREDENTIALS, DOCKER, &[(".dockerconfigjson".to_owned(), key)].into())
}

/// The account of Kubernetes that servers run as, and of the cloud that they are by it.
fn account(inside: &Inside<'_>, acting: &Acting) -> Option<Resource> {
    let manifest = json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": acting.name,
            "namespace": inside.namespace,
            "annotations": { identities::derived::ANNOTATION: acting.email },
        },
    });
    inside.object(&manifest, [acting.id.clone()].into())
}

/// The volume that servers mount, which what serves the homes is behind.
fn homes(made: &Made<'_>) -> Vec<Value> {
    if made.placed.hub.home.is_none() {
        return Vec::new();
    }
    let (namespace, claim) = (made.namespace(), super::values::servers::CLAIM);
    let volume = format!("{namespace}-{claim}");
    // NFS knows no sizes: these are there since a volume must say one.
    let size = json!({ "storage": "1Mi" });
    let server = format!("{}.{namespace}.svc.cluster.local", home::RELEASE);
    vec![
        json!({
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": { "name": volume },
            "spec": {
                "accessModes": ["ReadWriteMany"],
                "capacity": size,
                "mountOptions": ["soft", "noatime", "vers=4.2"],
                "nfs": { "server": server, "path": "/" },
                "persistentVolumeReclaimPolicy": "Retain",
                "storageClassName": "",
            },
        }),
        json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": { "name": claim, "namespace": namespace },
            "spec": {
                "accessModes": ["ReadWriteMany"],
                "resources": { "requests": size },
                "storageClassName": "",
                "volumeName": volume,
            },
        }),
    ]
}

/// The hub itself waits for all that is beside it.
fn release(
    inside: &Inside<'_>,
    release: Release,
    needed: &BTreeSet<ResourceId>,
) -> Option<Resource> {
    let Release { name, chart, values, mut needs, hub } = release;
    needs.extend(needed.iter().filter(|_| hub).cloned());
    inside.release(&name, &chart, values, needs)
}
