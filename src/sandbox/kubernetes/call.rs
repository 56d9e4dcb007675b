//! A call as it came in: what it asks for, how, and who says that they are calling.

use axum::extract::Query;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, header};
use serde_json::{Value, json};

use super::cluster::Cluster;
use super::failure::{Cause, Failure};
use super::kind::{Scope, Type};
use super::path::{Objects, Place};
use crate::sandbox::rest::Parameters;

/// A call about objects of a type.
pub(super) struct Call<'c> {
    pub(super) cluster: &'c Cluster<'c>,
    pub(super) place: Place,
    pub(super) kind: Type,
    pub(super) objects: Objects,
    pub(super) parameters: Parameters,
    pub(super) method: Method,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What is done with what a call would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    Real,
    /// Told, and not kept.
    Dry,
}

/// What becomes of fields that a type does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    Refused,
    Dropped,
}

impl<'c> Call<'c> {
    pub(super) fn new(
        cluster: &'c Cluster<'c>,
        place: &Place,
        objects: &Objects,
        parts: &Parts,
        body: Bytes,
    ) -> Result<Self, Failure> {
        let Objects { group, version, plural, namespace, name, .. } = objects;
        let found = cluster.world.store.read(|view| {
            let found = cluster.kind(view, group, version, plural);
            let is_group = || cluster.types(view).iter().any(|kind| kind.group == *group);
            let missing = || if is_group() { Failure::unknown() } else { Failure::page() };
            Ok::<_, Failure>(found.ok_or_else(missing))
        })?;
        let kind = found?;
        let fits = match kind.scope {
            Scope::Cluster => namespace.is_none(),
            // Lists can be of all namespaces.
            Scope::Namespaced => namespace.is_some() || name.is_none(),
        };
        // What kubelets are asked through the server is no part of an object.
        let below = objects.below.as_ref().filter(|below| *below != super::stats::SUMMARY);
        if !fits || below.is_some_and(|below| !kind.below.contains(below)) {
            return Err(Failure::unknown());
        }
        let query = Query::try_from_uri(&parts.uri);
        let parameters = query.map(|Query(query)| query).unwrap_or_default();
        let (method, headers) = (parts.method.clone(), parts.headers.clone());
        let (place, objects) = (place.clone(), objects.clone());
        Ok(Self { cluster, place, kind, objects, parameters, method, headers, body })
    }

    pub(super) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// Clients write `true` in their own ways; what is not denied is meant.
    /// <https://github.com/kubernetes/apimachinery/blob/master/pkg/runtime/conversion.go>
    pub(super) fn is_set(&self, name: &str) -> bool {
        !matches!(self.parameter(name).to_ascii_lowercase().as_str(), "" | "false" | "0")
    }

    pub(super) fn namespace(&self) -> Option<&str> {
        self.objects.namespace.as_deref()
    }

    /// The name of the object that it is about.
    pub(super) fn name(&self) -> Result<&str, Failure> {
        self.objects.name.as_deref().ok_or_else(Failure::method)
    }

    pub(super) fn key(&self) -> Result<String, Failure> {
        Ok(self.cluster.key(&self.kind, self.namespace(), self.name()?))
    }

    /// What is sent; nothing is an empty object. Most who say YAML send JSON, which is YAML as well.
    pub(super) fn sent(&self) -> Result<Value, Failure> {
        let bytes = &self.body[..];
        if bytes.is_empty() {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        let no = |what: &str, error: String| {
            Failure::bad_request(format!("the body of the request is no {what}: {error}"))
        };
        match serde_json::from_slice(bytes) {
            Ok(body) => Ok(body),
            Err(_) if self.media().ends_with("yaml") => {
                serde_saphyr::from_slice(bytes).map_err(|error| no("YAML", error.to_string()))
            }
            Err(error) => Err(no("JSON", error.to_string())),
        }
    }

    pub(super) fn run(&self, also: Option<&Value>) -> Result<Run, Failure> {
        let asked = also.and_then(|it| it["dryRun"][0].as_str()).unwrap_or_default();
        match (self.parameter("dryRun"), asked) {
            ("", "") => Ok(Run::Real),
            ("All", _) | (_, "All") => Ok(Run::Dry),
            (said, _) => {
                let cause = Cause::unsupported("dryRun", &json!([said]), &["All"]);
                Err(self.options(cause))
            }
        }
    }

    /// A refusal of how something is asked for.
    pub(super) fn options(&self, cause: Cause) -> Failure {
        let what = match self.method.as_str() {
            "POST" => "CreateOptions",
            "PUT" => "UpdateOptions",
            "PATCH" => "PatchOptions",
            _ => "DeleteOptions",
        };
        Failure::options(what, &[cause])
    }

    /// Refuses parameters and bodies that no server knows what to do with.
    pub(super) fn checked(&self) -> Result<(), Failure> {
        let known = ["Ignore", "Strict", "Warn"];
        let said = self.parameter("fieldValidation");
        if !said.is_empty() && !known.contains(&said) {
            return Err(self.options(Cause::unsupported("fieldValidation", &json!(said), &known)));
        }
        let is_body = matches!(self.method.as_str(), "POST" | "PUT") && !self.body.is_empty();
        if is_body && !matches!(self.media(), "" | "application/json" | "application/yaml") {
            let message = "the body of the request was in an unknown format - accepted media types \
                           include: application/json, application/yaml, \
                           application/vnd.kubernetes.protobuf";
            return Err(Failure::media(message));
        }
        Ok(())
    }

    /// Fields that a type does not have are dropped, unless the caller is strict.
    pub(super) fn unknown(&self) -> Unknown {
        if self.parameter("fieldValidation") == "Strict" {
            Unknown::Refused
        } else {
            Unknown::Dropped
        }
    }

    /// Under whose name fields are owned: as they say, or by the first word of their program.
    pub(super) fn manager(&self) -> String {
        match self.parameter("fieldManager") {
            "" => {
                let agent = self.header(header::USER_AGENT.as_str());
                let first = agent.split('/').next().unwrap_or_default();
                if first.is_empty() { "unknown".to_owned() } else { first.to_owned() }
            }
            manager => manager.to_owned(),
        }
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The type of the body, without its parameters.
    pub(super) fn media(&self) -> &str {
        let kind = self.header(header::CONTENT_TYPE.as_str());
        kind.split(';').next().unwrap_or_default().trim()
    }
}
