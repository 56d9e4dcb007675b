//! Why a hub turns somebody away: what the declaration shows, and what remains to be looked at.

use super::{AskError, Asked, Verdict, Why};
use crate::project::access::roll::{Holding, Placed, Roll};
use crate::project::access::settings::Children;
use crate::project::access::sight::OnGitHub;
use serde::Serialize;

/// Something that makes a hub turn people away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Whether it is the case.
    pub found: Found,
    /// What it is.
    pub what: String,
    /// What to do about it, or to look at.
    pub help: String,
}

/// Whether something is the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// It is.
    Yes,
    /// It may be: nothing that is declared tells.
    Possible,
    /// It is not.
    No,
}

impl Asked<'_> {
    /// Why a hub may turn somebody away, what was found first.
    ///
    /// # Errors
    /// When there is no such hub.
    pub fn why_403(&self, login: &str, hub: &str) -> Result<Vec<Cause>, AskError> {
        let key = hub.trim_start_matches("hubs/");
        let lets_in = self.why(login, &format!("hubs/{key}"))?;
        let mut causes = vec![match waiting(&lets_in) {
            true => missing(login, &lets_in),
            false => let_in(login, key, &lets_in),
        }];
        causes.extend(self.above(login, key));
        causes.extend(self.profiles(login, key, lets_in.verdict));
        causes.extend(self.unseen(login, key, invited(&lets_in)));
        causes.sort_by_key(|cause| cause.found);
        Ok(causes)
    }

    /// They are in a team below one that lets in, and a hub asks for the team itself.
    fn above(&self, login: &str, hub: &str) -> Vec<Cause> {
        let mut causes = Vec::new();
        for roll in &self.rolls() {
            let lets_in = |placed: &&Placed<'_>| {
                placed.category.hubs.get(hub).is_some_and(|on_hub| on_hub.login)
            };
            for placed in roll.list.iter().filter(lets_in) {
                let left_out = placed.category.children == Children::LeftOut;
                for below in roll.standing_below(placed).into_iter().filter(|_| left_out) {
                    let seen = self.on_github(roll, below, login);
                    let there = seen.is_none_or(OnGitHub::is_in);
                    if there && matches!(roll.holding(login, below), Holding::In(_)) {
                        causes.push(child(login, placed, below));
                    }
                }
            }
        }
        causes.dedup();
        causes
    }

    /// There is something left that they may start.
    fn profiles(&self, login: &str, hub: &str, lets_in: Verdict) -> Option<Cause> {
        let rolls = self.rolls();
        let with = |roll: &&Roll<'_>| {
            let hub = roll.laid.declaration.hubs.get(hub);
            hub.is_some_and(|hub| !hub.profiles.is_empty())
        };
        rolls.iter().find(with)?;
        let start = format!("hubs/{hub}/profiles/");
        let theirs = self.preview(login).into_iter().filter(|has| has.what.starts_with(&start));
        let best = theirs.map(|has| has.verdict).min();
        let found = match (lets_in, best) {
            (_, Some(Verdict::Yes)) => Found::No,
            (Verdict::Yes, None) => Found::Yes,
            _ => Found::Possible,
        };
        let help = match found {
            Found::No => format!("see `leap-infra access preview {login}`"),
            _ => format!("let a category that {login} is in give a profile of `{hub}`"),
        };
        let what =
            "let in, but with no profile left to start, a hub answers 403 as well".to_owned();
        Some(Cause { found, what, help })
    }

    /// What no declaration tells.
    fn unseen(&self, login: &str, hub: &str, invited: Found) -> Vec<Cause> {
        let rolls = self.rolls();
        let organization = rolls.first().map_or("ORGANIZATION", |it| &it.access.organization);
        let domain = rolls.iter().find_map(|it| it.laid.declaration.hubs.get(hub));
        let domain = domain.map_or(hub, |hub| &hub.domain);
        let possible = |what: String, help: String| Cause { found: Found::Possible, what, help };
        vec![
            Cause {
                found: invited,
                what: format!("{login} was invited to {organization} and has not accepted yet"),
                help: format!("https://github.com/orgs/{organization}/invitation, as {login}"),
            },
            possible(
                format!(
                    "{organization} has not approved the hub's app, so nobody's teams are told"
                ),
                format!(
                    "https://github.com/organizations/{organization}/settings/\
                     oauth_application_policy; then everybody is turned away, not {login} alone"
                ),
            ),
            possible(
                "teams are read at login, and the last one was before the change".to_owned(),
                format!("log out at https://{domain}/hub/logout and in again"),
            ),
            possible(
                format!("{login} logged in to GitHub with another account"),
                "compare the login at the top of the hub's page".to_owned(),
            ),
        ]
    }
}

/// Whether an invitation is what they wait for, as far as somebody looked.
fn invited(why: &Why) -> Found {
    let seen: Vec<OnGitHub> = why.reasons.iter().filter_map(|reason| reason.on_github).collect();
    match seen.as_slice() {
        [] => Found::Possible,
        seen if seen.contains(&OnGitHub::Invited) => Found::Yes,
        _ => Found::No,
    }
}

/// Whether somebody is declared to be let in, and GitHub does not have them there (yet).
fn waiting(why: &Why) -> bool {
    let seen = |it: OnGitHub| why.reasons.iter().any(|reason| reason.on_github == Some(it));
    why.verdict != Verdict::Yes && (seen(OnGitHub::Missing) || seen(OnGitHub::Invited))
}

/// They are declared, and GitHub does not have them where that is said.
fn missing(login: &str, why: &Why) -> Cause {
    let found = match invited(why) {
        Found::Yes => Found::No,
        _ => Found::Yes,
    };
    Cause {
        found,
        what: format!("{login} is declared, and on GitHub neither in the team nor invited"),
        help: "`leap-infra apply` invites them (again): an invitation ends after seven days, or \
               when it is declined"
            .to_owned(),
    }
}

fn let_in(login: &str, hub: &str, why: &Why) -> Cause {
    let found = match why.verdict {
        Verdict::Yes => Found::No,
        Verdict::Unknown => Found::Possible,
        Verdict::No => Found::Yes,
    };
    let reasons: Vec<&str> = why.reasons.iter().map(|it| it.because.as_str()).collect();
    let what = match found {
        Found::No => format!("{login} is let in to `{hub}`"),
        Found::Possible => format!("whether {login} is let in to `{hub}`, GitHub alone knows"),
        Found::Yes => format!("{login} is in no category that lets in to `{hub}`"),
    };
    let help = match reasons.as_slice() {
        [] => format!("no category lets anybody in to `{hub}`: say `login: true` in one"),
        reasons => reasons.join("; "),
    };
    Cause { found, what, help }
}

fn child(login: &str, placed: &Placed<'_>, below: &Placed<'_>) -> Cause {
    let (team, above) = (&below.team, &placed.team);
    Cause {
        found: Found::Yes,
        what: format!("{login} is in {team} below {above}, and a hub asks for {above} itself"),
        help: format!("put {login} into `{}` as well", placed.key.name),
    }
}
