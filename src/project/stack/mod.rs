//! `stack.yaml`'s own fields: what the stack is called and where its ledger is.

use crate::project::format::{Wrong, label_value};
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the lease and the history of applies are kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// The bucket that holds it; `${prefix}-leap-infra` when not said.
    #[serde(default)]
    #[schemars(extend("format" = "bucket-name"))]
    pub bucket: Option<String>,
}

/// The longest name of a stack: it must leave room for others in the names of service accounts.
const STACK_NAME_MAX: usize = 30;

/// Whether `name` can be the name of a stack, which goes into a label.
///
/// # Errors
/// When it cannot; what is wrong with it.
pub fn stack_name(name: &str) -> Result<(), Wrong> {
    if name.len() > STACK_NAME_MAX || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(Wrong::expected(
            "a name of at most 30 characters that begins with a lower case letter",
        ));
    }
    label_value(name)
}

/// Whether `prefix` can begin the names of buckets.
///
/// # Errors
/// When it cannot; what is wrong with it.
pub fn prefix(prefix: &str) -> Result<(), Wrong> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let good = prefix.len() <= STACK_NAME_MAX
        && prefix.starts_with(|c: char| c.is_ascii_lowercase())
        && prefix.chars().all(allowed);
    let words = "at most 30 lower case letters, digits and hyphens, beginning with a letter";
    if good { Ok(()) } else { Err(Wrong::expected(words)) }
}

/// What holds for the whole stack must not differ between environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    const SAME: [&[&str]; 3] = [&["stack"], &["prefix"], &["ledger", "bucket"]];
    let Some((first, others)) = layout.split_first() else { return };
    for path in SAME {
        let written = |laid: &'_ Laid| laid.tree.at(path.iter().copied()).cloned();
        let value = written(first).map(|node| node.short());
        for laid in others {
            let Some(node) = written(laid) else { continue };
            if value.as_deref() != Some(node.short().as_str()) {
                let name = path.join(".");
                let message = format!("`{name}` cannot differ between environments");
                let problem = Problem::error("differs", &node.range, message);
                findings.push(problem.expected("one value for the whole stack"));
            }
        }
    }
}
