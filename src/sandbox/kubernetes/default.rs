//! What the server adds to what it is given.
//!
//! <https://github.com/kubernetes/kubernetes/tree/master/pkg/apis>, `defaults.go` of each version.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::kind::{Origin, Type};
use super::quantity;

/// Gives a field a value where it has none.
fn or(value: &mut Value, name: &str, default: Value) {
    let has_fields = value.is_object() || value.is_null();
    if has_fields && value[name].is_null() {
        value[name] = default;
    }
}

/// The items of a list, where there is one.
fn items<'v>(value: &'v mut Value, name: &str) -> impl Iterator<Item = &'v mut Value> {
    value.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Completes an object. `number` is one that no other object got.
pub(super) fn complete(kind: &Type, object: &mut Value, number: u64) {
    if kind.origin == Origin::BuiltIn {
        quantity::settle(object);
    }
    match (kind.group.as_str(), kind.kind.as_str()) {
        ("", "Secret") => secret(object),
        ("", "Service") => {
            service(&mut object["spec"], number);
            or(object, "status", json!({ "loadBalancer": {} }));
        }
        ("", "Pod") => pod(&mut object["spec"]),
        ("", "Namespace") => namespace(object),
        ("", "PersistentVolumeClaim") => claim(object),
        ("apps", "Deployment") => deployment(&mut object["spec"]),
        ("apps", "StatefulSet") => stateful(&mut object["spec"]),
        ("apps", "DaemonSet") => daemon(&mut object["spec"]),
        ("apps", "ReplicaSet") => {
            or(&mut object["spec"], "replicas", json!(1));
            pod(&mut object["spec"]["template"]["spec"]);
        }
        ("batch", "Job") => job(&mut object["spec"]),
        ("batch", "CronJob") => cron(&mut object["spec"]),
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => binding(object),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => definition(object),
        ("networking.k8s.io", "NetworkPolicy") => policy(&mut object["spec"]),
        ("scheduling.k8s.io", "PriorityClass") => {
            or(object, "preemptionPolicy", json!("PreemptLowerPriority"));
            if let Some(fields) = object.as_object_mut() {
                fields.retain(|name, value| name != "globalDefault" || *value == true);
            }
        }
        ("storage.k8s.io", "StorageClass") => {
            or(object, "reclaimPolicy", json!("Delete"));
            or(object, "volumeBindingMode", json!("Immediate"));
        }
        _ => {}
    }
}

