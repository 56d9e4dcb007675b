//! Which changes of an object are made where it stands, which make it anew, and what is lost with it.

use super::{Others, Spec};
use crate::model::Transition;
use crate::providers::kubernetes::compare::is_less;
use crate::providers::kubernetes::types::Type;
use serde_json::{Map, Value};

/// Fields that a server does not change once an object is there.
/// <https://github.com/kubernetes/kubernetes/tree/master/pkg/apis>, the validation of updates.
const FIXED: &[(&str, &[&str])] = &[
    ("Deployment.apps", &["spec.selector"]),
    ("DaemonSet.apps", &["spec.selector"]),
    ("ReplicaSet.apps", &["spec.selector"]),
    ("Job.batch", &["spec.selector", "spec.template", "spec.completionMode"]),
    ("Service", &["spec.clusterIP", "spec.clusterIPs"]),
    ("RoleBinding.rbac.authorization.k8s.io", &["roleRef"]),
    ("ClusterRoleBinding.rbac.authorization.k8s.io", &["roleRef"]),
    (
        "StorageClass.storage.k8s.io",
        &["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"],
    ),
    ("PriorityClass.scheduling.k8s.io", &["value", "preemptionPolicy"]),
    ("IngressClass.networking.k8s.io", &["spec.controller"]),
    (
        "CustomResourceDefinition.apiextensions.k8s.io",
        &["spec.group", "spec.scope", "spec.names.kind"],
    ),
];

/// What of a set of pods with state can be changed; all the rest of `spec` is fixed.
const STATEFUL: &[&str] = &[
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
    "revisionHistoryLimit",
];

/// What of a claim can be changed.
const CLAIM: &[&str] = &["resources", "volumeAttributesClassName"];

/// What of a volume can be changed.
const VOLUME: &[&str] =
    &["capacity", "persistentVolumeReclaimPolicy", "mountOptions", "claimRef", "storageClassName"];

pub(super) fn transition(before: &Spec, after: &Spec) -> Transition {
    if let Some(why) = claimed_by_others(before, after) {
        return Transition::Refuse(why);
    }
    let Some(of) = Type::of(&after.manifest).map(|of| of.qualified()) else {
        return Transition::InPlace;
    };
    let (old, new) = (&before.manifest, &after.manifest);
    if of == "PersistentVolumeClaim" && shrinks(old, new) {
        return Transition::Refuse("a claim of a volume can grow and never shrink".to_owned());
    }
    let changed = fixed(&of, old, new);
    match changed {
        Some(field) => Transition::Replace(format!("{field} of a {} is fixed", after.kind())),
        None => Transition::InPlace,
    }
}

/// Why others would have to be asked first.
fn claimed_by_others(before: &Spec, after: &Spec) -> Option<String> {
    if before.managed_by.is_empty() || after.others == Others::Override {
        return None;
    }
    let all: Vec<String> =
        before.managed_by.iter().map(|(field, who)| format!("{field} ({who})")).collect();
    Some(format!(
        "others manage fields that are declared otherwise: {}; leave them out of the manifest, or \
         write `conflicts: override` to take them",
        all.join(", ")
    ))
}

/// The first fixed field that differs.
fn fixed(of: &str, old: &Value, new: &Value) -> Option<String> {
    match of {
        "StatefulSet.apps" => return beyond(old, new, STATEFUL),
        "PersistentVolumeClaim" => return beyond(old, new, CLAIM),
        "PersistentVolume" => return beyond(old, new, VOLUME),
        "ConfigMap" if old["immutable"] == true => {
            let fields = ["data", "binaryData", "immutable"];
            return fields.iter().find(|it| old[**it] != new[**it]).map(|it| (*it).to_owned());
        }
        _ => {}
    }
    let (_, fields) = FIXED.iter().find(|(name, _)| *name == of)?;
    let at = |object: &Value, path: &str| {
        let pointer = format!("/{}", path.replace('.', "/"));
        object.pointer(&pointer).cloned()
    };
    let said = |path: &&&str| at(new, path).is_some() && at(old, path).is_some();
    let differs = |path: &&&str| at(old, path) != at(new, path);
    fields.iter().filter(said).find(differs).map(|it| (*it).to_owned())
}

