//! What Google's JSON APIs share: answers and errors, pages, masks, operations, and how calls are
//! named. Clients ask for `$alt=json;enum-encoding=int`; that is tolerated, and words are answered,
//! which they understand as well.

use std::collections::BTreeMap;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{Label, Moment, World};

/// What a call comes to.
pub(super) type Answer = Result<Json<Value>, Failed>;

/// The parameters behind the question mark.
pub(super) type Parameters = BTreeMap<String, String>;

/// A refusal in the shape of these APIs.
///
/// <https://cloud.google.com/apis/design/errors#http_mapping>
pub(super) struct Failed(Refusal);

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let Refusal { code, http, message, details, reason: _ } = self.0;
        let mut error = json!({ "code": http, "message": message, "status": code.name() });
        if !details.is_empty() {
            error["details"] = Value::Array(details);
        }
        let status = StatusCode::from_u16(http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(json!({ "error": error }))).into_response()
    }
}

/// One page of a list, which is in order of its tokens.
pub(super) fn page(
    world: &World,
    parameters: &Parameters,
    key: &str,
    entries: Vec<(String, Value)>,
) -> Value {
    let asked = parameters.get("pageSize").and_then(|size| size.parse().ok()).unwrap_or_default();
    let size = world.behaviour.page(asked);
    let after = parameters.get("pageToken").map_or("", String::as_str);
    let rest: Vec<_> = entries.into_iter().filter(|(token, _)| token.as_str() > after).collect();
    let next = (rest.len() > size).then(|| rest[size - 1].0.clone());
    let page: Vec<Value> = rest.into_iter().take(size).map(|(_, entry)| entry).collect();
    let mut answer = json!({});
    if !page.is_empty() {
        answer[key] = Value::Array(page);
    }
    if let Some(next) = next {
        answer["nextPageToken"] = json!(next);
    }
    answer
}

/// Takes over the fields that a mask names, which may be written with capitals or underscores.
pub(super) fn masked(
    target: &mut Value,
    from: &Value,
    mask: &str,
    known: &[&str],
) -> Result<(), Refusal> {
    for path in mask.split(',').filter(|path| !path.is_empty()) {
        let field = camel(path.split('.').next().unwrap_or_default());
        if field == "etag" {
            continue;
        }
        if !known.contains(&field.as_str()) {
            return Err(Refusal::invalid(format!("Invalid field in update mask: {path}")));
        }
        match from.get(&field) {
            Some(value) => target[&field] = value.clone(),
            None => drop(target.as_object_mut().and_then(|object| object.remove(&field))),
        }
    }
    Ok(())
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.extend(letters);
    }
    camel
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
    fn a_path_fits_its_template_and_no_other() {
        let template = "/v1/projects/{project}/serviceAccounts/{account}:getIamPolicy";
        let account = "/v1/projects/leap/serviceAccounts/hub@leap.iam.gserviceaccount.com";
        assert!(fits(&format!("{account}:getIamPolicy"), template));
        assert!(!fits(account, template));
        assert!(!fits(&format!("{account}:setIamPolicy"), template));
    }

    #[test]
    fn a_mask_names_fields_either_way() {
        let mut there = json!({ "title": "old", "includedPermissions": ["a.b.c"] });
        let from = json!({ "title": "new" });
        let known = ["title", "includedPermissions"];
        masked(&mut there, &from, "title,included_permissions", &known).unwrap();
        assert_eq!(there, json!({ "title": "new" }));
        assert!(masked(&mut there, &from, "nonsense", &known).is_err());
    }
}
