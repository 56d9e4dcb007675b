//! `artifact-registry`: a registry of images, which Google calls a repository of Artifact Registry.
//!
//! The name is the registry's own; where it is stands in the spec. The images in it are data, and
//! nothing here reads, copies or deletes one.

mod apply;
mod calls;
mod cleanup;
mod observe;
mod operation;
mod spec;
mod wire;

pub use spec::{Cleanup, Spec};

pub(crate) use calls::Listed;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Amount, Observation, Scope, Transition, Usage, What};
use crate::providers::gcp::{Reader, Writer};

/// The name under which the API is enabled.
pub const API: &str = "artifactregistry.googleapis.com";

/// The kind `artifact-registry`.
#[derive(Debug)]
pub enum ArtifactRegistry {}

impl Kind for ArtifactRegistry {
    const NAME: &'static str = "artifact-registry";
    const PROTECTED: bool = true;
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        observe::observe(reader, scope).await
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        apply::apply(writer, step, change).await
    }

    /// As much as is pushed into it.
    fn usage(_: &str, _: &Spec) -> Vec<Usage> {
        vec![Usage::new(What::Images, Amount::open())]
    }

    fn transition(before: &Spec, after: &Spec) -> Transition {
        let lost = "what is in it would be lost";
        let kind = |spec: &Spec| (spec.format.clone(), spec.mode.clone());
        if before.location != after.location {
            Transition::Replace(format!("a registry cannot move, and {lost}"))
        } else if kind(before) != kind(after) {
            Transition::Replace(format!("a registry is for one kind of thing, and {lost}"))
        } else {
            Transition::InPlace
        }
    }

    fn protection(spec: &Spec) -> Option<String> {
        let why = "whoever pulls images from it, or pushes them, stops working";
        spec.protect.then(|| why.to_owned())
    }

    /// Turning the cleanup on, or making it stricter, deletes images that somebody may run.
    fn disruption(before: Option<&Spec>, after: Option<&Spec>) -> Vec<String> {
        let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
        let deletes = |spec: &Spec| !spec.cleanup.dry_run && spec.cleanup.deletes();
        if deletes(after) && before.cleanup != after.cleanup {
            let words = "Google deletes what this cleanup meets within a day";
            return vec![words.to_owned()];
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_neither_moves_nor_becomes_one_of_something_else() {
        let here = Spec::new("us-central1");
        let away = Spec::new("us");
        let python = Spec { format: "PYTHON".into(), ..here.clone() };
        let described = Spec { description: "images".into(), ..here.clone() };
        assert!(matches!(ArtifactRegistry::transition(&here, &away), Transition::Replace(_)));
        assert!(matches!(ArtifactRegistry::transition(&here, &python), Transition::Replace(_)));
        assert_eq!(ArtifactRegistry::transition(&here, &described), Transition::InPlace);
    }

    #[test]
    fn a_cleanup_that_begins_to_delete_is_told() {
        let none = Spec::new("us-central1");
        let with = |dry_run| {
            let cleanup = Cleanup { delete_after_days: Some(30), dry_run, ..Cleanup::default() };
            Spec { cleanup, ..none.clone() }
        };
        let told = |before: Spec, after: Spec| {
            ArtifactRegistry::disruption(Some(&before), Some(&after)).len()
        };
        assert_eq!(told(none.clone(), with(true)), 0);
        assert_eq!(told(with(true), with(false)), 1);
        assert_eq!(told(with(false), none.clone()), 0);
    }
}
