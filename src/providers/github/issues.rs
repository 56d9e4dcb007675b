//! Issues of a repository, for what people must be told: read to see what was told already, and
//! opened. No resources: nobody's plan has a step for a letter.

use crate::kind::ProviderError;
use crate::providers::github::Connection;
use crate::providers::github::client::Call;
use crate::providers::github::reader::unreadable;
use crate::providers::github::rest::{part, read, repository_path};
use http::Method;
use serde::Deserialize;
use serde_json::json;

/// What we read of an issue. <https://docs.github.com/en/rest/issues/issues>
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// Where people read it.
    pub html_url: String,
    /// Its text.
    #[serde(default)]
    pub body: Option<String>,
}

/// The issues of one repository.
#[derive(Clone, Debug)]
pub struct Issues<'a> {
    /// The connection.
    pub connection: &'a Connection,
    /// Who owns the repository.
    pub owner: &'a str,
    /// The repository.
    pub repository: &'a str,
}

impl Issues<'_> {
    /// Every issue, open or closed, that was touched on a day or later, `2026-01-31`.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn since(&self, day: &str) -> Result<Vec<Issue>, ProviderError> {
        let Self { connection, owner, repository } = self;
        let what = format!("the issues of repository {owner}/{repository}");
        let since = part(&format!("{day}T00:00:00Z"));
        let path = repository_path(owner, repository);
        let path = format!("{path}/issues?state=all&since={since}&per_page=100");
        let listed = connection.list(Call::get(&what, path), None).await;
        listed.map_err(|failed| unreadable(failed, &what))
    }

    /// Opens an issue. It is asked once: of an answer that is lost, nobody knows whether it is open.
    ///
    /// # Errors
    /// When it is not opened, or that cannot be told.
    pub async fn open(&self, title: &str, body: &str) -> Result<Issue, ProviderError> {
        let Self { connection, owner, repository } = self;
        let what = format!("an issue in repository {owner}/{repository}");
        let path = format!("{}/issues", repository_path(owner, repository));
        let call = Call::change(what, Method::POST, path);
        let call = call.sending(json!({ "title": title, "body": body }));
        Ok(read(&call, connection.change(&call).await?)?)
    }
}
