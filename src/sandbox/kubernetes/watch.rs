//! Watching: what changes is told as it happens, a line for each event.
//!
//! Changes of one object that follow each other within a blink are told as one, as the last of them
//! left it. <https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes>

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use http::header;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::call::Call;
use super::cluster::{Cluster, Found};
use super::failure::Failure;
use super::kind::Type;
use super::list;
use super::path::Place;
use super::selector::Selector;
use crate::sandbox::{Transaction, World};

/// So often is looked what has changed.
const BLINK: Duration = Duration::from_millis(20);

/// So long it is watched when nobody says how long.
const USUALLY: Duration = Duration::from_secs(30 * 60);

/// Who watches, and what they were told.
struct Watch {
    world: World,
    place: Place,
    kind: Type,
    prefix: String,
    selector: Selector,
    bookmarks: bool,
    end: Instant,
    /// What the watcher takes to be there.
    known: BTreeSet<String>,
    /// The version up to which everything was told.
    told: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Everything that is there comes first; then, if it is wanted, a bookmark that says so.
    First {
        marked: bool,
    },
    Going,
    Over,
}

/// An event, and the version that orders it.
type Event = (u64, Value);

pub(super) fn watch(call: &Call<'_>) -> Result<Response, Failure> {
    let seconds = call.parameter("timeoutSeconds").parse().ok().map(Duration::from_secs);
    let since = call.parameter("resourceVersion");
    let marked = call.is_set("sendInitialEvents");
    let state = match since {
        "" | "0" => State::First { marked },
        _ if marked => State::First { marked },
        _ => State::Going,
    };
    let told = since.parse().unwrap_or_default();
    let prefix = call.cluster.within(&call.kind, call.namespace());
    let mut watch = Watch {
        world: call.cluster.world.clone(),
        place: call.place.clone(),
        kind: call.kind.clone(),
        selector: list::selector(call)?,
        bookmarks: call.is_set("allowWatchBookmarks"),
        end: Instant::now() + seconds.unwrap_or(USUALLY),
        known: BTreeSet::new(),
        prefix,
        told,
        state,
    };
    if state == State::Going {
        watch.know_what_was()?;
    }
    let lines = stream::unfold(watch, |mut watch| async move {
        let bytes = watch.next().await?;
        Some((Ok::<_, Infallible>(bytes), watch))
    });
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((kind, Body::from_stream(lines)).into_response())
}

impl Watch {
    /// What the watcher knows from a list that it read before.
    fn know_what_was(&mut self) -> Result<(), Failure> {
        let Some(cluster) = Cluster::at(&self.world, &self.place)? else { return Ok(()) };
        let all = self.world.store.read(|view| {
            let gone = cluster.deleted(view, self.told)?.unwrap_or_default();
            let gone = gone.into_iter().map(|(_, found)| found);
            let gone = gone.filter(|found| found.key.starts_with(&self.prefix));
            let all = cluster.all(view, &self.prefix, "")?;
            Ok::<_, Failure>(all.into_iter().chain(gone).collect::<Vec<_>>())
        })?;
        let known = all.into_iter().filter(|found| found.made <= self.told);
        let known = known.filter(|found| self.selector.fits(&found.object));
        self.known = known.map(|found| found.key).collect();
        Ok(())
    }

    /// The next lines, once there are some; none when it is over.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.state == State::Over {
                return None;
            }
            let events = self.look().unwrap_or_else(|failure| {
                self.state = State::Over;
                Some(vec![json!({ "type": "ERROR", "object": failure.shown() })])
            })?;
            if !events.is_empty() {
                let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
                return Some(Bytes::from(lines));
            }
            if Instant::now() >= self.end {
                self.state = State::Over;
                if self.bookmarks {
                    return Some(Bytes::from(format!("{}\n", self.bookmark(false))));
                }
                return None;
            }
            tokio::time::sleep(BLINK).await;
        }
    }

    /// What has happened since; none if the cluster is gone.
    fn look(&mut self) -> Result<Option<Vec<Value>>, Failure> {
        let world = self.world.clone();
        let Some(cluster) = Cluster::at(&world, &self.place)? else { return Ok(None) };
        world.store.read(|view| {
            let version = cluster.version(view);
            let events = match self.state {
                State::First { marked } => {
                    let mut events = self.everything(&cluster, view)?;
                    self.told = version;
                    self.state = State::Going;
                    events.extend(marked.then(|| self.bookmark(true)));
                    events
                }
                _ if version <= self.told => Vec::new(),
                _ => {
                    let events = self.changes(&cluster, view)?;
                    self.told = version;
                    events
                }
            };
            Ok(Some(events))
        })
    }

    fn everything(
        &mut self,
        cluster: &Cluster<'_>,
        view: &Transaction<'_>,
    ) -> Result<Vec<Value>, Failure> {
        let all = cluster.all(view, &self.prefix, "")?;
        let all = all.into_iter().filter(|found| self.selector.fits(&found.object));
        let all: Vec<Found> = all.collect();
        self.known = all.iter().map(|found| found.key.clone()).collect();
        Ok(all.into_iter().map(|found| self.event("ADDED", found.object)).collect())
    }

    fn changes(
        &mut self,
        cluster: &Cluster<'_>,
        view: &Transaction<'_>,
    ) -> Result<Vec<Value>, Failure> {
        let Some(deleted) = cluster.deleted(view, self.told)? else {
            let message = format!("too old resource version: {}", self.told);
            return Err(Failure::expired(message));
        };
        let mut events: Vec<Event> = Vec::new();
        for (version, found) in deleted {
            if found.key.starts_with(&self.prefix) && self.known.remove(&found.key) {
                events.push((version, self.event("DELETED", found.object)));
            }
        }
        for found in cluster.all(view, &self.prefix, "")? {
            let version = version_of(&found.object);
            if version > self.told {
                let word = self.word(&found);
                events.extend(word.map(|word| (version, self.event(word, found.object))));
            }
        }
        events.sort_by_key(|(version, _)| *version);
        Ok(events.into_iter().map(|(_, event)| event).collect())
    }

    /// What became of an object in the eyes of whoever watches; nothing that they are to see.
    fn word(&mut self, found: &Found) -> Option<&'static str> {
        if !self.selector.fits(&found.object) {
            return self.known.remove(&found.key).then_some("DELETED");
        }
        Some(if self.known.insert(found.key.clone()) { "ADDED" } else { "MODIFIED" })
    }

    fn event(&self, word: &str, mut object: Value) -> Value {
        object["apiVersion"] = json!(self.kind.api_version());
        json!({ "type": word, "object": object })
    }

    /// A version from which it can be watched on.
    fn bookmark(&self, first: bool) -> Value {
        let mut metadata = json!({ "resourceVersion": self.told.to_string() });
        if first {
            metadata["annotations"] = json!({ "k8s.io/initial-events-end": "true" });
        }
        let object = json!({
            "kind": self.kind.kind, "apiVersion": self.kind.api_version(), "metadata": metadata,
        });
        json!({ "type": "BOOKMARK", "object": object })
    }
}

fn version_of(object: &Value) -> u64 {
    let text = object["metadata"]["resourceVersion"].as_str();
    text.and_then(|text| text.parse().ok()).unwrap_or_default()
}
