//! `gcp-custom-role`: a role of a project's own.
//!
//! The name is `PROJECT/ROLE`, `leap-pangeo/leap_requestor_pays`. The mark is a suffix of the
//! description. A deleted role keeps its name for weeks, so one that is wanted again is brought
//! back: <https://cloud.google.com/iam/docs/creating-custom-roles#deleting-custom-role>.

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Found, Need, Observation, Owner, Place, Scope, Status, Version};
use crate::providers::description::{self, Marks};
use crate::providers::gcp::client::CALL_TIMEOUT;
use crate::providers::gcp::error::Reason;
use crate::providers::gcp::gcp_service::{Service, service_name};
use crate::providers::gcp::identity::{IAM, unless_off};
use crate::providers::gcp::{Reader, Writer};
use crate::providers::ownership::check_ours;
use crate::providers::stale;
use google_cloud_iam_admin_v1::model::Role;
use google_cloud_iam_admin_v1::model::role::RoleLaunchStage;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How often a change is tried when others keep changing the same role.
const TRIES: usize = 5;

/// The complete settings of a custom role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What people see in lists; at most 100 bytes.
    pub title: String,
    /// What it is for; at most 100 bytes, since the mark is kept beside it.
    #[serde(default)]
    pub description: String,
    /// What it allows, sorted and each once.
    pub permissions: BTreeSet<String>,
}

/// The kind `gcp-custom-role`.
#[derive(Debug)]
pub enum CustomRole {}

/// The name of a custom role of a project.
pub fn role_name(project: &str, role: &str) -> String {
    format!("{project}/{role}")
}

/// The custom role that a grant gives, `projects/PROJECT/roles/ROLE`, by its name.
pub fn role_of(granted: &str) -> Option<String> {
    let (project, role) = granted.strip_prefix("projects/")?.split_once("/roles/")?;
    Some(role_name(project, role))
}

impl Kind for CustomRole {
    const NAME: &'static str = "gcp-custom-role";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        let mut observation = Observation::default();
        let projects: BTreeSet<&str> = scope.places.iter().map(|it| it.project.as_str()).collect();
        for project in projects {
            let listed = unless_off(reader.roles(project).await, scope, project, IAM)?;
            for role in listed.unwrap_or_default() {
                let found = found(&role, scope.stack, project);
                let wanted = scope.wanted.contains_key(found.name.as_str());
                let there = found.is_there();
                if wanted || matches!(found.owner, Owner::Ours(_)) {
                    observation.found.push(found);
                } else if found.owner == Owner::Foreign && there {
                    observation.strangers.push(found);
                }
            }
        }
        Ok(observation)
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        match change {
            Change::Create { after } => create(writer, step, &after).await,
            Change::Update { before, after, .. } => update(writer, step, &before, &after).await,
            Change::Delete { before, .. } => delete(writer, step, &before).await,
            Change::Adopt { spec, .. } => mark(writer, step, &spec, Marks::On).await,
            Change::Disown { spec, .. } => mark(writer, step, &spec, Marks::Off).await,
            Change::Wait { .. } => Err(step.nothing_to_wait_for("roles")),
        }
    }

    fn needs(name: &str, _spec: &Spec) -> BTreeSet<Need> {
        let project = name.split('/').next().unwrap_or_default();
        [Need::refers(Service::NAME, service_name(project, IAM))].into()
    }
}

