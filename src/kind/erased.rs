//! Kinds of different types side by side, their specs as JSON.

use crate::kind::{
    Applied, Bearing, Change, Kind, ProviderError, Rehearsed, StepContext, defaults,
};
use crate::model::{Found, Need, Observation, Rules, Scope, Transition, Usage, spec_digest};
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

/// Every kind that there is, and the pure questions that the planner asks of them.
#[derive(Clone, Default)]
pub struct Registry {
    kinds: BTreeMap<&'static str, Arc<dyn PureKind>>,
}

/// The reading half of every kind.
#[derive(Clone, Default)]
pub struct Observers {
    kinds: BTreeMap<&'static str, Arc<dyn Observer>>,
}

/// The writing half of every kind.
#[derive(Clone, Default)]
pub struct Actors {
    kinds: BTreeMap<&'static str, Arc<dyn Actor>>,
}

impl Registry {
    /// The same with one kind more.
    #[must_use]
    pub fn with<K: Kind>(mut self) -> Self {
        self.kinds.insert(K::NAME, Arc::new(Pure::<K>::default()));
        self
    }

    /// The names of all kinds.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.keys().copied()
    }

    /// The names of the providers of all kinds, one for each kind.
    pub fn providers(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.values().map(|kind| kind.provider().name)
    }

    fn kind(&self, name: &str) -> &dyn PureKind {
        self.kinds.get(name).expect("expansion and observation only name registered kinds").as_ref()
    }
}

impl Observers {
    /// The same with one kind more.
    #[must_use]
    pub fn with<K: Kind>(mut self, reader: Arc<K::Reader>) -> Self {
        self.kinds.insert(K::NAME, Arc::new(Reading::<K>(reader)));
        self
    }

    /// The names of all kinds.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.kinds.keys().copied()
    }

    /// What a kind finds in scope.
    ///
    /// # Errors
    /// As [`Kind::observe`].
    pub async fn observe(
        &self,
        kind: &str,
        scope: &Scope<'_>,
    ) -> Result<Observation, ProviderError> {
        match self.kinds.get(kind) {
            Some(observer) => observer.observe(scope).await,
            None => Ok(Observation::default()),
        }
    }
}

impl Actors {
    /// The same with one kind more.
    #[must_use]
    pub fn with<K: Kind>(mut self, writer: Arc<K::Writer>) -> Self {
        self.kinds.insert(K::NAME, Arc::new(Writing::<K>(writer)));
        self
    }

    /// Whose clouds a kind lives in; none if there is no such kind.
    pub fn provider(&self, kind: &str) -> Option<Bearing> {
        self.kinds.get(kind).map(|actor| actor.provider())
    }

    /// Carries out one step.
    ///
    /// # Errors
    /// As [`Kind::apply`], and when there is no such kind or the spec is not one of its own.
    pub async fn apply(
        &self,
        step: &StepContext,
        change: Change<Value>,
    ) -> Result<Applied, ProviderError> {
        let Some(actor) = self.kinds.get(step.id.kind.as_str()) else {
            let why = "this release knows no such kind".to_owned();
            return Err(ProviderError::Unexpected { what: step.id.to_string(), why });
        };
        actor.apply(step, change).await
    }

    /// Asks whether one step would be carried out, and changes nothing.
    ///
    /// # Errors
    /// As [`Kind::rehearse`], and when the spec is not one of its kind.
    pub async fn rehearse(
        &self,
        step: &StepContext,
        change: Change<Value>,
    ) -> Result<Rehearsed, ProviderError> {
        match self.kinds.get(step.id.kind.as_str()) {
            Some(actor) => actor.rehearse(step, change).await,
            None => Ok(Rehearsed::Unasked),
        }
    }
}

impl Rules for Registry {
    fn transition(&self, kind: &str, before: &Value, after: &Value) -> Transition {
        self.kind(kind).transition(before, after)
    }

    fn needs(&self, kind: &str, name: &str, spec: &Value) -> BTreeSet<Need> {
        self.kind(kind).needs(name, spec)
    }

    fn protection(&self, kind: &str, spec: &Value) -> Option<String> {
        self.kind(kind).protection(spec)
    }

