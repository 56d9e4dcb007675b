//! Enums by number and by name: clients may send either, and ask for numbers with
//! `$alt=json;enum-encoding=int`.
//!
//! Numbers: <https://github.com/googleapis/googleapis/blob/master/google/container/v1/cluster_service.proto>

use serde_json::{Value, json};

/// The names of a field's values, by number; nothing where a number is not in use.
type Names = &'static [&'static str];

const STATUS_OF_CLUSTER: Names = &[
    "STATUS_UNSPECIFIED",
    "PROVISIONING",
    "RUNNING",
    "RECONCILING",
    "STOPPING",
    "ERROR",
    "DEGRADED",
];
const STATUS_OF_POOL: Names = &[
    "STATUS_UNSPECIFIED",
    "PROVISIONING",
    "RUNNING",
    "RUNNING_WITH_ERROR",
    "RECONCILING",
    "STOPPING",
    "ERROR",
];
const STATUS_OF_OPERATION: Names =
    &["STATUS_UNSPECIFIED", "PENDING", "RUNNING", "DONE", "ABORTING"];

const FIELDS: &[(&str, Names)] = &[
    ("autoscalingProfile", &["PROFILE_UNSPECIFIED", "OPTIMIZE_UTILIZATION", "BALANCED"]),
    ("channel", &["UNSPECIFIED", "RAPID", "REGULAR", "STABLE", "EXTENDED"]),
    ("effect", &["EFFECT_UNSPECIFIED", "NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"]),
    (
        "gpuDriverVersion",
        &["GPU_DRIVER_VERSION_UNSPECIFIED", "INSTALLATION_DISABLED", "DEFAULT", "LATEST"],
    ),
    ("gpuSharingStrategy", &["GPU_SHARING_STRATEGY_UNSPECIFIED", "TIME_SHARING", "MPS"]),
    ("locationPolicy", &["LOCATION_POLICY_UNSPECIFIED", "BALANCED", "ANY"]),
    ("mode", &["MODE_UNSPECIFIED", "GCE_METADATA", "GKE_METADATA"]),
    ("provider", &["PROVIDER_UNSPECIFIED", "CALICO"]),
    (
        "operationType",
        &[
            "TYPE_UNSPECIFIED",
            "CREATE_CLUSTER",
            "DELETE_CLUSTER",
            "UPGRADE_MASTER",
            "UPGRADE_NODES",
            "REPAIR_CLUSTER",
            "UPDATE_CLUSTER",
            "CREATE_NODE_POOL",
            "DELETE_NODE_POOL",
            "SET_NODE_POOL_MANAGEMENT",
            "AUTO_REPAIR_NODES",
            "AUTO_UPGRADE_NODES",
            "SET_LABELS",
            "SET_MASTER_AUTH",
            "SET_NODE_POOL_SIZE",
            "SET_NETWORK_POLICY",
            "SET_MAINTENANCE_POLICY",
        ],
    ),
    (
        "code",
        &[
            "UNKNOWN",
            "GCE_STOCKOUT",
            "GKE_SERVICE_ACCOUNT_DELETED",
            "GCE_QUOTA_EXCEEDED",
            "SET_BY_OPERATOR",
        ],
    ),
];

const LOGGING: Names = &[
    "COMPONENT_UNSPECIFIED",
    "SYSTEM_COMPONENTS",
    "WORKLOADS",
    "APISERVER",
    "SCHEDULER",
    "CONTROLLER_MANAGER",
];
const MONITORING: Names = &[
    "COMPONENT_UNSPECIFIED",
    "SYSTEM_COMPONENTS",
    "",
    "APISERVER",
    "SCHEDULER",
    "CONTROLLER_MANAGER",
    "",
    "STORAGE",
    "HPA",
    "POD",
    "DAEMONSET",
    "DEPLOYMENT",
    "STATEFULSET",
    "CADVISOR",
    "KUBELET",
    "DCGM",
    "JOBSET",
];

/// Puts numbers in the place of names.
pub(super) fn to_numbers(value: &mut Value) {
    each(value, "", &mut |names, value| {
        let number = value.as_str().and_then(|name| names.iter().position(|known| *known == name));
        if let Some(number) = number {
            *value = json!(number);
        }
    });
}

/// Puts names in the place of numbers.
pub(super) fn to_names(value: &mut Value) {
    each(value, "", &mut |names, value| {
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        if let Some(name) = number.and_then(|number| names.get(number)) {
            *value = json!(name);
        }
    });
}

/// Visits every value that is of an enum. `within` is the name of the field around it.
fn each(value: &mut Value, within: &str, see: &mut impl FnMut(Names, &mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, within, see)),
        Value::Object(fields) => {
            let status = status(fields);
            for (name, field) in fields.iter_mut() {
                match names(name, within, status) {
                    Some(names) if name == "enableComponents" => {
                        let items = field.as_array_mut().into_iter().flatten();
                        items.for_each(|item| see(names, item));
                    }
                    Some(names) => see(names, field),
                    None if !is_map(name) => each(field, name_of(name, within), see),
                    None => {}
                }
            }
        }
        _ => {}
    }
}

/// Maps of a user's own keys, in which no field is an enum.
fn is_map(name: &str) -> bool {
    ["labels", "resourceLabels", "metadata"].contains(&name)
}

/// Components are looked up by what they are components of.
fn name_of<'a>(name: &'a str, within: &'a str) -> &'a str {
    if name == "componentConfig" { within } else { name }
}

fn names(name: &str, within: &str, status: Names) -> Option<Names> {
    match name {
        "status" => Some(status),
        "enableComponents" if within.to_lowercase().contains("logging") => Some(LOGGING),
        "enableComponents" => Some(MONITORING),
        // The code of an error is a number, that of a condition an enum.
        "code" if within == "error" => None,
        _ => FIELDS.iter().find(|(field, _)| *field == name).map(|(_, names)| *names),
    }
}

/// Which statuses the thing with these fields has.
fn status(fields: &serde_json::Map<String, Value>) -> Names {
    if fields.contains_key("operationType") {
        STATUS_OF_OPERATION
    } else if fields.contains_key("config") {
        STATUS_OF_POOL
    } else {
        STATUS_OF_CLUSTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_two_ways_to_say_the_same() {
        let named = json!({
            "status": "RUNNING",
            "loggingConfig": { "componentConfig": { "enableComponents": ["WORKLOADS"] } },
            "monitoringConfig": { "componentConfig": { "enableComponents": ["KUBELET"] } },
            "nodePools": [{ "config": { "labels": { "mode": "GKE_METADATA" } }, "status": "ERROR" }],
        });
        let mut value = named.clone();
        to_numbers(&mut value);
        assert_eq!(value["status"], 2);
        assert_eq!(value["nodePools"][0]["status"], 6);
        assert_eq!(value["monitoringConfig"]["componentConfig"]["enableComponents"][0], 14);
        to_names(&mut value);
        assert_eq!(value, named);
    }
}
