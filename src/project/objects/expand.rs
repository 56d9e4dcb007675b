//! From what is declared in clusters to complete resources.

use super::placed::{Placed, cluster, namespace_name, placed, referred};
use super::settings::{Conflicts, Namespace, Object, Secret};
use crate::model::secret::Reference;
use crate::model::{Keys, Place, Resource, ResourceId, Source};
use crate::project::layout::Laid;
use crate::project::managed::Manage;
use crate::project::needs::{self, meant};
use crate::project::{address, secrets};
use crate::providers::kubernetes::kubernetes_namespace as namespace;
use crate::providers::kubernetes::kubernetes_object as object;
use crate::providers::kubernetes::kubernetes_secret as secret;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

const NAMESPACE: &str = "kubernetes-namespace";
const OBJECT: &str = "kubernetes-object";
const SECRET: &str = "kubernetes-secret";
/// What makes its own types appear on a server.
const DEFINITION: &str = "CustomResourceDefinition";

/// What a thing is in the cloud: kind, name, place and settings.
type Made = (&'static str, String, Place, Value);

/// Everything of every environment.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    for placed in &placed::<Namespace>(layout) {
        let made = of_namespace(layout, placed);
        resources.extend(made.map(|made| resource(placed, made, placed.settings.manage)));
    }
    let objects = placed::<Object>(layout);
    let definitions = definitions(layout, &objects);
    let keys = match objects.iter().any(|it| !it.settings.needs.is_empty()) {
        true => needs::keys(layout),
        false => Keys::new(),
    };
    for placed in &objects {
        let made = of_object(layout, placed).map(|made| needing(&keys, placed, made));
        let made = made.map(|made| resource(placed, made, placed.settings.manage));
        let first = defined(&definitions, placed).into_iter();
        let first = first.chain(meant(&keys, placed.laid.env(), &placed.settings.needs));
        resources.extend(
            made.map(|made| Resource {
                needs: first.filter(|it| *it != made.id).collect(),
                ..made
            }),
        );
    }
    for placed in &placed::<Secret>(layout) {
        let made = of_secret(layout, placed);
        resources.extend(made.map(|made| resource(placed, made, placed.settings.manage)));
    }
}

/// The keys of everything, with what it is in each environment.
pub(crate) fn keys(layout: &[Laid], keys: &mut Keys) {
    let mut add = |of: &str, env: &str, key: &str, made: Option<Made>| {
        let Some((kind, name, ..)) = made else { return };
        let written = address::written(of, key);
        keys.entry(written).or_default().insert(ResourceId::new(env, kind, name));
    };
    for placed in &placed::<Namespace>(layout) {
        add("namespace", placed.laid.env(), &placed.key.name, of_namespace(layout, placed));
    }
    for placed in &placed::<Object>(layout) {
        add("object", placed.laid.env(), &placed.key.name, of_object(layout, placed));
    }
    for placed in &placed::<Secret>(layout) {
        add("cluster-secret", placed.laid.env(), &placed.key.name, of_secret(layout, placed));
    }
}

/// An object with what it needs; the object itself keeps that, so that it is known when nothing
/// declares it any more.
fn needing(keys: &Keys, placed: &Placed<'_, Object>, made: Made) -> Made {
    let (kind, name, place, mut spec) = made;
    let needs = meant(keys, placed.laid.env(), &placed.settings.needs);
    let needs: BTreeSet<String> = needs.iter().map(ResourceId::local).collect();
    if !needs.is_empty() {
        spec["needs"] = json!(needs);
    }
    (kind, name, place, spec)
}

fn resource<T>(placed: &Placed<'_, T>, made: Made, manage: Manage) -> Resource {
    let (kind, name, place, spec) = made;
    Resource {
        id: ResourceId::new(placed.laid.env(), kind, name),
        place,
        spec,
        needs: BTreeSet::new(),
        source: Source::from(&placed.key.range),
        notes: Vec::new(),
        manage: manage.into(),
    }
}

