//! What our token may do on GitHub, as far as GitHub says so without anything being changed.
//!
//! A person's classic token names its scopes with each answer, an App's installation has a list of
//! permissions; a fine-grained token tells neither: what it may change shows when that is tried.
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps>

use crate::kind::ProviderError;
use crate::providers::failed::{CallFailed, Reason};
use crate::providers::github::Connection;
use crate::providers::github::client::Call;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Whether a token may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum May {
    /// It may.
    Yes,
    /// It may look, and change nothing.
    Look,
    /// It may not.
    No,
    /// GitHub does not say.
    Unknown,
}

impl fmt::Display for May {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yes => "yes",
            Self::Look => "only look",
            Self::No => "no",
            Self::Unknown => "shows when it is tried",
        })
    }
}

/// What a token may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// Who has it, in words.
    pub who: String,
    told: Told,
}

/// What GitHub says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    Scopes(BTreeSet<String>),
    Permissions(BTreeMap<String, String>),
    Nothing,
}

impl Connection {
    /// Who we are, and what GitHub says that we may do.
    ///
    /// # Errors
    /// When the token is not accepted, or GitHub cannot be asked.
    pub async fn rights(&self) -> Result<Rights, ProviderError> {
        if let Some(installation) = self.installation().await? {
            return Ok(of_installation(&installation));
        }
        let call = Call::get("who we are", "/user");
        let answer = self.retry.run(&call.what, None, || self.send(&call)).await;
        match answer {
            Ok(answer) => {
                let login = answer.body["login"].as_str().unwrap_or("somebody");
                let scopes = answer.headers.get("x-oauth-scopes");
                let scopes = scopes.and_then(|scopes| scopes.to_str().ok());
                Ok(Rights { who: format!("@{login}"), told: scopes.map_or(Told::Nothing, read) })
            }
            // Tokens of installations are nobody's.
            Err(CallFailed { reason: Reason::Denied, .. }) if self.is_accepted().await => {
                let who = "the installation of an App".to_owned();
                Ok(Rights { who, told: Told::Nothing })
            }
            Err(failed) => Err(failed.into()),
        }
    }

    /// Whether the token is one at all.
    async fn is_accepted(&self) -> bool {
        self.send(&Call::get("how much may be asked", "/rate_limit")).await.is_ok()
    }
}

fn read(scopes: &str) -> Told {
    let scopes = scopes.split(',').map(|scope| scope.trim().to_owned());
    Told::Scopes(scopes.filter(|scope| !scope.is_empty()).collect())
}

fn of_installation(told: &Value) -> Rights {
    let account = told["account"]["login"].as_str().unwrap_or("nobody");
    let app = told["app_slug"].as_str().unwrap_or("an App");
    let permissions = told["permissions"].as_object().into_iter().flatten();
    let permissions =
        permissions.filter_map(|(name, level)| Some((name.clone(), level.as_str()?.to_owned())));
    let who = format!("the App {app}, installed in {account}");
    Rights { who, told: Told::Permissions(permissions.collect()) }
}

impl Rights {
    /// Whether it may do what is written as in `members: write`.
    pub fn may(&self, permission: &str) -> May {
        let (name, level) = permission.split_once(": ").unwrap_or((permission, "read"));
        match &self.told {
            Told::Nothing => May::Unknown,
            Told::Scopes(scopes) => by_scopes(scopes, name, level),
            Told::Permissions(permissions) => by_permissions(permissions, name, level),
        }
    }
}

fn by_scopes(scopes: &BTreeSet<String>, name: &str, level: &str) -> May {
    let any = |of: &[&str]| of.iter().any(|scope| scopes.contains(*scope));
    match (name, level) {
        ("metadata", _) => May::Yes,
        ("members", _) if any(&["admin:org"]) => May::Yes,
        ("members", "read") if any(&["read:org", "write:org"]) => May::Yes,
        ("members", _) if any(&["read:org", "write:org"]) => May::Look,
        ("members", _) => May::No,
        _ if any(&["repo"]) => May::Yes,
        _ => May::No,
    }
}

fn by_permissions(permissions: &BTreeMap<String, String>, name: &str, level: &str) -> May {
    // What GitHub calls variables on its pages has a longer name in its API.
    let name = if name == "variables" { "actions_variables" } else { name };
    match (permissions.get(name).map(String::as_str), level) {
        (Some("write" | "admin"), _) | (Some("read"), "read") => May::Yes,
        (Some("read"), _) => May::Look,
        _ => May::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_a_persons_token_are_held_against_what_is_needed() {
        let rights = |scopes: &str| Rights { who: String::new(), told: read(scopes) };
        for (scopes, permission, expected) in [
            ("admin:org, repo", "members: write", May::Yes),
            ("read:org, repo", "members: write", May::Look),
            ("read:org", "members: read", May::Yes),
            ("repo", "members: read", May::No),
            ("repo", "administration: write", May::Yes),
            ("repo", "issues: write", May::Yes),
            ("admin:org", "secrets: read", May::No),
            ("", "metadata: read", May::Yes),
        ] {
            assert_eq!(rights(scopes).may(permission), expected, "{scopes}: {permission}");
        }
    }
}
