//! The half of the client that cannot write.

use crate::kind::ProviderError;
use crate::providers::failed::{CallFailed, Reason};
use crate::providers::github::client::{Call, Connection};
use crate::providers::github::invitation::Ended;
use crate::providers::github::live::{
    Environment, Invitation, Secret, Team, TeamRepository, User, Variable,
};
use crate::providers::github::people::Person;
use crate::providers::github::rest::{part, read, repository_path};
use crate::providers::memo::Memo;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many questions are under way at a time. GitHub wants few.
/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits>
pub(crate) const AT_ONCE: usize = 5;

/// Looks at GitHub and cannot change it. Lives for one run: what it has listed once, it does not
/// list again, so that kinds which look at the same teams share one list.
#[derive(Debug)]
pub struct Reader {
    pub(super) connection: Connection,
    teams: Memo<Arc<Vec<Team>>>,
    invitations: Memo<Arc<Vec<Invitation>>>,
    pub(super) ended: Memo<Arc<BTreeMap<String, Ended>>>,
    owners: Memo<Arc<BTreeSet<String>>>,
    pub(super) people: Memo<Arc<Vec<Person>>>,
}

impl Reader {
    /// A reader for one run.
    pub fn new(connection: &Connection) -> Self {
        let (teams, invitations, owners) = (Memo::default(), Memo::default(), Memo::default());
        let (people, ended) = (Memo::default(), Memo::default());
        Self { connection: connection.clone(), teams, invitations, ended, owners, people }
    }

    /// The login that the token has; none if it is no person's, as those of Apps are.
    ///
    /// # Errors
    /// When GitHub cannot be asked.
    pub async fn ourselves(&self) -> Result<Option<String>, ProviderError> {
        let what = "who we are";
        let call = Call::get(what, "/user");
        let connection = &self.connection;
        let answer = connection.retry.run(what, None, || connection.send(&call)).await;
        match answer.and_then(|answer| read::<User>(&call, answer.body)) {
            Ok(user) => Ok(Some(user.login)),
            Err(failed) if failed.reason == Reason::Denied => Ok(None),
            Err(failed) => Err(unreadable(failed, what)),
        }
    }

    /// The teams of an organization.
    pub(crate) async fn teams(&self, organization: &str) -> Result<Arc<Vec<Team>>, ProviderError> {
        let ask = async || {
            let what = format!("the teams of {organization}");
            let call = Call::get(&what, format!("/orgs/{}/teams?per_page=100", part(organization)));
            let listed = self.connection.list(call, None).await;
            listed.map(Arc::new).map_err(|failed| unreadable(failed, &what))
        };
        self.teams.answer(organization, ask).await
    }

    /// Who is invited into an organization and has not answered; those whose invitation has
    /// expired, or who declined, are not among them.
    pub(crate) async fn invitations(
        &self,
        organization: &str,
    ) -> Result<Arc<Vec<Invitation>>, ProviderError> {
        let ask = async || {
            let what = format!("the invitations into {organization}");
            let path = format!("/orgs/{}/invitations?per_page=100", part(organization));
            let listed = self.connection.list(Call::get(&what, path), None).await;
            listed.map(Arc::new).map_err(|failed| unreadable(failed, &what))
        };
        self.invitations.answer(organization, ask).await
    }

    /// The logins of an organization's owners, in small letters.
    pub(crate) async fn owners(
        &self,
        organization: &str,
    ) -> Result<Arc<BTreeSet<String>>, ProviderError> {
        let ask = async || {
            let users = self.organization_members(organization, "admin").await?;
            let logins = users.iter().map(|user| user.login.to_ascii_lowercase());
            Ok::<_, ProviderError>(Arc::new(logins.collect()))
        };
        self.owners.answer(organization, ask).await
    }

    /// The people of an organization who are `all`, `admin` or `member`.
    pub(crate) async fn organization_members(
        &self,
        organization: &str,
        role: &str,
    ) -> Result<Vec<User>, ProviderError> {
        let what = format!("the members of {organization}");
        let organization = part(organization);
        let path = format!("/orgs/{organization}/members?role={role}&per_page=100");
        let listed = self.connection.list(Call::get(&what, path), None).await;
        listed.map_err(|failed| unreadable(failed, &what))
    }

    /// The repositories of a team; none if there is no such team.
    pub(crate) async fn team_repositories(
        &self,
        organization: &str,
        team: &str,
    ) -> Result<Vec<TeamRepository>, ProviderError> {
        let what = format!("the repositories of team {organization}/{team}");
        let (organization, team) = (part(organization), part(team));
        let path = format!("/orgs/{organization}/teams/{team}/repos?per_page=100");
        unless_absent(self.connection.list(Call::get(what, path), None).await)
    }

    /// The variables of a repository. Its pages are short.
    pub(crate) async fn variables(
        &self,
        owner: &str,
        repository: &str,
    ) -> Result<Vec<Variable>, ProviderError> {
        self.of_repository(owner, repository, "actions/variables?per_page=30", "variables").await
    }

    /// The secrets of a repository, without their values, which nobody can read.
    pub(crate) async fn secrets(
        &self,
        owner: &str,
        repository: &str,
    ) -> Result<Vec<Secret>, ProviderError> {
        self.of_repository(owner, repository, "actions/secrets?per_page=100", "secrets").await
    }

    /// The environments of a repository.
    pub(crate) async fn environments(
        &self,
        owner: &str,
        repository: &str,
    ) -> Result<Vec<Environment>, ProviderError> {
        self.of_repository(owner, repository, "environments?per_page=100", "environments").await
    }

    async fn of_repository<T: serde::de::DeserializeOwned>(
        &self,
        owner: &str,
        repository: &str,
        path: &str,
        key: &str,
    ) -> Result<Vec<T>, ProviderError> {
        let what = format!("the {key} of repository {owner}/{repository}");
        let path = format!("{}/{path}", repository_path(owner, repository));
        let listed = self.connection.list(Call::get(&what, path), Some(key)).await;
        listed.map_err(|failed| unreadable(failed, &what))
    }
}

/// What is not there and what we may not see look the same, so neither is taken to be absent.
pub(super) fn unreadable(failed: CallFailed, what: &str) -> ProviderError {
    match failed.reason {
        Reason::Absent => ProviderError::Unreadable {
            what: what.to_owned(),
            why: format!("{}; there is none, or the token may not see it", failed.why()),
        },
        _ => failed.into(),
    }
}

fn unless_absent<T>(listed: Result<Vec<T>, CallFailed>) -> Result<Vec<T>, ProviderError> {
    match listed {
        Ok(listed) => Ok(listed),
        Err(failed) if failed.reason == Reason::Absent => Ok(Vec::new()),
        Err(failed) => Err(failed.into()),
    }
}
