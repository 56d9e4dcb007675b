//! What all calls have in common: parameters, bodies, answers.

use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Uri, header};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::super::precondition::Preconditions;
use crate::sandbox::refusal::Refusal;

/// The parameters of all calls together; those that a call does not know are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Parameters {
    pub(super) alt: String,
    pub(super) project: String,
    pub(super) name: String,
    pub(super) upload_type: String,
    #[serde(rename = "upload_id")]
    pub(super) upload_id: String,
    pub(super) prefix: String,
    pub(super) delimiter: String,
    #[serde(deserialize_with = "truth")]
    pub(super) include_trailing_delimiter: bool,
    pub(super) page_token: String,
    pub(super) max_results: i32,
    #[serde(deserialize_with = "truth")]
    pub(super) versions: bool,
    #[serde(deserialize_with = "truth")]
    pub(super) soft_deleted: bool,
    pub(super) match_glob: String,
    pub(super) start_offset: String,
    pub(super) end_offset: String,
    pub(super) generation: Option<i64>,
    pub(super) source_generation: Option<i64>,
    if_generation_match: Option<i64>,
    if_generation_not_match: Option<i64>,
    pub(super) if_metageneration_match: Option<i64>,
    pub(super) if_metageneration_not_match: Option<i64>,
    if_source_generation_match: Option<i64>,
    if_source_generation_not_match: Option<i64>,
    if_source_metageneration_match: Option<i64>,
    if_source_metageneration_not_match: Option<i64>,
    pub(super) max_bytes_rewritten_per_call: Option<u64>,
    pub(super) rewrite_token: String,
    pub(super) options_requested_policy_version: i32,
    pub(super) predefined_acl: String,
    pub(super) destination_predefined_acl: String,
    pub(super) predefined_default_object_acl: String,
    #[serde(deserialize_with = "truth")]
    pub(super) enable_object_retention: bool,
}

/// Python's clients write truth with a capital letter.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(String::deserialize(deserializer)?.eq_ignore_ascii_case("true"))
}

impl Parameters {
    pub(super) fn of(uri: &Uri) -> Result<Self, Refusal> {
        let parameters = Query::try_from_uri(uri);
        let Query(parameters) = parameters.map_err(|error| Refusal::invalid(error.body_text()))?;
        Ok(parameters)
    }

    /// What must hold of the object that is read, or written.
    pub(super) fn preconditions(&self, headers: &HeaderMap) -> Preconditions {
        let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Preconditions {
            generation: self.if_generation_match,
            not_generation: self.if_generation_not_match,
            metageneration: self.if_metageneration_match,
            not_metageneration: self.if_metageneration_not_match,
            etag: said(header::IF_MATCH).map(str::to_owned),
            not_etag: said(header::IF_NONE_MATCH).map(str::to_owned),
        }
    }

    /// What must hold of the object that is copied.
    pub(super) fn source_preconditions(&self) -> Preconditions {
        Preconditions {
            generation: self.if_source_generation_match,
            not_generation: self.if_source_generation_not_match,
            metageneration: self.if_source_metageneration_match,
            not_metageneration: self.if_source_metageneration_not_match,
            ..Preconditions::default()
        }
    }
}

/// All values of a parameter that may be given several times.
pub(super) fn values(uri: &Uri, name: &str) -> Vec<String> {
    let pairs = uri.query().unwrap_or_default().split('&');
    let pairs = pairs.filter_map(|pair| pair.split_once('='));
    let decoded =
        |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    pairs.filter(|(key, _)| *key == name).map(|(_, value)| decoded(value)).collect()
}

/// Reads a body; none says nothing, and so does `null`, which Google's Go client sends.
pub(super) fn body(bytes: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    let said: Option<_> = serde_json::from_slice(bytes).map_err(|error| parse_error(&error))?;
    Ok(said.unwrap_or_default())
}

pub(super) fn parse_error(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::invalid(format!("Parse Error: {error}"))
}

/// Lays a patch over a resource: null takes away, objects are merged, the rest is replaced
/// (RFC 7396).
pub(super) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(target) = target.as_object_mut() else { return };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}

pub(super) fn answer(json: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=UTF-8")];
    (kind, json.to_string()).into_response()
}

pub(super) fn text(headers: &HeaderMap, name: impl header::AsHeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_patch_is_laid_over_what_is_there() {
        let mut target = json!({ "labels": { "a": "1", "b": "2" }, "cors": [1, 2] });
        merge(&mut target, &json!({ "labels": { "a": null, "c": "3" }, "cors": [3] }));
        assert_eq!(target, json!({ "labels": { "b": "2", "c": "3" }, "cors": [3] }));
    }

    #[test]
    fn parameters_are_read_as_the_clients_write_them() {
        let uri = Uri::from_static("/o?versions=True&ifGenerationMatch=0&p=a%2Fb&p=c+d&other=1");
        let parameters = Parameters::of(&uri).unwrap();
        assert!(parameters.versions);
        assert_eq!(parameters.if_generation_match, Some(0));
        assert_eq!(values(&uri, "p"), ["a/b", "c d"]);
    }
}
