//! From declared hubs to complete resources: the namespace of each, what it keeps secret, the accounts
//! of its servers, its homes, and the releases that it is made of.

use super::made::{Acting, Made};
use super::placed::placed;
use super::releases::{Made as Release, releases};
use super::values::builds::CREDENTIALS;
use super::values::home;
use super::values::login::SECRET;
use super::warm;
use crate::model::secret::Reference;
use crate::model::{Keys, Place, Resource, ResourceId, Source};
use crate::project::layout::Laid;
use crate::project::{address, identities, secrets};
use crate::providers::helm::helm_release;
use crate::providers::kubernetes::{kubernetes_namespace, kubernetes_object, kubernetes_secret};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

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
        let resource = release(&made, itself, &BTreeSet::new())?;
        Some((resource.id, placed.key.name.clone()))
    });
    released.collect()
}

fn of_hub(made: &Made<'_>) -> Vec<Resource> {
    let namespace = namespace(made);
    let mut resources: Vec<Resource> = namespace.into_iter().collect();
    resources.extend(login(made));
    resources.extend(credentials(made));
    resources.extend(made.accounts().iter().filter_map(|it| account(made, it)));
    resources.extend(homes(made).iter().filter_map(|it| object(made, it, BTreeSet::new())));
    resources.extend(warm::jobs(made).iter().filter_map(|it| object(made, it, BTreeSet::new())));
    let needed: BTreeSet<ResourceId> = resources.iter().map(|it| it.id.clone()).collect();
    resources.extend(releases(made).into_iter().filter_map(|it| release(made, it, &needed)));
    resources
}

fn namespace(made: &Made<'_>) -> Option<Resource> {
    let cluster = made.cluster.place();
    let name = kubernetes_namespace::namespace_name(&cluster, made.namespace());
    let (labels, annotations) = (BTreeMap::new(), BTreeMap::new());
    let place = kubernetes_namespace::place(&cluster)?;
    let spec = kubernetes_namespace::Spec { cluster, labels, annotations };
    Some(resource(made, ("kubernetes-namespace", name), place, &spec))
}

/// What logging in needs.
fn login(made: &Made<'_>) -> Option<Resource> {
    let (key, name) = made.login()?.secret();
    secret(made, SECRET, "Opaque", (name, key))
}

/// With what images that people have built are pushed.
fn credentials(made: &Made<'_>) -> Option<Resource> {
    let key = &made.placed.hub.builds.as_ref()?.credentials;
    secret(made, CREDENTIALS, DOCKER, (".dockerconfigjson", key))
}

fn secret(made: &Made<'_>, name: &str, sort: &str, (field, key): (&str, &str)) -> Option<Resource> {
    let (cluster, laid) = (made.cluster.place(), made.placed.laid);
    let declared = laid.declaration.secrets.get(key)?;
    let kept: Reference = secrets::reference(made.layout, laid, key, declared)?;
    let id = kubernetes_secret::secret_name(&cluster, made.namespace(), name);
    let place = kubernetes_secret::place(&cluster, made.namespace())?;
    let data = BTreeMap::from([(field.to_owned(), kept)]);
    let spec = kubernetes_secret::Spec {
        sort: sort.to_owned(),
        ..kubernetes_secret::Spec::new(cluster, data)
    };
    let needs = secrets::made_id(made.layout, laid, key).into_iter().collect();
    Some(Resource { needs, ..resource(made, ("kubernetes-secret", id), place, &spec) })
}

/// The account of Kubernetes that servers run as, and of the cloud that they are by it.
fn account(made: &Made<'_>, acting: &Acting) -> Option<Resource> {
    let manifest = json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": acting.name,
            "namespace": made.namespace(),
            "annotations": { identities::derived::ANNOTATION: acting.email },
        },
    });
    object(made, &manifest, [acting.id.clone()].into())
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

fn object(made: &Made<'_>, manifest: &Value, needs: BTreeSet<ResourceId>) -> Option<Resource> {
    let cluster = made.cluster.place();
    let name = kubernetes_object::object_name(&cluster, manifest)?;
    let place = kubernetes_object::place(&cluster, manifest)?;
    let spec = kubernetes_object::Spec::new(cluster, manifest.clone());
    Some(Resource { needs, ..resource(made, ("kubernetes-object", name), place, &spec) })
}

fn release(made: &Made<'_>, release: Release, needed: &BTreeSet<ResourceId>) -> Option<Resource> {
    let cluster = made.cluster.place();
    let (name, place) = helm_release::placed(&cluster, made.namespace(), &release.name)?;
    let spec = helm_release::Spec {
        cluster,
        chart: release.chart.locked(made.digest(&release.chart)),
        values: release.values,
        status: helm_release::Status::Deployed,
        objects: BTreeMap::new(),
    };
    let mut needs = release.needs;
    needs.extend(needed.iter().filter(|_| release.hub).cloned());
    Some(Resource { needs, ..resource(made, ("helm-release", name), place, &spec) })
}

fn resource(
    made: &Made<'_>,
    (kind, name): (&str, String),
    place: Place,
    spec: &impl Serialize,
) -> Resource {
    Resource {
        id: ResourceId::new(made.placed.laid.env(), kind, name),
        place,
        spec: serde_json::to_value(spec).expect("specs are maps of plain values"),
        manage: crate::project::managed::Manage::default().into(),
        needs: BTreeSet::new(),
        source: Source::from(&made.placed.key.range),
        notes: Vec::new(),
    }
}
