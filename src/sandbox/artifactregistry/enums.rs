//! Enums by number and by name: clients may send either, and ask for numbers with
//! `$alt=json;enum-encoding=int`.
//!
//! Numbers: <https://github.com/googleapis/googleapis/blob/master/google/devtools/artifactregistry/v1/repository.proto>

use serde_json::{Value, json};

/// The names of a field's values, by number.
type Names = &'static [&'static str];

const FIELDS: [(&str, Names); 4] = [
    ("action", &["ACTION_UNSPECIFIED", "DELETE", "KEEP"]),
    ("format", FORMATS),
    ("mode", MODES),
    ("tagState", &["TAG_STATE_UNSPECIFIED", "TAGGED", "UNTAGGED", "ANY"]),
];

/// What can lie in a repository; nothing where a number is not in use.
pub(super) const FORMATS: Names = &[
    "FORMAT_UNSPECIFIED",
    "DOCKER",
    "MAVEN",
    "NPM",
    "",
    "APT",
    "YUM",
    "",
    "PYTHON",
    "KFP",
    "GO",
    "GENERIC",
    "RUBY",
];

/// Whether a repository keeps things itself.
pub(super) const MODES: Names =
    &["MODE_UNSPECIFIED", "STANDARD_REPOSITORY", "VIRTUAL_REPOSITORY", "REMOTE_REPOSITORY"];

/// Numbers in the place of names.
pub(super) fn to_numbers(value: &mut Value) {
    each(value, &mut |names, value| {
        let number = names.iter().position(|name| value == *name);
        number.into_iter().for_each(|number| *value = json!(number));
    });
}

/// Names in the place of numbers.
pub(super) fn to_names(value: &mut Value) {
    each(value, &mut |names, value| {
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        if let Some(name) = number.and_then(|number| names.get(number)) {
            *value = json!(name);
        }
    });
}

/// Visits every value that is of an enum.
fn each(value: &mut Value, see: &mut impl FnMut(Names, &mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, see)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match FIELDS.iter().find(|(known, _)| known == name) {
                    Some((_, names)) if !field.is_object() => see(names, field),
                    // Labels are a person's own words.
                    _ if name == "labels" => {}
                    _ => each(field, see),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_are_two_ways_to_say_the_same() {
        let named = json!({
            "format": "PYTHON", "mode": "STANDARD_REPOSITORY", "labels": { "mode": "KEEP" },
            "cleanupPolicies": { "format": { "action": "DELETE", "condition": { "tagState": "ANY" } } },
        });
        let mut value = named.clone();
        to_numbers(&mut value);
        assert_eq!((&value["format"], &value["mode"]), (&json!(8), &json!(1)));
        assert_eq!(value["cleanupPolicies"]["format"]["condition"]["tagState"], 3);
        to_names(&mut value);
        assert_eq!(value, named);
    }
}
