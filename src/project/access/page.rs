//! A page that says who may do what, as values for a template: for people who read no YAML.

use super::ask::{AskError, Asked};
use super::rights::{Right, rights};
use super::roll::{Placed, Roll, Standing};
use super::settings::Members;
use crate::render::page::{Category, Page, Person, Thing};
use std::collections::BTreeMap;

impl Asked<'_> {
    /// The page of a stack on the day.
    ///
    /// # Errors
    /// When nothing is said of access.
    pub fn page(&self) -> Result<Page, AskError> {
        let rolls = self.rolls();
        let first = rolls.first().ok_or(AskError::Nothing)?;
        let declaration = &first.laid.declaration;
        Ok(Page {
            stack: declaration.stack.clone(),
            institution: declaration.institution.clone(),
            contact: declaration.contact.clone(),
            as_of: first.laid.day.map(|day| day.to_string()),
            categories: first.list.iter().map(|placed| self.category(&rolls, placed)).collect(),
        })
    }

    fn category(&self, rolls: &[Roll<'_>], first: &Placed<'_>) -> Category {
        let mut things: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for roll in rolls {
            let Some(placed) = roll.find(&first.key.name) else { continue };
            for Right { env, what, level, .. } in rights(self.layout(), roll, placed) {
                let places = things.entry((what, level)).or_default();
                places.extend(env.map(str::to_owned));
            }
        }
        let things = things.into_iter().map(|((what, level), mut places)| {
            places.dedup();
            let places =
                if places.is_empty() { "everywhere".to_owned() } else { places.join(", ") };
            Thing { what, level, places }
        });
        let roll = rolls.iter().find(|roll| roll.find(&first.key.name).is_some());
        Category {
            name: first.key.name.clone(),
            description: first.category.description.clone(),
            team: first.team.to_string(),
            team_page: format!(
                "https://github.com/orgs/{}/teams/{}",
                first.team.organization, first.team.slug
            ),
            requires: first.category.requires.clone(),
            until: first.category.until.clone(),
            others: first.category.members.is_open(),
            declared: first.category.members != Members::Unmanaged,
            people: roll.map(|roll| people(roll, first)).unwrap_or_default(),
            things: things.collect(),
        }
    }
}

fn people(roll: &Roll<'_>, placed: &Placed<'_>) -> Vec<Person> {
    let Some(placed) = roll.find(&placed.key.name) else { return Vec::new() };
    let holds = |it: &super::roll::Member<'_>| it.standing(roll.laid.day) == Standing::Holds;
    let person = |member: super::roll::Member<'_>| Person {
        login: member.login.to_owned(),
        name: member.name.map(str::to_owned),
        until: member.until.map(|until| until.to_string()),
    };
    let mut people: Vec<Person> =
        roll.members(placed).into_iter().filter(holds).map(person).collect();
    people.sort();
    people.dedup_by(|one, other| one.login == other.login);
    people
}
