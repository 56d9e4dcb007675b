//! From declared monitorings to complete resources: a namespace, what is kept secret, disks, releases,
//! and who signs certificates.

use super::charts::{Release, releases};
use super::front::Front;
use super::made::{Made, Watched};
use super::placed::placed;
use super::settings::GrafanaLogin;
use super::values::{alertmanager, front as fronts, grafana, prometheus};
use crate::model::{Keys, Resource, ResourceId};
use crate::project::format::whole_gb;
use crate::project::inside::OPAQUE;
use crate::project::layout::Laid;
use crate::project::{address, addresses};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

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
    let ingress =
        monitoring.ingress.as_ref().and_then(|_| made.inside().release_id("ingress-nginx"));
    let issuer = issuer(made).map(|issuer| issuer.id);
    ingress.into_iter().chain(issuer).collect()
}

fn of(made: &Made<'_>) -> Vec<Resource> {
    let inside = made.inside();
    let mut resources: Vec<Resource> = inside.namespace().into_iter().collect();
    let kept = kept(made).into_iter();
    resources.extend(kept.filter_map(|(name, fields)| inside.secret(name, OPAQUE, &fields)));
    resources.extend(disks(made));
    let needed: BTreeSet<ResourceId> = resources.iter().map(|it| it.id.clone()).collect();
    let all = releases(made);
    resources.extend(all.into_iter().filter_map(|it| release(made, it, &needed)));
    resources.extend(issuer(made));
    resources
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
        made.inside().object(&manifest, BTreeSet::new())
    };
    prometheus.into_iter().chain(grafana).filter_map(claim).collect()
}

/// Who signs; its type comes with cert-manager.
fn issuer(made: &Made<'_>) -> Option<Resource> {
    let monitoring = made.placed.monitoring;
    let certificates = monitoring.certificates.as_ref()?;
    let usual = Front::default().class;
    let class = monitoring.ingress.as_ref().map_or(usual, |ingress| ingress.class.clone());
    let needs = made.inside().release_id("cert-manager").into_iter().collect();
    made.inside().object(&fronts::issuer(certificates, &class), needs)
}

fn release(made: &Made<'_>, it: Release, needed: &BTreeSet<ResourceId>) -> Option<Resource> {
    let mut needs = needs(made, &it);
    needs.extend(needed.iter().filter(|_| it.hub.is_none()).cloned());
    let inside = match &it.hub {
        Some(hub) => made.beside(hub)?,
        None => made.inside(),
    };
    inside.release(&it.name, &it.chart, it.values, needs)
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
    made.beside(hub)?.release_id(hub.release.as_deref()?)
}
