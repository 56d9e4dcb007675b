//! Partial answers: `fields=items(name,size),nextPageToken`.
//!
//! <https://cloud.google.com/storage/docs/json_api#partial-response>

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{header, uri::Uri};
use http_body_util::BodyExt;
use serde_json::Value;

use super::call;
use crate::sandbox::refusal::Refusal;

/// What is wanted: names, and what of them; of a name with nothing below, everything.
#[derive(Debug, Default, PartialEq, Eq)]
struct Selection(BTreeMap<String, Selection>);

/// Leaves out of an answer what was not asked for.
pub(super) async fn select(request: Request, next: Next) -> Response {
    let wanted = wanted(request.uri());
    let response = next.run(request).await;
    let Some(wanted) = wanted else { return response };
    let kind = call::text(response.headers(), header::CONTENT_TYPE);
    if !response.status().is_success() || !kind.starts_with("application/json") {
        return response;
    }
    let Ok(selection) = Selection::new(&wanted) else {
        let message = format!("Invalid field selection {wanted}");
        return Refusal { reason: "invalidParameter", ..Refusal::invalid(message) }.into_response();
    };
    let (mut parts, body) = response.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let Ok(mut json) = serde_json::from_slice::<Value>(&body) else {
        return Response::from_parts(parts, Body::from(body));
    };
    selection.cut(&mut json);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(json.to_string()))
}

fn wanted(uri: &Uri) -> Option<String> {
    // The bytes of an object may be JSON as well.
    if call::values(uri, "alt").iter().any(|alt| alt == "media") {
        return None;
    }
    call::values(uri, "fields").pop().filter(|fields| !fields.is_empty() && fields != "*")
}

impl Selection {
    fn new(text: &str) -> Result<Self, ()> {
        let mut rest = text;
        let selection = Self::several(&mut rest, 0)?;
        if rest.is_empty() { Ok(selection) } else { Err(()) }
    }

    /// Up to the end, or to a closing parenthesis.
    fn several(rest: &mut &str, depth: usize) -> Result<Self, ()> {
        let mut all = Self::default();
        loop {
            all.one(rest, depth)?;
            match rest.strip_prefix(',') {
                Some(after) => *rest = after,
                None => return Ok(all),
            }
        }
    }

    /// A path, and what of it: `a/b(c,d)`.
    fn one(&mut self, rest: &mut &str, depth: usize) -> Result<(), ()> {
        let end = rest.find([',', '(', ')', '/']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let name = name.trim();
        if name.is_empty() || depth > 20 {
            return Err(());
        }
        *rest = after;
        let below = self.0.entry(name.to_owned()).or_default();
        if let Some(after) = rest.strip_prefix('/') {
            *rest = after;
            return below.one(rest, depth + 1);
        }
        if let Some(after) = rest.strip_prefix('(') {
            *rest = after;
            below.0.append(&mut Self::several(rest, depth + 1)?.0);
            *rest = rest.strip_prefix(')').ok_or(())?;
        }
        Ok(())
    }

    fn cut(&self, json: &mut Value) {
        if self.0.is_empty() || self.0.contains_key("*") {
            return;
        }
        match json {
            Value::Array(items) => items.iter_mut().for_each(|item| self.cut(item)),
            Value::Object(fields) => fields.retain(|name, field| {
                let below = self.0.get(name);
                below.inspect(|below| below.cut(field)).is_some()
            }),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_asked_for_is_left() {
        let cut = |fields: &str| {
            let mut json = json!({
                "kind": "k",
                "items": [{ "name": "a", "size": "1", "owner": { "id": 7, "x": 8 } }],
            });
            Selection::new(fields).unwrap().cut(&mut json);
            json
        };
        assert_eq!(cut("kind,items/name"), json!({ "kind": "k", "items": [{ "name": "a" }] }));
        assert_eq!(
            cut("items(size,owner(id))"),
            json!({ "items": [{ "size": "1", "owner": { "id": 7 } }] })
        );
        assert_eq!(cut("nothing"), json!({}));
    }

    #[test]
    fn a_broken_selection_is_refused() {
        for fields in ["items(", "items)", "a,,b", "(a)", &"a(".repeat(50)] {
            assert!(Selection::new(fields).is_err(), "{fields}");
        }
    }
}
