//! `github-repository-secret`: a secret that the workflows of a repository read.
//!
//! The name is `OWNER/REPOSITORY/NAME`, the last in capitals as GitHub writes it. The value is found
//! while a step runs, sealed with the repository's key, and forgotten. Nothing can be written beside
//! a secret: the ledger claims it, with a digest of where the value came from.

mod spec;

pub use spec::{Sent, Spec};

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext, digest};
use crate::model::secret::{Reference, Value};
use crate::model::{Observation, Place, Scope, SpecMark, Version};
use crate::providers::github::claimed::{Inside, Unclaimed};
use crate::providers::github::client::{CALL_TIMEOUT, Call};
use crate::providers::github::live::{PublicKey, Secret as Live};
use crate::providers::github::rest::parts;
use crate::providers::github::rest::{part, repository_path};
use crate::providers::github::{Reader, Writer};
use crate::providers::remembered;
use crypto_box::aead::OsRng;
use data_encoding::BASE64;
use http::Method;
use serde::Deserialize as _;
use serde_json::json;
use std::collections::BTreeSet;

/// The kind `github-repository-secret`.
#[derive(Debug)]
pub enum RepositorySecret {}

/// The name of a secret of a repository.
pub fn secret_name(owner: &str, repository: &str, name: &str) -> String {
    format!("{owner}/{repository}/{}", name.to_ascii_uppercase())
}

/// Where the secrets of a repository are.
pub fn place(owner: &str, repository: &str) -> Place {
    Place::inside(owner, repository)
}

impl Kind for RepositorySecret {
    const NAME: &'static str = "github-repository-secret";
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
            let live = reader.secrets(owner, repository).await?.into_iter();
            let named = |live: Live| {
                let name = secret_name(owner, repository, &live.name);
                let spec = last_sent(scope, &name);
                (name, spec)
            };
            let (live, unclaimed) = (live.map(named).collect(), Unclaimed::Theirs);
            let inside = Inside { place, live, unclaimed, gone: unknown() };
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
            // That nobody made one of this name meanwhile was seen when the plan was held against
            // what is there; sending twice does no harm.
            Change::Create { after } | Change::Update { after, .. } => {
                send(writer, step, &after).await
            }
            Change::Delete { .. } => delete(writer, step).await,
            // The ledger's claim is all there is to it.
            Change::Adopt { version, .. } | Change::Disown { version, .. } => {
                Ok(Applied::at(version))
            }
            Change::Wait { .. } => Err(step.nothing_to_wait_for("secrets")),
        }
    }

    fn protection(_: &Spec) -> Option<String> {
        Some("its value goes with it, and workflows that read it fail".to_owned())
    }

    fn claims(spec: &Spec) -> BTreeSet<String> {
        [digest::<Self>(spec)].into()
    }
}

/// What is known of a secret that is there.
fn last_sent(scope: &Scope<'_>, name: &str) -> Spec {
    let Some(claims) = scope.claims.get(name).copied() else { return unknown() };
    let wanted = scope.wanted.get(name).and_then(|it| Spec::deserialize(&it.spec).ok());
    let Some(wanted) = wanted else { return unknown() };
    let sent = SpecMark::Applied(digest::<RepositorySecret>(&wanted));
    match remembered::last_applied(Some(claims)) == sent {
        true => wanted,
        false => Spec { value: Sent::NotSent, ..wanted },
    }
}

fn unknown() -> Spec {
    Spec { value: Sent::NotSent, ..Spec::default() }
}

/// Finds the value, seals it and sends it.
async fn send(writer: &Writer, step: &StepContext, after: &Spec) -> Result<Applied, ProviderError> {
    let (owner, repository, _) = parts(&step.id.name);
    let reference: &Reference = after.secret.as_ref().ok_or_else(|| ProviderError::Unexpected {
        what: step.id.to_string(),
        why: "nothing says where the value is kept".to_owned(),
    })?;
    let value = step.secrets.resolve(reference).await?.value;
    let what = format!("the key of repository {owner}/{repository}");
    let path_of_key = format!("{}/actions/secrets/public-key", repository_path(owner, repository));
    let key = writer.find::<PublicKey>(Call::get(&what, path_of_key)).await?;
    let key = key.ok_or_else(|| ProviderError::NotFound { what: what.clone() })?;
    let sealed = sealed(&key, &value).ok_or_else(|| ProviderError::Unexpected {
        what,
        why: "it is no key that anything can be sealed with".to_owned(),
    })?;
    let what = format!("sending secret {}", step.id.name);
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    let body = json!({ "encrypted_value": sealed, "key_id": key.key_id });
    let call = Call::change(what, Method::PUT, path(step)).sending(body);
    writer.connection.change(&call).await.map_err(|failed| failed.hiding(&value))?;
    Ok(Applied::at(Version(digest::<RepositorySecret>(after))))
}

/// <https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api>
fn sealed(key: &PublicKey, value: &Value) -> Option<String> {
    let key = BASE64.decode(key.key.as_bytes()).ok()?;
    let key = crypto_box::PublicKey::from_slice(&key).ok()?;
    Some(BASE64.encode(&key.seal(&mut OsRng, value.expose()).ok()?))
}

async fn delete(writer: &Writer, step: &StepContext) -> Result<Applied, ProviderError> {
    if current(writer, step).await?.is_none() {
        return Ok(Applied::gone().saying("was already gone"));
    }
    let what = format!("deleting secret {}", step.id.name);
    step.ensure_lease(&what, CALL_TIMEOUT)?;
    writer.delete(&Call::change(what, Method::DELETE, path(step))).await?;
    Ok(Applied::gone())
}

async fn current(writer: &Writer, step: &StepContext) -> Result<Option<Live>, ProviderError> {
    writer.find::<Live>(Call::get(format!("secret {}", step.id.name), path(step))).await
}

fn path(step: &StepContext) -> String {
    let (owner, repository, name) = parts(&step.id.name);
    format!("{}/actions/secrets/{}", repository_path(owner, repository), part(name))
}
