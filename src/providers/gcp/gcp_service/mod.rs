//! `gcp-service`: an API that is enabled in a project. Never disabled: something else may use it.
//!
//! The name is `PROJECT/API`, `leap-pangeo/iam.googleapis.com`.

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{
    Depth, Found, Mark, Observation, Owner, Place, Scope, SpecMark, Status, Version, spec_digest,
};
use crate::providers::gcp::error::Reason;
use crate::providers::gcp::rest::{RestApi, RestCall};
use crate::providers::gcp::{Reader, Writer};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// <https://cloud.google.com/service-usage/docs/reference/rest>
const SERVICE_USAGE: RestApi = RestApi { host: "serviceusage.googleapis.com", version: "v1" };

/// The settings of an enabled API: there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {}

/// The kind `gcp-service`.
#[derive(Debug)]
pub enum Service {}

/// The name of an API of a project.
pub fn service_name(project: &str, api: &str) -> String {
    format!("{project}/{api}")
}

impl Kind for Service {
    const NAME: &'static str = "gcp-service";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    /// Nothing carries a mark here, so only what is wanted is looked for: whatever is not declared
    /// is not ours, and stays. Where everything is looked at, what else is enabled is nobody's.
    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        let wanted: Vec<_> = scope.wanted.values().collect();
        let mut projects: BTreeSet<&str> =
            wanted.iter().map(|it| it.place.project.as_str()).collect();
        if scope.depth == Depth::Whole {
            projects.extend(scope.places.iter().map(|place| place.project.as_str()));
        }
        let mut enabled = BTreeMap::new();
        for project in projects {
            enabled.insert(project, enabled_in(reader, project).await?);
        }
        let mut observation = Observation::default();
        for resource in wanted {
            let project = resource.place.project.as_str();
            let api = resource.id.name.rsplit('/').next().unwrap_or_default();
            if enabled.get(project).is_some_and(|apis| apis.contains(api)) {
                let owner = ours(scope, &resource.id.env, &resource.id.name);
                observation.found.push(found(owner, resource.id.name.clone(), project));
            }
        }
        if scope.depth == Depth::Whole {
            let all = enabled
                .iter()
                .flat_map(|(project, apis)| apis.iter().map(move |api| (project, api)));
            let named = all.map(|(project, api)| (*project, service_name(project, api)));
            let strange = named.filter(|(_, name)| !scope.wanted.contains_key(name.as_str()));
            let found = strange.map(|(project, name)| found(Owner::Foreign, name, project));
            observation.strangers.extend(found);
        }
        Ok(observation)
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        match change {
            Change::Create { .. } => enable(writer, step).await,
            // Neither is ever planned.
            Change::Update { version, .. }
            // Nothing here carries a mark.
            | Change::Adopt { version, .. }
            | Change::Disown { version, .. } => Ok(Applied::at(version)),
            Change::Delete { .. } => Ok(Applied::gone().saying("stays enabled")),
            Change::Wait { .. } => Err(ProviderError::Unexpected {
                what: step.id.to_string(),
                why: "whether an API is being enabled cannot be seen".to_owned(),
            }),
        }
    }
}

async fn enabled_in(reader: &Reader, project: &str) -> Result<BTreeSet<String>, ProviderError> {
    let what = format!("the enabled APIs of project {project}");
    let list = || {
        let call = RestCall::get(&what, format!("projects/{project}/services"));
        let call = call.with("filter", "state:ENABLED").with("pageSize", "200");
        reader.rest.list(SERVICE_USAGE, call, "services")
    };
    let services = reader.ask(&what, list).await.map_err(|failed| match failed.reason {
        Reason::Absent => {
            ProviderError::Unreadable { what: what.clone(), why: failed.why().to_owned() }
        }
        _ => failed.into(),
    })?;
    let name = |service: &Value| Some(service["config"]["name"].as_str()?.to_owned());
    Ok(services.iter().filter_map(name).collect())
}

fn ours(scope: &Scope<'_>, env: &str, name: &str) -> Owner {
    Owner::Ours(Mark {
        stack: scope.stack.to_owned(),
        env: env.to_owned(),
        id: Mark::id_of(Service::NAME, name),
        spec: SpecMark::Applied(spec_digest(Service::SCHEMA, &json!({}), &Map::new())),
    })
}

fn found(owner: Owner, name: String, project: &str) -> Found<Spec> {
    Found {
        name,
        place: Place::project(project),
        owner,
        spec: Spec {},
        version: Version("enabled".to_owned()),
        status: Status::Ready,
        holds: None,
    }
}

/// Enabling what is enabled already succeeds, and so does doing so twice at the same time.
async fn enable(writer: &Writer, step: &StepContext) -> Result<Applied, ProviderError> {
    let project = &step.place.project;
    let api = step.id.name.rsplit('/').next().unwrap_or_default();
    let what = format!("enabling {api} in project {project}");
    step.ensure_held(&what)?;
    let path = format!("projects/{project}/services:batchEnable");
    let call = RestCall::change(&what, Method::POST, path).sending(json!({ "serviceIds": [api] }));
    let operation = writer.rest.call(SERVICE_USAGE, &call).await?;
    writer.rest.wait(SERVICE_USAGE, &what, operation, step).await?;
    Ok(Applied::at(Version("enabled".to_owned())))
}
