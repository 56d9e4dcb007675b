//! How the objects of a cluster lie in the store, and when a cluster is there.
//!
//! Each object is kept as it goes over the wire; secrets are sealed as a whole, since what was last
//! applied may stand in their annotations too. What became of objects is remembered for a while, for
//! those who watch.

use serde_json::{Value, json};

use super::failure::Failure;
use super::kind::{self, Origin, Type};
use super::path::Place;
use super::{beginning, controller};
use crate::sandbox::{Moment, StoreError, Transaction, World, container};

/// So many changes are remembered.
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

/// What became of an object.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) key: String,
    pub(super) deleted: bool,
    pub(super) object: Value,
    /// What objects are selected by, as it was before; none for a new object.
    pub(super) before: Option<Value>,
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
        let before = self.find(tx, key)?;
        let version = self.next(tx);
        object["metadata"]["resourceVersion"] = json!(version.to_string());
        let mut kept = self.closed(key, object)?;
        kept["made"] = json!(before.as_ref().map_or(version, |before| before.made));
        tx.put(key, kept);
        let word = if before.is_some() { "MODIFIED" } else { "ADDED" };
        self.log(tx, (version, word), key, object, before.as_ref().map(|found| &found.object))
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

    /// Takes an object away.
    pub(super) fn drop(&self, tx: &mut Transaction<'_>, found: &Found) -> Result<(), Failure> {
        let version = self.next(tx);
        let mut object = found.object.clone();
        object["metadata"]["resourceVersion"] = json!(version.to_string());
        tx.remove(&found.key);
        self.log(tx, (version, "DELETED"), &found.key, &object, Some(&found.object))
    }

    /// Remembers for those who watch what became of an object.
    fn log(
        &self,
        tx: &mut Transaction<'_>,
        (version, word): (u64, &str),
        key: &str,
        object: &Value,
        before: Option<&Value>,
    ) -> Result<(), Failure> {
        let log = format!("{}log/", self.prefix);
        let at = format!("{log}{version:020}");
        let mut entry = self.closed(&at, object)?;
        entry["key"] = json!(key);
        entry["word"] = json!(word);
        entry["before"] = before.map_or(Value::Null, outline);
        tx.put(at, entry);
        let too_many = tx.scan(&log, "").count().saturating_sub(REMEMBERED);
        let old: Vec<String> =
            tx.scan(&log, "").take(too_many).map(|(key, _)| key.to_owned()).collect();
        if let Some(last) = old.last() {
            tx.put(format!("{}forgotten", self.prefix), json!(version_of(last)));
        }
        old.iter().for_each(|key| tx.remove(key));
        Ok(())
    }

    /// What has happened after a version, in order; none if that is so long ago that not all of it
    /// is known.
    pub(super) fn since(
        &self,
        view: &Transaction<'_>,
        version: u64,
    ) -> Result<Option<Vec<Event>>, Failure> {
        let forgotten = view.value(&format!("{}forgotten", self.prefix));
        if forgotten.and_then(|it| it.as_u64()).is_some_and(|it| it > version) {
            return Ok(None);
        }
        let log = format!("{}log/", self.prefix);
        let one = |(at, entry): (&str, &Value)| {
            let before = Some(entry["before"].clone()).filter(|it| !it.is_null());
            Ok(Event {
                key: entry["key"].as_str().unwrap_or_default().to_owned(),
                deleted: entry["word"] == "DELETED",
                object: self.opened(at, entry)?.object,
                before,
            })
        };
        let entries = view.scan(&log, &format!("{log}{version:020}"));
        entries.map(one).collect::<Result<_, Failure>>().map(Some)
    }

    /// How many objects of a name there have been, one more from now on.
    pub(super) fn another(&self, tx: &mut Transaction<'_>, key: &str) -> u64 {
        let counter = format!("{}times/{key}", self.prefix);
        let times = tx.value(&counter).and_then(|it| it.as_u64()).unwrap_or_default() + 1;
        tx.put(counter, json!(times));
        times
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

/// As much of an object as objects are selected by.
fn outline(object: &Value) -> Value {
    let metadata = &object["metadata"];
    json!({
        "metadata": {
            "name": metadata["name"], "namespace": metadata["namespace"],
            "labels": metadata["labels"],
        },
        "type": object["type"], "status": { "phase": object["status"]["phase"] },
    })
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
