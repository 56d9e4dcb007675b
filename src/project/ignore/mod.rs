//! `ignore`: fields that others manage, and why they may.

use crate::model::{self, path};
use crate::project::format::Wrong;
use crate::project::layout::Laid;
use crate::project::tree::Value;
use schemars::JsonSchema;
use serde::Deserialize;

/// A field that others manage: it is neither planned nor reported as drift.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    /// Which resources: a kind, as in `gcs-bucket`, or an address in which `*` stands for
    /// anything, as in `prod:gcs-bucket/leap-scratch`.
    #[schemars(extend("format" = "address-pattern", "examples" = ["prod:gcs-bucket/leap-scratch"]))]
    pub resource: String,
    /// Which field of theirs, as `plan` names it; `labels.*` is every label.
    #[schemars(extend("format" = "field-path", "examples" = ["labels.*"]))]
    pub field: String,
    /// Why, and who manages it: plans show this.
    #[schemars(extend("format" = "words"))]
    pub reason: String,
}

/// Whether a text can stand for resources.
///
/// # Errors
/// When it cannot; what is wrong with it.
pub fn address_pattern(text: &str) -> Result<(), Wrong> {
    let address = text.split_once(':').and_then(|(env, rest)| Some((env, rest.split_once('/')?)));
    let good = match (address, text.split_once(':')) {
        (Some((env, (kind, name))), _) => ![env, kind, name].contains(&""),
        (None, Some((_, rest))) => rest.ends_with('*'),
        (None, None) => !text.is_empty() && !text.contains('/'),
    };
    let words = "a kind, as in `gcs-bucket`, or an address, as in `prod:gcs-bucket/leap-*`";
    let local = (!good && text.contains('/')).then(|| format!("write `*:{text}`"));
    if good { Ok(()) } else { Err(Wrong::expected(words).suggest(local)) }
}

/// Whether a text can be the path of a field.
///
/// # Errors
/// When it cannot; what is wrong with it.
pub fn field_path(text: &str) -> Result<(), Wrong> {
    let steps = path::steps(text);
    let again = steps.iter().fold(String::new(), |path, key| path::join(&path, key));
    let good = again == text && steps.first().is_some_and(|first| first != "*");
    let words = "a field of the resource as `plan` names it, as in `labels.*`; never all of them";
    if good { Ok(()) } else { Err(Wrong::expected(words)) }
}

/// Whether somebody wrote something.
///
/// # Errors
/// When nobody did.
pub fn words(text: &str) -> Result<(), Wrong> {
    if text.trim().is_empty() { Err(Wrong::expected("a reason in words")) } else { Ok(()) }
}

/// The rules of every environment.
pub(crate) fn rules(layout: &[Laid]) -> Vec<model::Ignore> {
    let mut rules = Vec::new();
    for laid in layout {
        let nodes = match laid.tree.at(["ignore"]).map(|node| &node.value) {
            Some(Value::List(nodes)) => nodes.as_slice(),
            _ => &[],
        };
        let declared = laid.declaration.ignore.iter().zip(nodes);
        rules.extend(declared.map(|(Ignore { resource, field, reason }, node)| model::Ignore {
            env: laid.env().to_owned(),
            resource: resource.clone(),
            field: field.clone(),
            reason: reason.clone(),
            source: (&node.range).into(),
        }));
    }
    rules
}
