//! Declarations as they were applied, so that one can go back to them: each under the digest of
//! its content, whichever environment it was applied to.

use crate::kind::ProviderError;
use crate::ledger::{Condition, Ledger, decode, encode};
use crate::model::base32_digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The files of a declaration. Secrets stand in them as references only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Their text, by a path below a folder of their own: `stack/buckets.yaml`.
    pub files: BTreeMap<String, String>,
}

impl Kept {
    /// The digest of all of it, which is its name in the ledger.
    pub fn digest(&self) -> String {
        base32_digest(&encode(self))
    }
}

impl Ledger {
    /// Keeps a declaration, if it is not kept already.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn keep(&self, kept: &Kept) -> Result<(), ProviderError> {
        // Whatever is there under that name has that content.
        self.write(&path(&kept.digest()), &encode(kept), Condition::Absent).await.map(drop)
    }

    /// The declaration with this digest, if it is kept.
    ///
    /// # Errors
    /// When it cannot be read, or is not what its digest says.
    pub async fn kept(&self, digest: &str) -> Result<Option<Kept>, ProviderError> {
        let path = path(digest);
        let Some(object) = self.read(&path).await? else { return Ok(None) };
        let kept: Kept = decode(&path, &object.bytes)?;
        if kept.digest() != digest {
            let why = "its content is not what its digest says".to_owned();
            return Err(ProviderError::Unexpected { what: format!("the ledger's {path}"), why });
        }
        Ok(Some(kept))
    }
}

fn path(digest: &str) -> String {
    format!("declarations/{digest}.json")
}
