//! How the objects of a cluster lie in the store, and when a cluster is there.
//!
//! Each object is kept as it goes over the wire; secrets are sealed as a whole, since what was last
//! applied may stand in their annotations too. What was deleted is remembered for a while, for those
//! who watch.

use serde_json::{Value, json};

use super::failure::Failure;
use super::kind::{self, Origin, Type};
use super::path::Place;
use super::{beginning, controller};
use crate::sandbox::{Moment, StoreError, Transaction, World, container};

/// So many deletions are remembered.
const REMEMBERED: usize = 1_000;

/// A cluster that exists.
#[derive(Clone, Debug)]
pub(super) struct Cluster<'w> {
    pub(super) world: &'w World,
    prefix: String,
}

/// An object as it was found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) key: String,
    pub(super) object: Value,
    /// The version of the cluster at which it was made.
    pub(super) made: u64,
}

/// Forgets everything in a cluster of Google Kubernetes Engine.
pub(in crate::sandbox) fn forget(tx: &mut Transaction<'_>, place: &str) {
    let keys: Vec<String> =
        tx.scan(&format!("k8s/{place}/"), "").map(|(key, _)| key.to_owned()).collect();
    keys.iter().for_each(|key| tx.remove(key));
}

impl<'w> Cluster<'w> {
    /// The cluster in a place, with everything having happened there whose time has come. None if
    /// there is no such cluster, or not yet, or no more.
    pub(super) fn at(world: &'w World, place: &Place) -> Result<Option<Self>, Failure> {
        if let Place::Engine { project, location, cluster } = place
            && !container::runs(world, project, location, cluster)?
        {
            return Ok(None);
        }
        let cluster = Self { world, prefix: format!("k8s/{}/", place.key()) };
        cluster.settle()?;
        Ok(Some(cluster))
    }

    /// Lets everything happen whose time has come.
    pub(super) fn settle(&self) -> Result<(), Failure> {
        let now = self.world.clock.now();
        let (begins, due) = self.world.store.read(|view| {
            let begins = view.value(&self.version_key()).is_none();
            Ok::<_, Failure>((begins, self.due(view, now).next().is_some()))
        })?;
        if !begins && !due {
            return Ok(());
        }
        self.world.store.transact(|tx| {
            if tx.value(&self.version_key()).is_none() {
                beginning::furnish(self, tx)?;
            }
            let due: Vec<(String, Value)> =
                self.due(tx, now).map(|(key, what)| (key.to_owned(), what.clone())).collect();
            for (key, what) in due {
                tx.remove(&key);
                controller::act(self, tx, what.as_str().unwrap_or_default())?;
            }
            Ok(())
        })
    }

