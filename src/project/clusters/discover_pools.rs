//! From live pools of machines to what a person would have declared: the other way round than
//! [`super::pools`]. What there is no word for becomes a comment, never something similar.

use super::discover::{POOL, own_pool};
use super::discover_parts::{accelerators, disk, is_known, limits};
use super::format::taint_parts;
use super::role;
use super::settings::{Pool, Role};
use crate::model::Found;
use crate::project::discover::{Said, Seen, new_key};
use crate::project::format::{is_label_name, label_value};
use crate::project::layout::Laid;
use crate::providers::gcp::gke_cluster;
use crate::providers::gcp::gke_node_pool::{Market, RETIRING, Spec, Taint, make_name};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The pools of one cluster that are nobody's, and what they have from it.
pub(super) struct Machines<'a> {
    pub(super) laid: &'a Laid,
    cluster: &'a gke_cluster::Spec,
    gke_metadata: bool,
    pools: Vec<(&'a str, Spec)>,
}

/// The settings of one pool, and what of it cannot be said.
#[derive(Default)]
pub(super) struct Words {
    pub(super) settings: Map<String, Value>,
    pub(super) wordless: Vec<String>,
}

impl Words {
    pub(super) fn say(&mut self, name: &str, value: impl Into<Value>) {
        self.settings.insert(name.to_owned(), value.into());
    }

    pub(super) fn cannot(&mut self, what: impl Into<String>) {
        self.wordless.push(what.into());
    }
}

impl<'a> Machines<'a> {
    pub(super) fn of(
        seen: &Seen<'a>,
        cluster: &'a Found,
        spec: &'a gke_cluster::Spec,
        laid: &'a Laid,
    ) -> Self {
        let inside = |found: &&Found| {
            let same = found.place.project == cluster.place.project
                && found.place.location == cluster.place.location;
            same && found.place.parent.as_ref() == Some(&cluster.name)
        };
        let pool = |found: &'a Found| {
            let name = found.name.rsplit('/').next()?;
            Some((name, Spec::deserialize(&found.spec).ok()?))
        };
        let pools = seen.strangers(POOL).iter().filter(inside).filter_map(pool).collect();
        let own = own_pool(&cluster.place.project);
        let gke_metadata = spec.workload_identity.as_ref().is_some_and(|pool| *pool == own);
        Self { laid, cluster: spec, gke_metadata, pools }
    }

    /// What all pools have alike.
    fn common<T: PartialEq>(&self, of: impl Fn(&Spec) -> T) -> Option<T> {
        let mut all = self.pools.iter().map(|(_, spec)| of(spec));
        let first = all.next()?;
        all.all(|other| other == first).then_some(first)
    }

    fn account(&self) -> Option<String> {
        self.common(|spec| spec.service_account.clone()).filter(|account| account != "default")
    }

    fn one_process(&self) -> Option<bool> {
        self.common(|spec| spec.single_process_oom_kill).flatten()
    }
}

/// Says the pools of a cluster, and with the cluster what all of them have.
pub(super) fn pools(said: &mut Said, machines: &Machines<'_>) {
    let (mut pools, mut taken) = (Map::new(), BTreeSet::new());
    for (name, spec) in &machines.pools {
        match pool(machines, spec) {
            Err(why) => said.cannot(format!("the pool {name}: {why}")),
            Ok(Words { mut settings, wordless }) => {
                wordless.iter().for_each(|what| said.cannot(format!("pool {name}: {what}")));
                let key = new_key(&mut taken, begin(name, spec).unwrap_or(name), 'p');
                if begin(name, spec) != Some(key.as_str()) {
                    settings.insert("name".to_owned(), json!(name));
                }
                pools.insert(key, Value::Object(settings));
            }
        }
    }
    machines.account().iter().for_each(|email| said.say("service_account", email.as_str()));
    machines.one_process().iter().for_each(|it| said.say("single_process_oom_kill", *it));
    if !pools.is_empty() {
        said.say("pools", pools);
    }
}

/// What a person wrote of a name that ends as its machines say.
fn begin<'a>(name: &'a str, spec: &Spec) -> Option<&'a str> {
    let sayable = plain(spec);
    let (begin, _) = name.rsplit_once('-')?;
    (make_name(begin, &sayable) == name).then_some(begin)
}

/// The same pool with whatever cannot be said as it usually is.
fn plain(spec: &Spec) -> Spec {
    let usual = Spec::new(&spec.location, &spec.machine, spec.limits.clone());
    Spec { image: usual.image, scopes: usual.scopes, ..spec.clone() }
}

/// One pool; why it cannot be declared, if it cannot.
fn pool(machines: &Machines<'_>, spec: &Spec) -> Result<Words, String> {
    let (mut words, role) = (Words::default(), Role::nearest(spec));
    if !is_known(machines.laid, &spec.machine) {
        return Err(format!("its machines, {}, are in no table", spec.machine));
    }
    words.say("role", role.word());
    words.say("machine", spec.machine.as_str());
    let retiring = spec.taints.iter().any(|taint| taint.key == RETIRING && taint.value == "true");
    limits(&mut words, &spec.limits, retiring)?;
    accelerators(&mut words, machines.laid, spec)?;
    disk(&mut words, &spec.disk, role);
    let community = role::community(spec).filter(|name| label_value(name).is_ok());
    community.iter().for_each(|name| words.say("community", *name));
    if retiring {
        words.say("retiring", true);
    }
    kept(&mut words, machines, spec);
    let Some(trial) = trial(&words.settings) else { return Err("its settings".to_owned()) };
    labels(&mut words, spec, &trial);
    taints(&mut words, spec, &trial);
    labels_in_google_cloud(&mut words, machines.laid, spec, &trial);
    Ok(words)
}

