//! Finds out who is in the teams that anybody is declared to be in.

use super::{Role, Spec, TeamMember, member_name, place};
use crate::kind::{self, Kind as _, ProviderError};
use crate::model::{Found, Observation, Owner, Remark, Resource, Scope, SpecMark, Status, Version};
use crate::providers::github::Reader;
use crate::providers::github::github_team::{self, Members, Team, team_name, wire};
use crate::providers::github::invitation::{self, Ended, Next};
use crate::providers::github::live::Team as Live;
use crate::providers::github::people::Person;
use crate::providers::github::reader::AT_ONCE;
use crate::providers::github::rest::parts;
use crate::providers::remembered;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize as _;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the ledger remembers of a membership: who it is, and their role.
pub(super) fn claim(spec: &Spec) -> String {
    let role = match spec.role {
        Role::Member => "member",
        Role::Maintainer => "maintainer",
    };
    match spec.id {
        Some(id) => format!("{id} {role}"),
        None => format!("{} {role}", spec.login.to_ascii_lowercase()),
    }
}

/// The settings that a claim tells of.
fn claimed(login: &str, claim: &str) -> Option<Spec> {
    let (who, role) = claim.split_once(' ')?;
    let role = if role == "maintainer" { Role::Maintainer } else { Role::Member };
    // There are logins of digits only; those who bear one are claimed by it, as in the name.
    let id = who.parse().ok().filter(|_| !who.eq_ignore_ascii_case(login));
    Some(Spec { login: login.to_owned(), id, role, since: None })
}

pub(super) async fn observe(
    reader: &Reader,
    scope: &Scope<'_>,
) -> Result<Observation<Spec>, ProviderError> {
    let mut observation = Observation::default();
    let asked = Asked::new(scope);
    let mut teams = Vec::new();
    for organization in asked.organizations() {
        let listed = reader.teams(organization).await?;
        teams.extend(asked.teams_of(scope, organization, &listed));
    }
    let looks = teams.into_iter().map(|team| async move {
        let people = match &team.slug {
            Some(slug) => reader.people(&team.organization, slug).await?,
            None => Arc::default(),
        };
        Ok::<_, ProviderError>((team, people))
    });
    let seen: Vec<_> = stream::iter(looks).buffered(AT_ONCE).try_collect().await?;
    for (team, people) in seen {
        let owners = match team.is_disputed(scope, &people) {
            true => reader.owners(&team.organization).await?,
            false => Arc::default(),
        };
        let ended = match team.lacks_somebody(scope, &people) {
            true => reader.ended(&team.organization).await?,
            false => Arc::default(),
        };
        let seen = Seen { people: &people, owners: &owners, ended: &ended };
        team.sort(scope, &seen, &mut observation);
    }
    Ok(observation)
}

/// Which teams are to be looked at, and why.
struct Asked<'a> {
    /// By organization, the slugs of those that people are declared in or ever were.
    named: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// What is declared of whose the people are, by the team's name.
    declared: BTreeMap<&'a str, (&'a Resource, Members)>,
}

impl<'a> Asked<'a> {
    fn new(scope: &'a Scope<'_>) -> Self {
        let mut named: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for place in &scope.places {
            let team = place.parent.as_deref();
            named.entry(&place.project).or_default().extend(team);
        }
        let teams = scope.whole.resources().values().filter(|it| it.id.kind == Team::NAME);
        let declared = teams.filter_map(|team| {
            let spec = github_team::Spec::deserialize(&team.spec).ok()?;
            Some((team.id.name.as_str(), (team, spec.members)))
        });
        let declared: BTreeMap<_, _> = declared.collect();
        for (name, _) in declared.iter().filter(|(_, (_, members))| *members == Members::Exact) {
            let (organization, slug) = github_team::parts(name);
            named.entry(organization).or_default().insert(slug);
        }
        Self { named, declared }
    }

