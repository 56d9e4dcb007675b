//! What somebody has now, held against what they had by another declaration.

use super::Has;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a change of the declaration does to something that somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// They get it.
    Gained,
    /// They lose it.
    Lost,
    /// They keep it, and it rests on something else: another category or another day.
    Otherwise,
    /// It stays as it is.
    Same,
}

/// Something that somebody has, or had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// What becomes of it.
    pub change: Change,
    /// How it is, or was if they lose it.
    pub has: Has,
    /// How it was, where it rests on something else now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<Has>,
}

/// Where something is, what it is, and what may be done with it.
type Key<'a> = (&'a Option<String>, &'a str, &'a str);

/// Everything that somebody has or had, in the order of what they have.
pub fn against(has: &[Has], had: &[Has]) -> Vec<Changed> {
    let before: BTreeMap<Key<'_>, &Has> = had.iter().map(|it| (key(it), it)).collect();
    let after: BTreeMap<Key<'_>, &Has> = has.iter().map(|it| (key(it), it)).collect();
    let stays = has.iter().map(|it| match before.get(&key(it)) {
        None => Changed { change: Change::Gained, has: it.clone(), was: None },
        Some(was) if is_same(was, it) => {
            Changed { change: Change::Same, has: it.clone(), was: None }
        }
        Some(was) => {
            Changed { change: Change::Otherwise, has: it.clone(), was: Some((*was).clone()) }
        }
    });
    let lost = had.iter().filter(|it| !after.contains_key(&key(it)));
    let lost = lost.map(|it| Changed { change: Change::Lost, has: it.clone(), was: None });
    let mut all: Vec<Changed> = stays.chain(lost).collect();
    all.sort_by(|a, b| key(&a.has).cmp(&key(&b.has)));
    all
}

fn key(has: &Has) -> Key<'_> {
    (&has.environment, &has.what, &has.level)
}

fn is_same(was: &Has, is: &Has) -> bool {
    (was.verdict, &was.by, &was.through) == (is.verdict, &is.by, &is.through)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::access::Verdict;

    fn has(what: &str, by: &str) -> Has {
        Has {
            verdict: Verdict::Yes,
            environment: Some("prod".to_owned()),
            what: what.to_owned(),
            level: "use".to_owned(),
            by: [(by.to_owned(), None)].into(),
            through: None,
            on_github: None,
        }
    }

    #[test]
    fn what_is_gained_lost_and_kept_is_told_apart() {
        let had = [has("a", "x"), has("b", "x"), has("c", "x")];
        let now = [has("b", "x"), has("c", "y"), has("d", "x")];
        let changes: Vec<_> =
            against(&now, &had).into_iter().map(|it| (it.has.what, it.change)).collect();
        let expected = [
            ("a", Change::Lost),
            ("b", Change::Same),
            ("c", Change::Otherwise),
            ("d", Change::Gained),
        ];
        assert_eq!(changes, expected.map(|(what, change)| (what.to_owned(), change)));
    }
}