    fn is_protected(&self, kind: &str) -> bool {
        self.kind(kind).is_protected()
    }

    fn digest(&self, kind: &str, spec: &Value) -> String {
        self.kind(kind).digest(spec)
    }

    fn claims(&self, kind: &str, spec: &Value) -> BTreeSet<String> {
        self.kind(kind).claims(spec)
    }

    fn lane(&self, kind: &str, name: &str, spec: &Value) -> Option<String> {
        self.kind(kind).lane(name, spec)
    }

    fn lineage(&self, kind: &str, name: &str, spec: &Value) -> Option<String> {
        self.kind(kind).lineage(name, spec)
    }

    fn takes_up(&self, kind: &str, name: &str) -> BTreeSet<String> {
        self.kind(kind).takes_up(name)
    }

    fn disruption(&self, kind: &str, before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
        self.kind(kind).disruption(before, after)
    }

    fn usage(&self, kind: &str, name: &str, spec: &Value) -> Vec<Usage> {
        self.kind(kind).usage(name, spec)
    }

    fn complete(&self, kind: &str, spec: &Value) -> Option<Value> {
        self.kinds.get(kind)?.complete(spec)
    }

    fn defaults(&self, kind: &str, spec: &Value) -> Map<String, Value> {
        self.kind(kind).defaults(spec).clone()
    }
}

trait PureKind: Send + Sync {
    fn provider(&self) -> Bearing;
    fn transition(&self, before: &Value, after: &Value) -> Transition;
    fn needs(&self, name: &str, spec: &Value) -> BTreeSet<Need>;
    fn protection(&self, spec: &Value) -> Option<String>;
    fn is_protected(&self) -> bool;
    fn digest(&self, spec: &Value) -> String;
    fn claims(&self, spec: &Value) -> BTreeSet<String>;
    fn lane(&self, name: &str, spec: &Value) -> Option<String>;
    fn lineage(&self, name: &str, spec: &Value) -> Option<String>;
    fn takes_up(&self, name: &str) -> BTreeSet<String>;
    fn disruption(&self, before: Option<&Value>, after: Option<&Value>) -> Vec<String>;
    fn usage(&self, name: &str, spec: &Value) -> Vec<Usage>;
    fn complete(&self, spec: &Value) -> Option<Value>;
    fn defaults(&self, spec: &Value) -> &Map<String, Value>;
}

struct Pure<K> {
    defaults: OnceLock<Map<String, Value>>,
    kind: PhantomData<fn() -> K>,
}

impl<K> Default for Pure<K> {
    fn default() -> Self {
        Self { defaults: OnceLock::new(), kind: PhantomData }
    }
}

/// The digest that a mark of this spec carries, for a kind that keeps it elsewhere.
pub fn digest<K: Kind>(spec: &K::Spec) -> String {
    let spec = serde_json::to_value(spec).unwrap_or_default();
    spec_digest(K::SCHEMA, &spec, &defaults::defaults::<K>(&spec))
}

/// Every spec in a stack or a world was serialised from the kind's own type, or has been read
/// into it when the plan was loaded.
fn typed<K: Kind>(spec: &Value) -> K::Spec {
    K::Spec::deserialize(spec).expect("a spec was serialised from its kind's own type")
}

impl<K: Kind> PureKind for Pure<K> {
    fn provider(&self) -> Bearing {
        Bearing::of::<K::Writer>()
    }

    fn transition(&self, before: &Value, after: &Value) -> Transition {
        K::transition(&typed::<K>(before), &typed::<K>(after))
    }

    fn needs(&self, name: &str, spec: &Value) -> BTreeSet<Need> {
        K::needs(name, &typed::<K>(spec))
    }

    fn protection(&self, spec: &Value) -> Option<String> {
        K::protection(&typed::<K>(spec))
    }

    fn is_protected(&self) -> bool {
        K::PROTECTED
    }

    fn digest(&self, spec: &Value) -> String {
        spec_digest(K::SCHEMA, spec, self.defaults(spec))
    }

    fn claims(&self, spec: &Value) -> BTreeSet<String> {
        K::claims(&typed::<K>(spec))
    }

