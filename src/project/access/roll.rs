//! Who is in which category on which day, as far as it is declared.

use super::roster::Role;
use super::settings::{Access, Category, Children, Team};
use super::team::TeamName;
use crate::project::format::day;
use crate::project::layout::Laid;
use crate::project::people;
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};
use time::Date;

/// The categories of an environment.
pub(crate) struct Roll<'a> {
    /// The environment.
    pub(crate) laid: &'a Laid,
    /// The section.
    pub(crate) access: &'a Access,
    /// The categories, in the order in which they were written.
    pub(crate) list: Vec<Placed<'a>>,
}

/// One category.
pub(crate) struct Placed<'a> {
    /// The short key and where it was written.
    pub(crate) key: &'a Key,
    /// The settings as they were written.
    pub(crate) node: &'a Node,
    /// The settings.
    pub(crate) category: &'a Category,
    /// The team.
    pub(crate) team: TeamName,
}

/// One person in a category.
#[derive(Clone, Debug)]
pub(crate) struct Member<'a> {
    /// Their login.
    pub(crate) login: &'a str,
    /// The number of their account.
    pub(crate) id: Option<u64>,
    /// What they are called, if they are in `people`.
    pub(crate) name: Option<&'a str>,
    /// What they may do in the team.
    pub(crate) role: Role,
    /// The first day.
    pub(crate) since: Option<Date>,
    /// The last day, that of the category included.
    pub(crate) until: Option<Date>,
    /// When it was decided that they leave.
    pub(crate) decided: Option<Date>,
    /// Why they are in it.
    pub(crate) note: Option<&'a str>,
    /// Where that stands.
    pub(crate) at: &'a Range,
    /// The category whose team they are in, if it is one below.
    pub(crate) through: Option<&'a str>,
}

/// How a membership stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It holds.
    Holds,
    /// It begins later.
    NotYet(Date),
    /// It has ended.
    Ended(Date),
}

/// What can be told of somebody and a category.
#[derive(Clone, Debug)]
pub(crate) enum Holding<'a> {
    /// They are in it.
    In(Member<'a>),
    /// They will be.
    NotYet(Member<'a>, Date),
    /// They were.
    Ended(Member<'a>, Date),
    /// They are in its team, and not in the category that it requires.
    Lacks(Member<'a>, &'a str),
    /// They are in its team; whether in the category that it requires, GitHub alone knows.
    Perhaps(Member<'a>, &'a str),
    /// They are not in it.
    Out,
    /// Whoever is in the team is in it, and who that is GitHub alone knows.
    Open,
}

impl Member<'_> {
    /// How it stands on a day; without one, dates are not looked at.
    pub(crate) fn standing(&self, on: Option<Date>) -> Standing {
        let Some(on) = on else { return Standing::Holds };
        match (self.since, self.until) {
            // Who was to come, and then was not.
            (Some(since), Some(until)) if until < since => Standing::Ended(until),
            (Some(since), _) if on < since => Standing::NotYet(since),
            (_, Some(until)) if until < on => Standing::Ended(until),
            _ => Standing::Holds,
        }
    }

    /// Whether this is the person with a login.
    pub(crate) fn is(&self, login: &str) -> bool {
        self.login.eq_ignore_ascii_case(login)
    }
}

impl<'a> Placed<'a> {
    /// Where a setting was written, or else the category's key.
    pub(crate) fn range(&self, setting: &str) -> &'a Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }

    /// The last day of the category.
    pub(crate) fn until(&self) -> Option<Date> {
        day(self.category.until.as_deref()?)
    }

    /// The slug of the team that its team stands below.
    pub(crate) fn parent(&self) -> Option<&'a str> {
        match &self.category.team {
            Team::Called(_) => None,
            Team::Made(made) => made.parent.as_deref(),
        }
    }
}

impl<'a> Roll<'a> {
    /// The categories of an environment; none where nothing is said of access.
    pub(crate) fn of(laid: &'a Laid) -> Option<Self> {
        let access = laid.declaration.access.as_ref()?;
        let written = laid.tree.at(["access", "categories"]).map(Node::entries).unwrap_or_default();
        let list = written.iter().filter_map(|(key, node)| {
            let category = access.categories.get(&key.name)?;
            let team = category.team(&access.organization);
            Some(Placed { key, node, category, team })
        });
        Some(Self { laid, access, list: list.collect() })
    }

