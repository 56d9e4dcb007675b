//! What calls to GitHub have in common: pages, things that may not be there, and names in paths.

use crate::providers::failed::{CallFailed, Purpose, Reason};
use crate::providers::github::client::{Call, Connection};
use crate::providers::github::error;
use http::{Method, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// What need not be written in another way within a path.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A part of a path, or the value of a parameter.
pub(crate) fn part(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// The path of a repository.
pub(crate) fn repository_path(owner: &str, repository: &str) -> String {
    format!("/repos/{}/{}", part(owner), part(repository))
}

impl Connection {
    /// Every entry of a list, all pages of it. Some lists stand in an object, under `key`.
    pub(crate) async fn list<T: DeserializeOwned>(
        &self,
        call: Call,
        key: Option<&str>,
    ) -> Result<Vec<T>, CallFailed> {
        let (mut call, mut entries) = (call, Vec::new());
        loop {
            let mut answer = self.retry.run(&call.what, None, || self.send(&call)).await?;
            let page = match key {
                Some(key) => answer.body[key].take(),
                None => answer.body,
            };
            entries.extend(read::<Vec<T>>(&call, page)?);
            let links = answer.headers.get(header::LINK).and_then(|links| links.to_str().ok());
            match links.and_then(next) {
                Some(path) => call.path = with_page(&call.path, path),
                None => return Ok(entries),
            }
        }
    }

    /// What a change comes to; `null` where GitHub says nothing.
    pub(crate) async fn change(&self, call: &Call) -> Result<Value, CallFailed> {
        Ok(self.send(call).await?.body)
    }

    /// Asks the GraphQL API, which looks here and never changes anything.
    pub(crate) async fn ask(
        &self,
        what: &str,
        query: &str,
        variables: &Value,
    ) -> Result<Value, CallFailed> {
        let body = json!({ "query": query, "variables": variables });
        let call = Call::change(what, Method::POST, "/graphql").sending(body);
        let call = Call { purpose: Purpose::Read, ..call };
        let ask = || async {
            let mut answer = self.send(&call).await?;
            match error::in_answer(&call, &answer.body) {
                Some(failed) => Err(failed),
                None => Ok(answer.body["data"].take()),
            }
        };
        self.retry.run(what, None, ask).await
    }
}

/// An answer as the type that we read of it.
pub(crate) fn read<T: DeserializeOwned>(call: &Call, body: Value) -> Result<T, CallFailed> {
    serde_json::from_value(body).map_err(|error| {
        let why = format!("the answer is not understood: {error}");
        CallFailed::because(Reason::Unexpected, call.purpose, &call.what, &why)
    })
}

/// The number of the next page. <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>
fn next(links: &str) -> Option<&str> {
    let next = links.split(',').find(|link| link.contains("rel=\"next\""))?;
    let (_, query) = next.split_once('<')?.1.split_once('>')?.0.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("page="))
}

fn with_page(path: &str, page: &str) -> String {
    let bare = path.split("&page=").next().unwrap_or(path);
    format!("{bare}&page={page}")
}

/// The parts of a name such as `ORGANIZATION/TEAM/LOGIN` or `OWNER/REPOSITORY/NAME`; the last may
/// have slashes in it.
pub(crate) fn parts(name: &str) -> (&str, &str, &str) {
    let (first, rest) = name.split_once('/').unwrap_or((name, ""));
    let (second, third) = rest.split_once('/').unwrap_or((rest, ""));
    (first, second, third)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_the_links() {
        let first = "<https://api.github.com/organizations/1/teams?per_page=100&page=2>; \
                     rel=\"next\", <https://api.github.com/x?page=9>; rel=\"last\"";
        assert_eq!(next(first), Some("2"));
        assert_eq!(next("<https://api.github.com/x?page=1>; rel=\"prev\""), None);
        let path = "/orgs/leap-stc/teams?per_page=100";
        assert_eq!(with_page(&with_page(path, "2"), "3"), format!("{path}&page=3"));
    }

    #[test]
    fn names_stay_within_their_part_of_a_path() {
        assert_eq!(part("release/prod env"), "release%2Fprod%20env");
        assert_eq!(part("leap-stc_x.y"), "leap-stc_x.y");
    }
}
