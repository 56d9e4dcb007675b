//! From declared monitorings to complete resources: a namespace, what is kept secret, disks, releases,
//! and who signs certificates.

use super::charts::{Release, releases};
use super::front::Front;
use super::made::{Made, Watched};
use super::placed::placed;
use super::settings::GrafanaLogin;
use super::values::{alertmanager, front as fronts, grafana, prometheus};
use crate::model::{Keys, Place, Resource, ResourceId, Source};
use crate::project::format::whole_gb;
use crate::project::layout::Laid;
use crate::project::{address, addresses, secrets};
use crate::providers::helm::helm_release;
use crate::providers::kubernetes::{kubernetes_namespace, kubernetes_object, kubernetes_secret};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const RELEASE: &str = "helm-release";
/// Disks of Google's that are balanced, as clusters of GKE call them.
/// <https://cloud.google.com/kubernetes-engine/docs/concepts/persistent-volumes#storageclasses>
const BALANCED: &str = "standard-rwo";

/// Every monitoring of every environment, as what it is made of.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    let all = placed(layout);
    for made in all.iter().filter_map(|placed| Made::of(placed, layout)) {
        resources.extend(of(&made));
    }
}

/// The key of every monitoring, with what it is made of in each environment.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    let all = placed(layout);
    for made in all.iter().filter_map(|placed| Made::of(placed, layout)) {
        let key = address::written("monitoring", &made.placed.key.name);
        keys.entry(key).or_default().extend(of(&made).into_iter().map(|it| it.id));
    }
}

/// What must be there before people find anything in the cluster: what lets them in, and who signs.
pub(super) fn front(made: &Made<'_>) -> BTreeSet<ResourceId> {
    let monitoring = made.placed.monitoring;
    let ingress = monitoring.ingress.as_ref().and_then(|_| own_id(made, "ingress-nginx"));
    let issuer = issuer(made).map(|issuer| issuer.id);
    ingress.into_iter().chain(issuer).collect()
}

fn of(made: &Made<'_>) -> Vec<Resource> {
    let mut resources: Vec<Resource> = namespace(made).into_iter().collect();
    resources.extend(kept(made).into_iter().filter_map(|(name, data)| secret(made, name, &data)));
    resources.extend(disks(made));
    let needed: BTreeSet<ResourceId> = resources.iter().map(|it| it.id.clone()).collect();
    let all = releases(made);
    resources.extend(all.into_iter().filter_map(|it| release(made, it, &needed)));
    resources.extend(issuer(made));
    resources
}

fn namespace(made: &Made<'_>) -> Option<Resource> {
    let cluster = made.cluster.place();
    let name = kubernetes_namespace::namespace_name(&cluster, made.namespace());
    let place = kubernetes_namespace::place(&cluster)?;
    let (labels, annotations) = (BTreeMap::new(), BTreeMap::new());
    let spec = kubernetes_namespace::Spec { cluster, labels, annotations };
    Some(resource(made, ("kubernetes-namespace", name), place, &spec))
}

/// What is kept secret: each Secret, its fields, and the keys of what lies in them.
type Kept<'a> = BTreeMap<&'static str, BTreeMap<String, &'a str>>;

fn kept<'a>(made: &Made<'a>) -> Kept<'a> {
    let monitoring = made.placed.monitoring;
    let mut kept = Kept::new();
    for (key, receiver) in &monitoring.tell {
        let fields = kept.entry(alertmanager::SECRET).or_default();
        fields.insert(key.clone(), receiver.secret().2);
    }
    if let Some(grafana) = &monitoring.grafana {
        let fields = kept.entry(grafana::SECRET).or_default();
        fields.insert(grafana::PASSWORD.to_owned(), &grafana.admin_password);
        if let Some(GrafanaLogin::Github { client_secret, .. }) = &grafana.login_with {
            fields.insert(grafana::CLIENT.to_owned(), client_secret);
        }
    }
    if let Some(readers) = monitoring.prometheus.as_ref().and_then(|it| it.readers.as_deref()) {
        let (name, field) = prometheus::READERS;
        kept.entry(name).or_default().insert(field.to_owned(), readers);
    }
    // Without Prometheus there is nobody to tell.
    kept.retain(|name, _| *name != alertmanager::SECRET || monitoring.prometheus.is_some());
    kept
}

