//! What Google's JSON APIs share: bodies, answers and errors, pages, masks, operations, and how calls
//! are named.
//!
//! Errors: <https://cloud.google.com/apis/design/errors#http_mapping>. Masks and pages:
//! <https://google.aip.dev/134>, <https://google.aip.dev/158>.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use axum::Json;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, Uri, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::refusal::{Code, Refusal};
use super::{Label, Moment, StoreError, World};

/// What a call comes to.
pub(super) type Answer = Result<Json<Value>, Refused>;

/// The parameters behind the question mark.
pub(super) type Parameters = BTreeMap<String, String>;

/// A refused call of a JSON API.
#[derive(Debug)]
pub(super) struct Refused(pub(super) Refusal);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        error(&self.0)
    }
}

/// A `google.rpc.Status` as JSON, under the HTTP status of its code.
pub(super) fn error(refusal: &Refusal) -> Response {
    let http = match refusal.code {
        Code::Ok => 200,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => 400,
        Code::Unauthenticated => 401,
        Code::PermissionDenied => 403,
        Code::NotFound => 404,
        Code::AlreadyExists | Code::Aborted => 409,
        Code::ResourceExhausted => 429,
        Code::Unimplemented => 501,
        Code::Unavailable => 503,
        Code::DeadlineExceeded => 504,
        Code::Internal => 500,
    };
    let (status, message) = (refusal.code.name(), &refusal.message);
    let mut error = json!({ "code": http, "message": message, "status": status });
    if !refusal.details.is_empty() {
        error["details"] = Value::Array(refusal.details.clone());
    }
    let mut response = answer(&json!({ "error": error }));
    *response.status_mut() =
        StatusCode::from_u16(http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.extensions_mut().insert(refusal.code);
    response
}

/// An answer in JSON.
pub(super) fn answer(body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=UTF-8")];
    (kind, body.to_string()).into_response()
}

/// The parameters of a call, those that it does not know left aside.
pub(super) fn parameters<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    let Query(parameters) =
        Query::try_from_uri(uri).map_err(|error| Refusal::invalid(error.body_text()))?;
    Ok(parameters)
}

/// Whether a caller wants enums as numbers: `$alt=json;enum-encoding=int`, as Google's clients for
/// Rust do. Where an API answers words nevertheless, they understand those as well.
pub(super) fn wants_numbers(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.contains("enum-encoding"))
}

/// The body of a call; nothing is an empty object.
pub(super) fn body(bytes: &[u8]) -> Result<Value, Refusal> {
    match bytes {
        [] => Ok(json!({})),
        bytes => serde_json::from_slice(bytes)
            .map_err(|error| Refusal::invalid(format!("Invalid JSON payload received. {error}"))),
    }
}

/// Whether a text of this length is a name as most APIs want them: lower case letters, digits and
/// hyphens, a letter first, no hyphen last (<https://www.rfc-editor.org/rfc/rfc1035#section-2.3.1>).
pub(super) fn is_name(text: &str, length: RangeInclusive<usize>) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    length.contains(&text.len())
        && text.chars().all(allowed)
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
}

/// Whether a label is as most APIs want them: at most 63 lower case letters, digits, hyphens and
/// underscores in the key and in the value, a letter first in the key.
/// <https://cloud.google.com/resource-manager/docs/labels-overview#requirements>
pub(super) fn is_label(key: &str, value: &Value) -> bool {
    let letter = |c: char| c.is_alphabetic() && !c.is_uppercase();
    let allowed = |c: char| letter(c) || c.is_numeric() || c == '-' || c == '_';
    let fits = |text: &str| text.chars().count() <= 63 && text.chars().all(allowed);
    key.starts_with(letter) && fits(key) && value.as_str().is_some_and(fits)
}

/// The page of a list that the parameters ask for.
pub(super) fn listed(
    world: &World,
    parameters: &Parameters,
    field: &str,
    items: Vec<Value>,
) -> Result<Value, Refusal> {
    let asked = parameters.get("pageSize").and_then(|size| size.parse().ok()).unwrap_or_default();
    let from = parameters.get("pageToken").map_or("", String::as_str);
    page(field, items, world.behaviour.page(asked), from)
}

/// One page of a list: `from` is the token of the page, empty for the first.
pub(super) fn page(
    field: &str,
    items: Vec<Value>,
    size: usize,
    from: &str,
) -> Result<Value, Refusal> {
    let start: usize = match from {
        "" => 0,
        token => data_encoding::BASE64URL_NOPAD
            .decode(token.as_bytes())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok())
            .ok_or_else(|| Refusal::invalid("Invalid page token."))?,
    };
    let total = items.len();
    let page: Vec<Value> = items.into_iter().skip(start).take(size).collect();
    let end = start + page.len();
    let mut body = json!({});
    if !page.is_empty() {
        body[field] = Value::Array(page);
    }
    if end < total {
        let token = data_encoding::BASE64URL_NOPAD.encode(end.to_string().as_bytes());
        body["nextPageToken"] = json!(token);
    }
    Ok(body)
}

/// Moves a thing on: a new etag, quotes and all, that no earlier state had.
pub(super) fn touch(resource: &mut Value, now: Moment) {
    let earlier = resource["etag"]
        .as_str()
        .and_then(|etag| i64::from_str_radix(etag.trim_matches('"'), 16).ok());
    let next = earlier.map_or(now.0, |earlier| now.0.max(earlier + 1));
    resource["etag"] = json!(format!("\"{next:x}\""));
}

