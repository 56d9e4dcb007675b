//! Why a hub turns somebody away: what the declaration shows, and what remains to be looked at.

mod cause;
mod letter;

pub use cause::{Cause, Found, Turned};
pub use letter::Letter;

use super::{AskError, Asked, Verdict, Why};
use crate::project::access::roll::{Holding, Placed, Roll};
use crate::project::access::settings::Children;
use crate::project::access::sight::OnGitHub;

impl Asked<'_> {
    /// Why a hub may turn somebody away, what was found first.
    ///
    /// # Errors
    /// When there is no such hub.
    pub fn why_403(&self, login: &str, hub: &str) -> Result<Vec<Cause>, AskError> {
        let key = hub.trim_start_matches("hubs/");
        let lets_in = self.why(login, &format!("hubs/{key}"))?;
        let mut causes = vec![match absent(&lets_in) {
            Some(on_github) => self.missing(login, &lets_in, on_github),
            None => self.let_in(login, key, &lets_in),
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
            for placed in roll.list.iter().filter(|placed| lets_in(placed, hub)) {
                let left_out = placed.category.children == Children::LeftOut;
                let themselves = matches!(roll.holding(login, placed), Holding::In(_));
                let below = roll.standing_below(placed).into_iter();
                for below in below.filter(|_| left_out && !themselves) {
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
        Some(Cause { found, why: Turned::NoProfile, what, help })
    }

    /// What no declaration tells.
    fn unseen(&self, login: &str, hub: &str, invited: Found) -> Vec<Cause> {
        let rolls = self.rolls();
        let organization = rolls.first().map_or("ORGANIZATION", |it| &it.access.organization);
        let domain = rolls.iter().find_map(|it| it.laid.declaration.hubs.get(hub));
        let domain = domain.map_or(hub, |hub| &hub.domain);
        let possible = |why: Turned, what: String, help: String| Cause {
            found: Found::Possible,
            why,
            what,
            help,
        };
        vec![
            Cause {
                found: invited,
                why: Turned::InvitationPending,
                what: format!("{login} was invited to {organization} and has not accepted yet"),
                help: format!("https://github.com/orgs/{organization}/invitation, as {login}"),
            },
            possible(
                Turned::ApplicationNotApproved,
                format!(
                    "{organization} has not approved the hub's app, so nobody's teams are told"
                ),
                format!(
                    "https://github.com/organizations/{organization}/settings/\
                     oauth_application_policy; then everybody is turned away, not {login} alone"
                ),
            ),
            possible(
                Turned::EarlierLogin,
                "teams are read at login, and the last one was before the change".to_owned(),
                format!("log out at https://{domain}/hub/logout and in again"),
            ),
            possible(
                Turned::OtherAccount,
                format!("{login} logged in to GitHub with another account"),
                "compare the login at the top of the hub's page".to_owned(),
            ),
        ]
    }

    fn let_in(&self, login: &str, hub: &str, why: &Why) -> Cause {
        let found = match why.verdict {
            Verdict::Yes => Found::No,
            Verdict::Unknown => Found::Possible,
            Verdict::No => Found::Yes,
        };
        let reasons: Vec<&str> = why.reasons.iter().map(|it| it.because.as_str()).collect();
        let turned = self.by_date(login, hub).filter(|_| found == Found::Yes);
        let what = match (found, turned) {
            (Found::No, _) => format!("{login} is let in to `{hub}`"),
            (Found::Possible, _) => {
                format!("whether {login} is let in to `{hub}`, GitHub alone knows")
            }
            (Found::Yes, Some(Turned::TimeOver)) => {
                format!("the time for which {login} was let in to `{hub}` is over")
            }
            (Found::Yes, Some(_)) => format!("{login} is not let in to `{hub}` yet"),
            (Found::Yes, None) => {
                format!("{login} is in no category that lets in to `{hub}`")
            }
        };
        let help = match reasons.as_slice() {
            [] => format!("no category lets anybody in to `{hub}`: say `login: true` in one"),
            reasons => reasons.join("; "),
        };
        Cause { found, why: turned.unwrap_or(Turned::WrongTeam), what, help }
    }

    /// Whether a date alone is why somebody is not let in.
    fn by_date(&self, login: &str, hub: &str) -> Option<Turned> {
        let login = self.declared_as(login);
        let mut turned = None;
        for roll in &self.rolls() {
            for placed in roll.list.iter().filter(|placed| lets_in(placed, hub)) {
                match roll.holding(login, placed) {
                    Holding::NotYet(..) => return Some(Turned::NotYet),
                    Holding::Ended(..) => turned = Some(Turned::TimeOver),
                    _ => {}
                }
            }
        }
        turned
    }

    /// They are declared, and GitHub does not have them where that is said.
    fn missing(&self, login: &str, why: &Why, on_github: OnGitHub) -> Cause {
        let renews = "`leap-infra apply` invites them again: they have seven days to accept";
        let past = why.reasons.iter().find(|it| it.on_github == Some(on_github));
        let past = past.map_or("", |it| it.because.as_str());
        let (turned, what, help) = match on_github {
            OnGitHub::Expired => (
                Turned::InvitationExpired,
                format!("{login} did not accept the last invitation in time"),
                format!("{renews} ({past})"),
            ),
            OnGitHub::Declined => (
                Turned::InvitationDeclined,
                format!("{login} declined the last invitation"),
                format!(
                    "they are not asked again, unless their entry says `since:` with a later day ({past})"
                ),
            ),
            OnGitHub::Failed => (
                Turned::InvitationFailed,
                format!("GitHub could not invite {login}"),
                format!("{renews} ({past})"),
            ),
            _ => (
                Turned::NotInvited,
                format!("{login} is declared, and on GitHub neither in the team nor invited"),
                "`leap-infra apply` invites them: they have seven days to accept".to_owned(),
            ),
        };
        let found = if on_github == OnGitHub::Invited { Found::No } else { Found::Yes };
        Cause { found, why: turned, what, help }
    }
}

fn lets_in(placed: &Placed<'_>, hub: &str) -> bool {
    placed.category.hubs.get(hub).is_some_and(|on_hub| on_hub.login)
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

/// How somebody who is declared to be let in is missing on GitHub: invited, or not even that.
fn absent(why: &Why) -> Option<OnGitHub> {
    let seen = why.reasons.iter().filter_map(|reason| reason.on_github);
    let absent = seen.filter(|it| *it == OnGitHub::Invited || it.is_missing());
    absent.min().filter(|_| why.verdict != Verdict::Yes)
}

fn child(login: &str, placed: &Placed<'_>, below: &Placed<'_>) -> Cause {
    let (team, above) = (&below.team, &placed.team);
    Cause {
        found: Found::Yes,
        why: Turned::TeamBelow,
        what: format!("{login} is in {team} below {above}, and a hub asks for {above} itself"),
        help: format!("put {login} into `{}` as well", placed.key.name),
    }
}
