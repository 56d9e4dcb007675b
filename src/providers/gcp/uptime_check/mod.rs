//! `uptime-check`: Google asks a web address from several places of the world, every so often.
//!
//! The server names a check, so what it shows to people, its display name, is the name here. How it is
//! found and changed, `monitoring/` says.

mod wire;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Observation, Scope, Transition};
use crate::providers::gcp::{Reader, Writer, monitoring};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The complete settings of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Who is asked, `hub.example.org`.
    pub host: String,
    /// For what, `/hub/health`.
    #[serde(default = "root")]
    pub path: String,
    /// At which port.
    #[serde(default = "https")]
    pub port: u16,
    /// Whether by TLS.
    #[serde(default = "yes")]
    pub tls: bool,
    /// Whether the certificate must be good.
    #[serde(default = "yes")]
    pub validate_tls: bool,
    /// How often, in seconds: 60, 300, 600 or 900.
    pub period: u32,
    /// How long an answer may take, in seconds.
    pub timeout: u32,
    /// From where, `USA`, `EUROPE`; from everywhere if empty.
    #[serde(default)]
    pub regions: BTreeSet<String>,
    /// What must stand in the answer; anything will do if empty.
    #[serde(default)]
    pub content: String,
    /// Which statuses are well; those from 200 to 299 if empty.
    #[serde(default)]
    pub statuses: BTreeSet<u16>,
    /// Whether nobody asks for now.
    #[serde(default)]
    pub disabled: bool,
    /// The labels that a person wrote; those of the mark are not among them.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

fn root() -> String {
    "/".to_owned()
}

fn https() -> u16 {
    443
}

fn yes() -> bool {
    true
}

impl Spec {
    /// A check of the first page of a host by TLS, from everywhere.
    pub fn new(host: impl Into<String>, period: u32, timeout: u32) -> Self {
        Self {
            host: host.into(),
            path: root(),
            port: https(),
            tls: true,
            validate_tls: true,
            period,
            timeout,
            regions: BTreeSet::new(),
            content: String::new(),
            statuses: BTreeSet::new(),
            disabled: false,
            labels: BTreeMap::new(),
        }
    }
}

/// The kind `uptime-check`.
#[derive(Debug)]
pub enum UptimeCheck {}

impl Kind for UptimeCheck {
    const NAME: &'static str = "uptime-check";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        monitoring::observe::<Self>(reader, scope).await
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        monitoring::apply::<Self>(writer, step, change).await
    }

    fn transition(before: &Spec, after: &Spec) -> Transition {
        if before.host == after.host {
            return Transition::InPlace;
        }
        let why = "a check asks one host for good; its history stays behind with the old one";
        Transition::Replace(why.to_owned())
    }
}
