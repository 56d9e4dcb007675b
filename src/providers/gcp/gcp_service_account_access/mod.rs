//! `gcp-service-account-access`: who may use or act as a service account, beside whom others let.
//!
//! The name is the address of the account. Which grants are ours is in the declaration and in the
//! claims that the ledger recorded before they were made; the account carries the mark.

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Need, Observation, Owner, Place, Scope, Taken};
use crate::providers::description;
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::gcp_service_account::Account;
use crate::providers::gcp::identity::{IAM, project_of, unless_off};
use crate::providers::gcp::policy::{self, Holder};
use crate::providers::gcp::reader::AT_ONCE;
use crate::providers::gcp::{Reader, Writer};
use crate::providers::ownership::check_ours;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use google_cloud_iam_v1::model::Policy;
use std::collections::BTreeSet;

pub use crate::providers::gcp::policy::{Condition, Grant, Spec};

/// The kind `gcp-service-account-access`.
#[derive(Debug)]
pub enum AccountAccess {}

impl Kind for AccountAccess {
    const NAME: &'static str = "gcp-service-account-access";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        let claimed = scope.claims.iter().filter(|(_, claims)| !claims.is_empty());
        let names = scope.wanted.keys().chain(claimed.map(|(name, _)| name));
        let names: BTreeSet<&str> = names.copied().collect();
        let projects: BTreeSet<&str> = names.iter().filter_map(|name| project_of(name)).collect();
        let (mut observation, mut candidates) = (Observation::default(), Vec::new());
        for project in projects {
            let listed = reader.accounts(project).await;
            let listed = unless_off(listed, scope, project, IAM)?.unwrap_or_default();
            for account in listed.iter().filter(|it| names.contains(it.email.as_str())) {
                let (email, text) = (account.email.clone(), &account.description);
                match description::read(scope.stack, Account::NAME, &email, text).1 {
                    Owner::Ours(mark) => candidates.push((email, project.to_owned(), mark)),
                    Owner::Foreign | Owner::OtherStack(_) if scope.wanted.contains_key(&*email) => {
                        let why = "the account does not belong to this stack".to_owned();
                        observation.taken.push(Taken { name: email, why });
                    }
                    Owner::Foreign | Owner::OtherStack(_) => {}
                }
            }
        }
        let looks = candidates.into_iter().map(|(email, project, mark)| async move {
            let policy = reader.account_policy(&email).await?;
            let found = |it| {
                policy::found(scope, Self::NAME, &email, Place::project(project), &mark.env, &it)
            };
            Ok::<_, ProviderError>(policy.and_then(found))
        });
        let seen: Vec<_> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
        observation.found.extend(seen.into_iter().flatten());
        Ok(observation)
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        let holder = OnAccount { writer, email: &step.id.name };
        match (ours(&holder, step).await?, &change) {
            (true, _) => policy::apply(&holder, step, change).await,
            (false, Change::Delete { .. }) => {
                Ok(Applied::gone().saying("the account was already gone"))
            }
            (false, _) => Err(ProviderError::NotFound { what: holder.what() }),
        }
    }

    fn needs(name: &str, spec: &Spec) -> BTreeSet<Need> {
        let mut needs = policy::needs(spec);
        needs.retain(|need| need.name != name);
        needs.insert(Need::inside(Account::NAME, name));
        needs
    }

    fn claims(spec: &Spec) -> BTreeSet<String> {
        spec.claims()
    }
}

/// Whether the account is there; refused unless it is ours.
async fn ours(holder: &OnAccount<'_>, step: &StepContext) -> Result<bool, ProviderError> {
    let Some(account) = holder.writer.account(holder.email).await? else { return Ok(false) };
    let text = &account.description;
    let (_, owner) = description::read(&step.mark.stack, Account::NAME, holder.email, text);
    check_ours(&owner, step).map(|_| true)
}

/// The policy of one account.
struct OnAccount<'a> {
    writer: &'a Writer,
    email: &'a str,
}

impl Holder for OnAccount<'_> {
    fn what(&self) -> String {
        format!("service account {}", self.email)
    }

    async fn read(&self) -> Result<Option<Policy>, CallFailed> {
        self.writer.account_policy(self.email).await
    }

    async fn write(&self, policy: Policy) -> Result<Policy, CallFailed> {
        self.writer.set_account_policy(self.email, policy).await
    }
}
