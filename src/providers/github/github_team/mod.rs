//! `github-team`: a team of an organization.
//!
//! The name is `ORGANIZATION/SLUG`, `leap-stc/leap-pangeo-users`. The mark is a suffix of the
//! description, with a word for whose the people in it are. A team that somebody gave another name
//! has another slug, and is known by its mark.

mod apply;
mod spec;
pub(crate) mod wire;

pub use spec::{Members, Notifications, Privacy, Spec};

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Found, Need, Observation, Owner, Place, Scope, Status, Version};
use crate::providers::description::Marks;
use crate::providers::github::live::Team as Live;
use crate::providers::github::{Reader, Writer};
use std::collections::BTreeSet;

/// The kind `github-team`.
#[derive(Debug)]
pub enum Team {}

/// The name of a team.
pub fn team_name(organization: &str, slug: &str) -> String {
    format!("{organization}/{slug}")
}

/// Where the teams of an organization are.
pub fn place(organization: &str) -> Place {
    Place::project(organization)
}

/// The organization and the slug in a team's name.
pub(crate) fn parts(name: &str) -> (&str, &str) {
    name.split_once('/').unwrap_or((name, ""))
}

/// The slug that GitHub makes of a team's name: small letters, and one hyphen for whatever is neither
/// a letter, a digit nor `_`.
pub fn slug_of(name: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = name.split(|c: char| !kept(c)).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

impl Kind for Team {
    const NAME: &'static str = "github-team";
    const PROTECTED: bool = true;
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        let mut observation = Observation::default();
        let places: BTreeSet<&str> = scope.places.iter().map(|it| it.project.as_str()).collect();
        for organization in places {
            let teams = reader.teams(organization).await?;
            for team in teams.iter() {
                let found = found(scope, organization, team);
                let wanted = scope.wanted.contains_key(found.name.as_str());
                if wanted || matches!(found.owner, Owner::Ours(_)) {
                    observation.found.push(found);
                } else if found.owner == Owner::Foreign {
                    observation.strangers.push(found);
                }
            }
        }
        Ok(observation)
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        match change {
            Change::Create { after } => apply::create(writer, step, &after).await,
            Change::Update { before, after, .. } => {
                apply::update(writer, step, &before, &after).await
            }
            Change::Delete { before, .. } => apply::delete(writer, step, &before).await,
            Change::Adopt { spec, .. } => apply::mark(writer, step, &spec, Marks::On).await,
            Change::Disown { spec, .. } => apply::mark(writer, step, &spec, Marks::Off).await,
            Change::Wait { .. } => Err(step.nothing_to_wait_for("teams")),
        }
    }

    fn needs(name: &str, spec: &Spec) -> BTreeSet<Need> {
        let (organization, _) = parts(name);
        let above = spec.parent.iter();
        above.map(|slug| Need::refers(Self::NAME, team_name(organization, slug))).collect()
    }

    fn protection(_: &Spec) -> Option<String> {
        Some("the people in it lose what it gives them, and the teams below it go with it".into())
    }
}

fn found(scope: &Scope<'_>, organization: &str, team: &Live) -> Found<Spec> {
    let name = known_as(scope, organization, team);
    let (spec, owner) = wire::read(team, scope.stack, &name);
    Found {
        name,
        place: place(organization),
        owner,
        spec,
        version: version(team),
        status: Status::Ready,
        holds: None,
    }
}

/// The name of a team in the declaration, if its mark says which it was, whatever it is called now;
/// else the name that it has.
fn known_as(scope: &Scope<'_>, organization: &str, team: &Live) -> String {
    let now = team_name(organization, &team.slug);
    if scope.wanted.contains_key(now.as_str()) {
        return now;
    }
    let declared = scope.wanted.keys().chain(scope.leaving.keys());
    let mut here = declared.filter(|name| parts(name).0 == organization);
    let marked = here.find(|name| wire::is_marked(team, scope.stack, name));
    marked.map_or(now, |name| (*name).to_owned())
}

/// The team of this slug, or the one that had it when we marked it.
pub(crate) fn find<'a>(
    teams: &'a [Live],
    stack: &str,
    organization: &str,
    slug: &str,
) -> Option<&'a Live> {
    let name = team_name(organization, slug);
    let by_slug = teams.iter().find(|team| team.slug == slug);
    by_slug.or_else(|| teams.iter().find(|team| wire::is_marked(team, stack, &name)))
}

/// Teams have no version; one that was made again has another number.
fn version(team: &Live) -> Version {
    Version(team.id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_of_a_name_as_github_makes_it() {
        for (name, slug) in [
            ("LEAP Pangeo users", "leap-pangeo-users"),
            ("climatematch_shared_group", "climatematch_shared_group"),
            ("Data & Compute!", "data-compute"),
        ] {
            assert_eq!(slug_of(name), slug);
        }
    }
}