    /// The category with a key.
    pub(crate) fn find(&self, key: &str) -> Option<&Placed<'a>> {
        self.list.iter().find(|placed| placed.key.name == key)
    }

    /// Whether a team is one of the stack's own organization.
    pub(crate) fn is_own(&self, placed: &Placed<'_>) -> bool {
        placed.team.organization == self.access.organization
    }

    /// The people in the team of a category that are declared, whenever that is or was.
    pub(crate) fn members(&self, placed: &Placed<'a>) -> Vec<Member<'a>> {
        let mut members = self.listed(placed);
        members.extend(self.maintainers(placed));
        members
    }

    /// The same with people in teams below it, where those count.
    pub(crate) fn counted(&self, placed: &Placed<'a>) -> Vec<Member<'a>> {
        let mut members = self.members(placed);
        for below in self.below(placed) {
            let through = Some(below.key.name.as_str());
            let until = |it: &Member<'_>| it.until.into_iter().chain(placed.until()).min();
            let more = self.members(below).into_iter();
            members.extend(more.map(|it| Member { through, until: until(&it), ..it }));
        }
        members
    }

    /// The categories whose teams stand below that of another, where those count.
    pub(crate) fn below(&self, placed: &Placed<'a>) -> Vec<&Placed<'a>> {
        let included = placed.category.children == Children::Included;
        self.standing_below(placed).into_iter().filter(|_| included).collect()
    }

    /// The categories whose teams stand below that of another, whether or not those count.
    pub(crate) fn standing_below(&self, placed: &Placed<'a>) -> Vec<&Placed<'a>> {
        self.list.iter().filter(|one| self.is_below(one, placed)).collect()
    }

    fn is_below(&self, one: &Placed<'a>, above: &Placed<'a>) -> bool {
        let mut at = one;
        // No more steps than there are categories, should teams stand in a circle.
        for _ in &self.list {
            let Some(parent) = at.parent() else { return false };
            if self.is_own(above) && above.team.slug == parent {
                return one.key.name != above.key.name;
            }
            let next = self.list.iter().find(|it| self.is_own(it) && it.team.slug == parent);
            let Some(next) = next else { return false };
            at = next;
        }
        false
    }

    fn listed(&self, placed: &Placed<'a>) -> Vec<Member<'a>> {
        let roster = placed.category.members.file().and_then(|it| self.laid.rosters.get(it));
        let Some(roster) = roster else { return Vec::new() };
        let entries = roster.members.iter().zip(roster.entries());
        let member = |(written, node): (&'a super::roster::Member, &'a Node)| {
            let person =
                written.person.as_ref().and_then(|key| self.laid.declaration.people.get(key));
            let account = person.and_then(|person| person.github.as_ref());
            let login = account.map(|it| &it.login).or(written.login.as_ref())?;
            let known = people::called(self.laid, login);
            let until = written.until.as_deref().and_then(day);
            Some(Member {
                login,
                id: written.id.or(known.and_then(|(_, person)| person.github.as_ref()?.id)),
                name: known.map(|(_, person)| person.name.as_str()),
                role: written.role,
                since: written.since.as_deref().and_then(day),
                until: until.into_iter().chain(placed.until()).min(),
                decided: written.decided.as_deref().and_then(day),
                note: written.note.as_deref(),
                at: &node.range,
                through: None,
            })
        };
        entries.filter_map(member).collect()
    }

    fn maintainers(&self, placed: &Placed<'a>) -> Vec<Member<'a>> {
        let nodes = placed.node.child("maintainers").map(Node::items).unwrap_or_default();
        let member = |node: &'a Node| {
            let person = self.laid.declaration.people.get(node.text()?)?;
            let account = person.github.as_ref()?;
            Some(Member {
                login: &account.login,
                id: account.id,
                name: Some(&person.name),
                role: Role::Maintainer,
                since: None,
                until: placed.until(),
                decided: None,
                note: None,
                at: &node.range,
                through: None,
            })
        };
        nodes.iter().filter_map(member).collect()
    }

    /// What can be told of somebody and a category on the day of this look.
    pub(crate) fn holding(&self, login: &str, placed: &Placed<'a>) -> Holding<'a> {
        let theirs: Vec<_> = self.counted(placed).into_iter().filter(|it| it.is(login)).collect();
        let standing = |it: &Member<'a>| it.standing(self.laid.day);
        if let Some(holds) = theirs.iter().find(|it| standing(it) == Standing::Holds) {
            return self.required(login, placed, holds.clone());
        }
        let later = theirs.iter().find_map(|it| match standing(it) {
            Standing::NotYet(since) => Some(Holding::NotYet(it.clone(), since)),
            _ => None,
        });
        let ended = theirs.iter().filter_map(|it| match standing(it) {
            Standing::Ended(until) => Some((until, it)),
            _ => None,
        });
        let ended = ended.max_by_key(|(until, _)| *until);
        match (later, ended) {
            (Some(later), _) => later,
            (None, Some((until, member))) => Holding::Ended(member.clone(), until),
            (None, None) if self.is_over(placed) => Holding::Out,
            (None, None) if placed.category.members.is_open() => Holding::Open,
            (None, None) => Holding::Out,
        }
    }

    /// Whether nobody is in a category any more.
    pub(crate) fn is_over(&self, placed: &Placed<'a>) -> bool {
        placed.until().zip(self.laid.day).is_some_and(|(until, on)| until < on)
    }

    fn required(&self, login: &str, placed: &Placed<'a>, member: Member<'a>) -> Holding<'a> {
        let Some(key) = placed.category.requires.as_deref() else { return Holding::In(member) };
        match self.find(key).map(|required| self.holding(login, required)) {
            Some(Holding::In(there)) => {
                let until = member.until.into_iter().chain(there.until).min();
                Holding::In(Member { until, ..member })
            }
            Some(Holding::Open | Holding::Perhaps(..)) => Holding::Perhaps(member, key),
            _ => Holding::Lacks(member, key),
        }
    }
}