/// The pool so far, for what follows from it.
fn trial(settings: &Map<String, Value>) -> Option<Pool> {
    serde_json::from_value(Value::Object(settings.clone())).ok()
}

/// Where machines are, how they are paid for and kept, and who they are.
fn kept(words: &mut Words, machines: &Machines<'_>, spec: &Spec) {
    let Machines { cluster, gke_metadata, .. } = machines;
    let (usual, upgraded) = (plain(spec), cluster.release_channel.is_some());
    if spec.zones != cluster.node_zones {
        words.say("zones", json!(spec.zones));
    }
    match spec.market {
        Market::OnDemand => {}
        Market::Spot => words.say("spot", true),
        Market::Preemptible => words.say("preemptible", true),
    }
    let version = spec.version.as_ref().filter(|it| Some(*it) != cluster.version.as_ref());
    version.iter().for_each(|version| words.say("version", version.as_str()));
    if spec.service_account != machines.account().as_deref().unwrap_or("default") {
        words.say("service_account", spec.service_account.as_str());
    }
    let one = spec.single_process_oom_kill.filter(|_| machines.one_process().is_none());
    one.iter().for_each(|one| words.say("single_process_oom_kill", *one));
    if !spec.tags.is_empty() {
        words.say("tags", json!(spec.tags));
    }
    if !spec.auto_repair {
        words.say("auto_repair", false);
    }
    match spec.auto_upgrade {
        on if on == upgraded => {}
        true => words.say("auto_upgrade", true),
        false => words.cannot("Google does not upgrade it, although the cluster has a channel"),
    }
    for (differs, what) in [
        (spec.image != usual.image, format!("its system is {}", spec.image)),
        (spec.scopes != usual.scopes, format!("its scopes are {}", spec.scopes.join(" and "))),
        (spec.gke_metadata != *gke_metadata, "what its pods see of their metadata".to_owned()),
    ] {
        if differs {
            words.cannot(what);
        }
    }
}

/// Labels beside those that follow from the rest.
fn labels(words: &mut Words, spec: &Spec, trial: &Pool) {
    let own = beside(words, &spec.labels, &role::labels(trial), "label");
    if !own.is_empty() {
        words.say("labels", own);
    }
}

/// Labels in Google Cloud, likewise.
fn labels_in_google_cloud(words: &mut Words, laid: &Laid, spec: &Spec, trial: &Pool) {
    let mut follows = laid.declaration.cloud.labels.clone();
    follows.extend(role::resource_labels(trial));
    let own = beside(words, &spec.resource_labels, &follows, "label in Google Cloud");
    let good = |(key, value): &(String, Value)| {
        is_label_name(key) && value.as_str().is_some_and(|value| label_value(value).is_ok())
    };
    let (good, bad): (Map<_, _>, Map<_, _>) = own.into_iter().partition(good);
    bad.iter().for_each(|(key, value)| words.cannot(format!("the label {key}: {value}")));
    if !good.is_empty() {
        words.say("resource_labels", good);
    }
}

/// The labels that do not follow; those that follow and are not there, or are others, cannot be
/// said.
fn beside(
    words: &mut Words,
    live: &BTreeMap<String, String>,
    follows: &BTreeMap<String, String>,
    what: &str,
) -> Map<String, Value> {
    let mut own = Map::new();
    for (key, value) in live.iter().filter(|(key, value)| follows.get(*key) != Some(*value)) {
        match follows.contains_key(key) {
            true => words.cannot(format!("the {what} {key}: {value}")),
            false => drop(own.insert(key.clone(), json!(value))),
        }
    }
    for key in follows.keys().filter(|key| !live.contains_key(*key)) {
        words.cannot(format!("that it lacks the {what} {key}"));
    }
    own
}

/// Taints beside those that follow from the rest.
fn taints(words: &mut Words, spec: &Spec, trial: &Pool) {
    let (follows, mut own) = (role::taints(trial), Vec::new());
    for taint in spec.taints.iter().filter(|taint| !follows.contains(taint)) {
        let text = written(taint);
        match taint_parts(&text) {
            Some(parts) if parts == (&*taint.key, &*taint.value, &*taint.effect) => own.push(text),
            _ => words.cannot(format!("the taint {text}")),
        }
    }
    for taint in follows.iter().filter(|taint| !spec.taints.contains(taint)) {
        words.cannot(format!("that it lacks the taint {}", written(taint)));
    }
    if !own.is_empty() {
        words.say("taints", own);
    }
}

fn written(Taint { key, value, effect }: &Taint) -> String {
    if value.is_empty() { format!("{key}:{effect}") } else { format!("{key}={value}:{effect}") }
}
