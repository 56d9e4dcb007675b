//! What is wanted: resources, and the stack that they make up.

use crate::model::{Ignore, Manage, ResourceId, Source};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Where in the clouds a resource lives; what it takes to list its neighbours.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The Google Cloud project, or the owner on GitHub.
    pub project: String,
    /// The region or zone, for kinds that are listed by location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The object that it stands in, for kinds that are listed by parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

impl Place {
    /// Anywhere in a project.
    pub fn project(project: impl Into<String>) -> Self {
        Self { project: project.into(), location: None, parent: None }
    }

    /// In something of a project, or of an owner on GitHub.
    pub fn inside(project: impl Into<String>, parent: impl Into<String>) -> Self {
        Self { parent: Some(parent.into()), ..Self::project(project) }
    }
}

/// One thing that is wanted in a cloud: its complete settings and what must exist first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// Its address.
    pub id: ResourceId,
    /// Where it lives.
    pub place: Place,
    /// Its complete settings, as its kind's `Spec` serialises them.
    pub spec: Value,
    /// What must exist first, beyond what the kind reads from the spec itself.
    pub needs: BTreeSet<ResourceId>,
    /// The line that declares it.
    pub source: Source,
    /// What a person should be told in words when this is created or changed.
    pub notes: Vec<String>,
    /// How far it is managed.
    pub manage: Manage,
}

/// How names in the cloud are made of keys in one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Naming {
    /// What they begin with, the hyphen included.
    pub start: String,
    /// What they end with.
    pub end: String,
}

impl Naming {
    /// The key that a name was made of, if it was made of one.
    pub fn key<'a>(&self, name: &'a str) -> Option<&'a str> {
        let key = name.strip_prefix(self.start.as_str())?.strip_suffix(self.end.as_str())?;
        (!key.is_empty()).then_some(key)
    }
}

/// Every resource that a declaration asks for, in all the environments of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    name: String,
    environments: Vec<String>,
    resources: BTreeMap<ResourceId, Resource>,
    leaving: BTreeMap<ResourceId, Place>,
    ignores: Vec<Ignore>,
    keys: Keys,
    namings: BTreeMap<String, Naming>,
}

/// Which resources a declared thing becomes, in all environments: by its type and short key,
/// `bucket:scratch`.
pub type Keys = BTreeMap<String, BTreeSet<ResourceId>>;

/// Why resources do not make a stack.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum StackError {
    /// Two declarations end in one object.
    #[error("{id} is declared twice: at {first} and at {second}")]
    Twice {
        /// The address that both have.
        id: ResourceId,
        /// Where the first stands.
        first: Box<Source>,
        /// Where the second stands.
        second: Box<Source>,
    },
    /// A resource of an environment that is not part of the stack.
    #[error("{0} belongs to no environment of this stack")]
    NoEnvironment(ResourceId),
}

impl Stack {
    /// Puts resources together. `environments` are all of the stack, in promotion order.
    ///
    /// # Errors
    /// When two resources have one address, or one belongs to no environment.
    pub fn new(
        name: impl Into<String>,
        environments: Vec<String>,
        wanted: impl IntoIterator<Item = Resource>,
    ) -> Result<Self, StackError> {
        let mut resources: BTreeMap<ResourceId, Resource> = BTreeMap::new();
        for resource in wanted {
            let id = resource.id.clone();
            if !environments.contains(&id.env) {
                return Err(StackError::NoEnvironment(id));
            }
            if let Some(first) = resources.get(&id) {
                let (first, second) = (first.source.clone().into(), resource.source.into());
                return Err(StackError::Twice { id, first, second });
            }
            resources.insert(id, resource);
        }
        let (name, leaving, ignores) = (name.into(), BTreeMap::new(), Vec::new());
        let (keys, namings) = (Keys::new(), BTreeMap::new());
        Ok(Self { name, environments, resources, leaving, ignores, keys, namings })
    }

    /// The name of the stack, as its marks carry it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every environment of the stack, in promotion order.
    pub fn environments(&self) -> &[String] {
        &self.environments
    }

    /// Every resource, by address.
    pub fn resources(&self) -> &BTreeMap<ResourceId, Resource> {
        &self.resources
    }

    /// What is declared and no longer wanted, with its place.
    pub fn leaving(&self) -> &BTreeMap<ResourceId, Place> {
        &self.leaving
    }

    /// The fields that others manage.
    pub fn ignores(&self) -> &[Ignore] {
        &self.ignores
    }

    /// Which resources each declared thing becomes.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The same stack, in which declared things have these keys.
    #[must_use]
    pub fn keyed(self, keys: Keys) -> Self {
        Self { keys, ..self }
    }

    /// The same stack in the place of another one: what only that declares is leaving.
    #[must_use]
    pub fn instead_of(mut self, other: &Self) -> Self {
        let gone = other.resources.iter().filter(|(id, _)| !self.resources.contains_key(id));
        let gone = gone.map(|(id, resource)| (id.clone(), resource.place.clone()));
        self.leaving.extend(gone.collect::<Vec<_>>());
        self
    }

    /// The same stack, in which others manage these fields.
    #[must_use]
    pub fn ignoring(self, ignores: Vec<Ignore>) -> Self {
        Self { ignores, ..self }
    }

    /// How names are made of keys in an environment, if that is known.
    pub fn naming(&self, env: &str) -> Option<&Naming> {
        self.namings.get(env)
    }

    /// The same stack, in which names are made like this, by environment.
    #[must_use]
    pub fn naming_by(self, namings: BTreeMap<String, Naming>) -> Self {
        Self { namings, ..self }
    }

    /// The same stack with other settings for these resources.
    #[must_use]
    pub fn wanting(mut self, specs: impl IntoIterator<Item = (ResourceId, Value)>) -> Self {
        for (id, spec) in specs {
            self.resources.entry(id).and_modify(|resource| resource.spec = spec);
        }
        self
    }

    /// The same stack with nothing wanted in `environments`: what `destroy` plans towards. What
    /// is not managed in full is not ours to take away, and stays.
    #[must_use]
    pub fn without(&self, environments: &[String]) -> Self {
        let mut stack = self.clone();
        let leaves = |id: &ResourceId, resource: &Resource| {
            environments.contains(&id.env) && resource.manage == Manage::Full
        };
        let (leaving, resources) =
            self.resources.clone().into_iter().partition(|(id, resource)| leaves(id, resource));
        stack.resources = resources;
        let leaving: BTreeMap<ResourceId, Resource> = leaving;
        stack.leaving.extend(leaving.into_iter().map(|(id, resource)| (id, resource.place)));
        stack
    }
}
