//! Invitations that ended without anybody having joined. GitHub lists those of an organization; which
//! teams they were for does not matter, since whoever is in the organization needs no invitation.
//!
//! <https://docs.github.com/en/rest/orgs/members#list-failed-organization-invitations>

use crate::kind::ProviderError;
use crate::providers::github::Reader;
use crate::providers::github::client::Call;
use crate::providers::github::live::Invitation;
use crate::providers::github::reader::unreadable;
use crate::providers::github::rest::part;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// An invitation that nobody can accept any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// How it came to that.
    pub how: Ending,
    /// The day, as in `2026-01-31`.
    pub on: String,
}

/// How an invitation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Nobody answered within seven days.
    Expired,
    /// The one who was invited did not want to.
    Declined,
    /// GitHub could not do it: what it says of that.
    Failed(String),
}

impl Reader {
    /// The last invitation of everybody whose invitation ended, by their logins in small letters.
    ///
    /// # Errors
    /// When GitHub cannot be asked.
    pub async fn ended(
        &self,
        organization: &str,
    ) -> Result<Arc<BTreeMap<String, Ended>>, ProviderError> {
        let ask = async || {
            let what = format!("the invitations into {organization} that ended");
            let path = format!("/orgs/{}/failed_invitations?per_page=100", part(organization));
            let listed = self.connection.list::<Invitation>(Call::get(&what, path), None).await;
            let listed = listed.map_err(|failed| unreadable(failed, &what))?;
            Ok::<_, ProviderError>(Arc::new(last_of_each(&listed)))
        };
        self.ended.answer(organization, ask).await
    }
}

fn last_of_each(listed: &[Invitation]) -> BTreeMap<String, Ended> {
    let mut last: BTreeMap<String, Ended> = BTreeMap::new();
    for invitation in listed {
        let Some(login) = &invitation.login else { continue };
        let ended = Ended::of(invitation);
        let known = last.entry(login.to_ascii_lowercase()).or_insert_with(|| ended.clone());
        if ended.on > known.on {
            *known = ended;
        }
    }
    last
}

impl Ended {
    /// GitHub documents neither the reasons nor their wording; its staff told of some:
    /// <https://github.com/github/docs/issues/4423>.
    fn of(invitation: &Invitation) -> Self {
        let why = invitation.failed_reason.clone().unwrap_or_default();
        let says = |word: &str| why.to_ascii_lowercase().contains(word);
        let how = match () {
            () if says("expired") => Ending::Expired,
            () if says("declin") => Ending::Declined,
            () => Ending::Failed(why.clone()),
        };
        let at = invitation.failed_at.as_deref().unwrap_or_default();
        Self { how, on: at.split('T').next().unwrap_or_default().to_owned() }
    }
}

/// What comes after an invitation that ended, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// They are invited again.
    Invite(String),
    /// They are left alone, until somebody says otherwise.
    Leave(String),
}

/// What comes after an invitation that ended for somebody who is declared, perhaps since a day.
pub(crate) fn after(ended: &Ended, organization: &str, since: Option<&str>) -> Next {
    let on = &ended.on;
    match (&ended.how, since) {
        (Ending::Declined, Some(since)) if since > on.as_str() => Next::Invite(format!(
            "asked again: they declined on {on}, and are declared anew since {since}"
        )),
        (Ending::Declined, _) => Next::Leave(format!(
            "they declined the invitation on {on}, and are not asked again, unless their entry among \
             the members says `since:` with a later day, or an owner retries it at \
             https://github.com/orgs/{organization}/people/failed_invitations"
        )),
        _ => Next::Invite(format!("invited again: the last invitation was {ended}")),
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = &self.on;
        match &self.how {
            Ending::Expired => write!(f, "not accepted in time, expired on {on}"),
            Ending::Declined => write!(f, "declined on {on}"),
            Ending::Failed(why) if why.is_empty() => write!(f, "void on {on}"),
            Ending::Failed(why) => write!(f, "void on {on}: {}", why.trim_end_matches('.')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(login: &str, at: &str, why: &str) -> Invitation {
        let value = serde_json::json!({ "login": login, "failed_at": at, "failed_reason": why });
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn of_several_invitations_of_somebody_the_last_one_counts() {
        let listed = [
            ended("Ada", "2026-11-20T10:00:00Z", "Invitation declined."),
            ended("ada", "2026-11-08T10:00:00Z", "expired"),
        ];
        let last = last_of_each(&listed);
        assert_eq!(last["ada"], Ended { how: Ending::Declined, on: "2026-11-20".to_owned() });
    }

    #[test]
    fn what_github_says_of_a_failure_is_told_as_it_says_it() {
        let full = Ended::of(&ended("ada", "2026-11-20T10:00:00Z", "No seats available."));
        assert_eq!(full.to_string(), "void on 2026-11-20: No seats available");
    }
}
