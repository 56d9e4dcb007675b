//! What GitHub answered before, with the tag that it gave each answer: who asks again with the tag is
//! told only whether it still holds, and that costs nothing of the hour's calls.
//!
//! Kept for one run and never written down: GitHub's tags hold for one token, and those of Apps last
//! an hour. <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>

use crate::providers::github::client::{Answer, Call};
use http::{HeaderValue, Method, StatusCode, header};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Answers by what was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(Arc<Mutex<BTreeMap<String, Tagged>>>);

#[derive(Clone, Debug)]
struct Tagged {
    tag: HeaderValue,
    answer: Answer,
}

impl Kept {
    /// The tag of what was answered to a call before.
    pub(super) fn tag(&self, call: &Call) -> Option<HeaderValue> {
        self.find(call).map(|known| known.tag)
    }

    /// What a call comes to: what was answered before, where that still holds.
    pub(super) fn settle(&self, call: &Call, status: StatusCode, answer: Answer) -> Answer {
        if status == StatusCode::NOT_MODIFIED {
            return self.find(call).map_or(answer, |known| known.answer);
        }
        let tag = answer.headers.get(header::ETAG).cloned();
        if let Some(tag) = tag.filter(|_| call.method == Method::GET && !may_go_on(call, &answer)) {
            let tagged = Tagged { tag, answer: answer.clone() };
            self.all().insert(call.path.clone(), tagged);
        }
        answer
    }

    fn find(&self, call: &Call) -> Option<Tagged> {
        self.all().get(&call.path).filter(|_| call.method == Method::GET).cloned()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Tagged>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether this is the last page of a list, and full: one entry more would change the page after it
/// and not this one, so its tag says nothing of whether there is more now.
fn may_go_on(call: &Call, answer: &Answer) -> bool {
    let links = answer.headers.get(header::LINK).and_then(|links| links.to_str().ok());
    let is_last = !links.is_some_and(|links| links.contains("rel=\"next\""));
    let size = call.path.split(['?', '&']).find_map(|pair| pair.strip_prefix("per_page="));
    let size = size.and_then(|size| size.parse().ok()).unwrap_or(1);
    is_last && answer.body.as_array().is_some_and(|page| page.len() >= size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;
    use serde_json::json;

    fn answered(kept: &Kept, call: &Call, entries: usize, links: &'static str) {
        let headers = [(header::ETAG, "W/\"1\""), (header::LINK, links)];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        let body = json!(vec!["entry"; entries]);
        kept.settle(call, StatusCode::OK, Answer { headers: HeaderMap::from_iter(headers), body });
    }

    #[test]
    fn a_full_last_page_is_asked_for_anew_since_another_may_follow_by_now() {
        let call = Call::get("the teams", "/orgs/leap-stc/teams?per_page=2");
        let next = "<https://api.github.com/x?page=2>; rel=\"next\"";
        for (entries, links, is_kept) in [(1, "", true), (2, next, true), (2, "", false)] {
            let kept = Kept::default();
            answered(&kept, &call, entries, links);
            assert_eq!(kept.tag(&call).is_some(), is_kept, "{entries} {links}");
        }
    }

    #[test]
    fn what_changes_something_is_never_taken_from_before() {
        let kept = Kept::default();
        answered(&kept, &Call::get("the teams", "/orgs/leap-stc/teams?per_page=2"), 1, "");
        let change = Call::change("a team", Method::POST, "/orgs/leap-stc/teams?per_page=2");
        assert!(kept.tag(&change).is_none());
    }
}