/// Puts a list in the order of its names.
pub(super) fn sort(items: &mut [Value]) {
    items.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
}

/// Copies the fields that a mask names from `patch` to `target`; each must begin with one of
/// `may_change`. Names may be written in either case.
pub(super) fn masked(
    target: &mut Value,
    patch: &Value,
    mask: &str,
    may_change: &[&str],
) -> Result<(), Refusal> {
    if mask.is_empty() {
        return Err(Refusal::invalid("The update_mask must not be empty."));
    }
    mask.split(',').try_for_each(|path| {
        let steps: Vec<String> = path.trim().split('.').map(camel).collect();
        match steps.first() {
            Some(first) if may_change.contains(&first.as_str()) => {
                copy(target, patch, &steps);
                Ok(())
            }
            _ => Err(Refusal::invalid(format!("Invalid update_mask path: {path}"))),
        }
    })
}

fn copy(target: &mut Value, patch: &Value, steps: &[String]) {
    let [step, rest @ ..] = steps else { return };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(fields) = target.as_object_mut() else { return };
    match (patch.get(step), rest) {
        (None | Some(Value::Null), []) => _ = fields.remove(step),
        (Some(value), []) => _ = fields.insert(step.clone(), value.clone()),
        (value, rest) => {
            let inner = fields.entry(step.clone()).or_insert(Value::Null);
            copy(inner, value.unwrap_or(&Value::Null), rest);
        }
    }
}

/// `next_rotation_time` as JSON writes it.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (head, tail) = part.split_at(part.len().min(1));
        name + &head.to_uppercase() + tail
    })
}

/// The name of an operation that begins now, below `parent`. It tells when it began, and its effect
/// is there at once.
pub(super) fn begin(world: &World, parent: &str) -> Value {
    operation(world, &format!("{parent}operations/op.{}", world.clock.now().0))
}

/// How an operation fares.
pub(super) fn operation(world: &World, name: &str) -> Value {
    let began =
        name.rsplit('.').next().and_then(|text| text.parse().ok()).map_or(Moment(0), Moment);
    let done = began.plus(world.behaviour.operation_time) <= world.clock.now();
    let mut operation = json!({ "name": name });
    if done {
        operation["done"] = json!(true);
        operation["response"] = json!({});
    }
    operation
}

/// What a call is, by the first template that its path fits: `{…}` stands for anything.
pub(super) fn label(parts: &Parts, templates: &[&str]) -> Label {
    let path = parts.uri.path();
    let Some(template) = templates.iter().find(|template| fits(path, template)) else {
        return Label::of_http(parts);
    };
    let reads = [":getIamPolicy", ":testIamPermissions"].iter().any(|end| template.ends_with(end));
    let method = format!("{} {template}", parts.method);
    let mutating = !parts.method.is_safe() && !reads;
    Label { method, mutating, ..Label::of_http(parts) }
}

fn fits(path: &str, template: &str) -> bool {
    let (path, verb) = split_verb(path);
    let (template, wanted) = split_verb(template);
    let (path, template): (Vec<_>, Vec<_>) =
        (path.split('/').collect(), template.split('/').collect());
    let one = |(part, wanted): (&&str, &&str)| part == wanted || wanted.starts_with('{');
    verb == wanted && path.len() == template.len() && path.iter().zip(&template).all(one)
}

/// A path and the verb behind its colon.
pub(super) fn split_verb(path: &str) -> (&str, &str) {
    match path.rsplit_once(':') {
        Some((path, verb)) if verb.chars().all(|c| c.is_ascii_alphabetic()) => (path, verb),
        _ => (path, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_changes_what_it_names_in_either_case() {
        let mut target = json!({ "labels": { "a": "1" }, "expireTime": "x", "etag": "1" });
        let patch = json!({ "labels": { "b": "2" }, "rotation": { "rotationPeriod": "9s" } });
        let may = &["labels", "expireTime", "rotation"];
        masked(&mut target, &patch, "labels,expire_time,rotation.rotation_period", may).unwrap();
        let expected = json!({ "labels": { "b": "2" }, "etag": "1",
            "rotation": { "rotationPeriod": "9s" } });
        assert_eq!(target, expected);
        assert!(masked(&mut target, &patch, "etag", may).is_err());
        assert!(masked(&mut target, &patch, "", may).is_err());
    }

    #[test]
    fn pages_follow_one_another_to_the_end() {
        let items: Vec<Value> = (0..5).map(|number| json!(number)).collect();
        let first = page("items", items.clone(), 3, "").unwrap();
        let token = first["nextPageToken"].as_str().unwrap();
        let second = page("items", items.clone(), 3, token).unwrap();
        assert_eq!(second["items"], json!([3, 4]));
        assert!(second.get("nextPageToken").is_none());
        assert!(page("items", items, 3, "?").is_err());
    }

    #[test]
    fn a_path_fits_its_template_and_no_other() {
        let template = "/v1/projects/{project}/serviceAccounts/{account}:getIamPolicy";
        let account = "/v1/projects/leap/serviceAccounts/hub@leap.iam.gserviceaccount.com";
        assert!(fits(&format!("{account}:getIamPolicy"), template));
        assert!(!fits(account, template));
        assert!(!fits(&format!("{account}:setIamPolicy"), template));
    }
}
