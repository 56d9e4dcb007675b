//! What the ledger remembers of things that cannot carry all of a mark themselves: the digest of what
//! was applied to them is one of their claims.

use crate::model::{Mark, Scope, SpecMark};
use std::collections::BTreeSet;

/// One digest is what was applied, several are an apply that did not end. Without any memory it
/// cannot be told, which is no reason to do anything.
pub(crate) fn last_applied(remembered: Option<&BTreeSet<String>>) -> SpecMark {
    let mut digests = remembered.into_iter().flatten();
    match (digests.next(), digests.next()) {
        (Some(only), None) => SpecMark::Applied(only.clone()),
        (Some(_), Some(_)) => SpecMark::Unfinished,
        (None, _) => SpecMark::Applied("0-forgotten".to_owned()),
    }
}

/// The environment that a thing belongs to which carries no mark: that of its declaration, or else
/// of whoever recorded the claim to it.
pub(crate) fn environment<'a>(scope: &Scope<'a>, name: &str) -> Option<&'a str> {
    let wanted = scope.wanted.get(name).map(|resource| resource.id.env.as_str());
    wanted.or_else(|| scope.claimants.get(name).copied())
}

/// The mark that a thing would carry if it could.
pub(crate) fn mark(scope: &Scope<'_>, kind: &str, name: &str, env: &str, spec: SpecMark) -> Mark {
    let id = Mark::id_of(kind, name);
    Mark { stack: scope.stack.to_owned(), env: env.to_owned(), id, spec }
}
