//! A person's word that something stays as it is for a while.

use crate::model::ResourceId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use time::{OffsetDateTime, UtcOffset};

/// Nothing is done to these resources of an environment until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The environment.
    pub env: String,
    /// What is held, as it was written: an address or a declared key, `*` for anything.
    pub address: String,
    /// What that named when the hold was made: it stays held when nothing declares it any more.
    #[serde(default)]
    pub named: BTreeSet<ResourceId>,
    /// Until when.
    #[serde(with = "time::serde::rfc3339")]
    pub until: OffsetDateTime,
    /// Why.
    pub reason: String,
    /// Who made it, `ada on laptop`.
    pub by: String,
    /// When it was made: RFC 3339.
    pub since: String,
}

impl Hold {
    /// Whether it has not ended by then.
    pub fn is_in_force(&self, as_of: OffsetDateTime) -> bool {
        as_of < self.until
    }

    /// Until when, as people read it: `2026-12-01 18:00 UTC`.
    pub fn until_text(&self) -> String {
        let time = self.until.to_offset(UtcOffset::UTC);
        format!("{} {:02}:{:02} UTC", time.date(), time.hour(), time.minute())
    }

    /// The words that end it.
    pub fn release(&self) -> String {
        format!("leap-infra hold '{}' -e {} --release", self.address, self.env)
    }
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { env: _, address: _, named: _, until: _, reason, by, since: _ } = self;
        write!(f, "held by {by} until {}: {reason}", self.until_text())
    }
}