    fn lane(&self, name: &str, spec: &Value) -> Option<String> {
        K::lane(name, &typed::<K>(spec))
    }

    fn lineage(&self, name: &str, spec: &Value) -> Option<String> {
        K::lineage(name, &typed::<K>(spec))
    }

    fn takes_up(&self, name: &str) -> BTreeSet<String> {
        K::takes_up(name)
    }

    fn disruption(&self, before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
        K::disruption(before.map(typed::<K>).as_ref(), after.map(typed::<K>).as_ref())
    }

    fn usage(&self, name: &str, spec: &Value) -> Vec<Usage> {
        K::usage(name, &typed::<K>(spec))
    }

    fn complete(&self, spec: &Value) -> Option<Value> {
        serde_json::to_value(K::Spec::deserialize(spec).ok()?).ok()
    }

    fn defaults(&self, spec: &Value) -> &Map<String, Value> {
        self.defaults.get_or_init(|| defaults::defaults::<K>(spec))
    }
}

trait Observer: Send + Sync {
    fn observe<'a>(
        &'a self,
        scope: &'a Scope<'a>,
    ) -> BoxFuture<'a, Result<Observation, ProviderError>>;
}

struct Reading<K: Kind>(Arc<K::Reader>);

impl<K: Kind> Observer for Reading<K> {
    fn observe<'a>(
        &'a self,
        scope: &'a Scope<'a>,
    ) -> BoxFuture<'a, Result<Observation, ProviderError>> {
        Box::pin(async move {
            let Observation { found, taken, unknown, strangers, not_compared, remarks } =
                K::observe(&self.0, scope).await?;
            let (found, strangers) = (sorted::<K>(found)?, sorted::<K>(strangers)?);
            Ok(Observation { found, taken, unknown, strangers, not_compared, remarks })
        })
    }
}

trait Actor: Send + Sync {
    fn provider(&self) -> Bearing;
    fn apply<'a>(
        &'a self,
        step: &'a StepContext,
        change: Change<Value>,
    ) -> BoxFuture<'a, Result<Applied, ProviderError>>;
    fn rehearse<'a>(
        &'a self,
        step: &'a StepContext,
        change: Change<Value>,
    ) -> BoxFuture<'a, Result<Rehearsed, ProviderError>>;
}

struct Writing<K: Kind>(Arc<K::Writer>);

impl<K: Kind> Actor for Writing<K> {
    fn provider(&self) -> Bearing {
        Bearing::of::<K::Writer>()
    }

    fn apply<'a>(
        &'a self,
        step: &'a StepContext,
        change: Change<Value>,
    ) -> BoxFuture<'a, Result<Applied, ProviderError>> {
        Box::pin(async move {
            let change = change.try_map(read_spec::<K>)?;
            K::apply(&self.0, step, change).await
        })
    }

    fn rehearse<'a>(
        &'a self,
        step: &'a StepContext,
        change: Change<Value>,
    ) -> BoxFuture<'a, Result<Rehearsed, ProviderError>> {
        Box::pin(async move {
            let change = change.try_map(read_spec::<K>)?;
            K::rehearse(&self.0, step, &change).await
        })
    }
}

fn sorted<K: Kind>(found: Vec<Found<K::Spec>>) -> Result<Vec<Found>, ProviderError> {
    let mut found: Vec<Found> = found.into_iter().map(untyped::<K>).collect::<Result<_, _>>()?;
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn untyped<K: Kind>(found: Found<K::Spec>) -> Result<Found, ProviderError> {
    let Found { name, place, owner, spec, version, status, holds } = found;
    let spec = serde_json::to_value(spec).map_err(|error| not_a_spec::<K>(&error))?;
    Ok(Found { name, place, owner, spec, version, status, holds })
}

fn read_spec<K: Kind>(spec: Value) -> Result<K::Spec, ProviderError> {
    serde_json::from_value(spec).map_err(|error| not_a_spec::<K>(&error))
}

fn not_a_spec<K: Kind>(error: &serde_json::Error) -> ProviderError {
    ProviderError::Unexpected { what: format!("a spec of {}", K::NAME), why: error.to_string() }
}
