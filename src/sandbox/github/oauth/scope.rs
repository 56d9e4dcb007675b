//! What a token may do, in GitHub's words.
//! <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps>

use std::collections::BTreeSet;

/// Scopes, each with those that it holds within itself.
const KNOWN: &[(&str, &[&str])] = &[
    ("admin:org", &["write:org", "read:org"]),
    ("write:org", &["read:org"]),
    ("read:org", &[]),
    ("user", &["read:user", "user:email", "user:follow"]),
    ("read:user", &[]),
    ("user:email", &[]),
    ("user:follow", &[]),
    ("repo", &["public_repo", "repo:status", "repo_deployment", "repo:invite", "security_events"]),
    ("public_repo", &[]),
    ("repo:status", &[]),
    ("repo_deployment", &[]),
    ("repo:invite", &[]),
    ("security_events", &[]),
    ("workflow", &[]),
    ("gist", &[]),
    ("notifications", &[]),
    ("delete_repo", &[]),
];

/// What a token may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scopes(BTreeSet<&'static str>);

impl Scopes {
    /// Reads what is asked for, with spaces or commas between. What is not known is left out, and so is
    /// what another one holds.
    pub(super) fn read(text: &str) -> Self {
        let asked: Vec<&str> = text.split([' ', ',']).collect();
        let known = KNOWN.iter().filter(|(name, _)| asked.contains(name));
        let held: BTreeSet<&str> =
            known.clone().flat_map(|(_, holds)| holds.iter().copied()).collect();
        Self(known.map(|(name, _)| *name).filter(|name| !held.contains(name)).collect())
    }

    /// Says whether one of these was given, by itself or within another.
    pub(crate) fn has_any(&self, wanted: &[&str]) -> bool {
        let holds = |name: &str| {
            let within = KNOWN.iter().filter(|(given, _)| self.0.contains(given));
            self.0.contains(name) || within.flat_map(|(_, holds)| *holds).any(|it| *it == name)
        };
        wanted.iter().any(|name| holds(name))
    }

    /// All of them, as GitHub writes them down.
    pub(crate) fn joined(&self, between: &str) -> String {
        self.0.iter().copied().collect::<Vec<_>>().join(between)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_holds_smaller_ones_and_is_written_alone() {
        let scopes = Scopes::read("read:org user,read:user unheard-of");
        assert_eq!(scopes.joined(","), "read:org,user");
        assert!(scopes.has_any(&["user:email"]));
        assert!(!scopes.has_any(&["write:org", "repo"]));
        assert!(Scopes::read("admin:org").has_any(&["read:org"]));
    }
}
