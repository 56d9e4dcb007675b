//! The values of logging in, and the rules that the hub's configuration reads: who may do what.

use crate::project::format::span;
use crate::project::hubs::made::Made;
use crate::project::hubs::settings::{CiLogon, GitHub, Login};
use crate::project::hubs::who::{Folder, Who};
use crate::render::hub::{LOGIN, Login as LoginText};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The secret of the hub's namespace that holds what logging in needs.
pub(in crate::project::hubs) const SECRET: &str = "hub-login";

/// Who may do what, as the templates read it.
pub(super) fn rules(made: &Made<'_>) -> Value {
    let given = &made.given;
    let (login, admin) = (given.login(), given.admin());
    let folders = given.folders();
    let accounts: Vec<(Value, Who)> = made
        .accounts()
        .into_iter()
        .filter_map(|it| {
            let who = given.category(it.category.as_deref()?);
            let environment = made.variables(Some(&it.identity));
            Some((json!({ "name": it.name, "who": who, "environment": environment }), who))
        })
        .collect();
    let all = accounts.iter().map(|(_, who)| who).chain(folders.iter().map(|it| &it.who));
    let teams: BTreeSet<&String> = all.chain([&login, &admin]).flatten().flatten().collect();
    json!({
        "everybody": !given.matters(),
        "login": login,
        "admin": admin,
        "teams": teams,
        "folders": homed(made, folders.clone()),
        "admin_folders": admin_folders(made),
        "accounts": accounts.iter().map(|(account, _)| account).collect::<Vec<_>>(),
        "refused": refused(made),
        "nothing": nothing(made),
    })
}

/// Folders are on the disk of homes, below the home where people see them.
fn homed(made: &Made<'_>, folders: Vec<Folder>) -> Vec<Folder> {
    let there = made.placed.hub.home.is_some();
    let at = |path: &str| path.replacen('~', super::servers::HOME, 1);
    let folders = folders.into_iter().filter(|_| there);
    folders.map(|folder| Folder { path: at(&folder.path), ..folder }).collect()
}

/// Folders that admins see.
fn admin_folders(made: &Made<'_>) -> Value {
    let Some(home) = &made.placed.hub.home else { return json!([]) };
    let folder = |name: &str, stored_as: &str| {
        let path = format!("{}/{name}", super::servers::HOME);
        json!({ "path": path, "stored_as": stored_as, "read_only": false })
    };
    let shared = home.shared.then(|| folder("shared-readwrite", super::servers::SHARED));
    let all = home.admins_see_all.then(|| folder("allusers", ""));
    json!(shared.into_iter().chain(all).collect::<Vec<_>>())
}

/// What somebody reads who may not log in.
fn refused(made: &Made<'_>) -> String {
    let declaration = &made.placed.laid.declaration;
    let ask = declaration.contact.as_ref().map(|it| format!(" Ask {it}.")).unwrap_or_default();
    let invited = declaration.access.as_ref().map(|access| {
        format!(
            " If you were invited, accept the invitation at \
             https://github.com/orgs/{}/invitation and log in again.",
            access.organization
        )
    });
    format!("You are in no team that may use this hub.{}{ask}", invited.unwrap_or_default())
}

/// What somebody reads who may log in and start nothing.
fn nothing(made: &Made<'_>) -> String {
    let contact = made.placed.laid.declaration.contact.as_ref();
    let ask = contact.map(|it| format!(" Ask {it}.")).unwrap_or_default();
    format!("You may use this hub, and nothing that can be started here is yours to start.{ask}")
}

/// The values that let people in.
pub(super) fn values(made: &Made<'_>) -> Value {
    let hub = made.placed.hub;
    let people = &made.placed.laid.declaration.people;
    let login = |key: &String| Some(people.get(key)?.github.as_ref()?.login.to_lowercase());
    let admins: BTreeSet<String> = hub.admins.iter().filter_map(login).collect();
    let callback = format!("https://{}/hub/oauth_callback", hub.domain);
    let mut values = match made.login() {
        None => return json!({}),
        Some(Login::Github(it)) => github(made, it, &callback),
        Some(Login::Cilogon(it)) => cilogon(it, &callback),
        Some(Login::Dummy(_)) => dummy(),
    };
    let secret = made.login().map(|login| login.secret().1).unwrap_or_default();
    let from = json!({ "valueFrom": { "secretKeyRef": { "name": SECRET, "key": secret } } });
    let common = json!({ "hub": {
        "config": { "Authenticator": { "admin_users": admins } },
        "extraEnv": { secret: from },
    } });
    super::lay(&mut values, common);
    values
}

fn github(made: &Made<'_>, it: &GitHub, callback: &str) -> Value {
    let text = LoginText { refresh: span(&it.refresh), stale_after: span(&it.stale_after) };
    let mut config = json!({
        "client_id": it.client_id,
        "oauth_callback_url": callback,
        "scope": ["read:org"],
        "populate_teams_in_auth_state": true,
    });
    if let Some(url) = &it.url {
        super::lay(&mut config, json!({ "github_url": url }));
    }
    json!({ "hub": {
        "config": {
            "JupyterHub": { "authenticator_class": "github" },
            "Authenticator": { "enable_auth_state": true },
            "GitHubOAuthenticator": config,
        },
        "extraConfig": { "02-login": made.text(LOGIN, &text) },
    } })
}

fn cilogon(it: &CiLogon, callback: &str) -> Value {
    let provider = |(address, domain): (&String, &String)| {
        let allowed = json!({
            "allowed_domains": [domain],
            "username_derivation": { "username_claim": "email" },
        });
        (address.clone(), allowed)
    };
    let providers: serde_json::Map<String, Value> = it.providers.iter().map(provider).collect();
    json!({ "hub": { "config": {
        "JupyterHub": { "authenticator_class": "cilogon" },
        "CILogonOAuthenticator": {
            "client_id": it.client_id,
            "oauth_callback_url": callback,
            "allowed_idps": providers,
        },
    } } })
}

fn dummy() -> Value {
    let text = "import os\n\nc.DummyAuthenticator.password = os.environ[\"DUMMY_PASSWORD\"]\n";
    json!({ "hub": {
        "config": {
            "JupyterHub": { "authenticator_class": "dummy" },
            "Authenticator": { "allow_all": true },
        },
        "extraConfig": { "02-login": text },
    } })
}
