//! The kinds against the sandbox: one step at a time, as the engine would take it.

mod access;
mod adopt;
mod bucket;
mod compute;
mod identity;
mod ledger;
mod names;
mod observe;
mod registry;
mod round_trip;
mod secret;

use crate::kind::Retry;
use crate::kind::{Applied, Change, ProviderError, StepContext};
use crate::model::{
    Depth, Found, Manage, Mark, Observation, Owner, Place, Resource, ResourceId, Rules as _, Scope,
    Source, SpecMark, Stack, Version,
};
use crate::providers::gcp::gcs_bucket::Spec as BucketSpec;
use crate::providers::gcp::{Connection, Endpoint};
use crate::providers::{Connections, actors, github, kubernetes, observers, registry};
use crate::sandbox::gcs::{SeedBucket, seed_bucket};
use crate::sandbox::{self, Behaviour, Clock, Fault, Match, Options, Sandbox};
use google_cloud_storage::client::StorageControl;
use google_cloud_storage::model::Bucket;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const STACK: &str = "leap";
const ENV: &str = "prod";
const PROJECT: &str = "leap-pangeo";
const BUCKET: &str = "gcs-bucket";
const ACCESS: &str = "gcs-bucket-access";

/// A sandbox and a connection to it.
struct Bench {
    sandbox: Sandbox,
    connection: Connection,
}

impl Bench {
    async fn new() -> Self {
        Self::with(Behaviour::instant()).await
    }

    async fn with(behaviour: Behaviour) -> Self {
        let clock = Clock::virtual_at(1_900_000_000);
        let options = Options { clock, behaviour, ..Options::default() };
        let sandbox = sandbox::start(options).await.unwrap();
        let endpoint = Endpoint::Sandbox { url: sandbox.url() };
        let connection =
            Connection::open(&endpoint, Retry { attempts: 1, ..Retry::default() }).await.unwrap();
        Self { sandbox, connection }
    }

    /// Somebody else, with all rights.
    fn somebody(&self) -> &StorageControl {
        &self.connection.control
    }

    /// A bucket that was there before.
    fn seed(&self, name: &str, labels: BTreeMap<String, String>, foreign_account: bool) {
        let (name, project) = (name.to_owned(), PROJECT.to_owned());
        let uniform_access = true;
        let location = String::new();
        let seed = SeedBucket { name, project, location, labels, uniform_access, foreign_account };
        seed_bucket(self.sandbox.world(), seed).unwrap();
    }

    /// The bucket as it is.
    async fn live(&self, name: &str) -> Bucket {
        let name = format!("projects/_/buckets/{name}");
        self.somebody().get_bucket().set_name(name).send().await.unwrap()
    }

    async fn observe(&self, kind: &str, wanted: &[Resource]) -> Observation {
        self.look(kind, wanted, &[]).await.unwrap()
    }

    fn connections(&self) -> Connections {
        let clusters = kubernetes::Endpoint::Sandbox { url: self.sandbox.url() };
        Connections::new(&self.connection, &github::Connection::nowhere(), clusters)
    }

    async fn look(
        &self,
        kind: &str,
        wanted: &[Resource],
        claims: &[(&str, BTreeSet<String>)],
    ) -> Result<Observation, ProviderError> {
        let whole = Stack::new(STACK, vec![ENV.to_owned()], wanted.to_vec()).unwrap();
        let scope = Scope {
            whole: &whole,
            stack: STACK,
            places: [Place::project(PROJECT)].into(),
            wanted: wanted.iter().map(|it| (it.id.name.as_str(), it)).collect(),
            leaving: BTreeMap::new(),
            claims: claims.iter().map(|(name, claims)| (*name, claims)).collect(),
            claimants: BTreeMap::new(),
            depth: Depth::Listed,
        };
        observers(&self.connections()).observe(kind, &scope).await
    }

    async fn create<S: Serialize>(
        &self,
        kind: &str,
        name: &str,
        after: &S,
    ) -> Result<Applied, ProviderError> {
        self.apply(kind, name, Change::Create { after: json(after) }).await
    }

    /// Changes what was just observed.
    async fn update<S: Serialize>(
        &self,
        kind: &str,
        seen: &Found,
        after: &S,
    ) -> Result<Applied, ProviderError> {
        let (before, version) = (seen.spec.clone(), seen.version.clone());
        self.apply(kind, &seen.name, Change::Update { before, after: json(after), version }).await
    }

    /// Deletes what was just observed.
    async fn delete(&self, kind: &str, seen: &Found) -> Result<Applied, ProviderError> {
        let (before, version) = (seen.spec.clone(), seen.version.clone());
        self.apply(kind, &seen.name, Change::Delete { before, version }).await
    }

    async fn apply(
        &self,
        kind: &str,
        name: &str,
        change: Change<Value>,
    ) -> Result<Applied, ProviderError> {
        let step = step(kind, name, &change);
        actors(&self.connections()).apply(&step, change).await
    }

    /// A new bucket of ours, and how it is observed.
    async fn bucket(&self, name: &str, spec: &BucketSpec) -> Found {
        self.create(BUCKET, name, spec).await.unwrap();
        let observation = self.observe(BUCKET, &[wanted(BUCKET, name, spec)]).await;
        observation.found.into_iter().find(|found| found.name == name).unwrap()
    }

    fn fault(&self, method: &str, then: sandbox::Action) {
        let on = Match { method: Some(method.to_owned()), nth: Some(1), ..Match::default() };
        self.sandbox.set_faults(vec![Fault { on, then }]);
    }

    /// The methods called since this was last asked, that change something.
    fn changes(&self) -> Vec<String> {
        let calls = self.sandbox.calls();
        self.sandbox.clear_calls();
        let changing = calls.into_iter().filter(|call| call.mutating);
        changing.map(|call| call.method.rsplit('/').next().unwrap().to_owned()).collect()
    }
}

fn json(spec: &impl Serialize) -> Value {
    serde_json::to_value(spec).unwrap()
}

fn step(kind: &str, name: &str, change: &Change<Value>) -> StepContext {
    let id = ResourceId::new(ENV, kind, name);
    let spec = match change {
        Change::Create { after } | Change::Update { after, .. } | Change::Wait { after, .. } => {
            SpecMark::Applied(registry().digest(kind, after))
        }
        Change::Adopt { spec, .. } => SpecMark::Applied(registry().digest(kind, spec)),
        Change::Delete { .. } | Change::Disown { .. } => SpecMark::Unfinished,
    };
    let later = Instant::now() + Duration::from_secs(60);
    StepContext {
        mark: Mark::new(STACK, &id, spec),
        id,
        place: Place::project(PROJECT),
        deadline: later,
        cancel: Default::default(),
        lease_ends: Arc::new(move || later),
        poll: Duration::from_millis(1),
        progress: Arc::new(|_| ()),
        secrets: Arc::new(crate::kind::NoSecrets),
    }
}

fn wanted<S: Serialize>(kind: &str, name: &str, spec: &S) -> Resource {
    Resource {
        id: ResourceId::new(ENV, kind, name),
        place: Place::project(PROJECT),
        spec: json(spec),
        needs: BTreeSet::new(),
        source: Source::default(),
        notes: Vec::new(),
        manage: Manage::Full,
    }
}

/// The spec of what was found.
fn spec<S: serde::de::DeserializeOwned>(found: &Found) -> S {
    serde_json::from_value(found.spec.clone()).unwrap()
}

fn is_ours(found: &Found) -> bool {
    matches!(found.owner, Owner::Ours(_))
}

fn version(number: i64) -> Version {
    Version(number.to_string())
}
