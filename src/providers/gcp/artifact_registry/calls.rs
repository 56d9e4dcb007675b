//! The calls on registries. None of them reads an image.

use super::wire::contents;
use crate::kind::ProviderError;
use crate::providers::gcp::error::{CallFailed, Purpose, unless_absent};
use crate::providers::gcp::{Reader, Writer};
use google_cloud_artifactregistry_v1::client::ArtifactRegistry as Client;
use google_cloud_artifactregistry_v1::model::Repository;
use google_cloud_gax::error::Error;
use google_cloud_gax::paginator::ItemPaginator as _;
use google_cloud_longrunning::model::Operation;
use google_cloud_wkt::FieldMask;
use std::sync::Arc;

/// How many registries one page holds at most.
/// <https://cloud.google.com/artifact-registry/docs/reference/rest/v1/projects.locations.repositories/list>
const PAGE_SIZE: i32 = 1000;

/// How many packages are counted before it is only said that there are more.
const COUNTED: i32 = 100;

/// What a location's registries are listed as.
pub(crate) type Listed = Arc<Vec<Repository>>;

/// Where a registry is.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub(super) project: String,
    pub(super) location: String,
    pub(super) name: String,
}

impl At {
    fn parent(&self) -> String {
        parent(&self.project, &self.location)
    }

    fn path(&self) -> String {
        format!("{}/repositories/{}", self.parent(), self.name)
    }
}

fn parent(project: &str, location: &str) -> String {
    format!("projects/{project}/locations/{location}")
}

async fn list(
    client: &Client,
    project: &str,
    location: &str,
) -> Result<Vec<Repository>, CallFailed> {
    let request = client.list_repositories().set_parent(parent(project, location));
    let mut pages = request.set_page_size(PAGE_SIZE).by_item();
    let mut registries = Vec::new();
    while let Some(registry) = pages.next().await {
        let what = || format!("the registries of project {project} in {location}");
        registries.push(registry.map_err(|error| CallFailed::new(Purpose::Read, what(), &error))?);
    }
    Ok(registries)
}

async fn locations(client: &Client, project: &str) -> Result<Vec<String>, CallFailed> {
    let request = client.list_locations().set_name(format!("projects/{project}"));
    let mut pages = request.set_page_size(PAGE_SIZE).by_item();
    let mut locations = Vec::new();
    while let Some(location) = pages.next().await {
        let what = || format!("where project {project} may have registries");
        let location = location.map_err(|error| CallFailed::new(Purpose::Read, what(), &error))?;
        locations.push(location.location_id);
    }
    Ok(locations)
}

async fn get(client: &Client, at: &At) -> Result<Option<Repository>, CallFailed> {
    let answer = client.get_repository().set_name(at.path()).send().await;
    unless_absent(answer, || format!("registry {}", at.name))
}

/// What lies in a registry, in words; nothing if it is empty or gone.
async fn held(client: &Client, at: &At, bytes: i64) -> Result<Option<String>, CallFailed> {
    let request = client.list_packages().set_parent(at.path()).set_page_size(COUNTED);
    let page = unless_absent(request.send().await, || format!("what registry {} holds", at.name))?;
    Ok(page.and_then(|page| {
        let names: Vec<String> = page.packages.into_iter().map(|package| package.name).collect();
        contents(&names, !page.next_page_token.is_empty(), bytes)
    }))
}

impl Reader {
    /// The registries of a project in a location.
    pub(super) async fn registries(
        &self,
        project: &str,
        location: &str,
    ) -> Result<Listed, CallFailed> {
        let ask = async || {
            let what = format!("listing the registries of project {project} in {location}");
            let list = || list(&self.registries, project, location);
            self.ask(&what, list).await.map(Arc::new)
        };
        self.registry_lists.answer(&parent(project, location), ask).await
    }

    /// Where registries can be.
    pub(super) async fn registry_locations(
        &self,
        project: &str,
    ) -> Result<Vec<String>, CallFailed> {
        let what = format!("looking where project {project} may have registries");
        self.ask(&what, || locations(&self.registries, project)).await
    }

    /// What lies in a registry, in words.
    pub(super) async fn registry_holds(
        &self,
        at: &At,
        bytes: i64,
    ) -> Result<Option<String>, ProviderError> {
        let what = format!("looking into registry {}", at.name);
        Ok(self.ask(&what, || held(&self.registries, at, bytes)).await?)
    }
}

impl Writer {
    /// A registry as it is now.
    pub(super) async fn registry(&self, at: &At) -> Result<Option<Repository>, CallFailed> {
        get(&self.registries, at).await
    }

    /// What lies in a registry now, in words.
    pub(super) async fn registry_holds(
        &self,
        at: &At,
        bytes: i64,
    ) -> Result<Option<String>, CallFailed> {
        held(&self.registries, at, bytes).await
    }

    /// Begins to make a registry.
    pub(super) async fn create_registry(
        &self,
        at: &At,
        registry: Repository,
    ) -> Result<Operation, CallFailed> {
        let request = self.registries.create_repository().set_parent(at.parent());
        let request = request.set_repository_id(&at.name).set_repository(registry);
        request.send().await.map_err(failed("creating", at))
    }

    /// Changes the fields `paths` of a registry.
    pub(super) async fn update_registry(
        &self,
        at: &At,
        registry: Repository,
        paths: Vec<&'static str>,
    ) -> Result<Repository, CallFailed> {
        let request = self.registries.update_repository();
        let request = request.set_repository(registry.set_name(at.path()));
        let request = request.set_update_mask(FieldMask::default().set_paths(paths));
        request.send().await.map_err(failed("changing", at))
    }

    /// Begins to delete a registry, and whatever lies in it.
    pub(super) async fn delete_registry(&self, at: &At) -> Result<Operation, CallFailed> {
        let request = self.registries.delete_repository().set_name(at.path());
        request.send().await.map_err(failed("deleting", at))
    }

    /// How an operation fares; nothing if it was forgotten.
    pub(super) async fn registry_operation(
        &self,
        name: &str,
    ) -> Result<Option<Operation>, CallFailed> {
        let answer = self.registries.get_operation().set_name(name).send().await;
        unless_absent(answer, || format!("operation {name}"))
    }
}

fn failed(doing: &str, at: &At) -> impl FnOnce(Error) -> CallFailed {
    move |error| CallFailed::new(Purpose::Write, format!("{doing} registry {}", at.name), &error)
}
