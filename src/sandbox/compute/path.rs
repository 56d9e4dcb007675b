//! What a call is about, read from its path.

/// `/compute/v1/projects/P/SCOPE/COLLECTION/NAME/VERB`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) project: String,
    /// `zones/Z`, `regions/R`, `global`, `aggregated`, or empty for lists of zones and regions.
    pub(super) scope: String,
    pub(super) collection: String,
    pub(super) name: Option<String>,
    pub(super) verb: Option<String>,
}

impl Path {
    pub(super) fn read(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let ["compute", "v1", "projects", project, rest @ ..] = parts.as_slice() else {
            return None;
        };
        let (scope, rest) = match rest {
            [kind @ ("zones" | "regions"), place, rest @ ..] if !rest.is_empty() => {
                (format!("{kind}/{place}"), rest)
            }
            [kind @ ("global" | "aggregated"), rest @ ..] => ((*kind).to_owned(), rest),
            rest => (String::new(), rest),
        };
        let (collection, name, verb) = match rest {
            [collection] => (collection, None, None),
            [collection, name] => (collection, Some(name), None),
            [collection, name, verb] => (collection, Some(name), Some(verb)),
            _ => return None,
        };
        let owned = |part: &&str| (*part).to_owned();
        let (name, verb) = (name.map(owned), verb.map(owned));
        Some(Self { project: owned(project), scope, collection: owned(collection), name, verb })
    }

    /// Whether it is about one thing, not a list.
    pub(super) fn is_one(&self) -> bool {
        self.name.is_some()
    }

    /// The region of a regional or zonal scope; empty for what is global.
    pub(super) fn region(&self) -> &str {
        match self.scope.split_once('/') {
            Some(("regions", region)) => region,
            Some((_, zone)) => zone.rsplit_once('-').map_or("", |(region, _)| region),
            None => "",
        }
    }

    /// A thing below the scope, as links and messages name it: `projects/P/zones/Z/disks/D`.
    pub(super) fn thing(&self, name: &str) -> String {
        let Self { project, scope, collection, .. } = self;
        format!("projects/{project}/{scope}/{collection}/{name}")
    }

    /// The path with names for what differs from call to call.
    pub(super) fn template(&self) -> String {
        let mut path = "/compute/v1/projects/{project}".to_owned();
        match self.scope.split_once('/') {
            Some(("zones", _)) => path.push_str("/zones/{zone}"),
            Some(_) => path.push_str("/regions/{region}"),
            None if self.scope.is_empty() => {}
            None => path = format!("{path}/{}", self.scope),
        }
        path = format!("{path}/{}", self.collection);
        if self.is_one() {
            path.push_str("/{name}");
        }
        self.verb.iter().for_each(|verb| path = format!("{path}/{verb}"));
        path
    }

    /// The name of what the call is about.
    pub(super) fn resource(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.project.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_what_it_is_about() {
        let path = Path::read("/compute/v1/projects/p/zones/us-central1-c/disks/d/resize").unwrap();
        assert_eq!((path.region(), path.resource().as_str()), ("us-central1", "d"));
        let template = "/compute/v1/projects/{project}/zones/{zone}/disks/{name}/resize";
        assert_eq!(path.template(), template);
        let list = Path::read("/compute/v1/projects/p/aggregated/disks").unwrap();
        assert_eq!((list.scope.as_str(), list.is_one()), ("aggregated", false));
        let region = Path::read("/compute/v1/projects/p/regions/us-central1").unwrap();
        assert_eq!((region.collection.as_str(), region.scope.as_str()), ("regions", ""));
    }
}
