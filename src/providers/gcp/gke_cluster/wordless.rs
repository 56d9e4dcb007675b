//! What a live cluster may have that our settings have no words for. Pure.

use google_cloud_container_v1::model::Cluster as Live;
use google_cloud_container_v1::model::DatapathProvider;
use google_cloud_container_v1::model::database_encryption::State;

/// What of a cluster cannot be said, in words.
pub(super) fn of(cluster: &Live) -> Vec<String> {
    let mut words = Vec::new();
    let mut is = |there: bool, what: &str| {
        if there {
            words.push(what.to_owned());
        }
    };
    is(cluster.autopilot.as_ref().is_some_and(|it| it.enabled), AUTOPILOT);
    is(restricted(cluster), "which networks may reach its control plane");
    let encryption = cluster.database_encryption.as_ref();
    is(
        encryption.is_some_and(|it| it.state == State::Encrypted),
        "its secrets have a key of yours",
    );
    let network = cluster.network_config.as_ref();
    let newer =
        network.is_some_and(|it| it.datapath_provider == DatapathProvider::AdvancedDatapath);
    is(newer, "its network is Dataplane V2");
    words
}

/// What is said of clusters whose machines are Google's business.
pub(crate) const AUTOPILOT: &str = "Google sees to its machines (Autopilot)";

#[expect(deprecated, reason = "the newer field says nothing of clusters that are older")]
fn restricted(cluster: &Live) -> bool {
    cluster.master_authorized_networks_config.as_ref().is_some_and(|it| it.enabled)
}
