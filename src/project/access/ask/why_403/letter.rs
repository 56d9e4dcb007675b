//! The message to somebody whom a hub turned away: in plain words, with what to do and whom to ask.

use super::{Cause, Found, Turned};
use crate::project::access::ask::Asked;
use crate::project::access::roll::{Placed, Roll};
use crate::project::people;
use serde::Serialize;
use std::collections::BTreeSet;

/// A message that is ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// What it is about; nothing if no cause was found.
    pub about: Option<Turned>,
    /// The subject.
    pub subject: String,
    /// The text, a paragraph each.
    pub paragraphs: Vec<String>,
}

/// What the texts speak of.
struct Ground<'a> {
    login: &'a str,
    hub: &'a str,
    domain: &'a str,
    organization: &'a str,
    /// What stands behind `ask`: `help@leap.example.org`.
    whom: String,
    /// Who says who is in the categories that let in.
    doors: String,
}

impl Asked<'_> {
    /// The message to somebody about why a hub turned them away: about the cause that is given, or
    /// else about the first that was found.
    pub fn letter(
        &self,
        login: &str,
        hub: &str,
        causes: &[Cause],
        about: Option<Turned>,
    ) -> Letter {
        let key = hub.trim_start_matches("hubs/");
        // Who is in a team below has been let in as far as they know: that tells them more.
        let found = causes.iter().filter(|cause| cause.found == Found::Yes).map(|cause| cause.why);
        let found = found.max_by_key(|why| *why == Turned::TeamBelow);
        let about = about.or(found);
        let rolls = self.rolls();
        let ground = ground(&rolls, login, key);
        let greeting = format!("Hello {},", self.name_of(login));
        let mut paragraphs = vec![greeting];
        paragraphs.extend(match about {
            Some(why) => ground.told(why),
            None => ground.in_general(),
        });
        paragraphs
            .push(format!("If that does not help, or is not right, write to {}.", ground.whom));
        Letter { about, subject: format!("Your login at {}", ground.domain), paragraphs }
    }

    fn name_of(&self, login: &str) -> String {
        let known = self.layout().iter().find_map(|laid| people::called(laid, login));
        known.map_or_else(|| format!("@{login}"), |(_, it)| format!("{} (@{login})", it.name))
    }
}

