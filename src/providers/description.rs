//! The mark of things that carry no labels: a suffix of their description.
//!
//! `Reads buckets [leap-infra leap prod gcp-service-account_xyz 1-abc]`: stack, environment, id
//! and digest, as the four labels would say them.

use crate::kind::{ProviderError, StepContext};
use crate::model::{Mark, Owner, label};
use crate::providers::ownership::check_ours;
use std::collections::BTreeMap;

/// The longest that a description may be, in bytes: 256 for accounts, roles, pools and providers
/// alike, of which the mark takes up to 155.
/// <https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts>
pub const TEXT_MAX: usize = 100;

/// What the suffix begins with.
const OPEN: &str = "[leap-infra ";

/// A description that carries a mark.
pub(crate) fn marked(text: &str, mark: &Mark) -> String {
    let Mark { stack, env, id, spec } = mark;
    let suffix = format!("{OPEN}{stack} {env} {id} {}]", spec.as_label());
    if text.is_empty() { suffix } else { format!("{text} {suffix}") }
}

/// A description that carries a mark, with a word more within it: what else is to be known of a thing
/// that nobody declares any more.
pub(crate) fn marked_with(text: &str, mark: &Mark, word: Option<&str>) -> String {
    let marked = marked(text, mark);
    match (word, marked.strip_suffix(']')) {
        (Some(word), Some(marked)) => format!("{marked} {word}]"),
        _ => marked,
    }
}

/// The word within the mark of a description, if there is one.
pub(crate) fn word(description: &str) -> Option<&str> {
    let (_, inside) = description.rsplit_once(OPEN)?;
    inside.strip_suffix(']')?.split(' ').nth(4)
}

/// The text of a description, and whose the thing `kind`/`name` is by its mark.
pub(crate) fn read(stack: &str, kind: &str, name: &str, description: &str) -> (String, Owner) {
    let split = description.rfind(OPEN).and_then(|at| {
        let inside = description[at + OPEN.len()..].strip_suffix(']')?;
        let parts: Vec<&str> = inside.split(' ').collect();
        let mark = <[&str; 4]>::try_from(parts.get(..4)?).ok()?;
        (parts.len() <= 5).then_some((description[..at].trim_end(), mark))
    });
    let Some((text, [owner, env, id, spec])) = split else {
        return (description.to_owned(), Owner::Foreign);
    };
    let value = |key: &str| match key {
        label::STACK => Some(owner),
        label::ENV => Some(env),
        label::ID => Some(id),
        label::SPEC => Some(spec),
        _ => None,
    };
    (text.to_owned(), Mark::owner(stack, kind, name, value))
}

/// Whether a mark is put on or taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marks {
    /// What is nobody's becomes ours.
    On,
    /// What is ours becomes nobody's.
    Off,
}

impl Marks {
    /// What there is to say if nothing is left to do.
    ///
    /// # Errors
    /// When it is not for this step to mark it.
    pub(crate) fn done(
        self,
        owner: &Owner,
        step: &StepContext,
    ) -> Result<Option<&'static str>, ProviderError> {
        match (self, owner) {
            (Self::On, Owner::Foreign) => return Ok(None),
            (Self::Off, Owner::Foreign) => return Ok(Some("was already handed back")),
            _ => {}
        }
        check_ours(owner, step)?;
        let same = matches!(owner, Owner::Ours(mark) if mark.spec == step.mark.spec);
        Ok((self == Self::On && same).then_some("was already adopted"))
    }

    /// Labels with those of the mark, or without any of ours.
    pub(crate) fn labels<'a>(
        self,
        there: impl IntoIterator<Item = (&'a String, &'a String)>,
        step: &StepContext,
    ) -> BTreeMap<String, String> {
        let others = there.into_iter().filter(|(key, _)| !key.starts_with(label::PREFIX));
        let others = others.map(|(key, value)| (key.clone(), value.clone()));
        let ours = (self == Self::On).then(|| step.mark.labels());
        others.chain(ours.into_iter().flatten()).collect()
    }

    /// A description with the mark of the step, or without any.
    pub(crate) fn description(self, text: &str, step: &StepContext) -> String {
        match self {
            Self::On => marked(text, &step.mark),
            Self::Off => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ResourceId, SpecMark};

    fn mark(name: &str) -> Mark {
        let id = ResourceId::new("prod", "gcp-service-account", name);
        Mark::new("leap", &id, SpecMark::Applied("1-abc".to_owned()))
    }

    #[test]
    fn a_mark_survives_in_a_description_and_the_text_beside_it() {
        let mark = mark("hub@leap.iam.gserviceaccount.com");
        for text in ["", "Reads buckets [and more]"] {
            let written = marked(text, &mark);
            let kind = "gcp-service-account";
            let read = read("leap", kind, "hub@leap.iam.gserviceaccount.com", &written);
            assert_eq!(read, (text.to_owned(), Owner::Ours(mark.clone())));
        }
    }

    #[test]
    fn a_word_within_the_mark_is_no_part_of_the_text() {
        let (mark, kind) = (mark("leap-stc/users"), "gcp-service-account");
        let written = marked_with("Users", &mark, Some("exact"));
        assert_eq!(word(&written), Some("exact"));
        assert_eq!(word(&marked("Users", &mark)), None);
        let read = read("leap", kind, "leap-stc/users", &written);
        assert_eq!(read, ("Users".to_owned(), Owner::Ours(mark)));
    }

    #[test]
    fn a_mark_that_was_copied_to_another_thing_is_none() {
        let written = marked("text", &mark("hub@leap.iam.gserviceaccount.com"));
        let (_, owner) = read("leap", "gcp-service-account", "other@x.iam", &written);
        assert_eq!(owner, Owner::Foreign);
    }

    #[test]
    fn the_longest_text_and_mark_fit() {
        let mark = Mark {
            stack: "s".repeat(30),
            env: "e".repeat(20),
            id: format!("gcp-workload-identity-provider_{}", "x".repeat(26)),
            spec: SpecMark::Applied("1-".to_owned() + &"d".repeat(26)),
        };
        assert!(marked(&"t".repeat(TEXT_MAX), &mark).len() <= 256);
    }
}