fn id(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

fn path(step: &StepContext) -> String {
    format!("projects/{}/roles/{}", step.place.project, id(&step.id.name))
}

fn read(role: &Role, stack: &str, name: &str) -> (Spec, Owner) {
    let (description, owner) = description::read(stack, CustomRole::NAME, name, &role.description);
    let permissions = role.included_permissions.iter().cloned().collect();
    (Spec { title: role.title.clone(), description, permissions }, owner)
}

fn found(role: &Role, stack: &str, project: &str) -> Found<Spec> {
    let name = role_name(project, id(&role.name));
    let (spec, owner) = read(role, stack, &name);
    // When a deleted role is forgotten, the API does not say.
    let deleted = Status::Deleted { until: String::new() };
    Found {
        name,
        place: Place::project(project),
        owner,
        spec,
        version: version(role),
        status: if role.deleted { deleted } else { Status::Ready },
        holds: None,
    }
}

fn version(role: &Role) -> Version {
    Version(data_encoding::BASE64.encode(&role.etag))
}

fn body(spec: &Spec, step: &StepContext) -> Role {
    described(spec, description::marked(&spec.description, &step.mark))
}

fn described(spec: &Spec, description: String) -> Role {
    let Spec { title, description: _, permissions } = spec;
    Role::new()
        .set_title(title)
        .set_description(description)
        .set_included_permissions(permissions)
        .set_stage(RoleLaunchStage::Ga)
}

async fn create(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let role = id(&step.id.name);
    let failed = match writer.create_role(&step.place.project, role, body(after, step)).await {
        Ok(role) => return Ok(Applied::at(version(&role))),
        Err(failed) if failed.reason == Reason::Exists => failed,
        Err(failed) => return Err(failed.into()),
    };
    let Some(live) = writer.role(&path(step)).await? else { return Err(failed.into()) };
    let spec = ours(&live, step)?;
    if live.deleted {
        writer.undelete_role(&path(step)).await?;
        let applied = update(writer, step, &spec, after).await?;
        return Ok(applied.saying("brought back"));
    }
    // Ours, and as it was when it was deleted: an earlier run brought it back and ended there.
    Ok(update(writer, step, &spec, after).await?.saying("was already there"))
}

async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let path = path(step);
    for _ in 0..TRIES {
        let live = writer.role(&path).await?.filter(|role| !role.deleted);
        let live = live.ok_or_else(|| ProviderError::NotFound { what: path.clone() })?;
        let spec = ours(&live, step)?;
        stale::check(&path, before, Some(after), &spec)?;
        let role = body(after, step).set_etag(live.etag.clone());
        step.ensure_held(&format!("changing {path}"))?;
        match writer.update_role(&path, role).await {
            Ok(role) => return Ok(Applied::at(version(&role))),
            // Somebody was faster: look again at what it is now.
            Err(failed) if failed.reason == Reason::Outrun => {}
            Err(failed) => return Err(failed.into()),
        }
    }
    Err(stale::busy(format!("changing {path}")))
}

/// The client cannot send an etag with a deletion (it puts the bytes where their base64 belongs),
/// so the role is read just before, and the lease has to last.
async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
) -> Result<Applied, ProviderError> {
    let path = path(step);
    let Some(live) = writer.role(&path).await?.filter(|role| !role.deleted) else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    let spec = ours(&live, step)?;
    stale::check(&path, before, None, &spec)?;
    step.ensure_lease(&format!("deleting {path}"), CALL_TIMEOUT)?;
    match writer.delete_role(&path).await {
        Ok(_) => Ok(Applied::gone().saying("it can be brought back for a week")),
        Err(failed) if failed.reason == Reason::Absent => Ok(Applied::gone()),
        Err(failed) => Err(failed.into()),
    }
}

/// Puts our mark on a role that is nobody's, or takes it off again.
async fn mark(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let path = path(step);
    for _ in 0..TRIES {
        let Some(live) = writer.role(&path).await?.filter(|role| !role.deleted) else {
            return Ok(Applied::gone().saying("was already gone"));
        };
        let (now, owner) = read(&live, &step.mark.stack, &step.id.name);
        if let Some(said) = marks.done(&owner, step)? {
            return Ok(Applied::at(version(&live)).saying(said));
        }
        stale::check(&path, spec, None, &now)?;
        let role = described(spec, marks.description(&spec.description, step));
        let role = role.set_stage(live.stage.clone()).set_etag(live.etag.clone());
        step.ensure_held(&format!("marking {path}"))?;
        match writer.update_role(&path, role).await {
            Ok(role) => return Ok(Applied::at(version(&role))),
            Err(failed) if failed.reason == Reason::Outrun => {}
            Err(failed) => return Err(failed.into()),
        }
    }
    Err(stale::busy(format!("marking {path}")))
}

/// The settings of a role; refused unless it is ours.
fn ours(role: &Role, step: &StepContext) -> Result<Spec, ProviderError> {
    let (spec, owner) = read(role, &step.mark.stack, &step.id.name);
    check_ours(&owner, step).map(|_| spec)
}
