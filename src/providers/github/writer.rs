//! The half of the client that can write.

use crate::kind::{Provider, ProviderError};
use crate::providers::failed::Reason;
use crate::providers::github::client::{Call, Connection};
use crate::providers::github::live::Team;
use crate::providers::github::rest::{part, read};
use serde::de::DeserializeOwned;

/// Changes GitHub. What it reads it reads afresh, to change it safely.
#[derive(Debug)]
pub struct Writer {
    pub(crate) connection: Connection,
}

/// GitHub asks for one request at a time, above all of those that change something.
/// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>
impl Provider for Writer {
    const WORD: &'static str = "github";
    const AT_ONCE: Option<usize> = Some(1);
}

impl Writer {
    /// A writer.
    pub fn new(connection: &Connection) -> Self {
        Self { connection: connection.clone() }
    }

    /// What a call finds; none if there is nothing. It is made once: the engine tries again.
    pub(crate) async fn find<T: DeserializeOwned>(
        &self,
        call: Call,
    ) -> Result<Option<T>, ProviderError> {
        match self.connection.send(&call).await {
            Ok(answer) => Ok(Some(read(&call, answer.body)?)),
            Err(failed) if failed.reason == Reason::Absent => Ok(None),
            Err(failed) => Err(failed.into()),
        }
    }

    /// Every entry of a list; none if what it is of is not there.
    pub(crate) async fn list<T: DeserializeOwned>(
        &self,
        call: Call,
        key: Option<&str>,
    ) -> Result<Vec<T>, ProviderError> {
        match self.connection.list(call, key).await {
            Ok(listed) => Ok(listed),
            Err(failed) if failed.reason == Reason::Absent => Ok(Vec::new()),
            Err(failed) => Err(failed.into()),
        }
    }

    /// A team as it is now, by its slug.
    pub(crate) async fn team(
        &self,
        organization: &str,
        slug: &str,
    ) -> Result<Option<Team>, ProviderError> {
        let what = format!("team {organization}/{slug}");
        self.find(Call::get(what, team_path(organization, slug))).await
    }

    /// All teams of an organization, as they are now.
    pub(crate) async fn teams(&self, organization: &str) -> Result<Vec<Team>, ProviderError> {
        let what = format!("the teams of {organization}");
        let path = format!("/orgs/{}/teams?per_page=100", part(organization));
        Ok(self.connection.list(Call::get(what, path), None).await?)
    }

    /// Takes something away; what is gone already is as good.
    pub(crate) async fn delete(&self, call: &Call) -> Result<(), ProviderError> {
        match self.connection.change(call).await {
            Ok(_) => Ok(()),
            Err(failed) if failed.reason == Reason::Absent => Ok(()),
            Err(failed) => Err(failed.into()),
        }
    }
}

/// The path of a team.
pub(crate) fn team_path(organization: &str, slug: &str) -> String {
    format!("/orgs/{}/teams/{}", part(organization), part(slug))
}