fn of_namespace(layout: &[Laid], placed: &Placed<'_, Namespace>) -> Option<Made> {
    let Placed { laid, key, settings, .. } = placed;
    let name = namespace_name(laid, &key.name, settings);
    let cluster = cluster(layout, laid, None, Some(settings))?;
    let (labels, annotations) = (settings.labels.clone(), settings.annotations.clone());
    let (place, id) = (namespace::place(&cluster)?, namespace::namespace_name(&cluster, &name));
    let spec = namespace::Spec { cluster, labels, annotations };
    Some((NAMESPACE, id, place, json!(spec)))
}

fn of_object(layout: &[Laid], placed: &Placed<'_, Object>) -> Option<Made> {
    let Placed { laid, settings, .. } = placed;
    let within = settings.namespace.as_deref().map(|text| referred(laid, text));
    let namespace = within.as_ref().and_then(|(_, namespace)| *namespace);
    let cluster = cluster(layout, laid, settings.cluster.as_deref(), namespace)?;
    let manifest = manifest(placed);
    let name = object::object_name(&cluster, &manifest)?;
    let place = object::place(&cluster, &manifest)?;
    let others = match settings.conflicts {
        Conflicts::Refuse => object::Others::Respect,
        Conflicts::Override => object::Others::Override,
    };
    let spec = object::Spec { others, ..object::Spec::new(cluster, manifest) };
    Some((OBJECT, name, place, json!(spec)))
}

/// The manifest with its name and namespace, without what says nothing.
pub(super) fn manifest(placed: &Placed<'_, Object>) -> Value {
    let Placed { laid, key, settings, .. } = placed;
    let mut manifest = without_nothing(Value::Object(settings.manifest.clone()));
    let metadata = &mut manifest["metadata"];
    if !metadata.is_object() {
        *metadata = Value::Object(Map::new());
    }
    if metadata["name"].is_null() {
        metadata["name"] = json!(key.name);
    }
    if let Some(text) = &settings.namespace {
        metadata["namespace"] = json!(referred(laid, text).0);
    }
    if let Some(fields) = metadata.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    manifest
}

fn without_nothing(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let said = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(said.map(|(name, value)| (name, without_nothing(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nothing).collect()),
        other => other,
    }
}

fn of_secret(layout: &[Laid], placed: &Placed<'_, Secret>) -> Option<Made> {
    let Placed { laid, key, settings, .. } = placed;
    let (namespace, declared) = referred(laid, &settings.namespace);
    let cluster = cluster(layout, laid, settings.cluster.as_deref(), declared)?;
    let reference = |text: &String| -> Option<Reference> {
        let secret = laid.declaration.secrets.get(text)?;
        secrets::reference(layout, laid, text, secret)
    };
    let data = settings.data.iter().filter_map(|(key, text)| Some((key.clone(), reference(text)?)));
    let (place, name) = (
        secret::place(&cluster, &namespace)?,
        secret::secret_name(&cluster, &namespace, &key.name),
    );
    let mut spec = secret::Spec::new(cluster, data.collect());
    if let Some(sort) = &settings.sort {
        spec.sort.clone_from(sort);
    }
    Some((SECRET, name, place, json!(spec)))
}

/// The definitions of types: which type of which group is made by what.
type Definitions = BTreeMap<(String, String), ResourceId>;

fn definitions(layout: &[Laid], objects: &[Placed<'_, Object>]) -> Definitions {
    let all =
        objects.iter().filter(|it| it.settings.manifest.get("kind") == Some(&json!(DEFINITION)));
    let one = |placed: &Placed<'_, Object>| {
        let spec = placed.settings.manifest.get("spec")?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let of = (text(&spec["group"])?, text(&spec["names"]["kind"])?);
        let (kind, name, ..) = of_object(layout, placed)?;
        Some((of, ResourceId::new(placed.laid.env(), kind, name)))
    };
    all.filter_map(one).collect()
}

/// What makes the type of an object appear, if that is declared too.
fn defined(definitions: &Definitions, placed: &Placed<'_, Object>) -> Option<ResourceId> {
    let text = |field: &str| placed.settings.manifest.get(field).and_then(Value::as_str);
    let (group, _) = text("apiVersion")?.split_once('/')?;
    definitions.get(&(group.to_owned(), text("kind")?.to_owned())).cloned()
}
