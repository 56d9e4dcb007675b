//! Who is in a team: those who are, and those who are invited.

use crate::kind::ProviderError;
use crate::providers::failed::{CallFailed, Reason};
use crate::providers::github::Reader;
use crate::providers::github::client::Call;
use crate::providers::github::github_team;
use crate::providers::github::github_team_member::Role;
use crate::providers::github::live::{Invitation, User};
use crate::providers::github::reader::unreadable;
use crate::providers::github::rest::part;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The people who are in a team themselves, with what they may do there, 100 to a page. The REST API
/// lists those of teams below as well, and tells no roles.
const MEMBERS: &str = "\
query($organization: String!, $team: String!, $after: String) {
  organization(login: $organization) {
    team(slug: $team) {
      members(first: 100, after: $after, membership: IMMEDIATE) {
        pageInfo { hasNextPage endCursor }
        edges { role node { login databaseId } }
      }
    }
  }
}";

/// One person in a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their login.
    pub login: String,
    /// The number of their account. None, if they are only invited: GitHub does not tell.
    pub id: Option<u64>,
    /// What they may do. None, if they are only invited: GitHub does not tell.
    pub role: Option<Role>,
}

impl Person {
    /// Whether this is who is meant. The number counts where both have one.
    pub(crate) fn is(&self, login: &str, id: Option<u64>) -> bool {
        match (self.id, id) {
            (Some(mine), Some(meant)) => mine == meant,
            _ => self.login.eq_ignore_ascii_case(login),
        }
    }
}

impl Reader {
    /// Who is in a team, by its slug as it is now.
    ///
    /// # Errors
    /// When GitHub cannot be asked, or there is no such team.
    pub async fn people(
        &self,
        organization: &str,
        team: &str,
    ) -> Result<Arc<Vec<Person>>, ProviderError> {
        let ask = async || {
            let mut people = self.members(organization, team).await?;
            people.extend(self.invited(organization, team).await?);
            Ok::<_, ProviderError>(Arc::new(people))
        };
        self.people.answer(&format!("{organization}/{team}"), ask).await
    }

    /// Who is in a team of the stack, by the slug that it is declared by, whatever it is called now;
    /// nobody if there is no such team.
    ///
    /// # Errors
    /// When GitHub cannot be asked.
    pub async fn people_of(
        &self,
        organization: &str,
        slug: &str,
        stack: &str,
    ) -> Result<Arc<Vec<Person>>, ProviderError> {
        let teams = self.teams(organization).await?;
        match github_team::find(&teams, stack, organization, slug) {
            Some(team) => self.people(organization, &team.slug).await,
            None => Ok(Arc::default()),
        }
    }

    /// Who is in a team of an organization of which we may be no owner: who is invited there is not
    /// told to everybody.
    ///
    /// # Errors
    /// When GitHub cannot be asked, or there is no such team.
    pub async fn members_of(
        &self,
        organization: &str,
        team: &str,
    ) -> Result<Arc<Vec<Person>>, ProviderError> {
        let ask = async || Ok(Arc::new(self.members(organization, team).await?));
        self.people.answer(&format!("{organization}:{team}"), ask).await
    }

    async fn members(&self, organization: &str, team: &str) -> Result<Vec<Person>, ProviderError> {
        let what = format!("the members of team {organization}/{team}");
        let (mut people, mut after) = (Vec::new(), Value::Null);
        loop {
            let variables = json!({ "organization": organization, "team": team, "after": after });
            let mut data = self.connection.ask(&what, MEMBERS, &variables).await?;
            let members = data["organization"]["team"]["members"].take();
            // The list of teams has just shown it.
            if members.is_null() {
                let why = "there is no such team, or the token may not see it".to_owned();
                return Err(ProviderError::Unreadable { what, why });
            }
            let page: Page = serde_json::from_value(members).map_err(|error| {
                let why = format!("the answer is not understood: {error}");
                ProviderError::Unexpected { what: what.clone(), why }
            })?;
            people.extend(page.edges.into_iter().map(Person::from));
            match page.page_info {
                PageInfo { has_next_page: true, end_cursor: Some(end) } => after = json!(end),
                _ => return Ok(people),
            }
        }
    }

    /// Nobody is asked for team by team, if nobody is invited into the organization.
    async fn invited(&self, organization: &str, team: &str) -> Result<Vec<Person>, ProviderError> {
        let all = self.invitations(organization).await?;
        if all.iter().all(|invitation| invitation.team_count == 0) {
            return Ok(Vec::new());
        }
        let what = format!("the invitations into team {organization}/{team}");
        let (organization, team) = (part(organization), part(team));
        let path = format!("/orgs/{organization}/teams/{team}/invitations?per_page=100");
        let listed = self.connection.list::<Invitation>(Call::get(&what, path), None).await;
        let listed = listed.map_err(|failed| unreadable(failed, &what))?;
        let logins = listed.into_iter().filter_map(|invitation| invitation.login);
        Ok(logins.map(|login| Person { login, id: None, role: None }).collect())
    }
}

/// Who bears a number or a login now.
///
/// # Errors
/// When nobody does: the account is gone.
pub(crate) async fn account(
    connection: &crate::providers::github::Connection,
    login: &str,
    id: Option<u64>,
) -> Result<User, ProviderError> {
    let (what, path) = match id {
        Some(id) => (format!("account {id} ({login})"), format!("/user/{id}")),
        None => (format!("account {login}"), format!("/users/{}", part(login))),
    };
    let call = Call::get(&what, path);
    let found = connection.send(&call).await.and_then(|it| super::rest::read(&call, it.body));
    found.map_err(|failed: CallFailed| match failed.reason {
        Reason::Absent => ProviderError::NotFound { what },
        _ => failed.into(),
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    page_info: PageInfo,
    edges: Vec<Edge>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Edge {
    role: LiveRole,
    node: Node,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    login: String,
    database_id: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum LiveRole {
    Maintainer,
    Member,
}

impl From<Edge> for Person {
    fn from(edge: Edge) -> Self {
        let role = match edge.role {
            LiveRole::Maintainer => Role::Maintainer,
            LiveRole::Member => Role::Member,
        };
        Self { login: edge.node.login, id: edge.node.database_id, role: Some(role) }
    }
}
