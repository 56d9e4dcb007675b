//! Which earlier declaration an environment goes back to, told from its history.

use crate::ledger::{Entry, Outcome, RolledBack};
use crate::model::ResourceId;
use std::collections::BTreeSet;

/// An apply to go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoBack {
    /// The id of the apply.
    pub apply: String,
    /// When it began.
    pub began: String,
    /// The digest under which its declaration is kept.
    pub kept: String,
    /// What was deleted since.
    pub deleted_since: BTreeSet<ResourceId>,
}

/// Why there is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GoBackError {
    /// There is no such apply.
    #[error("its history has no apply {0}")]
    NoSuch(String),
    /// There is nothing before the current declaration.
    #[error("no other declaration was applied completely before the current one")]
    NothingBefore,
    /// It was applied by a release that kept no declarations.
    #[error(
        "the apply {apply} ({began}) has no declaration in the ledger: it is of a release that \
         kept none, or a destroy"
    )]
    NotKept {
        /// The apply.
        apply: String,
        /// When it began.
        began: String,
    },
}

/// The apply to go back to: `to`, or else that which a rollback that did not end was going to, or
/// else the last complete one of another declaration than the current. Entries are newest first.
///
/// # Errors
/// When there is none, or its declaration was not kept.
pub fn go_back(
    entries: &[Entry],
    to: Option<&str>,
    rolled_back: Option<&RolledBack>,
) -> Result<GoBack, GoBackError> {
    let runs: Vec<&Entry> = entries.iter().filter(|entry| entry.is_a_run()).collect();
    let place = |apply: &str| {
        let found = runs.iter().position(|entry| entry.holder.apply == apply);
        found.ok_or_else(|| GoBackError::NoSuch(apply.to_owned()))
    };
    let at = match (to, rolled_back) {
        (Some(apply), _) => place(apply)?,
        // One that was killed, or failed in part, goes on.
        (None, Some(back)) if !runs.first().is_some_and(|last| last.is_complete()) => {
            place(&back.to)?
        }
        (None, Some(back)) => before(&runs, place(&back.to)?)?,
        (None, None) => before(&runs, 0)?,
    };
    let Entry { holder, began, kept, .. } = runs[at];
    let (apply, began) = (holder.apply.clone(), began.clone());
    let Some(kept) = kept.clone() else { return Err(GoBackError::NotKept { apply, began }) };
    Ok(GoBack { apply, began, kept, deleted_since: deleted(&runs[..at]) })
}

/// The first complete apply, at or before a place, of another declaration than there.
fn before(runs: &[&Entry], place: usize) -> Result<usize, GoBackError> {
    let current = runs.get(place).ok_or(GoBackError::NothingBefore)?;
    let other = |entry: &&Entry| entry.is_complete() && !same(entry, current);
    let found = runs.iter().skip(place).position(other);
    found.map(|further| place + further).ok_or(GoBackError::NothingBefore)
}

/// Whether two applies were of one declaration, as far as both tell.
fn same(one: &Entry, other: &Entry) -> bool {
    match (&one.laid, &other.laid) {
        (Some(one), Some(other)) => one == other,
        _ => one.declaration == other.declaration && one.outcome != Outcome::Died,
    }
}

fn deleted(runs: &[&Entry]) -> BTreeSet<ResourceId> {
    let steps = runs.iter().flat_map(|entry| &entry.steps);
    steps.filter(|(_, end)| *end == "delete: done").map(|(id, _)| id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Holder;

    fn run(apply: &str, purpose: &str, laid: &str, outcome: Outcome) -> Entry {
        let holder = Holder {
            apply: apply.into(),
            user: "ada".into(),
            host: "desk".into(),
            process: 1,
            started: "1".into(),
            purpose: purpose.into(),
        };
        let kept = Some(format!("kept-{laid}"));
        let laid = Some(laid.to_owned());
        Entry { kept, laid, ..Entry::new(holder, "2026-12-01T10:00:00Z".into(), outcome) }
    }

    fn chosen(entries: &[Entry], rolled_back: Option<&RolledBack>) -> String {
        go_back(entries, None, rolled_back).map_or_else(|why| why.to_string(), |back| back.apply)
    }

    fn back_to(apply: &str) -> RolledBack {
        let text = String::new;
        RolledBack { to: apply.into(), laid: text(), by: text(), at: text() }
    }

    #[test]
    fn it_is_the_last_complete_apply_of_another_declaration() {
        let history = [
            run("4", "apply", "new", Outcome::Partly),
            run("3", "apply", "new", Outcome::Done),
            run("2", "apply", "old", Outcome::Done),
            run("1", "apply", "older", Outcome::Done),
        ];
        assert_eq!(chosen(&history, None), "2");
        assert_eq!(go_back(&history, Some("1"), None).unwrap().kept, "kept-older");
        assert!(chosen(&history[..2], None).contains("no other declaration"));
    }

    #[test]
    fn a_rollback_that_did_not_end_goes_on_and_one_that_did_goes_further_back() {
        let mut history = vec![
            run("4", "rollback", "old", Outcome::Died),
            run("3", "apply", "new", Outcome::Done),
            run("2", "apply", "old", Outcome::Done),
            run("1", "apply", "older", Outcome::Done),
        ];
        assert_eq!(chosen(&history, Some(&back_to("2"))), "2");
        history[0].outcome = Outcome::Done;
        assert_eq!(chosen(&history, Some(&back_to("2"))), "1");
    }

    #[test]
    fn an_apply_of_an_earlier_release_is_named_as_such() {
        let mut history =
            vec![run("2", "apply", "new", Outcome::Done), run("1", "apply", "old", Outcome::Done)];
        (history[1].kept, history[1].laid, history[1].declaration) = (None, None, "x".into());
        assert!(chosen(&history, None).contains("has no declaration in the ledger"));
    }
}
