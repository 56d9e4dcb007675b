//! Our sign of ownership: four labels.

use crate::model::{ResourceId, base32_digest};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The names of the labels that a mark is made of.
pub mod label {
    /// What every label of ours starts with.
    pub const PREFIX: &str = "leap-infra-";
    /// The stack that owns the object.
    pub const STACK: &str = "leap-infra-stack";
    /// The environment that it belongs to.
    pub const ENV: &str = "leap-infra-env";
    /// Kind and name of the object itself: a copied mark names another object.
    pub const ID: &str = "leap-infra-id";
    /// Digest of the spec that was last applied.
    pub const SPEC: &str = "leap-infra-spec";
}

/// The longest label value that Google Cloud accepts, in characters.
/// <https://cloud.google.com/storage/docs/tags-and-labels#bucket-labels>
const LABEL_VALUE_MAX: usize = 63;

/// Our sign of ownership on one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The stack that owns the object.
    pub stack: String,
    /// The environment that it belongs to.
    pub env: String,
    /// Kind and name as a label value; see [`Mark::id_of`].
    pub id: String,
    /// What was last applied, if the last apply got that far.
    pub spec: SpecMark,
}

/// What a mark says of the spec that was last applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpecMark {
    /// The digest of the spec as it was applied.
    Applied(String),
    /// An apply began and has not (yet) ended.
    Unfinished,
}

impl SpecMark {
    /// The label value that stands for an apply that has not ended.
    const UNFINISHED: &'static str = "unfinished";

    /// The value of the label.
    pub fn as_label(&self) -> &str {
        match self {
            Self::Applied(digest) => digest,
            Self::Unfinished => Self::UNFINISHED,
        }
    }

    /// What a label value says; a missing label is an apply that never ended.
    pub fn from_label(value: Option<&str>) -> Self {
        match value {
            None | Some(Self::UNFINISHED) => Self::Unfinished,
            Some(digest) => Self::Applied(digest.to_owned()),
        }
    }
}

/// Whose an object is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// It carries the mark of the stack, and the mark names the object itself.
    Ours(Mark),
    /// It carries the mark of this other stack, and that mark names the object itself.
    OtherStack(String),
    /// Neither: nobody's that leap-infra knows of.
    Foreign,
}

impl Mark {
    /// The value of `leap-infra-id` for an object: `kind_name`, or `kind_digest` where that is
    /// longer than 63 characters or has characters that a label value may not have.
    pub fn id_of(kind: &str, name: &str) -> String {
        let plain = format!("{kind}_{name}");
        let allowed =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if plain.len() <= LABEL_VALUE_MAX && plain.chars().all(allowed) {
            return plain;
        }
        format!("{kind}_{}", base32_digest(name.as_bytes()))
    }

    /// The mark for a resource of `stack`.
    pub fn new(stack: &str, id: &ResourceId, spec: SpecMark) -> Self {
        let (stack, env) = (stack.to_owned(), id.env.clone());
        Self { stack, env, id: Self::id_of(&id.kind, &id.name), spec }
    }

    /// The mark as labels.
    pub fn labels(&self) -> BTreeMap<String, String> {
        [
            (label::STACK, self.stack.as_str()),
            (label::ENV, &self.env),
            (label::ID, &self.id),
            (label::SPEC, self.spec.as_label()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Reads whose the object `kind`/`name` is from its labels. A mark that names another
    /// object was copied there (as GKE copies a cluster's labels to its disks), so the object
    /// is not ours.
    pub fn owner<'a>(
        stack: &str,
        kind: &str,
        name: &str,
        label: impl Fn(&str) -> Option<&'a str>,
    ) -> Owner {
        let id = Self::id_of(kind, name);
        match (label(label::STACK), label(label::ENV), label(label::ID)) {
            (Some(owner), Some(env), Some(of)) if owner == stack && of == id => {
                let spec = SpecMark::from_label(label(label::SPEC));
                Owner::Ours(Self { stack: owner.to_owned(), env: env.to_owned(), id, spec })
            }
            (Some(owner), _, Some(of)) if owner != stack && of == id => {
                Owner::OtherStack(owner.to_owned())
            }
            _ => Owner::Foreign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(labels: &BTreeMap<String, String>, name: &str) -> Owner {
        Mark::owner("leap", "gcs-bucket", name, |key| labels.get(key).map(String::as_str))
    }

    #[test]
    fn an_object_with_a_copied_mark_is_not_ours() {
        let id = ResourceId::new("prod", "gcs-bucket", "leap-scratch");
        let labels = Mark::new("leap", &id, SpecMark::Unfinished).labels();
        assert!(matches!(owner(&labels, "leap-scratch"), Owner::Ours(_)));
        assert_eq!(owner(&labels, "leap-scratch-copy"), Owner::Foreign);
    }

    #[test]
    fn a_long_or_dotted_name_is_hashed_into_the_label() {
        let id = Mark::id_of("gcs-bucket", "data.leap.example.org");
        assert!(id.starts_with("gcs-bucket_") && !id.contains('.') && id.len() <= 63);
        assert!(Mark::id_of("gcs-bucket", &"a".repeat(63)).len() <= 63);
    }
}
