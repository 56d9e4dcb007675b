//! From declared secrets to complete resources, and to where each is kept.

use super::{Make, Secret};
use crate::model::secret::Reference;
use crate::model::{Keys, Place, Resource, ResourceId, Source};
use crate::project::address;
use crate::project::format::seconds;
use crate::project::layout::{Laid, each_environment};
use crate::project::names;
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};
use crate::providers::gcp::{secret, secret_access};
use serde_json::Value;
use std::collections::BTreeSet;

/// The kind of a secret.
const SECRET: &str = "secret";
/// The kind of who may read it.
const ACCESS: &str = "secret-access";

/// One secret that is made by us, in one environment.
pub(super) struct Made<'a> {
    pub(super) laid: &'a Laid,
    /// Its key and where that was written.
    pub(super) key: &'a Key,
    /// What was written below `make`.
    pub(super) node: &'a Node,
    pub(super) make: &'a Make,
    /// The name in the cloud.
    pub(super) name: String,
}

/// Every secret that is made by us, in every environment that has it.
pub(super) fn made(layout: &[Laid]) -> Vec<Made<'_>> {
    let mut all = Vec::new();
    for laid in layout {
        let written = laid.tree.child("secrets").map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            let Some(Secret::Make(make)) = laid.declaration.secrets.get(&key.name) else {
                continue;
            };
            if is_in(layout, laid, make) {
                let name = final_name(laid, &key.name, make);
                let node = node.child("make").unwrap_or(node);
                all.push(Made { laid, key, node, make, name });
            }
        }
    }
    all
}

fn is_in(layout: &[Laid], laid: &Laid, make: &Make) -> bool {
    let all: Vec<&str> = layout.iter().map(Laid::env).collect();
    let default = || each_environment(&all);
    let environments = make.environments.clone().unwrap_or_else(default);
    environments.iter().any(|name| name == laid.env())
}

fn final_name(laid: &Laid, key: &str, make: &Make) -> String {
    names::final_name(laid, key, make.name.as_deref(), make.previously.as_deref())
}

/// Where a secret is kept; none if the environment does not have it.
pub(crate) fn reference(
    layout: &[Laid],
    laid: &Laid,
    key: &str,
    secret: &Secret,
) -> Option<Reference> {
    Some(match secret {
        Secret::Google(path) => {
            let (project, name) = path.strip_prefix("projects/")?.split_once("/secrets/")?;
            Reference::Google { project: project.to_owned(), name: name.to_owned() }
        }
        Secret::Env(name) => Reference::Env(name.clone()),
        Secret::File(path) => Reference::File(path.clone()),
        Secret::Sops(text) => {
            let (file, key) = text.split_once('#')?;
            Reference::Sops { file: file.to_owned(), key: key.to_owned() }
        }
        Secret::Make(make) => is_in(layout, laid, make).then(|| Reference::Google {
            project: laid.declaration.cloud.project.clone(),
            name: final_name(laid, key, make),
        })?,
    })
}

/// A secret that is made by us, in the environment that it is wanted in.
pub(crate) fn made_id(layout: &[Laid], laid: &Laid, key: &str) -> Option<ResourceId> {
    let all = made(layout);
    let here = all.iter().find(|it| it.key.name == key && it.laid.env() == laid.env())?;
    Some(ResourceId::new(laid.env(), SECRET, &here.name))
}

/// Every secret of ours in every environment, and who may read it.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    for made in made(layout) {
        resources.push(resource(&made, SECRET, json(&spec(&made)), &made.key.range));
        let accessors: BTreeSet<String> = made.make.readers.iter().cloned().collect();
        if !accessors.is_empty() {
            let range = made.node.entry("readers").map_or(&made.key.range, |(key, _)| &key.range);
            let spec = json(&secret_access::Spec { accessors });
            resources.push(resource(&made, ACCESS, spec, range));
        }
    }
}

/// The keys of secrets that are made by us, with what they become.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    for made in made(layout) {
        let id = |kind: &str| ResourceId::new(made.laid.env(), kind, &made.name);
        let name = address::written("secret", &made.key.name);
        keys.entry(name).or_default().extend([id(SECRET), id(ACCESS)]);
    }
}

fn resource(made: &Made<'_>, kind: &str, spec: Value, range: &Range) -> Resource {
    Resource {
        id: ResourceId::new(made.laid.env(), kind, &made.name),
        place: Place::project(&made.laid.declaration.cloud.project),
        spec,
        needs: BTreeSet::new(),
        manage: made.make.manage.into(),
        source: Source::from(range),
        notes: Vec::new(),
    }
}

fn spec(made: &Made<'_>) -> secret::Spec {
    let Make {
        environments: _,
        name: _,
        previously: _,
        manage: _,
        readers: _,
        locations,
        labels,
        expires,
        rotate,
    } = made.make;
    let mut all_labels = made.laid.declaration.cloud.labels.clone();
    all_labels.extend(labels.clone());
    let mut locations = locations.clone();
    locations.sort();
    locations.dedup();
    let midnight = |day: &String| format!("{day}T00:00:00Z");
    secret::Spec {
        locations,
        labels: all_labels,
        expires: expires.as_ref().map(midnight),
        rotation: rotate.as_ref().map(|rotate| secret::Rotation {
            period_seconds: seconds(&rotate.every)
                .ok()
                .and_then(|it| it.try_into().ok())
                .unwrap_or(i64::MAX),
            first: midnight(&rotate.first),
            topics: vec![rotate.tell.clone()],
        }),
    }
}

fn json(spec: &impl serde::Serialize) -> Value {
    serde_json::to_value(spec).expect("specs are maps of plain values")
}