    fn due<'a>(
        &self,
        view: &Transaction<'a>,
        now: Moment,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> + use<'a> {
        let prefix = format!("{}due/", self.prefix);
        let end = format!("{prefix}{:020}0", now.0);
        view.scan(&prefix, "").take_while(move |(key, _)| *key < end.as_str())
    }

    /// Has the controllers look at an object once operations take as long as they do.
    pub(super) fn later(&self, tx: &mut Transaction<'_>, key: &str) {
        let then = self.world.clock.now().plus(self.world.behaviour.operation_time);
        let number = self.version(tx);
        tx.put(format!("{}due/{:020}/{number:012}/{key}", self.prefix, then.0), json!(key));
    }

    fn version_key(&self) -> String {
        format!("{}version", self.prefix)
    }

    /// The version of the cluster: how often something in it changed.
    pub(super) fn version(&self, view: &Transaction<'_>) -> u64 {
        view.value(&self.version_key()).and_then(|it| it.as_u64()).unwrap_or_default()
    }

    fn next(&self, tx: &mut Transaction<'_>) -> u64 {
        let next = self.version(tx) + 1;
        tx.put(self.version_key(), json!(next));
        next
    }

    /// The prefix of the keys of all objects.
    pub(super) fn everything(&self) -> String {
        format!("{}object/", self.prefix)
    }

    /// The prefix of the keys of the objects of a type, in one namespace or in all.
    pub(super) fn within(&self, kind: &Type, namespace: Option<&str>) -> String {
        let base = format!("{}{}/", self.everything(), kind.qualified());
        namespace.map_or(base.clone(), |namespace| format!("{base}{namespace}/"))
    }

    /// The key of an object; `-` stands where there is no namespace.
    pub(super) fn key(&self, kind: &Type, namespace: Option<&str>, name: &str) -> String {
        format!("{}{name}", self.within(kind, Some(namespace.unwrap_or("-"))))
    }

    /// The type's word, the namespace and the name that a key is of.
    pub(super) fn parts<'k>(&self, key: &'k str) -> Option<(&'k str, Option<&'k str>, &'k str)> {
        let mut parts = key.strip_prefix(&self.everything())?.split('/');
        let (kind, namespace, name) = (parts.next()?, parts.next()?, parts.next()?);
        Some((kind, Some(namespace).filter(|it| *it != "-"), name))
    }

    pub(super) fn find(&self, view: &Transaction<'_>, key: &str) -> Result<Option<Found>, Failure> {
        view.value(key).map(|kept| self.opened(key, &kept)).transpose()
    }

    /// What begins with a prefix, as of the beginning of the transaction.
    pub(super) fn all(
        &self,
        view: &Transaction<'_>,
        prefix: &str,
        after: &str,
    ) -> Result<Vec<Found>, Failure> {
        view.scan(prefix, after).map(|(key, kept)| self.opened(key, kept)).collect()
    }

    /// What belongs to an object, by its `uid`.
    pub(super) fn owned(&self, view: &Transaction<'_>, uid: &Value) -> Result<Vec<Found>, Failure> {
        let is =
            |kept: &Value| kept["owners"].as_array().is_some_and(|owners| owners.contains(uid));
        let all = view.scan(&self.everything(), "").filter(|(_, kept)| is(kept));
        all.map(|(key, kept)| self.opened(key, kept)).collect()
    }

    fn opened(&self, key: &str, kept: &Value) -> Result<Found, Failure> {
        let object = match kept["sealed"].as_str() {
            None => kept["object"].clone(),
            Some(sealed) => {
                let bytes = self.world.vault.opened(key, sealed)?;
                serde_json::from_slice(&bytes).map_err(crate::sandbox::refusal::Refusal::from)?
            }
        };
        let made = kept["made"].as_u64().unwrap_or_default();
        Ok(Found { key: key.to_owned(), object, made })
    }

    /// Keeps an object under the next version of the cluster.
    pub(super) fn keep(
        &self,
        tx: &mut Transaction<'_>,
        key: &str,
        object: &mut Value,
    ) -> Result<(), Failure> {
        let version = self.next(tx);
        object["metadata"]["resourceVersion"] = json!(version.to_string());
        let made = tx.value(key).and_then(|kept| kept["made"].as_u64()).unwrap_or(version);
        let mut kept = self.closed(key, object)?;
        kept["made"] = json!(made);
        tx.put(key, kept);
        Ok(())
    }

    fn closed(&self, key: &str, object: &Value) -> Result<Value, Failure> {
        let mut kept = if object["kind"] == "Secret" && object["apiVersion"] == "v1" {
            json!({ "sealed": self.world.vault.seal(key, object.to_string().as_bytes())? })
        } else {
            json!({ "object": object })
        };
        let owners = object["metadata"]["ownerReferences"].as_array().into_iter().flatten();
        let owners: Vec<&Value> = owners.map(|owner| &owner["uid"]).collect();
        if !owners.is_empty() {
            kept["owners"] = json!(owners);
        }
        Ok(kept)
    }

    /// Takes an object away, and remembers for those who watch what it was.
    pub(super) fn drop(&self, tx: &mut Transaction<'_>, found: &Found) -> Result<(), Failure> {
        let version = self.next(tx);
        let mut object = found.object.clone();
        object["metadata"]["resourceVersion"] = json!(version.to_string());
        let key = format!("{}{version:020}", self.gone());
        let mut kept = self.closed(&key, &object)?;
        kept["key"] = json!(found.key);
        kept["made"] = json!(found.made);
        tx.put(key, kept);
        tx.remove(&found.key);
        let remembered: Vec<String> =
            tx.scan(&self.gone(), "").map(|(key, _)| key.to_owned()).collect();
        for old in remembered.iter().rev().skip(REMEMBERED) {
            tx.put(format!("{}forgotten", self.prefix), json!(version_of(old)));
            tx.remove(old);
        }
        Ok(())
    }

    fn gone(&self) -> String {
        format!("{}gone/", self.prefix)
    }

    /// What was deleted after a version, with that of its deletion, the first first; none if that
    /// is so long ago that not all of it is known.
    pub(super) fn deleted(
        &self,
        view: &Transaction<'_>,
        since: u64,
    ) -> Result<Option<Vec<(u64, Found)>>, Failure> {
        let forgotten = view.value(&format!("{}forgotten", self.prefix));
        if forgotten.and_then(|it| it.as_u64()).is_some_and(|it| it > since) {
            return Ok(None);
        }
        let after = format!("{}{since:020}", self.gone());
        let one = |(key, kept): (&str, &Value)| {
            let found = self.opened(key, kept)?;
            let was = kept["key"].as_str().unwrap_or_default().to_owned();
            Ok((version_of(key), Found { key: was, ..found }))
        };
        view.scan(&self.gone(), &after).map(one).collect::<Result<_, Failure>>().map(Some)
    }

    /// Every type that the cluster knows.
    pub(super) fn types(&self, view: &Transaction<'_>) -> Vec<Type> {
        let mut types = kind::built_in().to_vec();
        let definitions =
            format!("{}customresourcedefinitions.apiextensions.k8s.io/", self.everything());
        let added = view.scan(&definitions, "");
        types.extend(added.flat_map(|(_, kept)| Type::of_definition(&kept["object"])));
        types
    }

    /// The type of this word in a version of a group.
    pub(super) fn kind(
        &self,
        view: &Transaction<'_>,
        group: &str,
        version: &str,
        plural: &str,
    ) -> Option<Type> {
        let is = |it: &&Type| it.group == group && it.version == version && it.plural == plural;
        let built_in = kind::built_in().iter().find(is).cloned();
        built_in.or_else(|| self.types(view).iter().find(is).cloned())
    }

    /// The type that an object says it is of.
    pub(super) fn kind_of(&self, view: &Transaction<'_>, object: &Value) -> Option<Type> {
        let version = object["apiVersion"].as_str()?;
        let (group, version) = version.split_once('/').unwrap_or(("", version));
        let is = |it: &&Type| it.is(group, object["kind"].as_str().unwrap_or_default());
        let built_in = kind::built_in().iter().find(is).cloned();
        // Objects of a custom type lie there in the version that they came in.
        built_in.or_else(|| {
            let types = self.types(view);
            let exact = types.iter().find(|it| is(it) && it.version == version);
            exact.or_else(|| types.iter().find(is)).cloned()
        })
    }

    /// Where it is kept that an object never becomes ready.
    pub(super) fn trouble(&self, key: &str) -> String {
        format!("{}trouble/{key}", self.prefix)
    }

    /// The definition that a type of this qualified name was added by.
    pub(super) fn definition(
        &self,
        view: &Transaction<'_>,
        kind: &Type,
    ) -> Result<Option<Value>, Failure> {
        if kind.origin == Origin::BuiltIn {
            return Ok(None);
        }
        let Some(of) = kind::of_kind("apiextensions.k8s.io", "CustomResourceDefinition") else {
            return Ok(None);
        };
        let found = self.find(view, &self.key(of, None, &kind.qualified()))?;
        Ok(found.map(|found| found.object))
    }
}

fn version_of(key: &str) -> u64 {
    key.rsplit('/').next().and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// The error that a transaction ends with although nothing went wrong: what it would have done is
/// told and nothing of it kept.
#[derive(Debug)]
pub(super) enum Undone {
    Failed(Failure),
    Tried(u16, Value),
}

impl From<Failure> for Undone {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}
