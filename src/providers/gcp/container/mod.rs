//! What clusters and node pools share: the calls of the container API, and waiting for its
//! operations.
//!
//! Google's client has no poller for these operations (they are older than the common kind), so
//! `operation` waits by itself. On each cluster one change runs at a time; the server refuses a
//! second one, and `operation` then waits for the first.

mod hand;
pub(crate) mod operation;
mod sight;

pub(crate) use hand::Hand;
pub(crate) use sight::Sight;

use crate::model::Place;

/// A cluster, as requests name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) project: String,
    pub(crate) location: String,
    pub(crate) cluster: String,
}

impl At {
    /// The cluster of that name in a place.
    pub(crate) fn new(place: &Place, location: &str, cluster: &str) -> Self {
        let (location, cluster) = (location.to_owned(), cluster.to_owned());
        Self { project: place.project.clone(), location, cluster }
    }

    /// `projects/P/locations/L`.
    pub(crate) fn parent(&self) -> String {
        format!("projects/{}/locations/{}", self.project, self.location)
    }

    /// The cluster's full name.
    pub(crate) fn path(&self) -> String {
        format!("{}/clusters/{}", self.parent(), self.cluster)
    }

    /// The full name of a pool in it.
    pub(crate) fn pool(&self, pool: &str) -> String {
        format!("{}/nodePools/{pool}", self.path())
    }

    /// The full name of an operation beside it.
    pub(crate) fn operation(&self, operation: &str) -> String {
        format!("{}/operations/{operation}", self.parent())
    }
}

/// Whether a version is the one that was asked for: all of it, or its beginning (`1.35`).
/// <https://cloud.google.com/kubernetes-engine/versioning#specifying_cluster_version>
pub(crate) fn fits(asked: &str, live: &str) -> bool {
    let rest = live.strip_prefix(asked);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}

/// The version that a spec says: what was asked for, where the live one is that; nothing where
/// nothing was asked for, since the server then sees to it.
pub(crate) fn version(asked: Option<&str>, live: &str) -> Option<String> {
    asked.map(|asked| if fits(asked, live) { asked } else { live }.to_owned())
}

/// The labels of ours and of Google's that a person did not write.
pub(crate) fn is_written(label: &str) -> bool {
    !label.starts_with(crate::model::label::PREFIX) && !label.starts_with("goog-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_version_is_enough() {
        assert!(fits("1.35", "1.35.3-gke.1943000"));
        assert!(fits("1.35.3", "1.35.3-gke.1943000"));
        assert!(!fits("1.3", "1.35.3-gke.1943000"));
        assert_eq!(version(None, "1.35.3-gke.1943000"), None);
    }
}