fn ground<'a>(rolls: &'a [Roll<'a>], login: &'a str, hub: &'a str) -> Ground<'a> {
    let first = rolls.first();
    let declared = rolls.iter().find_map(|it| it.laid.declaration.hubs.get(hub));
    let contact = first.and_then(|it| it.laid.declaration.contact.clone());
    let whom = contact.unwrap_or_else(|| "whoever sent you this".to_owned());
    Ground {
        login,
        hub,
        domain: declared.map_or(hub, |hub| &hub.domain),
        organization: first.map_or("ORGANIZATION", |it| &it.access.organization),
        doors: doors(rolls, hub).unwrap_or_else(|| whom.clone()),
        whom,
    }
}

/// Who maintains the teams that let in to a hub, by name.
fn doors(rolls: &[Roll<'_>], hub: &str) -> Option<String> {
    let lets_in = |placed: &&Placed<'_>| placed.category.hubs.get(hub).is_some_and(|it| it.login);
    let mut names = BTreeSet::new();
    for roll in rolls {
        let people = &roll.laid.declaration.people;
        let keys = roll.list.iter().filter(lets_in).flat_map(|it| &it.category.maintainers);
        names.extend(keys.filter_map(|key| Some(people.get(key)?.name.as_str())));
    }
    let names: Vec<&str> = names.into_iter().collect();
    (!names.is_empty()).then(|| names.join(" or "))
}

impl Ground<'_> {
    fn told(&self, why: Turned) -> Vec<String> {
        let Self { login, hub, domain, organization, doors, .. } = self;
        let accept = format!("https://github.com/orgs/{organization}/invitation");
        let again = self.again();
        let words = match why {
            Turned::WrongTeam => [
                format!("you are not (yet) among those who may log in at {domain}."),
                format!("To be let in, ask {doors}, and name your login on GitHub, {login}."),
            ],
            Turned::TimeOver => [
                format!("the time for which you could log in at {domain} is over."),
                format!("If you still need it, ask {doors} for more; your files have not been touched by this."),
            ],
            Turned::NotYet => [
                format!("you will be able to log in at {domain}, but your time has not begun."),
                format!("Ask {doors} if you need it sooner."),
            ],
            Turned::NotInvited => [
                format!(
                    "you are to be let in at {domain}, but have not been invited to the GitHub \
                     organization {organization} yet."
                ),
                format!(
                    "An invitation will come by mail from GitHub. Accept it within seven days, or at \
                     {accept}, and then {again}."
                ),
            ],
            Turned::InvitationPending => [
                format!(
                    "to log in at {domain} you must be in the GitHub organization {organization}. You \
                     have been invited, and have not accepted yet."
                ),
                format!("Log in to GitHub as {login}, accept at {accept}, and then {again}."),
            ],
            Turned::InvitationExpired => [
                format!(
                    "your invitation to the GitHub organization {organization}, which you need to log \
                     in at {domain}, was not accepted within seven days, and holds no longer."
                ),
                format!(
                    "You will be invited again. Accept it within seven days: as {login}, by the link in \
                     GitHub's mail (look among the spam, too) or at {accept}. Then {again}."
                ),
            ],
            Turned::InvitationDeclined => [
                format!(
                    "you declined the invitation to the GitHub organization {organization}. Without it \
                     nobody can log in at {domain}."
                ),
                format!(
                    "If that was a mistake, say so to {doors}, and you will be invited once more. Being in \
                     the organization costs nothing and changes nothing about your own repositories."
                ),
            ],
            Turned::InvitationFailed => [
                format!(
                    "GitHub could not invite you to the organization {organization}, which you need to \
                     log in at {domain}."
                ),
                "That is not for you to mend: it is looked into, and you will hear of it.".to_owned(),
            ],
            Turned::TeamBelow => [
                format!(
                    "you are in a team below the one that {domain} asks for, and GitHub does not count \
                     that."
                ),
                format!("You will be put into the team itself; ask {doors} when. Then {again}."),
            ],
            Turned::NoProfile => [
                format!("you may log in at {domain}, but there is no server that you may start there."),
                format!("Ask {doors} which group you should be in, and say what you want to do on `{hub}`."),
            ],
            Turned::ApplicationNotApproved => [
                format!(
                    "{domain} cannot see who is in the GitHub organization {organization}, so at present \
                     it turns everybody away."
                ),
                "That is not for you to mend: an owner of the organization has to approve the hub's \
                 application. Try again tomorrow."
                    .to_owned(),
            ],
            Turned::EarlierLogin => [
                format!("you may log in at {domain}, but were logged in before that was so."),
                format!("Please {again}."),
            ],
            Turned::OtherAccount => [
                format!("{domain} knows you as somebody else than {login} on GitHub."),
                format!(
                    "Log out at https://github.com/logout, log in there as {login}, and then {again}."
                ),
            ],
        };
        words.into()
    }

    /// Nothing was found: what helps most often.
    fn in_general(&self) -> Vec<String> {
        let Self { login, domain, organization, .. } = self;
        vec![
            format!("as far as we can see you, {login}, may log in at {domain}. Please try this:"),
            format!(
                "1. See whether an invitation waits for you, and accept it: \
                 https://github.com/orgs/{organization}/invitation"
            ),
            format!("2. See at https://github.com that you are logged in there as {login}."),
            format!("3. Then {}.", self.again()),
        ]
    }

    fn again(&self) -> String {
        format!("log out at https://{}/hub/logout and in again", self.domain)
    }
}
