//! What a call is about, read from its path.

/// A project and a location in it; `-` is every location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) project: String,
    pub(super) location: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Clusters,
    Cluster(String),
    Pools(String),
    Pool(String, String),
    Operations,
    Operation(String),
    ServerConfig,
}

/// `/v1/projects/P/locations/L/…`, and the verb after a colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) place: Place,
    pub(super) target: Target,
    pub(super) verb: Option<String>,
}

impl Place {
    /// The name of something here, as answers and links have it.
    pub(super) fn below(&self, rest: &str) -> String {
        format!("projects/{}/locations/{}/{rest}", self.project, self.location)
    }

    /// A region, not a zone: a zone ends in a hyphen and a letter.
    pub(super) fn is_region(&self) -> bool {
        let last = self.location.rsplit('-').next().unwrap_or_default();
        !(last.len() == 1 && last.chars().all(|c| c.is_ascii_lowercase()))
    }

    pub(super) fn region(&self) -> &str {
        match self.is_region() {
            true => &self.location,
            false => self.location.rsplit_once('-').map_or(&*self.location, |(region, _)| region),
        }
    }
}

impl Path {
    pub(super) fn read(path: &str) -> Option<Self> {
        let (path, verb) = match path.rsplit_once(':') {
            Some((path, verb)) if !verb.contains('/') => (path, Some(verb.to_owned())),
            _ => (path, None),
        };
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let ["v1", "projects", project, "locations", location, rest @ ..] = parts.as_slice() else {
            return None;
        };
        let place = Place { project: (*project).to_owned(), location: (*location).to_owned() };
        let target = match rest {
            ["clusters"] => Target::Clusters,
            ["clusters", cluster] => Target::Cluster((*cluster).to_owned()),
            ["clusters", cluster, "nodePools"] => Target::Pools((*cluster).to_owned()),
            ["clusters", cluster, "nodePools", pool] => {
                Target::Pool((*cluster).to_owned(), (*pool).to_owned())
            }
            ["operations"] => Target::Operations,
            ["operations", operation] => Target::Operation((*operation).to_owned()),
            ["serverConfig"] => Target::ServerConfig,
            _ => return None,
        };
        Some(Self { place, target, verb })
    }

    /// The path with names for what differs from call to call.
    pub(super) fn template(&self) -> String {
        let rest = match &self.target {
            Target::Clusters => "clusters",
            Target::Cluster(_) => "clusters/{cluster}",
            Target::Pools(_) => "clusters/{cluster}/nodePools",
            Target::Pool(..) => "clusters/{cluster}/nodePools/{pool}",
            Target::Operations => "operations",
            Target::Operation(_) => "operations/{operation}",
            Target::ServerConfig => "serverConfig",
        };
        let verb = self.verb.as_ref().map(|verb| format!(":{verb}")).unwrap_or_default();
        format!("/v1/projects/{{project}}/locations/{{location}}/{rest}{verb}")
    }

    /// The name of what the call is about.
    pub(super) fn resource(&self) -> String {
        match &self.target {
            Target::Clusters | Target::Operations | Target::ServerConfig => {
                self.place.project.clone()
            }
            Target::Cluster(name) | Target::Pools(name) | Target::Operation(name) => name.clone(),
            Target::Pool(cluster, pool) => format!("{cluster}/{pool}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_what_it_is_about() {
        let path = "/v1/projects/p/locations/us-central1/clusters/c/nodePools/x:setAutoscaling";
        let path = Path::read(path).unwrap();
        assert_eq!(path.target, Target::Pool("c".into(), "x".into()));
        assert_eq!(path.verb.as_deref(), Some("setAutoscaling"));
        assert!(path.place.is_region());
        assert_eq!(path.resource(), "c/x");
    }
}
