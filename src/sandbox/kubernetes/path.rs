//! What a call is about, read from its path.

use super::rights;

/// A cluster, and what is asked for below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) place: Place,
    pub(super) target: Target,
}

/// Where a cluster is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// One that Google Kubernetes Engine runs.
    Engine { project: String, location: String, cluster: String },
    /// One that is reached by a context only.
    Context(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// What is told of the server itself: versions, groups, health, descriptions.
    Server(Vec<String>),
    Objects(Objects),
}

/// Objects of a type, or one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Objects {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) plural: String,
    pub(super) namespace: Option<String>,
    pub(super) name: Option<String>,
    /// What is asked for below an object, `status`.
    pub(super) below: Option<String>,
}

impl Place {
    /// The name under which its things lie in the store.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Engine { project, location, cluster } => {
                format!("projects/{project}/locations/{location}/clusters/{cluster}")
            }
            Self::Context(name) => format!("context/{name}"),
        }
    }

    fn template(&self) -> &'static str {
        match self {
            Self::Engine { .. } => {
                "/kubernetes/projects/{project}/locations/{location}/clusters/{cluster}"
            }
            Self::Context(_) => "/kubernetes/context/{context}",
        }
    }
}

impl Path {
    pub(super) fn read(path: &str) -> Option<Self> {
        let path = path.trim_matches('/');
        let parts: Vec<String> = path.split('/').map(decoded).collect::<Option<_>>()?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let (place, rest) = match parts.as_slice() {
            [
                "kubernetes",
                "projects",
                project,
                "locations",
                location,
                "clusters",
                cluster,
                rest @ ..,
            ] => {
                let [project, location, cluster] =
                    [project, location, cluster].map(|text| (*text).to_owned());
                (Place::Engine { project, location, cluster }, rest)
            }
            ["kubernetes", "context", name, rest @ ..] => {
                (Place::Context((*name).to_owned()), rest)
            }
            _ => return None,
        };
        Some(Self { place, target: Target::read(rest)? })
    }

    /// Whether it only asks what the caller may do.
    pub(super) fn asks(&self) -> bool {
        matches!(&self.target, Target::Objects(objects) if rights::is_review(objects))
    }

    /// The path with names for what differs from call to call.
    pub(super) fn template(&self) -> String {
        format!("{}{}", self.place.template(), self.target.template())
    }

    /// The name of what the call is about.
    pub(super) fn resource(&self) -> String {
        let Target::Objects(objects) = &self.target else { return self.place.key() };
        let parts = [&objects.namespace, &Some(objects.plural.clone()), &objects.name];
        parts.into_iter().flatten().cloned().collect::<Vec<_>>().join("/")
    }
}

fn decoded(part: &str) -> Option<String> {
    percent_encoding::percent_decode_str(part).decode_utf8().ok().map(Into::into)
}

impl Target {
    fn read(parts: &[&str]) -> Option<Self> {
        let (group, version, rest) = match parts {
            ["api", version, rest @ ..] if !rest.is_empty() => ("", *version, rest),
            ["apis", group, version, rest @ ..] if !rest.is_empty() => (*group, *version, rest),
            other => return Some(Self::Server(other.iter().map(|it| (*it).to_owned()).collect())),
        };
        let owned = |text: &str| Some(text.to_owned());
        let objects =
            Objects { group: group.to_owned(), version: version.to_owned(), ..Objects::default() };
        let within = |namespace: &str, plural: &str| Objects {
            namespace: owned(namespace),
            plural: plural.to_owned(),
            ..objects.clone()
        };
        let of = |plural: &str| Objects { plural: plural.to_owned(), ..objects.clone() };
        Some(Self::Objects(match *rest {
            // What is below a namespace and what is in it are told apart by name.
            ["namespaces", name, below @ ("status" | "finalize")] => {
                Objects { name: owned(name), below: owned(below), ..of("namespaces") }
            }
            ["namespaces", namespace, plural] => within(namespace, plural),
            ["namespaces", namespace, plural, name] => {
                Objects { name: owned(name), ..within(namespace, plural) }
            }
            ["namespaces", namespace, plural, name, below] => {
                Objects { name: owned(name), below: owned(below), ..within(namespace, plural) }
            }
            [plural] => of(plural),
            [plural, name] => Objects { name: owned(name), ..of(plural) },
            ["nodes", name, "proxy", "stats", "summary"] => {
                Objects { name: owned(name), below: owned(super::stats::SUMMARY), ..of("nodes") }
            }
            [plural, name, below] => {
                Objects { name: owned(name), below: owned(below), ..of(plural) }
            }
            _ => return None,
        }))
    }

    fn template(&self) -> String {
        let objects = match self {
            Self::Server(parts) => return parts.iter().map(|part| format!("/{part}")).collect(),
            Self::Objects(objects) => objects,
        };
        let Objects { group, version, plural, namespace, name, below } = objects;
        let base = match group.as_str() {
            "" => format!("/api/{version}"),
            group => format!("/apis/{group}/{version}"),
        };
        let namespace = if namespace.is_some() { "/namespaces/{namespace}" } else { "" };
        let name = if name.is_some() { "/{name}" } else { "" };
        let below = below.as_ref().map(|below| format!("/{below}")).unwrap_or_default();
        format!("{base}{namespace}/{plural}{name}{below}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLUSTER: &str = "/kubernetes/projects/p/locations/l/clusters/c";

    #[test]
    fn a_path_names_a_cluster_a_type_and_an_object() {
        let path =
            Path::read(&format!("{CLUSTER}/apis/apps/v1/namespaces/x/deployments/hub/status"));
        let path = path.unwrap();
        assert_eq!(path.place.key(), "projects/p/locations/l/clusters/c");
        assert_eq!(path.resource(), "x/deployments/hub");
        assert!(path.template().ends_with(
            "/clusters/{cluster}/apis/apps/v1/namespaces/{namespace}/deployments/{name}/status"
        ));
    }

    #[test]
    fn a_namespace_is_an_object_itself() {
        let read =
            |rest: &str| match Path::read(&format!("{CLUSTER}/api/v1/{rest}")).unwrap().target {
                Target::Objects(objects) => objects,
                Target::Server(parts) => panic!("{parts:?}"),
            };
        let namespace = read("namespaces/x");
        assert_eq!((namespace.plural.as_str(), namespace.namespace), ("namespaces", None));
        assert_eq!(read("namespaces/x/finalize").below.as_deref(), Some("finalize"));
        assert_eq!(read("namespaces/x/pods").namespace.as_deref(), Some("x"));
    }
}
