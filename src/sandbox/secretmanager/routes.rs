//! Paths, and the verbs behind their colons.
//!
//! <https://cloud.google.com/secret-manager/docs/reference/rest>

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::request::Parts;
use http::{Method, Uri};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::{Value, json};

use super::record::{self, Name};
use super::{policy, secret, version};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::rest::{self, Refused};
use crate::sandbox::{Label, World};

pub(super) fn routes() -> Router<World> {
    let secrets = "/v1/projects/{project}/secrets";
    Router::new()
        .route(secrets, get(list).post(create))
        .route(&format!("{secrets}/{{secret}}"), get(read).patch(update).delete(delete).post(verb))
        .route(&format!("{secrets}/{{secret}}/versions"), get(versions))
        .route(
            &format!("{secrets}/{{secret}}/versions/{{version}}"),
            get(read_version).post(version_verb),
        )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Parameters {
    secret_id: String,
    page_size: i32,
    page_token: String,
    filter: String,
    update_mask: String,
    etag: String,
}

type Answer = Result<Response, Refused>;

async fn list(State(world): State<World>, Path(project): Path<String>, uri: Uri) -> Answer {
    let parameters: Parameters = rest::parameters(&uri)?;
    no_filter(&parameters)?;
    let all = secret::list(&world, &project)?;
    let size = world.behaviour.page(parameters.page_size);
    Ok(rest::answer(&rest::page("secrets", all, size, &parameters.page_token)?))
}

async fn create(
    State(world): State<World>,
    Path(project): Path<String>,
    uri: Uri,
    body: Bytes,
) -> Answer {
    let parameters: Parameters = rest::parameters(&uri)?;
    let name = Name::new(&project, &parameters.secret_id)?;
    Ok(rest::answer(&secret::create(&world, &name, rest::body(&body)?)?))
}

async fn read(
    State(world): State<World>,
    Path((project, secret)): Path<(String, String)>,
) -> Answer {
    match secret.split_once(':') {
        None => Ok(rest::answer(&secret::get(&world, &Name::new(&project, &secret)?)?)),
        Some((secret, "getIamPolicy")) => {
            Ok(rest::answer(&policy::get(&world, &Name::new(&project, secret)?)?))
        }
        Some(_) => Err(unknown().into()),
    }
}

async fn update(
    State(world): State<World>,
    Path((project, secret)): Path<(String, String)>,
    uri: Uri,
    body: Bytes,
) -> Answer {
    let parameters: Parameters = rest::parameters(&uri)?;
    let name = Name::new(&project, &secret)?;
    let patch = rest::body(&body)?;
    Ok(rest::answer(&secret::update(&world, &name, &patch, &parameters.update_mask)?))
}

async fn delete(
    State(world): State<World>,
    Path((project, secret)): Path<(String, String)>,
    uri: Uri,
) -> Answer {
    let parameters: Parameters = rest::parameters(&uri)?;
    secret::delete(&world, &Name::new(&project, &secret)?, &parameters.etag)?;
    Ok(rest::answer(&json!({})))
}

async fn verb(
    State(world): State<World>,
    Path((project, secret)): Path<(String, String)>,
    uri: Uri,
    body: Bytes,
) -> Answer {
    let (secret, verb) = secret.split_once(':').ok_or_else(unknown)?;
    let (name, body) = (Name::new(&project, secret)?, rest::body(&body)?);
    Ok(rest::answer(&match verb {
        "addVersion" => shown(version::add(&world, &name, &body)?, &uri),
        "setIamPolicy" => policy::set(&world, &name, &body)?,
        "testIamPermissions" => policy::test(&world, &name, &body)?,
        _ => return Err(unknown().into()),
    }))
}

async fn versions(
    State(world): State<World>,
    Path((project, secret)): Path<(String, String)>,
    uri: Uri,
) -> Answer {
    let parameters: Parameters = rest::parameters(&uri)?;
    no_filter(&parameters)?;
    let all = version::list(&world, &Name::new(&project, &secret)?)?;
    let all = all.into_iter().map(|version| shown(version, &uri)).collect();
    let size = world.behaviour.page(parameters.page_size);
    Ok(rest::answer(&rest::page("versions", all, size, &parameters.page_token)?))
}

async fn read_version(
    State(world): State<World>,
    Path((project, secret, version)): Path<(String, String, String)>,
    uri: Uri,
) -> Answer {
    let name = Name::new(&project, &secret)?;
    Ok(rest::answer(&match version.split_once(':') {
        None => shown(version::get(&world, &name, &version)?, &uri),
        Some((version, "access")) => version::access(&world, &name, version)?,
        Some(_) => return Err(unknown().into()),
    }))
}

async fn version_verb(
    State(world): State<World>,
    Path((project, secret, version)): Path<(String, String, String)>,
    uri: Uri,
    body: Bytes,
) -> Answer {
    let (version, verb) = version.split_once(':').ok_or_else(unknown)?;
    let state = match verb {
        "enable" => record::ENABLED,
        "disable" => record::DISABLED,
        "destroy" => record::DESTROYED,
        _ => return Err(unknown().into()),
    };
    let (name, body) = (Name::new(&project, &secret)?, rest::body(&body)?);
    let etag = body["etag"].as_str().unwrap_or_default();
    Ok(rest::answer(&shown(version::turn(&world, &name, version, state, etag)?, &uri)))
}

/// Enums as the caller wants them.
fn shown(mut version: Value, uri: &Uri) -> Value {
    let states = ["STATE_UNSPECIFIED", record::ENABLED, record::DISABLED, record::DESTROYED];
    let number = states.iter().position(|state| version["state"] == *state);
    if let Some(number) = number.filter(|_| rest::wants_numbers(uri)) {
        version["state"] = json!(number);
    }
    version
}

fn no_filter(parameters: &Parameters) -> Result<(), Refusal> {
    match parameters.filter.as_str() {
        "" => Ok(()),
        _ => Err(Refusal::unimplemented("the sandbox has no filters of secrets and versions")),
    }
}

fn unknown() -> Refusal {
    Refusal::not_found("Method not found.")
}

/// What a call is, by its path.
pub(super) fn label(parts: &Parts) -> Label {
    let path = percent_decode_str(parts.uri.path()).decode_utf8_lossy().into_owned();
    let (path, verb) = path.split_once(':').unwrap_or((path.as_str(), ""));
    let template = match path.trim_start_matches('/').split('/').collect::<Vec<_>>()[..] {
        ["v1", _, _, "secrets"] => "secrets",
        ["v1", _, _, "secrets", _] => "secrets/{secret}",
        ["v1", _, _, "secrets", _, "versions"] => "secrets/{secret}/versions",
        ["v1", _, _, "secrets", _, "versions", _] => "secrets/{secret}/versions/{version}",
        _ => return Label::of_http(parts),
    };
    let colon = if verb.is_empty() { "" } else { ":" };
    let looks = parts.method == Method::GET || verb == "testIamPermissions";
    Label {
        method: format!("{} /v1/projects/{{project}}/{template}{colon}{verb}", parts.method),
        resource: path.trim_start_matches("/v1/").to_owned(),
        mutating: !looks,
    }
}
