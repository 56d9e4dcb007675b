//! Finds budgets: one list for each billing account.

use super::calls::Look;
use super::names::{self, Names, Wanted};
use super::{API, BillingBudget, Spec, account, calls, wire};
use crate::kind::{Kind as _, ProviderError, digest};
use crate::model::{Found, Observation, Place, Scope, Status};
use crate::providers::gcp::Reader;
use crate::providers::gcp::identity::unless_off;
use crate::providers::gcp::namesakes::sort_in;
use serde::Deserialize as _;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn observe(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<Spec>, ProviderError> {
    let mut observation = Observation::default();
    for (account, projects) in accounts(scope) {
        // The caller's project is the one that needs the API.
        let Some(project) = projects.first() else { continue };
        let listed = calls::list(reader, account).await;
        let listed = unless_off(listed, scope, project, API)?.unwrap_or_default();
        let names = learn(reader, scope, account, &projects, &listed).await?;
        for live in &listed {
            let found = found(scope, account, project, live, &names);
            sort_in(&mut observation, scope, BillingBudget::NAME, found);
        }
    }
    Ok(observation)
}

/// The accounts to look into, each with the projects that it is looked at from.
fn accounts<'a>(scope: &'a Scope<'_>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut accounts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for place in &scope.places {
        let Some(account) = &place.parent else { continue };
        accounts.entry(account).or_default().insert(&place.project);
    }
    accounts
}

fn wanted(scope: &Scope<'_>, name: &str) -> Option<Spec> {
    Spec::deserialize(&scope.wanted.get(name)?.spec).ok()
}

async fn learn(
    reader: &Reader,
    scope: &Scope<'_>,
    of: &str,
    projects: &BTreeSet<&str>,
    listed: &[Value],
) -> Result<Names, ProviderError> {
    let here = scope.wanted.keys().filter(|name| account(name) == of);
    let specs: Vec<Spec> = here.filter_map(|name| wanted(scope, name)).collect();
    let mut all = names::projects(&specs);
    all.extend(projects.iter().map(|it| (*it).to_owned()));
    let mut names = Names::default();
    for project in &all {
        names.learn(&Look(reader, scope), project, scope.stack, Wanted::of(listed)).await?;
    }
    Ok(names)
}

fn found(
    scope: &Scope<'_>,
    account: &str,
    project: &str,
    live: &Value,
    names: &Names,
) -> Found<Spec> {
    let name = wire::name_of(account, live);
    let spec = wire::from_wire(live, names);
    let declared: Vec<String> = wanted(scope, &name).iter().map(digest::<BillingBudget>).collect();
    Found {
        place: Place { parent: Some(account.to_owned()), ..Place::project(project) },
        owner: wire::owner(&name, live, &spec, scope.stack, &declared),
        version: wire::version(live),
        status: Status::Ready,
        holds: None,
        name,
        spec,
    }
}
