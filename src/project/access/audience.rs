//! For whom resources are there, as far as that follows from categories: hubs with their profiles,
//! and what teams may do with repositories.

use super::ask::Who;
use super::expand::{home, repository_id};
use super::roll::{Roll, Standing};
use crate::model::{Audience, Crowd, ResourceId};
use crate::project::{Project, hubs};
use std::collections::BTreeMap;

impl Project {
    /// For whom resources are there on the day of this look, by address.
    pub fn audiences(&self) -> BTreeMap<ResourceId, Audience> {
        let hubs = hubs::released(&self.layout).into_iter();
        let mut all: BTreeMap<_, _> =
            hubs.map(|(id, hub)| (id.clone(), self.audience(&id.env, &hub))).collect();
        all.extend(self.of_repositories());
        all
    }

    fn audience(&self, env: &str, hub: &str) -> Audience {
        let what = format!("hubs/{hub}");
        let laid = self.layout.iter().find(|laid| laid.env() == env);
        let hub = laid.and_then(|laid| laid.declaration.hubs.get(hub));
        let profiles = hub.into_iter().flat_map(|hub| hub.profiles.keys());
        let parts = profiles.map(|profile| {
            let part = format!("profiles/{profile}");
            let crowd = self.crowd(env, &format!("{what}/{part}"));
            (part, crowd)
        });
        Audience { parts: parts.collect(), everybody: self.crowd(env, &what), what }
    }

    /// Who may do something with a thing of an environment.
    fn crowd(&self, env: &str, what: &str) -> Crowd {
        let environments = [env.to_owned()];
        let asked = self.asked(&environments);
        let holders = asked.and_then(|asked| asked.who_can(what, false)).unwrap_or_default();
        let mut crowd = Crowd::default();
        for holder in holders {
            match holder.who {
                Who::Person { login, .. } => _ = crowd.people.insert(login.to_lowercase()),
                Who::Team(team) => _ = crowd.teams.insert(team),
                Who::Member(_) | Who::Everybody => {}
            }
        }
        crowd
    }

    fn of_repositories(&self) -> Vec<(ResourceId, Audience)> {
        let Some(roll) = home(&self.layout).and_then(Roll::of) else { return Vec::new() };
        let mut all = Vec::new();
        for placed in roll.list.iter().filter(|placed| roll.is_own(placed)) {
            let members = roll.members(placed).into_iter();
            let holds = members.filter(|it| it.standing(roll.laid.day) == Standing::Holds);
            let people = holds.map(|member| member.login.to_lowercase()).collect();
            let open = placed.category.members.is_open() && !roll.is_over(placed);
            let teams = open.then(|| placed.team.to_string()).into_iter().collect();
            let everybody = Crowd { people, teams };
            all.extend(placed.category.repositories.keys().map(|repository| {
                let what = format!("repositories/{}/{repository}", placed.team.organization);
                let everybody = everybody.clone();
                let audience = Audience { what, everybody, parts: BTreeMap::new() };
                (repository_id(&roll, placed, repository), audience)
            }));
        }
        all
    }
}
