//! From categories to teams, who is in them, and what these may do with repositories. All of that
//! is one for all environments, and belongs to what they share, else to the first.

use super::roll::{Member, Placed, Roll, Standing};
use super::roster::Role;
use super::settings::{MadeTeam, Notifications, Privacy, Team};
use crate::model::{Manage, Place, Resource, ResourceId, Source};
use crate::project::environments::SHARED;
use crate::project::layout::Laid;
use crate::project::problem::Range;
use crate::providers::github::{
    github_organization_member, github_team, github_team_member, github_team_repository,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The environment whose view of access the teams are made of.
pub(super) fn home(layout: &[Laid]) -> Option<&Laid> {
    layout.iter().find(|laid| laid.env() == SHARED).or(layout.first())
}

/// Every team of the organization with what hangs on it.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    let Some(roll) = home(layout).and_then(Roll::of) else { return };
    resources.extend(owners(&roll));
    for placed in roll.list.iter().filter(|placed| roll.is_own(placed)) {
        resources.push(team(&roll, placed));
        resources.extend(people(&roll, placed));
        resources.extend(repositories(&roll, placed));
    }
}

fn resource(
    roll: &Roll<'_>,
    (kind, name): (&str, String),
    place: Place,
    spec: &impl Serialize,
    range: &Range,
) -> Resource {
    Resource {
        id: ResourceId::new(roll.laid.env(), kind, name),
        place,
        spec: serde_json::to_value(spec).expect("specs are maps of plain values"),
        manage: Manage::default(),
        needs: BTreeSet::new(),
        source: Source::from(range),
        notes: Vec::new(),
    }
}

fn owners(roll: &Roll<'_>) -> Vec<Resource> {
    let organization = &roll.access.organization;
    let written = roll.laid.tree.at(["access", "owners"]).map_or(&[][..], |node| node.items());
    let owner = |node: &crate::project::tree::Node| {
        let account = roll.laid.declaration.people.get(node.text()?)?.github.as_ref()?;
        let spec = github_organization_member::Spec {
            login: account.login.clone(),
            id: account.id,
            role: github_organization_member::Role::Owner,
        };
        let name = github_organization_member::member_name(organization, &account.login);
        let place = github_organization_member::place(organization);
        let kind = "github-organization-member";
        Some(resource(roll, (kind, name), place, &spec, &node.range))
    };
    written.iter().filter_map(owner).collect()
}

fn team_id(roll: &Roll<'_>, placed: &Placed<'_>) -> ResourceId {
    let name = github_team::team_name(&placed.team.organization, &placed.team.slug);
    ResourceId::new(roll.laid.env(), "github-team", name)
}

fn team(roll: &Roll<'_>, placed: &Placed<'_>) -> Resource {
    let called;
    let made = match &placed.category.team {
        Team::Made(made) => made,
        Team::Called(slug) => {
            called = MadeTeam { name: slug.clone(), ..MadeTeam::default() };
            &called
        }
    };
    let MadeTeam { name, parent, privacy, notifications, manage } = made.clone();
    let spec = github_team::Spec {
        name,
        description: placed.category.description.clone().unwrap_or_default(),
        privacy: match privacy {
            Privacy::Closed => github_team::Privacy::Closed,
            Privacy::Secret => github_team::Privacy::Secret,
        },
        notifications: match notifications {
            Notifications::Enabled => github_team::Notifications::Enabled,
            Notifications::Disabled => github_team::Notifications::Disabled,
        },
        parent: parent.clone(),
        members: placed.category.members.spec(),
    };
    let above = roll
        .list
        .iter()
        .find(|one| roll.is_own(one) && parent.as_deref() == Some(one.team.slug.as_str()));
    let ResourceId { kind, name, .. } = team_id(roll, placed);
    let place = github_team::place(&placed.team.organization);
    Resource {
        needs: above.map(|above| team_id(roll, above)).into_iter().collect(),
        manage: manage.into(),
        ..resource(roll, (&kind, name), place, &spec, &placed.key.range)
    }
}

/// Who is in a team on the day, each once and with the most that they may do.
fn people(roll: &Roll<'_>, placed: &Placed<'_>) -> Vec<Resource> {
    let mut people: BTreeMap<String, Member<'_>> = BTreeMap::new();
    let members = roll.members(placed).into_iter();
    for member in members.filter(|it| it.standing(roll.laid.day) == Standing::Holds) {
        let known = people.entry(member.login.to_lowercase()).or_insert_with(|| member.clone());
        if member.role > known.role {
            *known = member;
        }
    }
    people.values().map(|member| person(roll, placed, member)).collect()
}

fn person(roll: &Roll<'_>, placed: &Placed<'_>, member: &Member<'_>) -> Resource {
    let spec = github_team_member::Spec {
        login: member.login.to_owned(),
        id: member.id,
        role: match member.role {
            Role::Member => github_team_member::Role::Member,
            Role::Maintainer => github_team_member::Role::Maintainer,
        },
        since: member.since.map(|day| day.to_string()),
    };
    let (organization, slug) = (&placed.team.organization, &placed.team.slug);
    let name = github_team_member::member_name(organization, slug, member.login);
    let place = github_team_member::place(organization, slug);
    Resource {
        needs: [team_id(roll, placed)].into(),
        ..resource(roll, ("github-team-member", name), place, &spec, member.at)
    }
}

/// The address of what a team may do in a repository.
pub(super) fn repository_id(roll: &Roll<'_>, placed: &Placed<'_>, repository: &str) -> ResourceId {
    let (organization, slug) = (&placed.team.organization, &placed.team.slug);
    let name = github_team_repository::access_name(organization, slug, repository);
    ResourceId::new(roll.laid.env(), "github-team-repository", name)
}

fn repositories(roll: &Roll<'_>, placed: &Placed<'_>) -> Vec<Resource> {
    let (organization, slug) = (&placed.team.organization, &placed.team.slug);
    let access = |(repository, role): (&String, &String)| {
        let spec = github_team_repository::Spec { role: role.clone() };
        let name = repository_id(roll, placed, repository).name;
        let place = github_team_repository::place(organization, slug);
        let node = placed.node.at(["repositories", repository]);
        let range = node.map_or(&placed.key.range, |node| &node.range);
        Resource {
            needs: [team_id(roll, placed)].into(),
            ..resource(roll, ("github-team-repository", name), place, &spec, range)
        }
    };
    placed.category.repositories.iter().map(access).collect()
}
