//! The fields that types have, as far as the sandbox knows them: of metadata, of the commonest
//! types, and of custom types with a schema.
//!
//! What is not described here is taken as it is.
//! <https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation>

use serde_json::Value;

use super::apply::schema;
use super::kind::{Origin, Type};

/// A field that a type does not have: the names that lead to it, items of lists by their numbers.
pub(super) type Path = Vec<String>;

/// Structures and their fields. A field with a colon is of another structure, one in brackets a
/// list of it.
const STRUCTURES: &[(&str, &str)] = &[
    (
        "ObjectMeta",
        "name generateName namespace selfLink uid resourceVersion generation creationTimestamp \
         deletionTimestamp deletionGracePeriodSeconds labels annotations ownerReferences:[Owner] \
         finalizers managedFields:[Managed]",
    ),
    ("Owner", "apiVersion kind name uid controller blockOwnerDeletion"),
    ("Managed", "manager operation apiVersion time fieldsType fieldsV1 subresource"),
    ("/ConfigMap", "apiVersion kind metadata data binaryData immutable"),
    ("/Secret", "apiVersion kind metadata data stringData type immutable"),
    (
        "/ServiceAccount",
        "apiVersion kind metadata secrets imagePullSecrets automountServiceAccountToken",
    ),
    ("/Namespace", "apiVersion kind metadata spec:Namespace status"),
    ("Namespace", "finalizers"),
    ("/Service", "apiVersion kind metadata spec:Service status"),
    (
        "Service",
        "ports:[ServicePort] selector clusterIP clusterIPs type externalIPs sessionAffinity loadBalancerIP \
         loadBalancerSourceRanges externalName externalTrafficPolicy healthCheckNodePort \
         publishNotReadyAddresses sessionAffinityConfig ipFamilies ipFamilyPolicy \
         allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution",
    ),
    ("ServicePort", "name protocol appProtocol port targetPort nodePort"),
    ("/PersistentVolumeClaim", "apiVersion kind metadata spec:Claim status"),
    (
        "Claim",
        "accessModes selector resources volumeName storageClassName volumeMode dataSource dataSourceRef \
         volumeAttributesClassName",
    ),
    ("/Pod", "apiVersion kind metadata spec:Pod status"),
    ("Template", "metadata:ObjectMeta spec:Pod"),
    (
        "Pod",
        "volumes initContainers:[Container] containers:[Container] ephemeralContainers restartPolicy \
         terminationGracePeriodSeconds activeDeadlineSeconds dnsPolicy nodeSelector serviceAccountName \
         serviceAccount automountServiceAccountToken nodeName hostNetwork hostPID hostIPC \
         shareProcessNamespace securityContext imagePullSecrets hostname subdomain affinity schedulerName \
         tolerations hostAliases priorityClassName priority dnsConfig readinessGates runtimeClassName \
         enableServiceLinks preemptionPolicy overhead topologySpreadConstraints setHostnameAsFQDN os \
         hostUsers schedulingGates resourceClaims resources",
    ),
    (
        "Container",
        "name image command args workingDir ports:[ContainerPort] envFrom env:[Variable] resources \
         resizePolicy restartPolicy volumeMounts:[Mount] volumeDevices livenessProbe readinessProbe \
         startupProbe lifecycle terminationMessagePath terminationMessagePolicy imagePullPolicy \
         securityContext stdin stdinOnce tty",
    ),
    ("ContainerPort", "name hostPort containerPort protocol hostIP"),
    ("Variable", "name value valueFrom"),
    ("Mount", "name readOnly recursiveReadOnly mountPath subPath mountPropagation subPathExpr"),
    ("/apps/Deployment", "apiVersion kind metadata spec:Deployment status"),
    (
        "Deployment",
        "replicas selector template:Template strategy minReadySeconds revisionHistoryLimit paused \
         progressDeadlineSeconds",
    ),
    ("/apps/StatefulSet", "apiVersion kind metadata spec:StatefulSet status"),
    (
        "StatefulSet",
        "replicas selector template:Template volumeClaimTemplates serviceName podManagementPolicy \
         updateStrategy revisionHistoryLimit minReadySeconds persistentVolumeClaimRetentionPolicy ordinals",
    ),
    ("/apps/DaemonSet", "apiVersion kind metadata spec:DaemonSet status"),
    ("DaemonSet", "selector template:Template updateStrategy minReadySeconds revisionHistoryLimit"),
    ("/batch/Job", "apiVersion kind metadata spec:Job status"),
    (
        "Job",
        "parallelism completions activeDeadlineSeconds podFailurePolicy successPolicy backoffLimit \
         backoffLimitPerIndex maxFailedIndexes selector manualSelector template:Template \
         ttlSecondsAfterFinished completionMode suspend podReplacementPolicy managedBy",
    ),
    ("/batch/CronJob", "apiVersion kind metadata spec:CronJob status"),
    (
        "CronJob",
        "schedule timeZone startingDeadlineSeconds concurrencyPolicy suspend jobTemplate:JobTemplate \
         successfulJobsHistoryLimit failedJobsHistoryLimit",
    ),
    ("JobTemplate", "metadata:ObjectMeta spec:Job"),
    ("/networking.k8s.io/Ingress", "apiVersion kind metadata spec:Ingress status"),
    ("Ingress", "ingressClassName defaultBackend tls rules"),
    ("/rbac.authorization.k8s.io/Role", "apiVersion kind metadata rules:[Rule]"),
    (
        "/rbac.authorization.k8s.io/ClusterRole",
        "apiVersion kind metadata rules:[Rule] aggregationRule",
    ),
    ("Rule", "verbs apiGroups resources resourceNames nonResourceURLs"),
    (
        "/rbac.authorization.k8s.io/RoleBinding",
        "apiVersion kind metadata subjects:[Subject] roleRef:Role",
    ),
    (
        "/rbac.authorization.k8s.io/ClusterRoleBinding",
        "apiVersion kind metadata subjects:[Subject] roleRef:Role",
    ),
    ("Subject", "kind apiGroup name namespace"),
    ("Role", "apiGroup kind name"),
];

