//! What a token may do, as far as GitHub tells: the scopes of a classic one, the permissions of an
//! App's installation. Of others it tells nothing; then what looks is tried, and what changes is not.

use crate::kind::ProviderError;
use crate::providers::failed::Reason;
use crate::providers::github::client::{Call, Connection};
use crate::providers::github::reader::unreadable;
use crate::providers::github::rest::{part, repository_path};
use std::collections::{BTreeMap, BTreeSet};

/// What GitHub says of a token by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is a classic one with these scopes.
    /// <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps>
    Scopes(BTreeSet<String>),
    /// It is of an App whose installation has these permissions: `members` is `write`.
    Permissions(BTreeMap<String, String>),
    /// Nothing.
    Nothing,
}

/// Whether a token may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// It may.
    Yes,
    /// It may not.
    No,
    /// GitHub does not tell, and trying it would change something.
    Untold,
}

/// One thing that a token must allow, as GitHub names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission<'a> {
    /// What it is on: `members`, `variables`.
    pub on: &'a str,
    /// Whether it is to change and not only to look.
    pub writes: bool,
}

impl<'a> Permission<'a> {
    /// A permission as it is written: `members: read`.
    pub fn parse(text: &'a str) -> Self {
        let (on, level) = text.split_once(": ").unwrap_or((text, "read"));
        Self { on, writes: level == "write" }
    }

    /// The level in a word.
    pub fn level(&self) -> &'static str {
        if self.writes { "write" } else { "read" }
    }
}

impl Told {
    /// What GitHub says of the token of a connection.
    ///
    /// # Errors
    /// When it cannot be asked, or takes the token for none.
    pub async fn of(connection: &Connection) -> Result<Self, ProviderError> {
        let what = "what the token may do";
        if let Some(permissions) = connection.permissions().await {
            return Ok(Self::Permissions(permissions.map_err(|it| unreadable(it, what))?));
        }
        let call = Call::get(what, "/user");
        match connection.retry.run(what, None, || connection.send(&call)).await {
            Ok(answer) => {
                let scopes = answer.headers.get("x-oauth-scopes").and_then(|it| it.to_str().ok());
                Ok(scopes.map_or(Self::Nothing, Self::scopes))
            }
            // The tokens of Apps are of nobody.
            Err(failed) if failed.reason == Reason::Denied => Ok(Self::Nothing),
            Err(failed) => Err(unreadable(failed, what)),
        }
    }

    fn scopes(header: &str) -> Self {
        let scopes = header.split(',').map(str::trim).filter(|scope| !scope.is_empty());
        Self::Scopes(scopes.map(str::to_owned).collect())
    }

    /// Whether that says that the token may do something.
    pub fn allows(&self, permission: &Permission<'_>) -> May {
        let yes_or_no = |yes| if yes { May::Yes } else { May::No };
        match self {
            Self::Nothing => May::Untold,
            Self::Permissions(all) => {
                // GitHub's description has no name for the right to variables; some answers have this.
                let other = if permission.on == "variables" { "actions_variables" } else { "" };
                match (all.get(permission.on).or(all.get(other)).map(String::as_str), other) {
                    (Some("write" | "admin"), _) => May::Yes,
                    (Some(_), _) => yes_or_no(!permission.writes),
                    (None, "") => May::No,
                    (None, _) => May::Untold,
                }
            }
            Self::Scopes(scopes) => {
                let any = |of: &[&str]| of.iter().any(|scope| scopes.contains(*scope));
                match (permission.on, permission.writes) {
                    ("members", false) => yes_or_no(any(&["read:org", "write:org", "admin:org"])),
                    ("members", true) => yes_or_no(any(&["admin:org"])),
                    _ => yes_or_no(any(&["repo"])),
                }
            }
        }
    }
}

/// What is tried to see whether a token lets look at something, where GitHub does not tell.
fn trial(on: &str, owner: &str, repository: Option<&str>) -> Option<String> {
    let of = |rest: &str| Some(format!("{}{rest}", repository_path(owner, repository?)));
    match on {
        "members" => Some(format!("/orgs/{}/invitations?per_page=1", part(owner))),
        "variables" => of("/actions/variables?per_page=1"),
        "secrets" => of("/actions/secrets?per_page=1"),
        "actions" => of("/environments?per_page=1"),
        "issues" => of("/issues?per_page=1"),
        "metadata" => of(""),
        _ => None,
    }
}

/// Whether a token lets look at something of an organization or one of its repositories.
///
/// # Errors
/// When GitHub cannot be asked.
pub async fn sees(
    connection: &Connection,
    on: &str,
    owner: &str,
    repository: Option<&str>,
) -> Result<May, ProviderError> {
    let Some(path) = trial(on, owner, repository) else { return Ok(May::Untold) };
    let what = format!("whether the token lets look at {on} of {owner}");
    let call = Call::get(&what, path);
    match connection.retry.run(&what, None, || connection.send(&call)).await {
        Ok(_) => Ok(May::Yes),
        Err(failed) if matches!(failed.reason, Reason::Denied | Reason::Absent) => Ok(May::No),
        Err(failed) => Err(unreadable(failed, &what)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(told: &Told, text: &str) -> May {
        told.allows(&Permission::parse(text))
    }

    #[test]
    fn a_classic_token_may_what_its_scopes_say() {
        let told = Told::scopes("read:org, repo");
        assert_eq!(allowed(&told, "members: read"), May::Yes);
        assert_eq!(allowed(&told, "members: write"), May::No);
        assert_eq!(allowed(&told, "secrets: write"), May::Yes);
        assert_eq!(allowed(&Told::scopes(""), "issues: write"), May::No);
    }

    #[test]
    fn an_app_may_what_its_installation_says() {
        let all = [("members", "read"), ("secrets", "write")];
        let all = all.map(|(on, level)| (on.to_owned(), level.to_owned()));
        let told = Told::Permissions(all.into());
        assert_eq!(allowed(&told, "members: read"), May::Yes);
        assert_eq!(allowed(&told, "members: write"), May::No);
        assert_eq!(allowed(&told, "secrets: write"), May::Yes);
        assert_eq!(allowed(&told, "issues: write"), May::No);
        assert_eq!(allowed(&Told::Nothing, "issues: write"), May::Untold);
    }
}
