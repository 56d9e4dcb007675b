//! `gcp-service-account`: an account for programs. Its keys are nobody's business here: there are
//! none.
//!
//! The name is the address, `leap-prod@leap-pangeo.iam.gserviceaccount.com`. The mark is a suffix
//! of the description.

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{
    Found, Mark, Need, Observation, Owner, Place, Scope, SpecMark, Status, Version,
};
use crate::providers::description::{self, Marks};
use crate::providers::gcp::client::CALL_TIMEOUT;
use crate::providers::gcp::error::Reason;
use crate::providers::gcp::gcp_service::{Service, service_name};
use crate::providers::gcp::identity::{IAM, project_of, unless_off};
use crate::providers::gcp::{Reader, Writer};
use crate::providers::ownership::check_ours;
use crate::providers::stale;
use google_cloud_iam_admin_v1::model::ServiceAccount;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The complete settings of a service account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// What people see in lists; at most 100 bytes.
    #[serde(default)]
    pub display_name: String,
    /// What it is for; at most 100 bytes, since the mark is kept beside it.
    #[serde(default)]
    pub description: String,
    /// Whether nobody can act as it.
    #[serde(default)]
    pub disabled: bool,
}

/// The kind `gcp-service-account`.
#[derive(Debug)]
pub enum Account {}

impl Kind for Account {
    const NAME: &'static str = "gcp-service-account";
    const PROTECTED: bool = true;
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
            let listed = reader.accounts(project).await;
            let listed = unless_off(listed, scope, project, IAM)?.unwrap_or_default();
            for account in listed.iter() {
                let found = found(account, scope.stack, project);
                let wanted = scope.wanted.contains_key(account.email.as_str());
                if wanted || matches!(found.owner, Owner::Ours(_)) {
                    observation.found.push(found);
                } else if found.owner == Owner::Foreign {
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
            Change::Wait { .. } => Err(step.nothing_to_wait_for("accounts")),
        }
    }

    fn needs(name: &str, _spec: &Spec) -> BTreeSet<Need> {
        let project = project_of(name).into_iter();
        project.map(|it| Need::refers(Service::NAME, service_name(it, IAM))).collect()
    }
}

fn read(account: &ServiceAccount, stack: &str) -> (Spec, Owner) {
    let ServiceAccount { email, display_name, description, disabled, .. } = account;
    let (description, owner) = description::read(stack, Account::NAME, email, description);
    (Spec { display_name: display_name.clone(), description, disabled: *disabled }, owner)
}

fn found(account: &ServiceAccount, stack: &str, project: &str) -> Found<Spec> {
    let (spec, owner) = read(account, stack);
    Found {
        name: account.email.clone(),
        place: Place::project(project),
        owner,
        spec,
        version: version(account),
        status: Status::Ready,
        holds: None,
    }
}

/// Accounts have no version that can be relied on; one that was made again has another number.
fn version(account: &ServiceAccount) -> Version {
    Version(account.unique_id.clone())
}

fn body(spec: &Spec, mark: &Mark) -> ServiceAccount {
    let Spec { display_name, description, disabled: _ } = spec;
    let description = description::marked(description, mark);
    ServiceAccount::new().set_display_name(display_name).set_description(description)
}

async fn create(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let email = &step.id.name;
    // One that shall be off is not finished before it is.
    let unfinished = Mark { spec: SpecMark::Unfinished, ..step.mark.clone() };
    let mark = if after.disabled { &unfinished } else { &step.mark };
    match writer.create_account(&step.place.project, email, body(after, mark)).await {
        Ok(account) if after.disabled => write(writer, step, &account, after).await,
        Ok(account) => Ok(Applied::at(version(&account))),
        Err(failed) if failed.reason == Reason::Exists => {
            let Some(account) = writer.account(email).await? else { return Err(failed.into()) };
            let (live, owner) = read(&account, &step.mark.stack);
            check_ours(&owner, step)?;
            let same = Spec { disabled: after.disabled, ..live.clone() } == *after;
            if !same {
                return Err(stale::made_by_another(format!("service account {email}")));
            }
            let applied = write(writer, step, &account, after).await?;
            Ok(applied.saying("was already there"))
        }
        Err(failed) => Err(failed.into()),
    }
}

async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let email = &step.id.name;
    let account = writer
        .account(email)
        .await?
        .ok_or_else(|| ProviderError::NotFound { what: format!("service account {email}") })?;
    let (live, owner) = read(&account, &step.mark.stack);
    check_ours(&owner, step)?;
    // Two calls lead from the one to the other, and the answer to the second may have been lost.
    let on_the_way = Spec { disabled: after.disabled, ..before.clone() };
    if ![before, after, &on_the_way].contains(&&live) {
        return Err(stale::of(format!("service account {email}"), before, &live));
    }
    write(writer, step, &account, after).await
}

/// Makes an account what it shall be, the mark last.
async fn write(
    writer: &Writer,
    step: &StepContext,
    account: &ServiceAccount,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let email = &step.id.name;
    let what = format!("changing service account {email}");
    if account.disabled != after.disabled {
        let (live, owner) = read(account, &step.mark.stack);
        let begun = matches!(&owner, Owner::Ours(mark) if mark.spec == SpecMark::Unfinished);
        if !begun {
            // Whoever dies between the calls leaves a mark that says so.
            let unfinished = Mark { spec: SpecMark::Unfinished, ..step.mark.clone() };
            step.ensure_lease(&what, CALL_TIMEOUT)?;
            writer.patch_account(email, body(&live, &unfinished)).await?;
        }
        step.ensure_lease(&what, CALL_TIMEOUT)?;
        writer.switch_account(email, after.disabled).await?;
    }
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let account = writer.patch_account(email, body(after, &step.mark)).await?;
    Ok(Applied::at(Version(match account.unique_id.as_str() {
        "" => email.clone(),
        number => number.to_owned(),
    })))
}

async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
) -> Result<Applied, ProviderError> {
    let email = &step.id.name;
    let Some(account) = writer.account(email).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    let (live, owner) = read(&account, &step.mark.stack);
    check_ours(&owner, step)?;
    stale::check(&format!("service account {email}"), before, None, &live)?;
    step.ensure_lease(&format!("deleting service account {email}"), CALL_TIMEOUT)?;
    match writer.delete_account(email).await {
        Ok(()) => Ok(Applied::gone()),
        Err(failed) if failed.reason == Reason::Absent => Ok(Applied::gone()),
        Err(failed) => Err(failed.into()),
    }
}

/// Puts our mark on an account that is nobody's, or takes it off again.
async fn mark(
    writer: &Writer,
    step: &StepContext,
    spec: &Spec,
    marks: Marks,
) -> Result<Applied, ProviderError> {
    let what = format!("service account {}", step.id.name);
    let Some(account) = writer.account(&step.id.name).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    let (live, owner) = read(&account, &step.mark.stack);
    if let Some(said) = marks.done(&owner, step)? {
        return Ok(Applied::at(version(&account)).saying(said));
    }
    stale::check(&what, spec, None, &live)?;
    step.ensure_lease(&format!("marking {what}"), CALL_TIMEOUT)?;
    let body = ServiceAccount::new()
        .set_display_name(&live.display_name)
        .set_description(marks.description(&live.description, step));
    writer.patch_account(&step.id.name, body).await?;
    Ok(Applied::at(version(&account)))
}