/// The fields of an object that its type does not have.
pub(super) fn unknown(kind: &Type, object: &Value, definition: Option<&Value>) -> Vec<Path> {
    let mut found = Vec::new();
    let mut at = vec!["metadata".to_owned()];
    described(&object["metadata"], "ObjectMeta", &mut at, &mut found);
    let mut at = Vec::new();
    match kind.origin {
        Origin::BuiltIn => {
            let root = match kind.group.as_str() {
                "" => format!("/{}", kind.kind),
                group => format!("/{group}/{}", kind.kind),
            };
            described(object, &root, &mut at, &mut found);
        }
        Origin::Custom => {
            if let Some(schema) = schema(definition, kind) {
                custom(object, schema, &mut at, &mut found);
            }
        }
    }
    found
}

fn described(value: &Value, structure: &str, at: &mut Path, found: &mut Vec<Path>) {
    let Some((_, fields)) = STRUCTURES.iter().find(|(name, _)| *name == structure) else { return };
    for (name, value) in value.as_object().into_iter().flatten() {
        let field = fields.split_whitespace().find_map(|field| {
            let (known, of) = field.split_once(':').unwrap_or((field, ""));
            (known == name).then_some(of)
        });
        at.push(name.clone());
        match field {
            None => found.push(at.clone()),
            Some(of) => match of.strip_prefix('[').and_then(|of| of.strip_suffix(']')) {
                None => described(value, of, at, found),
                Some(of) => each(value, at, |item, at| described(item, of, at, found)),
            },
        }
        at.pop();
    }
}

fn each(list: &Value, at: &mut Path, mut look: impl FnMut(&Value, &mut Path)) {
    for (number, item) in list.as_array().into_iter().flatten().enumerate() {
        at.push(number.to_string());
        look(item, at);
        at.pop();
    }
}

/// <https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning>
fn custom(value: &Value, schema: &Value, at: &mut Path, found: &mut Vec<Path>) {
    if schema["x-kubernetes-preserve-unknown-fields"] == true {
        return;
    }
    if schema["items"].is_object() {
        return each(value, at, |item, at| custom(item, &schema["items"], at, found));
    }
    let (known, more) = (&schema["properties"], &schema["additionalProperties"]);
    if !known.is_object() && schema["type"] != "object" {
        return;
    }
    let top = at.is_empty();
    for (name, value) in value.as_object().into_iter().flatten() {
        if top && matches!(name.as_str(), "apiVersion" | "kind" | "metadata") {
            continue;
        }
        at.push(name.clone());
        match known.get(name) {
            Some(schema) => custom(value, schema, at, found),
            None if more.is_object() => custom(value, more, at, found),
            None if *more == true => {}
            None => found.push(at.clone()),
        }
        at.pop();
    }
}

/// Takes a field out of an object.
pub(super) fn drop(object: &mut Value, path: &Path) {
    let Some((last, way)) = path.split_last() else { return };
    let inner = way.iter().try_fold(object, |value, name| match value {
        Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?),
        value => value.get_mut(name),
    });
    if let Some(fields) = inner.and_then(Value::as_object_mut) {
        fields.remove(last);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kind;
    use super::*;

    #[test]
    fn a_field_that_no_container_has_is_found_where_it_is() {
        let kind = kind::of_kind("apps", "Deployment").unwrap();
        let containers = json!([{ "name": "hub", "imagee": "x", "resources": { "any": 1 } }]);
        let mut object = json!({ "metadata": { "name": "a", "lables": {} },
            "spec": { "template": { "spec": { "containers": containers } } } });
        let found = unknown(kind, &object, None);
        let told: Vec<String> = found.iter().map(|path| path.join(".")).collect();
        assert_eq!(told, ["metadata.lables", "spec.template.spec.containers.0.imagee"]);
        found.iter().for_each(|path| drop(&mut object, path));
        assert!(unknown(kind, &object, None).is_empty());
    }
}
