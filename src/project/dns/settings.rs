//! The types of what is written about records.

use crate::project::managed::Manage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The names under which people find the platform.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dns {
    /// The managed zone of Cloud DNS that the records are in, by its name there, as in
    /// `leap-example-org`. It must be there; zones are not made.
    #[serde(default)]
    #[schemars(extend("format" = "zone-name"))]
    pub zone: Option<String>,
    /// Whether people make the records, somewhere else: a plan then says which are missing.
    #[serde(default)]
    pub by_hand: bool,
    /// The records, by a short key or by the name itself, as in `hub.leap.example.org`.
    #[serde(default)]
    pub records: BTreeMap<String, Record>,
}

/// What a name leads to, as in `{ to: address:hub }`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The environments that have this record, as in `[prod]`; `shared` (else the first) when not
    /// said.
    #[serde(default, rename = "in")]
    pub environments: Option<Vec<String>>,
    /// The name that people ask for, as in `hub.leap.example.org`; the key when not said.
    #[serde(default)]
    #[schemars(extend("format" = "domain-name"))]
    pub name: Option<String>,
    /// The key that this record had before it was renamed here: its name stays.
    #[serde(default)]
    pub previously: Option<String>,
    /// How far it is managed: `observe` looks and never touches, `mark` may mark it as ours and
    /// changes nothing else, `full` makes it what is declared.
    #[serde(default)]
    pub manage: Manage,
    /// The managed zone, where it is not that of all records.
    #[serde(default)]
    #[schemars(extend("format" = "zone-name"))]
    pub zone: Option<String>,
    /// Where it leads: a static address of this stack (`address:KEY`), a number, another name, or a
    /// text; or several of those.
    pub to: To,
    /// The type; when not said, `A` or `AAAA` for addresses and numbers, `CNAME` for names.
    #[serde(default, rename = "type")]
    pub kind: Option<Kind>,
    /// For how long others may remember it, as in `1 hour`.
    #[serde(default = "five_minutes")]
    #[schemars(extend("format" = "time-span"))]
    pub ttl: String,
}

fn five_minutes() -> String {
    "5 minutes".to_owned()
}

/// Where a record leads.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum To {
    /// To one thing.
    One(String),
    /// To each of several.
    Several(Vec<String>),
}

impl To {
    /// Everything that it leads to.
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(all) => all,
        }
    }
}

/// The type of a record.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Kind {
    /// A number of version 4.
    A,
    /// A number of version 6.
    Aaaa,
    /// Who may issue certificates, as in `0 issue "letsencrypt.org"`.
    Caa,
    /// Another name.
    Cname,
    /// Who takes letters, as in `10 mail.example.org`.
    Mx,
    /// A text.
    Txt,
}

impl Kind {
    /// The type as records have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Caa => "CAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Txt => "TXT",
        }
    }
}