    fn organizations(&self) -> impl Iterator<Item = &'a str> {
        self.named.keys().copied()
    }

    /// The teams of an organization that are named, and those of ours that say that all their
    /// members are declared.
    fn teams_of(&self, scope: &Scope<'_>, organization: &str, listed: &[Live]) -> Vec<Looked> {
        let mut slugs: BTreeSet<&str> = self.named.get(organization).cloned().unwrap_or_default();
        slugs.extend(
            listed
                .iter()
                .filter(|team| self.is_exact(scope, organization, team))
                .map(|team| team.slug.as_str()),
        );
        slugs.into_iter().map(|slug| self.looked(scope, organization, slug, listed)).collect()
    }

    fn is_exact(&self, scope: &Scope<'_>, organization: &str, team: &Live) -> bool {
        let name = team_name(organization, &team.slug);
        let (spec, owner) = wire::read(team, scope.stack, &name);
        matches!(owner, Owner::Ours(_)) && spec.members == Members::Exact
    }

    fn looked(&self, scope: &Scope<'_>, organization: &str, slug: &str, listed: &[Live]) -> Looked {
        let name = team_name(organization, slug);
        let team = github_team::find(listed, scope.stack, organization, slug);
        let (spec, owner) = match team {
            Some(team) => wire::read(team, scope.stack, &name),
            None => (github_team::Spec::default(), Owner::Foreign),
        };
        let declared = self.declared.get(name.as_str()).map(|(_, members)| *members);
        let exact = declared.unwrap_or(spec.members) == Members::Exact;
        Looked {
            organization: organization.to_owned(),
            declared_slug: slug.to_owned(),
            slug: team.map(|team| team.slug.clone()),
            exact_in: match owner {
                Owner::Ours(mark) if exact => Some(mark.env),
                _ => None,
            },
        }
    }
}

/// What was seen of a team and its organization.
struct Seen<'a> {
    people: &'a [Person],
    /// The logins of the organization's owners.
    owners: &'a BTreeSet<String>,
    /// Invitations that ended, by login; only asked for where they matter.
    ended: &'a BTreeMap<String, Ended>,
}

/// A team whose people are looked at.
struct Looked {
    organization: String,
    /// The slug by which it is declared.
    declared_slug: String,
    /// The slug that it has; none if there is no such team.
    slug: Option<String>,
    /// The environment of a team of ours all of whose members are declared.
    exact_in: Option<String>,
}

impl Looked {
    fn is_here(&self, name: &str) -> bool {
        let (organization, team, _) = parts(name);
        organization == self.organization && team == self.declared_slug
    }

