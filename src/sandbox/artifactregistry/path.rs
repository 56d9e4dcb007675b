//! What a call is about, read from its path.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Locations,
    Repositories,
    Repository(String),
    Packages(String),
    Operation(String),
}

/// `/artifactregistry/v1/projects/P/locations/L/…`; the location is empty for the list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    pub(super) project: String,
    pub(super) location: String,
    pub(super) target: Target,
}

impl Path {
    pub(super) fn read(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let ["artifactregistry", "v1", "projects", project, "locations", rest @ ..] = &parts[..]
        else {
            return None;
        };
        let owned = |part: &str| part.to_owned();
        let (location, target) = match rest {
            [] => ("", Target::Locations),
            [location, "repositories"] => (*location, Target::Repositories),
            // A verb behind a colon, as those of access policies, is none of these.
            [location, "repositories", name] if !name.contains(':') => {
                (*location, Target::Repository(owned(name)))
            }
            [location, "repositories", name, "packages"] => {
                (*location, Target::Packages(owned(name)))
            }
            [location, "operations", name] => (*location, Target::Operation(owned(name))),
            _ => return None,
        };
        Some(Self { project: owned(project), location: owned(location), target })
    }

    /// The project and the location, as names begin.
    pub(super) fn parent(&self) -> String {
        format!("projects/{}/locations/{}", self.project, self.location)
    }

    /// A repository here, as answers name it.
    pub(super) fn repository(&self, name: &str) -> String {
        format!("{}/repositories/{name}", self.parent())
    }

    /// The path with names for what differs from call to call.
    pub(super) fn template(&self) -> String {
        let below = match self.target {
            Target::Locations => "",
            Target::Repositories => "/{location}/repositories",
            Target::Repository(_) => "/{location}/repositories/{name}",
            Target::Packages(_) => "/{location}/repositories/{name}/packages",
            Target::Operation(_) => "/{location}/operations/{operation}",
        };
        format!("/artifactregistry/v1/projects/{{project}}/locations{below}")
    }

    /// The name of what the call is about.
    pub(super) fn resource(&self) -> String {
        match &self.target {
            Target::Locations | Target::Repositories => self.project.clone(),
            Target::Repository(name) | Target::Packages(name) | Target::Operation(name) => {
                name.clone()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_what_it_is_about() {
        let base = "/artifactregistry/v1/projects/p/locations";
        let read = |rest: &str| Path::read(&format!("{base}{rest}"));
        let path = read("/us-central1/repositories/images/packages").unwrap();
        assert_eq!((path.resource().as_str(), path.location.as_str()), ("images", "us-central1"));
        assert_eq!(
            path.template(),
            "/artifactregistry/v1/projects/{project}/locations/{location}/repositories/{name}/packages"
        );
        assert_eq!(read("").unwrap().target, Target::Locations);
        assert_eq!(read("/us/repositories/images:getIamPolicy"), None);
        assert_eq!(Path::read("/v1/projects/p/locations/us/repositories"), None);
    }
}
