//! Keys that are known and stand in the wrong place: the commonest mistake in the values of a chart,
//! and one that charts take without a word.

use super::follow;
use crate::project::words::either;
use serde_json::Value as Json;

/// How deep a chart's values are looked through.
const DEEPEST: usize = 8;

/// Among so many places one can still choose.
const FEW: usize = 3;

/// Where below `at`, a part of `root`, a key belongs that is not known at `path`, in words; none if it is known nowhere, or in so
/// many places that nothing is said by it.
pub(super) fn belongs((root, at): (&Json, &Json), key: &str, path: &[String]) -> Option<String> {
    let mut places = Vec::new();
    search(root, at, key, &mut Vec::new(), &mut places);
    let here = path.split_last().map(|(_, above)| above).unwrap_or_default();
    // What is near is meant: the fewer steps lead from here to there, the nearer it is.
    places.sort_by_key(|place| (distance(here, place), place.len(), place.clone()));
    let nearest = places.first().map(|place| distance(here, place))?;
    let all: Vec<String> = places
        .iter()
        .take_while(|place| distance(here, place) == nearest)
        .map(|place| place.join("."))
        .collect();
    match all.as_slice() {
        [only] if only.is_empty() => Some("this key belongs at the top of the values".to_owned()),
        [only] => Some(format!("this key belongs under `{only}`: {}", written(only, key))),
        several if several.len() <= FEW => {
            Some(format!("this key belongs under {}", either(several)))
        }
        _ => None,
    }
}

/// As it would be written from the top of the values.
fn written(place: &str, key: &str) -> String {
    let (open, close) = (place.replace('.', ": { "), " }".repeat(place.matches('.').count() + 1));
    format!("`{open}: {{ {key}: …{close}`")
}

/// How many steps lead from one place to another.
fn distance(here: &[String], there: &[String]) -> usize {
    let shared = here.iter().zip(there).take_while(|(a, b)| a == b).count();
    here.len() + there.len() - 2 * shared
}

/// Every place where a schema knows a key.
fn search(
    root: &Json,
    schema: &Json,
    key: &str,
    path: &mut Vec<String>,
    places: &mut Vec<Vec<String>>,
) {
    let schema = follow(root, schema);
    let properties = schema.get("properties").and_then(Json::as_object);
    let Some(properties) = properties.filter(|_| path.len() < DEEPEST) else { return };
    if properties.contains_key(key) {
        places.push(path.clone());
    }
    for (name, below) in properties {
        path.push(name.clone());
        search(root, below, key, path, places);
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(key: &str, path: &[&str]) -> Option<String> {
        let memory = json!({ "properties": { "limit": {}, "guarantee": {} } });
        let schema = json!({ "properties": {
            "hub": { "properties": { "db": { "properties": { "pvc": {} } }, "config": {} } },
            "singleuser": { "properties": { "memory": memory.clone(), "cpu": memory.clone() } },
            "cull": { "properties": { "every": {} } },
        } });
        belongs(
            (&schema, &schema),
            key,
            &path.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn a_key_at_the_wrong_level_is_told_where_it_belongs() {
        let words = told("memory", &["memory"]).unwrap();
        assert_eq!(words, "this key belongs under `singleuser`: `singleuser: { memory: … }`");
        assert_eq!(
            told("pvc", &["hub", "pvc"]).unwrap(),
            "this key belongs under `hub.db`: `hub: { db: { pvc: … } }`"
        );
        let top = told("cull", &["hub", "cull"]).unwrap();
        assert_eq!(top, "this key belongs at the top of the values");
        let either = told("limit", &["singleuser", "limit"]).unwrap();
        assert_eq!(either, "this key belongs under `singleuser.cpu` or `singleuser.memory`");
        assert_eq!(told("nonsense", &["nonsense"]), None);
    }
}