    fn wanted<'a>(
        &'a self,
        scope: &'a Scope<'_>,
    ) -> impl Iterator<Item = (&'a str, &'a Resource, Spec)> {
        let here = scope.wanted.iter().filter(|(name, _)| self.is_here(name));
        here.filter_map(|(name, resource)| {
            Some((*name, *resource, Spec::deserialize(&resource.spec).ok()?))
        })
    }

    /// Whether anybody has more than is declared: owners of the organization always do.
    fn is_disputed(&self, scope: &Scope<'_>, people: &[Person]) -> bool {
        self.wanted(scope).any(|(_, _, spec)| {
            let person = people.iter().find(|person| person.is(&spec.login, spec.id));
            person.is_some_and(|person| person.role > Some(spec.role))
        })
    }

    /// Whether somebody who is declared is neither in the team nor invited, so that it matters
    /// what became of their last invitation.
    fn lacks_somebody(&self, scope: &Scope<'_>, people: &[Person]) -> bool {
        let is_there = |spec: &Spec| people.iter().any(|it| it.is(&spec.login, spec.id));
        self.slug.is_some() && self.wanted(scope).any(|(_, _, spec)| !is_there(&spec))
    }

    /// Who is not there: what is to be said of it, and whether they want to be.
    fn absent(
        &self,
        scope: &Scope<'_>,
        (name, resource, spec): (&str, &Resource, Spec),
        seen: &Seen<'_>,
        observation: &mut Observation<Spec>,
    ) {
        let Some(ended) = seen.ended.get(&spec.login.to_ascii_lowercase()) else { return };
        match invitation::after(ended, &self.organization, spec.since.as_deref()) {
            Next::Invite(what) => {
                observation.remarks.push(Remark { name: name.to_owned(), what });
            }
            Next::Leave(what) => {
                let version = Version("declined".to_owned());
                let found = self.ours(scope, name, &resource.id.env, spec, version);
                observation.found.push(Found { status: Status::Waiting { what }, ..found });
            }
        }
    }

    /// Tells the people of a team who are ours from the others.
    fn sort(&self, scope: &Scope<'_>, seen: &Seen<'_>, observation: &mut Observation<Spec>) {
        let mut others: Vec<&Person> = seen.people.iter().collect();
        for (name, resource, spec) in self.wanted(scope) {
            let Some(person) = take(&mut others, &spec) else {
                self.absent(scope, (name, resource, spec), seen, observation);
                continue;
            };
            let owner_too = seen.owners.contains(&person.login.to_ascii_lowercase());
            let role = person.role.filter(|_| !owner_too).unwrap_or(spec.role);
            let spec = Spec { role, ..spec };
            let version = version(person);
            observation.found.push(self.ours(scope, name, &resource.id.env, spec, version));
        }
        for (name, claims) in scope.claims.iter().filter(|(name, _)| self.is_here(name)) {
            if scope.wanted.contains_key(name) {
                continue;
            }
            let login = parts(name).2;
            let Some(spec) = claims.iter().find_map(|claim| claimed(login, claim)) else {
                continue;
            };
            let Some(env) = remembered::environment(scope, name) else { continue };
            // Who is gone already is forgotten by a step that does nothing else.
            let person = take(&mut others, &spec);
            let version = person.map_or_else(|| Version(String::new()), version);
            let role = person.and_then(|person| person.role).unwrap_or(spec.role);
            observation.found.push(self.ours(scope, name, env, Spec { role, ..spec }, version));
        }
        for person in others {
            let name = member_name(&self.organization, &self.declared_slug, &person.login);
            let (login, role) = (person.login.clone(), person.role.unwrap_or_default());
            let spec = Spec { login, id: person.id, role, since: None };
            match &self.exact_in {
                Some(env) => {
                    let found = self.ours(scope, &name, env, spec, version(person));
                    observation.found.push(found);
                }
                None => observation.strangers.push(self.found(
                    &name,
                    Owner::Foreign,
                    spec,
                    version(person),
                )),
            }
        }
    }

    fn ours(
        &self,
        scope: &Scope<'_>,
        name: &str,
        env: &str,
        spec: Spec,
        version: Version,
    ) -> Found<Spec> {
        let claims = scope.claims.get(name).into_iter().flat_map(|claims| claims.iter());
        let last = claims.filter_map(|claim| claimed(&spec.login, claim)).next();
        // Who was there before us is taken to be as we would have left them.
        let applied =
            last.map_or_else(|| spec.clone(), |last| Spec { role: last.role, ..spec.clone() });
        let applied = SpecMark::Applied(kind::digest::<TeamMember>(&applied));
        let mark = remembered::mark(scope, TeamMember::NAME, name, env, applied);
        self.found(name, Owner::Ours(mark), spec, version)
    }

    fn found(&self, name: &str, owner: Owner, spec: Spec, version: Version) -> Found<Spec> {
        let place = place(&self.organization, &self.declared_slug);
        let (name, status) = (name.to_owned(), Status::Ready);
        Found { name, place, owner, spec, version, status, holds: None }
    }
}

fn take<'a>(people: &mut Vec<&'a Person>, spec: &Spec) -> Option<&'a Person> {
    let at = people.iter().position(|person| person.is(&spec.login, spec.id))?;
    Some(people.remove(at))
}

fn version(person: &Person) -> Version {
    Version(person.id.map_or_else(|| "invited".to_owned(), |id| id.to_string()))
}
