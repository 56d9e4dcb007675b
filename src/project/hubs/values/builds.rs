//! The values of what builds images for people, and what the hub knows of it.

use super::profiles::{POOL, tolerations};
use crate::model::ResourceId;
use crate::project::hubs::made::Made;
use crate::project::hubs::settings::Builds;
use crate::project::registries::{self, Kept};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The release, and what its service is called.
pub(in crate::project::hubs) const RELEASE: &str = "binderhub-service";
/// The secret of the hub's namespace with which images are pushed.
pub(in crate::project::hubs) const CREDENTIALS: &str = "image-registry";
/// Where it is found below the hub.
const PREFIX: &str = "/services/binder/";
/// The place in the chart where it says with which secret images are pushed.
const PUSH: &str = "binderhub-service-01-build-pods-docker-config";

/// What the hub knows of it.
pub(super) fn for_hub(made: &Made<'_>) -> Value {
    let url = format!("http://{RELEASE}.{}", made.namespace());
    json!({ "hub": { "services": { "binder": { "display": false, "url": url } } } })
}

/// The values of its chart.
pub(in crate::project::hubs) fn values(made: &Made<'_>, builds: &Builds) -> Value {
    let Some(room) = made.cluster.room(&builds.on) else { return json!({}) };
    let selector = json!({ POOL: room.name });
    let tolerations = tolerations(&room.spec.taints);
    let registry = kept(made, builds);
    let prefix = registry.map(|it| format!("{}/", it.images)).unwrap_or_default();
    json!({
        "fullnameOverride": RELEASE,
        "config": {
            "BinderHub": {
                "base_url": PREFIX,
                "build_namespace": made.namespace(),
                "image_prefix": prefix,
                "use_registry": true,
            },
            "KubernetesBuildExecutor": { "node_selector": selector },
        },
        "dockerApi": { "nodeSelector": selector, "tolerations": tolerations },
        "extraConfig": { PUSH: format!("c.KubernetesBuildExecutor.push_secret = \"{CREDENTIALS}\"") },
    })
}

/// What must exist first: the registry, and the machines that images are built on.
pub(in crate::project::hubs) fn needs(made: &Made<'_>, builds: &Builds) -> BTreeSet<ResourceId> {
    let registry = kept(made, builds).map(|it| it.id);
    let room = made.cluster.room(&builds.on).map(|room| room.id);
    registry.into_iter().chain(room).collect()
}

fn kept(made: &Made<'_>, builds: &Builds) -> Option<Kept> {
    registries::kept(made.layout, &builds.registry, made.placed.laid.env())
}
