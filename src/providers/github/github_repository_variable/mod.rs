//! `github-repository-variable`: a variable that the workflows of a repository read.
//!
//! The name is `OWNER/REPOSITORY/NAME`, the last in capitals as GitHub writes it. Nothing can be
//! written beside a variable: the ledger claims it before it is made.

mod spec;

pub use spec::Spec;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext, digest};
use crate::model::{Observation, Place, Scope, Version};
use crate::providers::failed::Reason;
use crate::providers::github::claimed::{Inside, Unclaimed};
use crate::providers::github::client::{CALL_TIMEOUT, Call};
use crate::providers::github::live::Variable as Live;
use crate::providers::github::rest::parts;
use crate::providers::github::rest::{part, repository_path};
use crate::providers::github::{Reader, Writer};
use crate::providers::stale;
use http::Method;
use serde_json::json;
use std::collections::BTreeSet;

/// The kind `github-repository-variable`.
#[derive(Debug)]
pub enum RepositoryVariable {}

/// The name of a variable of a repository.
pub fn variable_name(owner: &str, repository: &str, name: &str) -> String {
    format!("{owner}/{repository}/{}", name.to_ascii_uppercase())
}

/// Where the variables of a repository are.
pub fn place(owner: &str, repository: &str) -> Place {
    Place::inside(owner, repository)
}

impl Kind for RepositoryVariable {
    const NAME: &'static str = "github-repository-variable";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        let mut observation = Observation::default();
        for place in &scope.places {
            let (owner, Some(repository)) = (&place.project, &place.parent) else { continue };
            let live = reader.variables(owner, repository).await?.into_iter();
            let named = |live: Live| {
                (variable_name(owner, repository, &live.name), Spec { value: live.value })
            };
            let (live, unclaimed) = (live.map(named).collect(), Unclaimed::Theirs);
            let inside = Inside { place, live, unclaimed, gone: Spec::default() };
            inside.sort::<Self>(scope, &mut observation);
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
            // The ledger's claim is all there is to it.
            Change::Adopt { version, .. } | Change::Disown { version, .. } => {
                Ok(Applied::at(version))
            }
            Change::Wait { .. } => Err(step.nothing_to_wait_for("variables")),
        }
    }

    fn claims(spec: &Spec) -> BTreeSet<String> {
        [digest::<Self>(spec)].into()
    }
}

/// A name that is taken gets no other value: it is its maker's, unless the value is the wanted one.
async fn create(
    writer: &Writer,
    step: &StepContext,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let (owner, repository, name) = parts(&step.id.name);
    let what = words("making", step);
    step.ensure_held(&what)?;
    let path = format!("{}/actions/variables", repository_path(owner, repository));
    let body = json!({ "name": name, "value": after.value });
    let call = Call::change(what, Method::POST, path).sending(body);
    match writer.connection.change(&call).await {
        Ok(_) => Ok(applied(after)),
        Err(failed) if failed.reason == Reason::Exists => match current(writer, step).await? {
            Some(live) if live == *after => Ok(applied(after).saying("was already there")),
            Some(live) => Err(stale::of(words("variable", step), after, &live)),
            None => Err(failed.into()),
        },
        Err(failed) => Err(failed.into()),
    }
}

async fn update(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
    after: &Spec,
) -> Result<Applied, ProviderError> {
    let what = words("changing", step);
    let live = current(writer, step).await?;
    let live = live.ok_or_else(|| ProviderError::NotFound { what: words("variable", step) })?;
    stale::check(&words("variable", step), before, Some(after), &live)?;
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let name = parts(&step.id.name).2;
    let body = json!({ "name": name, "value": after.value });
    let call = Call::change(what, Method::PATCH, path(step)).sending(body);
    writer.connection.change(&call).await?;
    Ok(applied(after))
}

async fn delete(
    writer: &Writer,
    step: &StepContext,
    before: &Spec,
) -> Result<Applied, ProviderError> {
    let Some(live) = current(writer, step).await? else {
        return Ok(Applied::gone().saying("was already gone"));
    };
    stale::check(&words("variable", step), before, None, &live)?;
    let what = words("deleting", step);
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    writer.delete(&Call::change(what, Method::DELETE, path(step))).await?;
    Ok(Applied::gone())
}

async fn current(writer: &Writer, step: &StepContext) -> Result<Option<Spec>, ProviderError> {
    let live = writer.find::<Live>(Call::get(words("variable", step), path(step))).await?;
    Ok(live.map(|live| Spec { value: live.value }))
}

fn applied(spec: &Spec) -> Applied {
    Applied::at(Version(digest::<RepositoryVariable>(spec)))
}

fn words(doing: &str, step: &StepContext) -> String {
    format!("{doing} {}", step.id.name)
}

fn path(step: &StepContext) -> String {
    let (owner, repository, name) = parts(&step.id.name);
    format!("{}/actions/variables/{}", repository_path(owner, repository), part(name))
}
