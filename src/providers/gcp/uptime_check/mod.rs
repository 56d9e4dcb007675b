//! `uptime-check`: Google asks a web address from several places of the world, every so often.
//!
//! The server names a check, so what it shows to people, its display name, is the name here: checks
//! are found in the list. The labels carry the mark. The API has no version, so a check is read just
//! before it is changed, and the lease has to last.

mod apply;
mod calls;
mod wire;

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Found, Observation, Owner, Place, Scope, Status, Transition, UnknownOwner};
use crate::providers::gcp::identity::unless_off;
use crate::providers::gcp::{Reader, Writer};
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
        let mut observation = Observation::default();
        let projects: BTreeSet<&str> = scope.places.iter().map(|it| it.project.as_str()).collect();
        for project in projects {
            let listed = calls::list(reader, project).await;
            let listed = unless_off(listed, scope, project, calls::API)?.unwrap_or_default();
            for live in listed.iter().filter(|live| wire::is_web(live)) {
                sort_in(&mut observation, scope, found(scope, project, live));
            }
        }
        Ok(observation)
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        match change {
            Change::Create { after } => apply::create(writer, step, &after).await,
            Change::Update { before, after, .. } => {
                apply::update(writer, step, &before, &after).await
            }
            Change::Delete { before, .. } => apply::delete(writer, step, &before).await,
            Change::Adopt { spec, .. } => apply::adopt(writer, step, &spec).await,
            Change::Disown { spec, .. } => apply::disown(writer, step, &spec).await,
            Change::Wait { .. } => Err(step.nothing_to_wait_for("uptime checks")),
        }
    }

    fn transition(before: &Spec, after: &Spec) -> Transition {
        if before.host == after.host {
            return Transition::InPlace;
        }
        let why = "a check asks one host for good; its history stays behind with the old one";
        Transition::Replace(why.to_owned())
    }
}

fn found(scope: &Scope<'_>, project: &str, live: &serde_json::Value) -> Found<Spec> {
    Found {
        name: wire::name(live).to_owned(),
        place: Place::project(project),
        owner: wire::owner(live, scope.stack),
        spec: wire::from_wire(live),
        version: wire::version(live),
        status: Status::Ready,
        holds: None,
    }
}

/// Names need not be unique here: ours comes before somebody else's, and a second one of ours, which
/// only two runs at once can leave, is kept and reported.
fn sort_in(observation: &mut Observation<Spec>, scope: &Scope<'_>, one: Found<Spec>) {
    let at = observation.found.iter().position(|other| other.name == one.name);
    let known = at.and_then(|at| observation.found.get(at));
    let is_ours = |found: &Found<Spec>| matches!(found.owner, Owner::Ours(_));
    let ours_is_known = known.is_some_and(is_ours);
    match &one.owner {
        Owner::Ours(mark) if ours_is_known => {
            let what = "a second uptime check of this name, with the same mark".to_owned();
            let (name, env) = (one.name.clone(), mark.env.clone());
            observation.unknown.push(UnknownOwner { name, env, what, public: false });
        }
        Owner::Ours(_) => {
            at.map(|at| observation.found.remove(at));
            observation.found.push(one);
        }
        _ if known.is_none() && scope.wanted.contains_key(one.name.as_str()) => {
            observation.found.push(one);
        }
        Owner::Foreign if known.is_none() => observation.strangers.push(one),
        _ => {}
    }
}
