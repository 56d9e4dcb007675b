//! What a cluster leaves behind when it is deleted: volumes that its programs claimed, and load
//! balancers that its services asked for. Both go on costing money, and the volumes hold data.

use crate::kind::ProviderError;
use crate::model::Scope;
use crate::providers::gcp::Reader;
use crate::providers::gcp::compute::{self, last, listed, location, number, region};
use crate::providers::gcp::identity::unless_off;
use google_cloud_container_v1::model::Cluster as Live;
use serde_json::Value;

/// The label by which Google says which cluster a disk or a load balancer is for.
/// <https://cloud.google.com/kubernetes-engine/docs/how-to/persistent-volumes/volume-labels>
const CLUSTER: &str = "goog-k8s-cluster-name";

/// What the description of a load balancer of a cluster has in it: the service or the ingress
/// that asked for it. <https://github.com/kubernetes/cloud-provider-gcp>
const ASKED_FOR: [&str; 2] = ["kubernetes.io/service-name", "kubernetes.io/ingress-name"];

/// So many are named; the rest is counted.
const NAMED: usize = 5;

/// What of a cluster would stay behind, in words; nothing if nothing would.
pub(super) async fn left_behind(
    reader: &Reader,
    scope: &Scope<'_>,
    project: &str,
    cluster: &Live,
) -> Result<Option<String>, ProviderError> {
    let look = async |collection| {
        let all = listed(reader, project, collection).await;
        Ok::<_, ProviderError>(unless_off(all, scope, project, compute::API)?.unwrap_or_default())
    };
    let (disks, rules) = (look("disks").await?, look("forwardingRules").await?);
    let volumes = disks.iter().filter(|disk| is_volume(disk, cluster)).map(volume).collect();
    let balancers = rules.iter().filter(|rule| is_balancer(rule, cluster)).map(balancer).collect();
    let parts: Vec<String> = [told("volumes", volumes), told("load balancers", balancers)]
        .into_iter()
        .flatten()
        .collect();
    let all = parts.join(" and the ");
    Ok((!parts.is_empty()).then(|| format!("leaves behind the {all}")))
}

/// Whether a place is in the region of a cluster.
fn is_near(thing: &Value, cluster: &Live) -> bool {
    region(&location(thing)) == region(&cluster.location)
}

fn is_volume(disk: &Value, cluster: &Live) -> bool {
    // Disks of machines go with their machines.
    let claimed = disk["labels"]["goog-gke-volume"].is_string()
        || disk["description"]
            .as_str()
            .is_some_and(|text| text.contains("kubernetes.io/created-for"));
    claimed && disk["labels"][CLUSTER] == *cluster.name && is_near(disk, cluster)
}

/// A rule that names no cluster may be of any in the region, so it counts.
fn is_balancer(rule: &Value, cluster: &Live) -> bool {
    let text = rule["description"].as_str().unwrap_or_default();
    let named = rule["labels"][CLUSTER].as_str();
    let near = is_near(rule, cluster) || location(rule) == "global";
    near && ASKED_FOR.iter().any(|word| text.contains(word))
        && named.is_none_or(|named| named == cluster.name)
}

fn volume(disk: &Value) -> String {
    let name = disk["name"].as_str().unwrap_or_default();
    format!("{name} ({} GB)", number(&disk["sizeGb"]).unwrap_or_default())
}

fn balancer(rule: &Value) -> String {
    let name = last(&rule["name"]);
    match rule["IPAddress"].as_str() {
        Some(address) => format!("{name} ({address})"),
        None => name.to_owned(),
    }
}

fn told(what: &str, mut names: Vec<String>) -> Option<String> {
    names.sort();
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty()).then(|| format!("{what} {}{rest}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn cluster() -> Live {
        Live::new().set_name("leap-cluster").set_location("us-central1")
    }

    #[test]
    fn volumes_of_this_cluster_stay_behind_and_disks_of_its_machines_do_not() {
        let disk = |labels: Value| json!({ "labels": labels, "zone": "zones/us-central1-c" });
        let volume = json!({ CLUSTER: "leap-cluster", "goog-gke-volume": "" });
        assert!(is_volume(&disk(volume), &cluster()));
        let other = json!({ CLUSTER: "another", "goog-gke-volume": "" });
        assert!(!is_volume(&disk(other), &cluster()));
        let of_a_machine = json!({ CLUSTER: "leap-cluster", "goog-gke-node": "" });
        assert!(!is_volume(&disk(of_a_machine), &cluster()));
    }

    #[test]
    fn load_balancers_of_services_stay_behind() {
        let text = r#"{"kubernetes.io/service-name":"support/ingress"}"#;
        let rule = json!({ "description": text, "region": "regions/us-central1" });
        assert!(is_balancer(&rule, &cluster()));
        let by_hand = json!({ "description": "mine", "region": "regions/us-central1" });
        assert!(!is_balancer(&by_hand, &cluster()));
    }

    #[test]
    fn many_are_counted() {
        let names = (0..7).map(|number| number.to_string()).collect();
        assert_eq!(told("volumes", names).unwrap(), "volumes 0, 1, 2, 3, 4 and 2 more");
    }
}
