//! From a live account, what it may do and who may act as it to what a person would have declared:
//! the other way round than [`super::expand`]. What there is no word for becomes a comment, never
//! something similar.

use super::derived::requester_pays_role;
use super::discover_access::{Ways, acting, doing};
use super::format::{account_id, description};
use super::github::POOL;
use crate::model::Found;
use crate::project::discover::{Entry, Said, Seen, left_out, new_key};
use crate::project::layout::Laid;
use crate::providers::gcp::gcp_custom_role::role_name;
use crate::providers::gcp::gcp_service_account::Spec;
use crate::providers::gcp::gcp_workload_identity_pool::pool_name;
use crate::providers::gcp::policy::{self, Grant};
use serde::Deserialize as _;
use std::collections::BTreeSet;

/// The domain of the accounts that people make.
const DOMAIN: &str = ".iam.gserviceaccount.com";

/// An account that is nobody's, its settings, and the environment that it would belong to.
pub(super) struct Stranger<'a> {
    pub(super) found: &'a Found,
    /// The part of its address before the `@`.
    pub(super) account: &'a str,
    pub(super) spec: Spec,
    pub(super) laid: &'a Laid,
}

impl Stranger<'_> {
    pub(super) fn project(&self) -> &str {
        &self.found.place.project
    }

    /// Who may use it or act as it.
    pub(super) fn access(&self, seen: &Seen<'_>) -> Vec<Grant> {
        grants(seen, "gcp-service-account-access", &self.found.name)
    }

    /// What it may do in its project.
    fn rights(&self, seen: &Seen<'_>) -> Vec<Grant> {
        let mut all = grants(seen, "gcp-project-access", self.project());
        all.retain(|grant| grant.account() == Some(self.found.name.as_str()));
        all
    }
}

fn grants(seen: &Seen<'_>, kind: &str, name: &str) -> Vec<Grant> {
    let found = seen.strangers(kind).iter().find(|found| found.name == name);
    let spec = found.and_then(|found| policy::Spec::deserialize(&found.spec).ok());
    spec.map(|spec| spec.grants).unwrap_or_default()
}

/// Every account that is nobody's and that Google did not make by itself.
pub(crate) fn discover(seen: &Seen<'_>) -> Vec<Entry> {
    let (mut entries, mut accounts) = (Vec::new(), Vec::new());
    for found in seen.strangers("gcp-service-account") {
        let Some((account, domain)) = found.name.split_once('@') else { continue };
        let Some(project) = domain.strip_suffix(DOMAIN) else { continue };
        let laid = seen.environment_of(account, &found.place.project);
        let good = account_id(account).is_ok() && project == found.place.project;
        match (Spec::deserialize(&found.spec), laid) {
            (Ok(spec), Some(laid)) if good => {
                accounts.push(Stranger { found, account, spec, laid });
            }
            (_, None) => {
                let why = "no environment of these is in its project";
                entries.push(left_out(&origin(found), why));
            }
            _ => entries.push(left_out(&origin(found), "its address")),
        }
    }
    let ways = Ways::of(seen, &accounts);
    entries.extend(others(seen, &accounts, &ways));
    let declared = seen.layout.iter().flat_map(|laid| laid.declaration.identities.keys().cloned());
    let mut taken: BTreeSet<String> = declared.collect();
    // Two projects may have accounts of one name.
    entries.extend(accounts.iter().map(|stranger| {
        let naming = stranger.laid.naming();
        let name = naming.key(stranger.account).unwrap_or(stranger.account);
        entry(seen, stranger, new_key(&mut taken, name, 'i'), &ways)
    }));
    entries
}

fn origin(found: &Found) -> String {
    format!("account {}", found.name)
}

fn entry(seen: &Seen<'_>, stranger: &Stranger<'_>, key: String, ways: &Ways<'_>) -> Entry {
    let Stranger { found, account, spec, laid } = stranger;
    let Spec { display_name, description, disabled } = spec;
    let mut said = Said::named(account, laid, &key, origin(found));
    for (name, text, usual) in
        [("display_name", display_name, key.as_str()), ("description", description, "")]
    {
        match self::description(text) {
            Ok(()) => said.unless_usual(name, text.as_str(), usual),
            Err(_) => said.cannot(format!("its {}: {text}", name.replace('_', " "))),
        }
    }
    said.unless_usual("disabled", *disabled, false);
    doing(&mut said, stranger, &stranger.rights(seen), ways);
    acting(&mut said, stranger, &stranger.access(seen), ways);
    said.entry(key, None)
}

/// Roles and ways in that no identity stands for.
fn others(seen: &Seen<'_>, accounts: &[Stranger<'_>], ways: &Ways<'_>) -> Vec<Entry> {
    let paid: BTreeSet<String> = accounts
        .iter()
        .filter(|it| it.rights(seen).iter().any(|grant| ways.pays(it, grant)))
        .map(|it| role_name(it.project(), &requester_pays_role(&it.laid.declaration.prefix)))
        .collect();
    let entered: BTreeSet<String> =
        ways.projects().map(|project| pool_name(project, POOL)).collect();
    let roles = seen.strangers("gcp-custom-role").iter();
    let roles = roles.filter(|found| !paid.contains(&found.name)).map(|found| {
        let why = "a role of the project's own; who has it is said all the same";
        left_out(&format!("role {}", found.name), why)
    });
    let pools = seen.strangers("gcp-workload-identity-pool").iter();
    let pools = pools.filter(|found| !entered.contains(&found.name)).map(|found| {
        let origin = format!("workload identity pool {}", found.name);
        left_out(&origin, "only the way in of GitHub's jobs is declared, with what it becomes")
    });
    roles.chain(pools).collect()
}
