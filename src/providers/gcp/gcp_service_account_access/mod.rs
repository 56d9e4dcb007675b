//! `gcp-service-account-access`: who may use or act as a service account, beside whom others let.
//!
//! The name is the address of the account. Which grants are ours is in the declaration and in the
//! claims that the ledger recorded before they were made; the account carries the mark.

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Depth, Found, Need, Observation, Owner, Place, Scope, Taken};
use crate::providers::description;
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::gcp_service_account::Account;
use crate::providers::gcp::identity::{IAM, project_of, unless_off};
use crate::providers::gcp::policy::{self, Holder};
use crate::providers::gcp::reader::AT_ONCE;
use crate::providers::gcp::{Reader, Writer};
use crate::providers::ownership::check_ours;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use google_cloud_iam_admin_v1::model::ServiceAccount;
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
        let (mut observation, mut candidates) = (Observation::default(), Vec::new());
        for project in projects(scope) {
            let listed = reader.accounts(project).await;
            let listed = unless_off(listed, scope, project, IAM)?.unwrap_or_default();
            for account in listed.iter() {
                match judge(scope, account) {
                    Judged::Look(owner) => {
                        candidates.push((account.email.clone(), project.to_owned(), owner));
                    }
                    Judged::Taken(taken) => observation.taken.push(taken),
                    Judged::Other => {}
                }
            }
        }
        let looks = candidates.into_iter().map(|(email, project, owner)| async move {
            let policy = reader.account_policy(&email).await?;
            let found = |it| found(scope, &email, Place::project(project), owner, &it);
            Ok::<_, ProviderError>(policy.and_then(found))
        });
        let seen: Vec<_> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
        for found in seen.into_iter().flatten() {
            let wanted = scope.wanted.contains_key(found.name.as_str());
            match found.owner == Owner::Foreign && !wanted {
                true => observation.strangers.push(found),
                false => observation.found.push(found),
            }
        }
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

/// The projects of all accounts that are declared or that we granted something on; all where
/// everything is looked at.
fn projects<'a>(scope: &'a Scope<'_>) -> BTreeSet<&'a str> {
    let claimed = scope.claims.iter().filter(|(_, claims)| !claims.is_empty());
    let names = scope.wanted.keys().chain(claimed.map(|(name, _)| name));
    let whole = scope.places.iter().filter(|_| scope.depth == Depth::Whole);
    let whole = whole.map(|place| place.project.as_str());
    names.filter_map(|name| project_of(name)).chain(whole).collect()
}

/// What is to be done about an account.
enum Judged {
    /// Its policy is looked at.
    Look(Owner),
    /// It is declared and another stack's.
    Taken(Taken),
    /// Nothing.
    Other,
}

fn judge(scope: &Scope<'_>, account: &ServiceAccount) -> Judged {
    let email = account.email.as_str();
    let wanted = scope.wanted.contains_key(email);
    let claimed = scope.claims.get(email).is_some_and(|claims| !claims.is_empty());
    match description::read(scope.stack, Account::NAME, email, &account.description).1 {
        owner @ Owner::Ours(_) if wanted || claimed => Judged::Look(owner),
        owner @ Owner::Foreign if wanted || scope.depth == Depth::Whole => Judged::Look(owner),
        Owner::OtherStack(stack) if wanted => {
            let why = format!("the account belongs to stack {stack}");
            Judged::Taken(Taken { name: email.to_owned(), why })
        }
        _ => Judged::Other,
    }
}

fn found(
    scope: &Scope<'_>,
    email: &str,
    place: Place,
    owner: Owner,
    policy: &Policy,
) -> Option<Found<Spec>> {
    match (owner, scope.wanted.get(email)) {
        (Owner::Ours(mark), _) => {
            policy::found(scope, AccountAccess::NAME, email, place, &mark.env, policy)
        }
        (_, Some(wanted)) => Some(policy::in_the_way(wanted, place, policy)),
        (_, None) => policy::strange(email, place, policy::grants(policy), policy),
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
