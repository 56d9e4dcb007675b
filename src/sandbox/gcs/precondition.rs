//! What a caller says must hold of an object before a call has any effect.
//!
//! <https://cloud.google.com/storage/docs/request-preconditions>

use serde::{Deserialize, Serialize};

use super::message::Object;
use crate::sandbox::refusal::Refusal;

/// What must hold; what is not given need not.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Preconditions {
    pub(super) generation: Option<i64>,
    pub(super) not_generation: Option<i64>,
    pub(super) metageneration: Option<i64>,
    pub(super) not_metageneration: Option<i64>,
    /// `If-Match`, and the next is `If-None-Match`; only for those who read.
    pub(super) etag: Option<String>,
    pub(super) not_etag: Option<String>,
}

impl Preconditions {
    /// To have the version already is no error for those who only read.
    pub(super) fn for_reading(&self, there: &Object) -> Result<(), Refusal> {
        let fits = |said: &str| said == "*" || said.trim_matches('"') == there.etag;
        if !self.are_met(Some(there)) || !self.etag.as_deref().is_none_or(fits) {
            Err(Refusal::precondition())
        } else if self.is_known(Some(there)) || self.not_etag.as_deref().is_some_and(fits) {
            Err(Refusal::not_modified())
        } else {
            Ok(())
        }
    }

    /// An object that is not there has generation 0.
    pub(super) fn for_writing(&self, there: Option<&Object>) -> Result<(), Refusal> {
        if self.are_met(there) && !self.is_known(there) {
            Ok(())
        } else {
            Err(Refusal::precondition())
        }
    }

    fn are_met(&self, there: Option<&Object>) -> bool {
        let generation = there.map_or(0, |object| object.generation);
        let metageneration = there.map_or(0, |object| object.metageneration);
        self.generation.is_none_or(|wanted| wanted == generation)
            && self.metageneration.is_none_or(|wanted| wanted == metageneration)
    }

    fn is_known(&self, there: Option<&Object>) -> bool {
        let generation = there.map_or(0, |object| object.generation);
        let metageneration = there.map_or(0, |object| object.metageneration);
        self.not_generation == Some(generation) || self.not_metageneration == Some(metageneration)
    }
}