fn secret(made: &Made<'_>, name: &str, fields: &BTreeMap<String, &str>) -> Option<Resource> {
    let cluster = made.cluster.place();
    let id = kubernetes_secret::secret_name(&cluster, made.namespace(), name);
    let place = kubernetes_secret::place(&cluster, made.namespace())?;
    let data = fields.iter().filter_map(|(field, key)| Some((field.clone(), made.reference(key)?)));
    let spec = kubernetes_secret::Spec::new(cluster, data.collect());
    let of = |key: &&str| secrets::made_id(made.layout, made.placed.laid, key);
    let needs = fields.values().filter_map(of).collect();
    Some(Resource { needs, ..resource(made, ("kubernetes-secret", id), place, &spec) })
}

/// Disks are ours and not the charts', so that what is on them outlives a release.
fn disks(made: &Made<'_>) -> Vec<Resource> {
    let monitoring = made.placed.monitoring;
    let prometheus = monitoring.prometheus.as_ref().map(|it| (prometheus::CLAIM, &it.disk));
    let grafana = monitoring.grafana.as_ref().map(|it| (grafana::CLAIM, &it.disk));
    let claim = |(name, size): (&str, &String)| {
        let manifest = json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": { "name": name, "namespace": made.namespace() },
            "spec": {
                "accessModes": ["ReadWriteOnce"],
                "resources": { "requests": { "storage": format!("{}Gi", whole_gb(size)?) } },
                "storageClassName": BALANCED,
            },
        });
        object(made, &manifest, BTreeSet::new())
    };
    prometheus.into_iter().chain(grafana).filter_map(claim).collect()
}

/// Who signs; its type comes with cert-manager.
fn issuer(made: &Made<'_>) -> Option<Resource> {
    let monitoring = made.placed.monitoring;
    let certificates = monitoring.certificates.as_ref()?;
    let usual = Front::default().class;
    let class = monitoring.ingress.as_ref().map_or(usual, |ingress| ingress.class.clone());
    let needs = own_id(made, "cert-manager").into_iter().collect();
    object(made, &fronts::issuer(certificates, &class), needs)
}

fn object(made: &Made<'_>, manifest: &Value, needs: BTreeSet<ResourceId>) -> Option<Resource> {
    let cluster = made.cluster.place();
    let name = kubernetes_object::object_name(&cluster, manifest)?;
    let place = kubernetes_object::place(&cluster, manifest)?;
    let spec = kubernetes_object::Spec::new(cluster, manifest.clone());
    Some(Resource { needs, ..resource(made, ("kubernetes-object", name), place, &spec) })
}

/// A release in the namespace of the monitoring.
fn own_id(made: &Made<'_>, name: &str) -> Option<ResourceId> {
    release_id(made, made.placed.laid.env(), made.namespace(), name)
}

fn release_id(made: &Made<'_>, env: &str, namespace: &str, name: &str) -> Option<ResourceId> {
    let (id, _) = helm_release::placed(&made.cluster.place(), namespace, name)?;
    Some(ResourceId::new(env, RELEASE, id))
}

fn release(made: &Made<'_>, it: Release, needed: &BTreeSet<ResourceId>) -> Option<Resource> {
    let cluster = made.cluster.place();
    let (name, place) = helm_release::placed(&cluster, &it.namespace, &it.name)?;
    let mut needs = needs(made, &it);
    needs.extend(needed.iter().filter(|_| it.hub.is_none()).cloned());
    let spec = helm_release::Spec {
        cluster,
        chart: it.chart.locked(made.digest(&it.chart)),
        values: it.values,
        status: helm_release::Status::Deployed,
        objects: BTreeMap::new(),
    };
    let resource = resource(made, (RELEASE, name), place, &spec);
    let env = it.hub.as_ref().map_or(made.placed.laid.env(), |hub| &hub.env);
    let id = ResourceId { env: env.to_owned(), ..resource.id };
    Some(Resource { id, needs, ..resource })
}

/// What a release waits for: its pool, its address, who lets people in, or its hub.
fn needs(made: &Made<'_>, it: &Release) -> BTreeSet<ResourceId> {
    let mut needs: BTreeSet<ResourceId> =
        made.pool().map(|(_, room)| room.id).into_iter().collect();
    if it.after.is_front() {
        needs.extend(front(made));
    }
    let ingress = made.placed.monitoring.ingress.as_ref().filter(|_| it.name == "ingress-nginx");
    if let Some(address) = ingress.and_then(|ingress| ingress.address.as_deref()) {
        needs.extend(addresses::id(made.layout, made.placed.laid, address));
    }
    needs.extend(it.hub.as_ref().and_then(|hub| hub_id(made, hub)));
    needs
}

/// The release of a hub, in whichever environment has it.
fn hub_id(made: &Made<'_>, hub: &Watched) -> Option<ResourceId> {
    release_id(made, &hub.env, &hub.namespace, hub.release.as_deref()?)
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
