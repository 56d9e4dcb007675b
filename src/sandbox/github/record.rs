//! How organizations, teams and people lie in the store.

use serde_json::{Value, json};

use super::answer::Failure;
use crate::sandbox::{Moment, Transaction};

/// So long an invitation can be accepted.
/// <https://docs.github.com/en/organizations/managing-membership-in-your-organization/inviting-users-to-join-your-organization>
const INVITATION_DAYS: i64 = 7;

/// Whether something of this name exists in the sandbox.
pub(super) fn exists(name: &str) -> Result<(), Failure> {
    let there = !name.is_empty() && !name.to_ascii_lowercase().starts_with("vanished-");
    if there { Ok(()) } else { Err(Failure::absent()) }
}

/// A number that always is the same for a name.
pub(super) fn number(name: &str) -> u64 {
    10_000_000 + u64::from(crc32c::crc32c(name.to_ascii_lowercase().as_bytes()) / 4)
}

/// Somebody's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) id: u64,
    pub(super) login: String,
}

impl Account {
    /// Whoever bears a login now. A login that somebody gave up is nobody's.
    pub(super) fn by_login(view: &Transaction<'_>, login: &str) -> Result<Self, Failure> {
        exists(login)?;
        let key = format!("github/login/{}", login.to_ascii_lowercase());
        let id = match view.value(&key) {
            Some(id) => id.as_u64().ok_or_else(Failure::absent)?,
            // Whose number alone is known is called by it.
            None => match login.strip_prefix("user-").and_then(|id| id.parse().ok()) {
                Some(id) => id,
                None => number(login),
            },
        };
        let kept = view.value(&user_key(id));
        let login = kept.as_ref().and_then(|it| it["login"].as_str()).unwrap_or(login).to_owned();
        Ok(Self { id, login })
    }

    /// Whoever has a number.
    pub(super) fn by_id(view: &Transaction<'_>, id: u64) -> Result<Self, Failure> {
        match view.value(&user_key(id)) {
            None => Ok(Self { id, login: format!("user-{id}") }),
            Some(kept) => match kept["login"].as_str() {
                Some(login) => Ok(Self { id, login: login.to_owned() }),
                None => Err(Failure::absent()),
            },
        }
    }

    /// Lets the number be known from now on.
    pub(super) fn keep(&self, tx: &mut Transaction<'_>) {
        if tx.value(&user_key(self.id)).is_none() {
            tx.put(user_key(self.id), json!({ "login": self.login }));
        }
    }
}

pub(super) fn user_key(id: u64) -> String {
    format!("github/user/{id}")
}

/// A team as it is kept; its number is in its key.
#[derive(Clone, Debug)]
pub(super) struct Team {
    pub(super) organization: String,
    pub(super) id: u64,
    pub(super) value: Value,
}

impl Team {
    pub(super) fn key(&self) -> String {
        format!("{}{:012}", teams(&self.organization), self.id)
    }

    pub(super) fn text(&self, field: &str) -> &str {
        self.value[field].as_str().unwrap_or_default()
    }

    pub(super) fn slug(&self) -> &str {
        self.text("slug")
    }

    /// The number of the team above.
    pub(super) fn parent(&self) -> Option<u64> {
        self.value["parent"].as_u64()
    }

    /// The prefix of the keys of its members, by their numbers.
    pub(super) fn members(&self) -> String {
        format!("github/member/{:012}/", self.id)
    }

    pub(super) fn member_key(&self, id: u64) -> String {
        format!("{}{id:012}", self.members())
    }

    /// The prefix of the keys of its repositories.
    pub(super) fn repositories(&self) -> String {
        format!("github/team-repository/{:012}/", self.id)
    }

