//! Which teams on GitHub let somebody log in to a hub, start something there, or see a folder:
//! `access` turned round. Somebody may if they are in all teams of one of the lists.

use super::placed::Placed;
use super::settings::Login;
use crate::project::access::{Category, Holding, OnHub, Roll, RollPlaced};
use crate::project::format::volume_gb;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Who may: everybody who is in all teams of one of these.
pub(crate) type Who = BTreeSet<BTreeSet<String>>;

/// A folder that a category shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Folder {
    /// Where people see it.
    pub(super) path: String,
    /// What it is called on the disk.
    pub(super) stored_as: String,
    /// Whether it can be read only.
    pub(super) read_only: bool,
    /// Who sees it.
    pub(super) who: Who,
}

/// What `access` gives on one hub.
pub(super) struct Given<'a> {
    hub: &'a str,
    roll: Option<Roll<'a>>,
}

impl<'a> Given<'a> {
    /// What `access` gives on a hub; nothing is asked of where people do not log in with GitHub.
    pub(super) fn on(placed: &Placed<'a>) -> Self {
        let github = matches!(placed.hub.login_with, Some(Login::Github(_)));
        let roll = Roll::of(placed.laid).filter(|_| github);
        Self { hub: &placed.key.name, roll }
    }

    /// Whether it matters who somebody is.
    pub(super) fn matters(&self) -> bool {
        self.roll.is_some()
    }

    /// Who may log in.
    pub(super) fn login(&self) -> Who {
        self.by(|_, on_hub| on_hub.login)
    }

    /// Who may administer.
    pub(super) fn admin(&self) -> Who {
        self.by(|_, on_hub| on_hub.admin)
    }

    /// Who may start something of a profile.
    pub(super) fn profile(&self, profile: &str) -> Who {
        self.by(|_, on_hub| {
            on_hub.profiles.iter().any(|it| it == profile) || on_hub.choices.contains_key(profile)
        })
    }

    /// Who may choose something in it.
    pub(super) fn choice(&self, profile: &str, choice: &str) -> Who {
        self.by(|_, on_hub| {
            let some = on_hub.choices.get(profile);
            on_hub.profiles.iter().any(|it| it == profile)
                || some.is_some_and(|some| some.iter().any(|it| it == choice))
        })
    }

    /// Who is in a category.
    pub(super) fn category(&self, key: &str) -> Who {
        let Some(roll) = &self.roll else { return Who::new() };
        in_category(roll, key)
    }

    /// The folders that people of this hub share.
    pub(super) fn folders(&self) -> Vec<Folder> {
        let Some(roll) = &self.roll else { return Vec::new() };
        let here = roll.list.iter().filter(|placed| !roll.is_over(placed));
        let here = here.filter(|placed| self.reaches(roll, placed, roll.list.len()));
        let folders = here.flat_map(|placed| {
            placed.category.folders.iter().map(|folder| Folder {
                path: folder.path.clone(),
                stored_as: folder.stored_as.clone(),
                read_only: folder.mode.word() == "read-only",
                who: teams(roll, placed, roll.list.len()),
            })
        });
        folders.collect()
    }

    /// The categories that may log in here, by themselves or by what they require.
    pub(super) fn categories(&self) -> BTreeMap<&'a str, &'a Category> {
        let Some(roll) = &self.roll else { return BTreeMap::new() };
        let here = roll.list.iter().filter(|it| self.reaches(roll, it, roll.list.len()));
        here.map(|placed| (placed.key.name.as_str(), placed.category)).collect()
    }

    /// Whether somebody may log in as far as it is declared; of whom GitHub alone knows, they may.
    pub(super) fn may_log_in(&self, login: &str) -> bool {
        let Some(roll) = &self.roll else { return true };
        let mut here = roll.list.iter().filter(|it| self.reaches(roll, it, roll.list.len()));
        here.any(|placed| may_be_in(roll, placed, login))
    }

    /// How much a home may hold, in GB, of whom nobody declared: the most that a category gives
    /// whose people GitHub knows, or else any.
    pub(super) fn home_quota(&self) -> Option<f64> {
        let categories = self.categories();
        let most = |open: bool| {
            let all = categories.values().filter(|it| it.members.is_open() || !open);
            all.filter_map(|category| home_quota(category)).reduce(f64::max)
        };
        most(true).or_else(|| most(false))
    }

    /// How much the homes of those who are declared may hold, by their logins in small letters: the
    /// most that a category gives that they are in, or may be in as far as GitHub alone knows.
    pub(super) fn home_quotas(&self) -> BTreeMap<String, f64> {
        let Some(roll) = &self.roll else { return BTreeMap::new() };
        let here = || roll.list.iter().filter(|it| self.reaches(roll, it, roll.list.len()));
        let people = here().flat_map(|placed| roll.members(placed));
        let logins: BTreeSet<String> = people.map(|it| it.login.to_lowercase()).collect();
        let most = |login: String| {
            let theirs = here().filter(|placed| may_be_in(roll, placed, &login));
            let given = theirs.filter_map(|placed| home_quota(placed.category));
            let most = given.reduce(f64::max)?;
            Some((login, most))
        };
        logins.into_iter().filter_map(most).collect()
    }

    fn by(&self, gives: impl Fn(&RollPlaced<'a>, &OnHub) -> bool) -> Who {
        let Some(roll) = &self.roll else { return Who::new() };
        let here = roll.list.iter().filter(|placed| !roll.is_over(placed));
        let gives = |placed: &&RollPlaced<'a>| {
            placed.category.hubs.get(self.hub).is_some_and(|on_hub| gives(placed, on_hub))
        };
        here.filter(gives).flat_map(|placed| teams(roll, placed, roll.list.len())).collect()
    }

    fn reaches(&self, roll: &Roll<'a>, placed: &RollPlaced<'a>, steps: usize) -> bool {
        let required = || roll.find(placed.category.requires.as_deref()?);
        placed.category.hubs.get(self.hub).is_some_and(|on_hub| on_hub.login)
            || steps > 0 && required().is_some_and(|it| self.reaches(roll, it, steps - 1))
    }
}

/// Whether somebody is in a category, or may be as far as GitHub alone knows.
fn may_be_in<'a>(roll: &Roll<'a>, placed: &RollPlaced<'a>, login: &str) -> bool {
    matches!(roll.holding(login, placed), Holding::In(_) | Holding::Perhaps(..) | Holding::Open)
}

fn home_quota(category: &Category) -> Option<f64> {
    volume_gb(category.home_quota.as_deref()?).ok()
}

/// Who is in a category.
pub(crate) fn in_category(roll: &Roll<'_>, key: &str) -> Who {
    roll.find(key).map(|placed| teams(roll, placed, roll.list.len())).unwrap_or_default()
}

/// The teams that one must be in to be in a category: its own or one below it where those count,
/// and those of what it requires. No more steps than there are categories.
fn teams(roll: &Roll<'_>, placed: &RollPlaced<'_>, steps: usize) -> Who {
    let name = |placed: &RollPlaced<'_>| placed.team.to_string().to_lowercase();
    let own = std::iter::once(name(placed)).chain(roll.below(placed).into_iter().map(name));
    let required = placed.category.requires.as_deref().filter(|_| steps > 0);
    let required = match required.and_then(|key| roll.find(key)) {
        Some(required) => teams(roll, required, steps - 1),
        None => Who::from([BTreeSet::new()]),
    };
    let with = |team: String| {
        let both = |all: &BTreeSet<String>| all.iter().cloned().chain([team.clone()]).collect();
        required.iter().map(both).collect::<Vec<BTreeSet<String>>>()
    };
    own.flat_map(with).collect()
}
