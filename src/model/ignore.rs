//! Fields that others manage: a declaration says so, and why.

use crate::model::{ResourceId, Source};
use serde::{Deserialize, Serialize};

/// A rule that lets a field be whatever it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignore {
    /// The environment in which it holds.
    pub env: String,
    /// Which resources: an address in which `*` stands for anything, or the name of a kind.
    pub resource: String,
    /// Which field of their spec; a step that is `*` stands for every key.
    pub field: String,
    /// Why.
    pub reason: String,
    /// The line that says so.
    pub source: Source,
}

impl Ignore {
    /// Whether the rule is about this resource.
    pub fn concerns(&self, id: &ResourceId) -> bool {
        let matches = match self.resource.contains(':') {
            true => like(&self.resource, &id.to_string()),
            false => like(&self.resource, &id.kind),
        };
        self.env == id.env && matches
    }
}

/// Whether a text is like a pattern in which `*` stands for any characters.
fn like(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        let text = "prod:gcs-bucket/leap-scratch";
        for pattern in ["*", "prod:*", "*:gcs-bucket/*", "*scratch", "prod:*/leap-*", text] {
            assert!(like(pattern, text), "{pattern}");
        }
        for pattern in ["staging:*", "*:gcs-bucket", "prod:*/leap-*x", "gcs*", "*leap-scratch-*"] {
            assert!(!like(pattern, text), "{pattern}");
        }
    }
}
