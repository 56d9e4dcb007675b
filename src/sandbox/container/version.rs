//! Versions of Kubernetes: which there are, and what a short form stands for.

use serde_json::{Value, json};

use crate::sandbox::refusal::Refusal;

/// Versions that a control plane can have, newest first; made up after the pattern of real ones.
const VERSIONS: [&str; 4] =
    ["1.36.1-gke.1204000", "1.35.4-gke.1127000", "1.35.3-gke.1943000", "1.34.6-gke.1588000"];

/// What a cluster gets that asks for none.
const DEFAULT: &str = "1.35.3-gke.1943000";

/// `getServerConfig`.
pub(super) fn server_config() -> Value {
    let channel = |name: &str, default: &str| json!({ "channel": name, "defaultVersion": default, "validVersions": VERSIONS });
    json!({
        "defaultClusterVersion": DEFAULT,
        "validMasterVersions": VERSIONS,
        "validNodeVersions": VERSIONS,
        "validImageTypes": ["COS_CONTAINERD", "UBUNTU_CONTAINERD"],
        "defaultImageType": "COS_CONTAINERD",
        "channels": [
            channel("RAPID", VERSIONS[0]),
            channel("REGULAR", DEFAULT),
            channel("STABLE", VERSIONS[3]),
        ],
    })
}

/// The version that a text means: `latest`, `-` or nothing, `1.35`, `1.35.3` or all of it.
/// <https://cloud.google.com/kubernetes-engine/versioning#specifying_cluster_version>
pub(super) fn resolve(asked: &str) -> Result<&'static str, Refusal> {
    match asked {
        "" | "-" => Ok(DEFAULT),
        "latest" => Ok(VERSIONS[0]),
        _ => {
            let fits = |version: &&&str| {
                let rest = version.strip_prefix(asked);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
            };
            VERSIONS.iter().find(fits).copied().ok_or_else(|| {
                Refusal::invalid(format!("Version \"{asked}\" is invalid: it is not available."))
            })
        }
    }
}

/// Whether a version is newer than another.
pub(super) fn newer(one: &str, other: &str) -> bool {
    let place = |version: &str| VERSIONS.iter().position(|known| *known == version);
    place(one) < place(other)
}
