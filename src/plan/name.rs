//! How a person names resources: `prod:gcs-bucket/leap-scratch`, without the environment, or by
//! the key that declares them, `bucket:scratch`; `*` stands for anything.

use crate::model::{Keys, ResourceId, fits};
use crate::plan::Request;
use std::collections::BTreeSet;

/// Somebody named what there is not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` names nothing that is declared or there")]
pub struct NoSuchTarget {
    /// What was named.
    pub pattern: String,
    /// The name that comes nearest to it, written as it was.
    pub nearest: Option<String>,
}

/// Every resource that one of these names means: each must mean some that is declared or ours.
///
/// # Errors
/// When one means nothing; the nearest is named.
pub fn named(
    request: &Request<'_>,
    patterns: &[String],
) -> Result<BTreeSet<ResourceId>, NoSuchTarget> {
    let declared = request.stack.resources().keys().filter(|id| request.selects(&id.env)).cloned();
    let known: BTreeSet<ResourceId> = declared.chain(request.ours().map(|(id, ..)| id)).collect();
    matching(patterns, &known, request.stack.keys())
}

/// The same among these resources.
pub(crate) fn matching(
    patterns: &[String],
    known: &BTreeSet<ResourceId>,
    keys: &Keys,
) -> Result<BTreeSet<ResourceId>, NoSuchTarget> {
    let mut matching = BTreeSet::new();
    for pattern in patterns {
        let named: Vec<&ResourceId> = known.iter().filter(|id| names(pattern, id, keys)).collect();
        if named.is_empty() {
            let nearest = nearest(pattern, known, keys);
            return Err(NoSuchTarget { pattern: pattern.clone(), nearest });
        }
        matching.extend(named.into_iter().cloned());
    }
    Ok(matching)
}

/// Whether a name means a resource.
pub(crate) fn names(pattern: &str, id: &ResourceId, keys: &Keys) -> bool {
    match by_key(pattern, keys) {
        None => fits(pattern, &text(pattern, id)),
        Some((env, key)) => {
            let mut meant = keys.iter().filter(|(known, ids)| ids.contains(id) && fits(key, known));
            env.is_none_or(|env| fits(env, &id.env)) && meant.next().is_some()
        }
    }
}

/// The environment and the key in a name that is one: its type is that of something declared. An
/// environment that is called like a type is therefore written out, `bucket:gcs-bucket/*`.
fn by_key<'a>(pattern: &'a str, keys: &Keys) -> Option<(Option<&'a str>, &'a str)> {
    let is_type = |word: &str| keys.keys().any(|key| key.split(':').next() == Some(word));
    let (first, rest) = pattern.split_once(':').filter(|_| !pattern.contains('/'))?;
    if is_type(first) {
        return Some((None, pattern));
    }
    rest.split_once(':').filter(|(second, _)| is_type(second)).map(|_| (Some(first), rest))
}

/// The address that a name is held against.
fn text(pattern: &str, id: &ResourceId) -> String {
    let start = pattern.split('/').next().unwrap_or_default();
    if start.contains(':') { id.to_string() } else { id.local() }
}

/// The key or the address that comes nearest to a name.
fn nearest(pattern: &str, known: &BTreeSet<ResourceId>, keys: &Keys) -> Option<String> {
    let near = |candidate: &str| strsim::jaro_winkler(pattern, candidate);
    if let Some((env, key)) = by_key(pattern, keys) {
        let with_env = |key: &String| env.map_or(key.clone(), |env| format!("{env}:{key}"));
        let reach = |ids: &BTreeSet<ResourceId>| {
            let in_env = |id: &&ResourceId| env.is_none_or(|env| fits(env, &id.env));
            ids.iter().filter(in_env).any(|id| known.contains(id))
        };
        let there = keys.iter().filter(|(known, ids)| !fits(key, known) && reach(ids));
        let names = there.map(|(key, _)| with_env(key));
        return names.max_by(|a, b| near(a).total_cmp(&near(b)));
    }
    let alike = |id: &&ResourceId| near(&text(pattern, id)).max(near(&id.name));
    let nearest = known.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)));
    nearest.map(ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch() -> (ResourceId, Keys) {
        let id = ResourceId::new("prod", "gcs-bucket", "leap-scratch");
        let keys = Keys::from([("bucket:scratch".to_owned(), [id.clone()].into())]);
        (id, keys)
    }

    #[test]
    fn a_pattern_without_an_environment_names_the_thing_in_each() {
        let (id, keys) = scratch();
        for pattern in ["prod:gcs-bucket/leap-scratch", "gcs-bucket/leap-*", "prod:*", "*scratch"] {
            assert!(names(pattern, &id, &keys), "{pattern}");
        }
        for pattern in ["staging:*", "gcs-bucket/leap", "leap-scratch", "*bucket"] {
            assert!(!names(pattern, &id, &keys), "{pattern}");
        }
    }

    #[test]
    fn a_declared_key_names_what_it_became() {
        let (id, keys) = scratch();
        for pattern in ["bucket:scratch", "bucket:*", "prod:bucket:scr*", "*:bucket:scratch"] {
            assert!(names(pattern, &id, &keys), "{pattern}");
        }
        for pattern in ["bucket:scrat", "staging:bucket:*", "prod:bucket:data", "secret:scratch"] {
            assert!(!names(pattern, &id, &keys), "{pattern}");
        }
    }

    #[test]
    fn a_key_that_is_not_declared_is_an_error_that_names_the_nearest() {
        let (id, keys) = scratch();
        let near = |pattern: &str| {
            let error = matching(&[pattern.to_owned()], &[id.clone()].into(), &keys).unwrap_err();
            error.nearest.unwrap()
        };
        assert_eq!(near("bucket:scrach"), "bucket:scratch");
        assert_eq!(near("prod:bucket:scrach"), "prod:bucket:scratch");
    }
}
