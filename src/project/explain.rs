//! Where a value comes from.

use crate::project::layout::Laid;
use crate::project::problem::Range;
use crate::project::schema::DECLARATION;
use crate::project::sections;
use crate::project::tree::{Key, Node, Overridden, Value};
use crate::project::words::{nearest, quoted};
use serde::Serialize;
use serde_json::Value as Json;
use std::fmt;

/// What is at a path in one environment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The path, `buckets.scratch.delete_after_days`.
    pub path: String,
    /// The environment.
    pub env: String,
    /// What is there and where it comes from.
    pub origin: Origin,
    /// What follows from it, in sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub follows: Vec<String>,
    /// What the setting is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// What is at a path and where it comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Someone wrote it.
    Written {
        /// The value.
        value: Json,
        /// The text as it was written, where `${…}` was filled in.
        #[serde(skip_serializing_if = "Option::is_none")]
        written: Option<String>,
        /// Where.
        range: Range,
        /// What it was laid over, the latest first.
        overrode: Vec<(Range, String)>,
    },
    /// Nobody did.
    Default {
        /// What holds then.
        value: String,
    },
    /// It is a group of settings: each with its value and its place.
    Group(Vec<(String, String, Range)>),
}

/// Why there is nothing to explain.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ExplainError {
    /// No such environment.
    #[error("there is no environment `{env}`: there are {known}")]
    Environment {
        /// What was asked for.
        env: String,
        /// What there is.
        known: String,
    },
    /// No such path.
    #[error("there is nothing at `{path}`{}", .nearest.as_ref().map(|near| format!(": did you mean `{near}`?")).unwrap_or_default())]
    Path {
        /// What was asked for.
        path: String,
        /// What was probably meant.
        nearest: Option<String>,
    },
}

pub(crate) fn explain(layout: &[Laid], path: &str, env: &str) -> Result<Explanation, ExplainError> {
    let Some(laid) = layout.iter().find(|laid| laid.env() == env) else {
        let known = quoted(&layout.iter().map(Laid::env).collect::<Vec<_>>());
        return Err(ExplainError::Environment { env: env.to_owned(), known });
    };
    let steps: Vec<&str> = path.split('.').filter(|step| !step.is_empty()).collect();
    let schema = described(&steps);
    let about = schema.as_ref().and_then(|schema| schema.get("description")?.as_str());
    let about = about.map(|text| text.replace('\n', " "));
    let found = laid.tree.at(steps.iter().copied());
    let origin = match (found.filter(|node| node.value != Value::Null), &schema) {
        (Some(node), _) => origin(node),
        (None, Some(schema)) if has_parent(laid, &steps) && is_setting(&steps) => {
            let derived = sections::derived(layout, laid, &steps);
            Origin::Default { value: derived.unwrap_or_else(|| default(schema)) }
        }
        _ => return Err(unknown(laid, path, &steps)),
    };
    let follows = sections::told(layout, laid, &steps);
    Ok(Explanation { path: path.to_owned(), env: env.to_owned(), origin, follows, about })
}

fn origin(node: &Node) -> Origin {
    if let Value::Map(entries) = &node.value {
        let line =
            |(key, child): &(Key, Node)| (key.name.clone(), child.short(), child.range.clone());
        return Origin::Group(entries.iter().map(line).collect());
    }
    let earlier = |Overridden { range, value }: &Overridden| (range.clone(), value.clone());
    Origin::Written {
        value: node.json(),
        written: node.written.clone(),
        range: node.range.clone(),
        overrode: node.overrode.iter().rev().map(earlier).collect(),
    }
}

/// Whether the group that a setting would be in is there: entries that nobody declared have no
/// defaults. A group that is itself optional (`ledger`) counts where the whole stack has it.
fn has_parent(laid: &Laid, steps: &[&str]) -> bool {
    let [parent @ .., _] = steps else { return false };
    laid.tree.at(parent.iter().copied()).is_some() || parent.len() == 1
}

/// Whether the last step is a setting with a name of its own, and not one of the entries that a
/// person names (a bucket): those have no default.
fn is_setting(steps: &[&str]) -> bool {
    let [parent @ .., last] = steps else { return false };
    let parent = described(parent);
    let group = parent.as_ref().map(|schema| group(&DECLARATION, schema));
    group.and_then(|group| group.get("properties")?.get(*last)).is_some()
}

/// What the schema says about the setting at a path.
fn described(steps: &[&str]) -> Option<Json> {
    let root: &Json = &DECLARATION;
    let mut here = root;
    for step in steps {
        let group = group(root, here);
        let property = group.get("properties").and_then(|all| all.get(*step));
        let other = || group.get("additionalProperties").filter(|schema| schema.is_object());
        here = property.or_else(other)?;
    }
    Some(here.clone())
}

/// Follows references, and looks through `null`-or-this.
fn group<'a>(root: &'a Json, schema: &'a Json) -> &'a Json {
    if let Some(target) = schema.get("$ref").and_then(Json::as_str) {
        return root.pointer(target.trim_start_matches('#')).unwrap_or(schema);
    }
    let several = schema.get("anyOf").and_then(Json::as_array);
    let reference = several.and_then(|all| all.iter().find(|one| one.get("$ref").is_some()));
    reference.map_or(schema, |reference| group(root, reference))
}

fn default(schema: &Json) -> String {
    match schema.get("default") {
        None | Some(Json::Null) => "nothing".to_owned(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn unknown(laid: &Laid, path: &str, steps: &[&str]) -> ExplainError {
    let deepest = (0..steps.len()).rev().find_map(|length| {
        let node = laid.tree.at(steps[..length].iter().copied())?;
        Some((length, node))
    });
    let nearest = deepest.and_then(|(length, node)| {
        let described = described(&steps[..length]);
        let group = described.as_ref().map(|schema| group(&DECLARATION, schema));
        let known = group.and_then(|group| group.get("properties")?.as_object());
        let keys = node.entries().iter().map(|(key, _)| key.name.as_str());
        let names = keys.chain(known.into_iter().flat_map(|all| all.keys()).map(String::as_str));
        let near = nearest(steps[length], names)?;
        let mut fixed: Vec<&str> = steps.to_vec();
        fixed[length] = near;
        Some(fixed.join("."))
    });
    ExplainError::Path { path: path.to_owned(), nearest }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, env, origin, follows, about } = self;
        match origin {
            Origin::Written { value, written, range, overrode } => {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                writeln!(f, "{path} in {env}: {value}")?;
                if let Some(written) = written {
                    writeln!(f, "  written as {written}")?;
                }
                writeln!(f, "  given at {range}")?;
                for (range, value) in overrode {
                    writeln!(f, "  overrides {value} at {range}")?;
                }
            }
            Origin::Default { value } => {
                writeln!(f, "{path} in {env}: {value}")?;
                writeln!(f, "  by default: nothing is written")?;
            }
            Origin::Group(entries) => {
                writeln!(f, "{path} in {env}:")?;
                let width = entries.iter().map(|(key, ..)| key.len()).max().unwrap_or(0);
                for (key, value, range) in entries {
                    writeln!(f, "  {key:width$}  {value}  ({range})")?;
                }
            }
        }
        follows.iter().try_for_each(|sentence| writeln!(f, "  {sentence}"))?;
        about.as_ref().map_or(Ok(()), |about| writeln!(f, "  {about}"))
    }
}