    /// All teams of an organization.
    pub(super) fn all(view: &Transaction<'_>, organization: &str) -> Result<Vec<Self>, Failure> {
        exists(organization)?;
        let organization = organization.to_ascii_lowercase();
        let prefix = teams(&organization);
        let read = |(key, value): (&str, &Value)| {
            let id = key.get(prefix.len()..)?.parse().ok()?;
            Some(Self { organization: organization.clone(), id, value: value.clone() })
        };
        Ok(view.scan(&prefix, "").filter_map(read).collect())
    }

    /// All teams of all organizations, by their numbers.
    pub(super) fn everywhere(view: &Transaction<'_>) -> Vec<Self> {
        let read = |(key, value): (&str, &Value)| {
            let (organization, id) = key.strip_prefix(TEAMS)?.split_once('/')?;
            let (organization, id) = (organization.to_owned(), id.parse().ok()?);
            Some(Self { organization, id, value: value.clone() })
        };
        let mut all: Vec<Self> = view.scan(TEAMS, "").filter_map(read).collect();
        all.sort_by_key(|team| team.id);
        all
    }

    /// The team of a slug.
    pub(super) fn find(
        view: &Transaction<'_>,
        organization: &str,
        slug: &str,
    ) -> Result<Self, Failure> {
        let all = Self::all(view, organization)?;
        all.into_iter().find(|team| team.slug() == slug).ok_or_else(Failure::absent)
    }
}

/// The prefix of the keys of all teams.
const TEAMS: &str = "github/team/";

fn teams(organization: &str) -> String {
    format!("{TEAMS}{}/", organization.to_ascii_lowercase())
}

/// The key of a person's place in an organization.
pub(super) fn person_key(organization: &str, id: u64) -> String {
    format!("{}{id:012}", people(organization))
}

/// The prefix of the keys of people in organizations.
const PEOPLE: &str = "github/person/";

/// The prefix of the keys of an organization's people.
pub(super) fn people(organization: &str) -> String {
    format!("{PEOPLE}{}/", organization.to_ascii_lowercase())
}

/// The organizations that somebody is in, by name.
pub(super) fn organizations_of(view: &Transaction<'_>, id: u64) -> Vec<String> {
    let key = format!("/{id:012}");
    let people = view.scan(PEOPLE, "").map(|(key, _)| key);
    let theirs = people.filter_map(|it| it.strip_prefix(PEOPLE)?.strip_suffix(&key));
    theirs.map(str::to_owned).collect()
}

/// The key of an invitation into an organization.
pub(super) fn invitation_key(organization: &str, id: u64) -> String {
    format!("{}{id:012}", invitations(organization))
}

/// The prefix of the keys of the invitations into an organization.
pub(super) fn invitations(organization: &str) -> String {
    format!("github/invitation/{}/", organization.to_ascii_lowercase())
}

/// Whether an invitation can still be accepted.
pub(super) fn is_open(invitation: &Value, now: Moment) -> bool {
    failed(invitation, now).is_none()
}

/// When and why an invitation can no longer be accepted, as GitHub words it. None if it can.
/// <https://github.com/github/docs/issues/4423>; that a declined one is told of, is assumed.
pub(super) fn failed(invitation: &Value, now: Moment) -> Option<(String, &'static str)> {
    if let Some(at) = invitation["declined"].as_str() {
        return Some((at.to_owned(), "Invitation declined."));
    }
    let began = invitation["create_time"].as_i64().unwrap_or_default();
    let end = began.saturating_add(INVITATION_DAYS * 24 * 60 * 60);
    let why = "Invitation expired. User did not accept this invite for 7 days.";
    let over = now.seconds() >= end;
    over.then(|| (Moment(end.saturating_mul(1_000_000)).rfc3339(), why))
}

/// The entries below a prefix, with the number that their keys end in.
pub(super) fn numbered(view: &Transaction<'_>, prefix: &str) -> Vec<(u64, Value)> {
    let read = |(key, value): (&str, &Value)| {
        Some((key.get(prefix.len()..)?.parse().ok()?, value.clone()))
    };
    view.scan(prefix, "").filter_map(read).collect()
}
