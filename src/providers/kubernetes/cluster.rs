//! Where something of Kubernetes is: a cluster, as a declaration writes it and as places keep it.
//!
//! A cluster is `projects/P/locations/L/clusters/C`, one of Google's, or `context/NAME`, whatever a
//! kubeconfig calls so. What is in it has names that begin with the last word of that.

use crate::model::{Need, Place};
use std::fmt;

/// The project of places that are in a kubeconfig's context.
const CONTEXT: &str = "context";

/// A cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cluster {
    /// One of Google's.
    Gke {
        /// Its project.
        project: String,
        /// Its region or zone.
        location: String,
        /// Its name.
        name: String,
    },
    /// What a kubeconfig calls by this name.
    Context(String),
}

impl Cluster {
    /// The cluster of this path; none if the text is no such path.
    pub fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split('/').collect();
        if words.iter().any(|word| word.is_empty()) {
            return None;
        }
        match words[..] {
            ["projects", project, "locations", location, "clusters", name] => Some(Self::Gke {
                project: project.to_owned(),
                location: location.to_owned(),
                name: name.to_owned(),
            }),
            [CONTEXT, name] => Some(Self::Context(name.to_owned())),
            _ => None,
        }
    }

    /// Its name, with which the names of all begin that is in it.
    pub fn name(&self) -> &str {
        match self {
            Self::Gke { name, .. } | Self::Context(name) => name,
        }
    }

    /// The place in it that is listed by `parent`.
    pub fn place(&self, parent: impl Into<String>) -> Place {
        let parent = Some(format!("{}/{}", self.name(), parent.into()));
        match self {
            Self::Gke { project, location, .. } => {
                Place { project: project.clone(), location: Some(location.clone()), parent }
            }
            Self::Context(_) => Place { project: CONTEXT.to_owned(), location: None, parent },
        }
    }

    /// The cluster of a place, and what is listed there.
    pub fn of_place(place: &Place) -> Option<(Self, &str)> {
        let (name, parent) = place.parent.as_deref()?.split_once('/')?;
        let name = name.to_owned();
        let cluster = match &place.location {
            Some(location) => {
                Self::Gke { project: place.project.clone(), location: location.clone(), name }
            }
            None => Self::Context(name),
        };
        Some((cluster, parent))
    }

    /// What things in it stand on; nothing where others made it.
    pub fn need(&self) -> Option<Need> {
        match self {
            Self::Gke { name, .. } => Some(Need::inside("gke-cluster", name)),
            Self::Context(_) => None,
        }
    }
}

impl fmt::Display for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gke { project, location, name } => {
                write!(f, "projects/{project}/locations/{location}/clusters/{name}")
            }
            Self::Context(name) => write!(f, "{CONTEXT}/{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_found_again_from_the_place_of_what_is_in_it() {
        for text in ["projects/p/locations/us-central1/clusters/leap", "context/lab"] {
            let cluster = Cluster::parse(text).unwrap();
            assert_eq!(cluster.to_string(), text);
            let place = cluster.place("hubs/v1/ConfigMap");
            assert_eq!(Cluster::of_place(&place), Some((cluster, "hubs/v1/ConfigMap")));
        }
        assert_eq!(Cluster::parse("projects/p/clusters/leap"), None);
        assert_eq!(Cluster::parse("context/"), None);
    }
}
