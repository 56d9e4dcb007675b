//! A declaration as something to keep: its files, and digests that tell whether it changed.

use crate::model::base32_digest;
use crate::project::layout::Laid;
use crate::project::{Environment, Project, files};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

/// The folder of the stack among the files that are kept; the environments that it shares with
/// other stacks stand beside it.
pub(crate) const STACK: &str = "stack";

impl Project {
    /// A digest of the merged declaration of every environment, to tell whether it changed.
    pub fn digest(&self) -> String {
        let merged: Vec<Value> = self.layout.iter().map(merged).collect();
        digest_of(&json!(merged))
    }

    /// The same of each environment by itself.
    pub fn digests(&self) -> BTreeMap<String, String> {
        let each = self.layout.iter().map(|laid| (laid.env().to_owned(), digest_of(&merged(laid))));
        each.collect()
    }

    /// For each environment, a digest of what the files of the stack say of it before anything is
    /// laid over them: this is what goes from one environment to the next. What says `in:` other
    /// environments only does not count.
    pub fn base_digests(&self) -> BTreeMap<String, String> {
        let each = self.layout.iter().map(|laid| {
            let env = laid.env();
            let base = concerning(env, &self.base);
            let said = match members(laid, &named(&base)) {
                Value::Null => base,
                members => json!({ "base": base, "members": members }),
            };
            (env.to_owned(), digest_of(&said))
        });
        each.collect()
    }

    /// The text of every file that the declaration was read from, by a path that does not depend
    /// on where that was: for [`crate::project::load_kept`].
    pub fn files(&self) -> BTreeMap<String, String> {
        let named = |shown: &str| match self.below(shown) {
            Some(below) => format!("{STACK}/{below}"),
            None => {
                let name = Path::new(shown).file_name().unwrap_or_default().to_string_lossy();
                format!("{}/{name}", files::ENVIRONMENTS)
            }
        };
        self.sources.iter().map(|(shown, text)| (named(shown), text.to_string())).collect()
    }

    /// The path of a file below the folder of the stack; none if it is not below it.
    fn below(&self, shown: &str) -> Option<String> {
        let folder = self.shown.strip_prefix(".").unwrap_or(&self.shown);
        let below = Path::new(shown).strip_prefix(folder).ok()?;
        let inside = below.components().all(|part| matches!(part, Component::Normal(_)));
        inside.then(|| below.to_string_lossy().into_owned())
    }
}

fn digest_of(value: &Value) -> String {
    base32_digest(value.to_string().as_bytes())
}

fn merged(laid: &Laid) -> Value {
    let Environment { name, follows, suffix, target, gates, project, range: _ } = &laid.environment;
    let mut merged = json!({
        "environment": name,
        "follows": follows,
        "suffix": suffix,
        "target": target,
        "gates": gates,
        "project": project,
        "declaration": laid.tree.json(),
    });
    let members = members(laid, &laid.rosters.keys().map(String::as_str).collect());
    if !members.is_null() {
        merged["members"] = members;
    }
    merged
}

/// What these files of members say; null if there are none.
fn members(laid: &Laid, files: &BTreeSet<&str>) -> Value {
    let read = laid.rosters.iter().filter(|(file, _)| files.contains(file.as_str()));
    let members: Map<String, Value> =
        read.map(|(file, roster)| (file.clone(), roster.node.json())).collect();
    if members.is_empty() { Value::Null } else { Value::Object(members) }
}

/// The files of members that categories name.
fn named(base: &Value) -> BTreeSet<&str> {
    let categories = base["access"]["categories"].as_object();
    let members = categories.into_iter().flat_map(|all| all.values()).map(|it| &it["members"]);
    members
        .filter_map(Value::as_object)
        .flat_map(|it| it.values())
        .filter_map(Value::as_str)
        .collect()
}

/// The sections without what is only in other environments.
fn concerning(env: &str, base: &Value) -> Value {
    let mut base = base.clone();
    let elsewhere = |entry: &Value| {
        let places = entry.get("in").and_then(Value::as_array);
        places.is_some_and(|places| !places.iter().any(|place| place == env))
    };
    for section in base.as_object_mut().into_iter().flat_map(|sections| sections.values_mut()) {
        if let Value::Object(entries) = section {
            entries.retain(|_, entry| !elsewhere(entry));
        }
    }
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_only_elsewhere_does_not_concern_an_environment() {
        let base = json!({ "buckets": {
            "both": { "versioning": true }, "shared": { "in": ["shared"] }, "here": { "in": ["prod"] },
        } });
        let concerning = concerning("prod", &base);
        let left: Vec<&String> = concerning["buckets"].as_object().unwrap().keys().collect();
        assert_eq!(left, ["both", "here"]);
    }
}
