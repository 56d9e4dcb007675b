//! Sets of fields, as `fieldsV1` writes them down.
//!
//! <https://kubernetes.io/docs/reference/using-api/server-side-apply/#fieldsv1>

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// A set of fields. Each step is written as in `fieldsV1`: `f:spec`, `k:{"name":"hub"}`, `v:"x"`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields {
    /// Whether the field that leads here is in the set itself.
    here: bool,
    below: BTreeMap<String, Fields>,
}

impl Fields {
    pub(super) fn read(value: &Value) -> Self {
        let Some(steps) = value.as_object() else { return Self::default() };
        let mut fields = Self { here: steps.is_empty(), below: BTreeMap::new() };
        for (step, below) in steps {
            match step.as_str() {
                "." => fields.here = true,
                step => _ = fields.below.insert(step.to_owned(), Self::read(below)),
            }
        }
        fields
    }

    /// The whole set, of which the root itself never is a member.
    pub(super) fn of_root(value: &Value) -> Self {
        Self { here: false, ..Self::read(value) }
    }

    pub(super) fn shown(&self) -> Value {
        let mut steps = Map::new();
        if self.here && !self.below.is_empty() {
            steps.insert(".".to_owned(), json!({}));
        }
        steps.extend(self.below.iter().map(|(step, below)| (step.clone(), below.shown())));
        Value::Object(steps)
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.here && self.below.values().all(Self::is_empty)
    }

    pub(super) fn insert(&mut self, path: &[String]) {
        match path {
            [] => self.here = true,
            [step, rest @ ..] => self.below.entry(step.clone()).or_default().insert(rest),
        }
    }

    /// Takes a field and everything below it out.
    pub(super) fn take(&mut self, path: &[&str]) {
        match path {
            [] => *self = Self::default(),
            [step, rest @ ..] => {
                if let Some(below) = self.below.get_mut(*step) {
                    below.take(rest);
                    if below.is_empty() {
                        self.below.remove(*step);
                    }
                }
            }
        }
    }

    /// What of the set lies below a field, the field itself included.
    pub(super) fn at(&self, path: &[String]) -> Option<&Self> {
        match path {
            [] => Some(self),
            [step, rest @ ..] => self.below.get(step)?.at(rest),
        }
    }

    /// Whether a field, or one below it, is in the set.
    pub(super) fn touches(&self, path: &[String]) -> bool {
        self.at(path).is_some_and(|fields| !fields.is_empty())
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        let mut all = self.clone();
        all.here |= other.here;
        for (step, below) in &other.below {
            let merged = all.below.get(step).map_or_else(|| below.clone(), |it| it.union(below));
            all.below.insert(step.clone(), merged);
        }
        all
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        let left = |(step, below): (&String, &Self)| {
            let below = other.below.get(step).map_or_else(|| below.clone(), |it| below.without(it));
            (!below.is_empty()).then(|| (step.clone(), below))
        };
        Self { here: self.here && !other.here, below: self.below.iter().filter_map(left).collect() }
    }

    pub(super) fn common(&self, other: &Self) -> Self {
        let both = |(step, below): (&String, &Self)| {
            let below = below.common(other.below.get(step)?);
            (!below.is_empty()).then(|| (step.clone(), below))
        };
        Self { here: self.here && other.here, below: self.below.iter().filter_map(both).collect() }
    }

    /// Every field of the set, those above before those below.
    pub(super) fn paths(&self) -> Vec<Vec<String>> {
        let mut paths = Vec::new();
        self.collect(&mut Vec::new(), &mut paths);
        paths
    }

    fn collect(&self, path: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
        if self.here {
            paths.push(path.clone());
        }
        for (step, below) in &self.below {
            path.push(step.clone());
            below.collect(path, paths);
            path.pop();
        }
    }
}

/// A path as messages write it: `.spec.containers[name="hub"].image`.
pub(super) fn written(path: &[String]) -> String {
    let step = |step: &String| match step.split_once(':') {
        Some(("f", name)) => format!(".{name}"),
        Some(("k", keys)) => {
            let keys: Map<String, Value> = serde_json::from_str(keys).unwrap_or_default();
            let keys: Vec<String> =
                keys.iter().map(|(name, value)| format!("{name}={value}")).collect();
            format!("[{}]", keys.join(","))
        }
        Some(("v", value)) => format!("[={value}]"),
        _ => format!("[{step}]"),
    };
    path.iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(path: &[&str]) -> Vec<String> {
        path.iter().map(|step| (*step).to_owned()).collect()
    }

    #[test]
    fn a_set_is_read_as_it_was_written() {
        let written = json!({
            "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
            "f:spec": { "f:ports": { "k:{\"port\":80}": { ".": {}, "f:port": {} } } },
        });
        let fields = Fields::of_root(&written);
        assert_eq!(fields.shown(), written);
        assert!(fields.paths().contains(&steps(&["f:metadata", "f:labels"])));
        assert!(!fields.paths().contains(&steps(&["f:spec"])));
        assert!(fields.touches(&steps(&["f:spec"])));
    }

    #[test]
    fn sets_are_added_and_taken_from_each_other() {
        let one = Fields::of_root(&json!({ "f:a": {}, "f:b": { "f:c": {} } }));
        let two = Fields::of_root(&json!({ "f:b": { "f:c": {}, "f:d": {} } }));
        assert_eq!(one.common(&two).shown(), json!({ "f:b": { "f:c": {} } }));
        assert_eq!(one.without(&two).shown(), json!({ "f:a": {} }));
        assert_eq!(two.without(&one).union(&one).shown(), one.union(&two).shown());
    }

    #[test]
    fn a_path_is_written_as_in_messages() {
        let path = steps(&["f:spec", "f:ports", "k:{\"port\":80,\"protocol\":\"TCP\"}", "f:name"]);
        assert_eq!(written(&path), ".spec.ports[port=80,protocol=\"TCP\"].name");
        assert_eq!(written(&steps(&["f:finalizers", "v:\"x\""])), ".finalizers[=\"x\"]");
    }
}