/// What stays as it is when a new state does not say it.
pub(super) fn carry_over(kind: &Type, before: &Value, after: &mut Value) {
    let keep = |after: &mut Value, fields: &[&str]| {
        for field in fields {
            if !before["spec"][field].is_null() {
                or(&mut after["spec"], field, before["spec"][field].clone());
            }
        }
    };
    match (kind.group.as_str(), kind.kind.as_str()) {
        ("", "Service") => {
            keep(after, &["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]);
            if after["spec"]["type"] != "ClusterIP" {
                same_ports(before, after);
            }
        }
        ("", "PersistentVolumeClaim") => keep(after, &["volumeName", "storageClassName"]),
        ("", "Namespace") => keep(after, &["finalizers"]),
        ("", "Pod") => keep(after, &["nodeName", "serviceAccountName"]),
        ("batch", "Job") => {
            keep(after, &["selector"]);
            let labels = &before["spec"]["template"]["metadata"];
            or(&mut after["spec"]["template"], "metadata", labels.clone());
        }
        _ => {}
    }
}

/// Ports keep the number that they have on the machines.
fn same_ports(before: &Value, after: &mut Value) {
    let earlier = before["spec"]["ports"].as_array().cloned().unwrap_or_default();
    for port in items(&mut after["spec"], "ports") {
        let same = earlier.iter().find(|it| it["port"] == port["port"]);
        if let Some(number) = same.map(|it| it["nodePort"].clone()).filter(|it| !it.is_null()) {
            or(port, "nodePort", number);
        }
    }
}

/// What is given in clear is kept in base64.
fn secret(object: &mut Value) {
    or(object, "type", json!("Opaque"));
    let Some(fields) = object.as_object_mut() else { return };
    let Some(Value::Object(clear)) = fields.remove("stringData") else { return };
    let data = fields.entry("data").or_insert_with(|| json!({}));
    for (key, value) in clear {
        let text = value.as_str().unwrap_or_default();
        data[key] = json!(BASE64.encode(text.as_bytes()));
    }
}

fn service(spec: &mut Value, number: u64) {
    or(spec, "type", json!("ClusterIP"));
    or(spec, "sessionAffinity", json!("None"));
    if spec["type"] == "ExternalName" {
        return;
    }
    or(spec, "internalTrafficPolicy", json!("Cluster"));
    or(spec, "ipFamilyPolicy", json!("SingleStack"));
    or(spec, "ipFamilies", json!(["IPv4"]));
    let (high, low) = (number / 250 % 250, number % 250 + 2);
    or(spec, "clusterIP", json!(format!("10.96.{high}.{low}")));
    let address = spec["clusterIP"].clone();
    or(spec, "clusterIPs", json!([address]));
    let on_machines = spec["type"] == "LoadBalancer" || spec["type"] == "NodePort";
    if on_machines {
        or(spec, "externalTrafficPolicy", json!("Cluster"));
    }
    if spec["type"] == "LoadBalancer" {
        or(spec, "allocateLoadBalancerNodePorts", json!(true));
    }
    for (at, port) in (0..).zip(items(spec, "ports")) {
        or(port, "protocol", json!("TCP"));
        let same = port["port"].clone();
        or(port, "targetPort", same);
        if on_machines {
            or(port, "nodePort", json!(30_000 + (number * 7 + at) % 2_768));
        }
    }
}

fn namespace(object: &mut Value) {
    let name = object["metadata"]["name"].clone();
    if !object["metadata"]["labels"].is_object() {
        object["metadata"]["labels"] = json!({});
    }
    object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name;
    or(&mut object["spec"], "finalizers", json!(["kubernetes"]));
    or(object, "status", json!({ "phase": "Active" }));
}

fn claim(object: &mut Value) {
    or(&mut object["spec"], "volumeMode", json!("Filesystem"));
    or(&mut object["spec"], "storageClassName", json!("standard-rwo"));
    or(object, "status", json!({ "phase": "Pending" }));
    if object["metadata"]["finalizers"].is_null()
        && object["metadata"]["deletionTimestamp"].is_null()
    {
        object["metadata"]["finalizers"] = json!(["kubernetes.io/pvc-protection"]);
    }
}

fn deployment(spec: &mut Value) {
    or(spec, "replicas", json!(1));
    or(spec, "revisionHistoryLimit", json!(10));
    or(spec, "progressDeadlineSeconds", json!(600));
    or(&mut spec["strategy"], "type", json!("RollingUpdate"));
    if spec["strategy"]["type"] == "RollingUpdate" {
        or(&mut spec["strategy"]["rollingUpdate"], "maxSurge", json!("25%"));
        or(&mut spec["strategy"]["rollingUpdate"], "maxUnavailable", json!("25%"));
    }
    pod(&mut spec["template"]["spec"]);
}

fn stateful(spec: &mut Value) {
    or(spec, "replicas", json!(1));
    or(spec, "revisionHistoryLimit", json!(10));
    or(spec, "podManagementPolicy", json!("OrderedReady"));
    or(&mut spec["updateStrategy"], "type", json!("RollingUpdate"));
    if spec["updateStrategy"]["type"] == "RollingUpdate" {
        or(&mut spec["updateStrategy"]["rollingUpdate"], "partition", json!(0));
    }
    let keep = json!({ "whenDeleted": "Retain", "whenScaled": "Retain" });
    or(spec, "persistentVolumeClaimRetentionPolicy", keep);
    for claim in items(spec, "volumeClaimTemplates") {
        or(claim, "apiVersion", json!("v1"));
        or(claim, "kind", json!("PersistentVolumeClaim"));
        or(&mut claim["spec"], "volumeMode", json!("Filesystem"));
        or(claim, "status", json!({ "phase": "Pending" }));
    }
    pod(&mut spec["template"]["spec"]);
}

fn daemon(spec: &mut Value) {
    or(spec, "revisionHistoryLimit", json!(10));
    or(&mut spec["updateStrategy"], "type", json!("RollingUpdate"));
    if spec["updateStrategy"]["type"] == "RollingUpdate" {
        or(&mut spec["updateStrategy"]["rollingUpdate"], "maxSurge", json!(0));
        or(&mut spec["updateStrategy"]["rollingUpdate"], "maxUnavailable", json!(1));
    }
    pod(&mut spec["template"]["spec"]);
}

fn job(spec: &mut Value) {
    or(spec, "parallelism", json!(1));
    or(spec, "completions", json!(1));
    or(spec, "backoffLimit", json!(6));
    or(spec, "completionMode", json!("NonIndexed"));
    or(spec, "suspend", json!(false));
    or(spec, "podReplacementPolicy", json!("TerminatingOrFailed"));
    pod(&mut spec["template"]["spec"]);
}

fn cron(spec: &mut Value) {
    or(spec, "concurrencyPolicy", json!("Allow"));
    or(spec, "suspend", json!(false));
    or(spec, "successfulJobsHistoryLimit", json!(3));
    or(spec, "failedJobsHistoryLimit", json!(1));
    pod(&mut spec["jobTemplate"]["spec"]["template"]["spec"]);
}

fn pod(spec: &mut Value) {
    if !spec.is_object() {
        return;
    }
    or(spec, "restartPolicy", json!("Always"));
    or(spec, "dnsPolicy", json!("ClusterFirst"));
    or(spec, "schedulerName", json!("default-scheduler"));
    or(spec, "terminationGracePeriodSeconds", json!(30));
    or(spec, "securityContext", json!({}));
    let account = spec["serviceAccountName"].clone();
    if account.is_string() {
        or(spec, "serviceAccount", account);
    }
    items(spec, "containers").for_each(container);
    items(spec, "initContainers").for_each(container);
    items(spec, "volumes").for_each(volume);
}

fn container(container: &mut Value) {
    let image = container["image"].as_str().unwrap_or_default();
    let tag = image.rsplit('/').next().unwrap_or_default();
    let moving = !tag.contains([':', '@']) || tag.ends_with(":latest");
    let policy = if moving { "Always" } else { "IfNotPresent" };
    or(container, "imagePullPolicy", json!(policy));
    or(container, "resources", json!({}));
    or(container, "terminationMessagePath", json!("/dev/termination-log"));
    or(container, "terminationMessagePolicy", json!("File"));
    items(container, "ports").for_each(|port| or(port, "protocol", json!("TCP")));
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(probe) = container.get_mut(probe).filter(|it| it.is_object()) else { continue };
        let usual = [
            ("periodSeconds", 10),
            ("timeoutSeconds", 1),
            ("successThreshold", 1),
            ("failureThreshold", 3),
        ];
        for (field, value) in usual {
            or(probe, field, json!(value));
        }
        if let Some(http) = probe.get_mut("httpGet").filter(|it| it.is_object()) {
            or(http, "scheme", json!("HTTP"));
            or(http, "path", json!("/"));
        }
    }
    for variable in items(container, "env") {
        if let Some(field) = variable.pointer_mut("/valueFrom/fieldRef") {
            or(field, "apiVersion", json!("v1"));
        }
    }
}

fn volume(volume: &mut Value) {
    for (source, mode) in
        [("configMap", 420), ("secret", 420), ("projected", 420), ("downwardAPI", 420)]
    {
        if let Some(source) = volume.get_mut(source).filter(|it| it.is_object()) {
            or(source, "defaultMode", json!(mode));
        }
    }
    if let Some(source) = volume.get_mut("hostPath").filter(|it| it.is_object()) {
        or(source, "type", json!(""));
    }
}

fn policy(spec: &mut Value) {
    for list in ["ingress", "egress"] {
        let ports = items(spec, list).flat_map(|rule| items(rule, "ports"));
        ports.for_each(|port| or(port, "protocol", json!("TCP")));
    }
}

fn binding(object: &mut Value) {
    or(&mut object["roleRef"], "apiGroup", json!("rbac.authorization.k8s.io"));
    for subject in items(object, "subjects") {
        if subject["kind"] != "ServiceAccount" {
            or(subject, "apiGroup", json!("rbac.authorization.k8s.io"));
        }
    }
}

/// A definition whose names nobody else has is good at once.
fn definition(object: &mut Value) {
    let spec = &mut object["spec"];
    or(&mut spec["conversion"], "strategy", json!("None"));
    let kind = spec["names"]["kind"].as_str().unwrap_or_default().to_owned();
    or(&mut spec["names"], "listKind", json!(format!("{kind}List")));
    or(&mut spec["names"], "singular", json!(kind.to_ascii_lowercase()));
    let names = spec["names"].clone();
    let stored = spec["versions"].as_array().into_iter().flatten();
    let stored: Vec<Value> =
        stored.filter(|it| it["storage"] == true).map(|it| it["name"].clone()).collect();
    let condition = |kind: &str, reason: &str, message: &str| json!({ "type": kind, "status": "True", "reason": reason, "message": message });
    let good = [
        condition("NamesAccepted", "NoConflicts", "no conflicts found"),
        condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
    ];
    object["status"] =
        json!({ "conditions": good, "acceptedNames": names, "storedVersions": stored });
}