/// The first field of `spec` that differs and is none of these.
fn beyond(old: &Value, new: &Value, free: &[&str]) -> Option<String> {
    let none = Map::new();
    let of = |object: &Value| object["spec"].as_object().cloned().unwrap_or(none.clone());
    let (old, new) = (of(old), of(new));
    let fixed = new.iter().filter(|(name, _)| !free.contains(&name.as_str()));
    let mut differing = fixed.filter(|(name, value)| old.get(*name) != Some(value));
    differing.next().map(|(name, _)| format!("spec.{name}"))
}

fn shrinks(old: &Value, new: &Value) -> bool {
    let size =
        |object: &Value| object.pointer("/spec/resources/requests/storage").map(Value::to_owned);
    match (size(old), size(new)) {
        (Some(old), Some(new)) => is_less(&new, &old),
        _ => false,
    }
}

/// What is lost when an object is removed.
pub(super) fn protection(spec: &Spec) -> Option<String> {
    let lost = match Type::of(&spec.manifest)?.qualified().as_str() {
        "PersistentVolumeClaim" => "what is kept in its volume may go with it",
        "PersistentVolume" => "it is what leads to the disk behind it",
        "CustomResourceDefinition.apiextensions.k8s.io" => "all objects of its type go with it",
        _ => return None,
    };
    Some(lost.to_owned())
}

impl Spec {
    fn kind(&self) -> &str {
        self.manifest["kind"].as_str().unwrap_or("object")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spec(api_version: &str, kind: &str, rest: Value) -> Spec {
        let mut manifest = json!({ "apiVersion": api_version, "kind": kind });
        manifest["spec"] = rest;
        Spec::new("context/lab", manifest)
    }

    fn claim(size: &str, class: &str) -> Spec {
        let storage = json!({ "requests": { "storage": size } });
        let rest = json!({ "storageClassName": class, "resources": storage });
        spec("v1", "PersistentVolumeClaim", rest)
    }

    #[test]
    fn a_claim_grows_where_it_stands_and_never_shrinks() {
        let at = |size: &str| claim(size, "standard");
        assert_eq!(transition(&at("10Gi"), &at("20Gi")), Transition::InPlace);
        assert!(matches!(transition(&at("10Gi"), &at("10240Mi")), Transition::InPlace));
        assert!(matches!(transition(&at("10Gi"), &at("9Gi")), Transition::Refuse(_)));
        let other = transition(&at("10Gi"), &claim("10Gi", "fast"));
        let why = "spec.storageClassName of a PersistentVolumeClaim is fixed".to_owned();
        assert_eq!(other, Transition::Replace(why));
    }

    #[test]
    fn what_selects_pods_is_fixed_and_how_many_there_are_is_not() {
        let of = |app: &str, replicas: u64| {
            let rest =
                json!({ "selector": { "matchLabels": { "app": app } }, "replicas": replicas });
            spec("apps/v1", "Deployment", rest)
        };
        assert_eq!(transition(&of("hub", 1), &of("hub", 2)), Transition::InPlace);
        assert!(matches!(transition(&of("hub", 1), &of("proxy", 1)), Transition::Replace(_)));
    }

    #[test]
    fn what_another_manages_is_refused_with_the_words_to_go_on() {
        let after = claim("10Gi", "standard");
        let managed_by = [("spec.replicas".to_owned(), "argocd".to_owned())].into();
        let before = Spec { managed_by, ..after.clone() };
        let Transition::Refuse(why) = transition(&before, &after) else { panic!("not refused") };
        assert!(
            why.contains("spec.replicas (argocd)") && why.contains("conflicts: override"),
            "{why}"
        );
        let after = Spec { others: Others::Override, ..after };
        assert_eq!(transition(&before, &after), Transition::InPlace);
    }
}
