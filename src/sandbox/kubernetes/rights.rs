//! Who may do what: there are no roles here, a caller's token or the name of a context tells it; and
//! how callers ask what they may.
//!
//! <https://kubernetes.io/docs/reference/access-authn-authz/authorization/>

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{HeaderMap, Method, header};
use serde_json::{Value, json};

use super::answer;
use super::failure::Failure;
use super::path::{Objects, Path, Place, Target};

/// What callers ask about themselves.
const GROUP: &str = "authorization.k8s.io";
const LOOKING: &[&str] = &["get", "list", "watch"];

/// What a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rights {
    /// Nobody knows who that is.
    Unknown,
    Nothing,
    Looking,
    Everything,
}

impl Rights {
    /// Tokens and contexts tell what may be done by how they begin: `bad` is no token, `blind` sees
    /// nothing, and `reader` changes nothing. Any other, or none, may do everything.
    fn of(headers: &HeaderMap, place: Option<&Place>) -> Self {
        let token = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
        let token = token.and_then(|it| it.split_once(' ')).map_or("", |(_, token)| token);
        let context = match place {
            Some(Place::Context(name)) => name,
            _ => "",
        };
        let begins = |word: &str| token.starts_with(word) || context.starts_with(word);
        match () {
            () if token.starts_with("bad") => Self::Unknown,
            () if begins("blind") => Self::Nothing,
            () if begins("reader") => Self::Looking,
            () => Self::Everything,
        }
    }

    fn allows(self, verb: &str) -> bool {
        match self {
            Self::Unknown | Self::Nothing => false,
            Self::Looking => LOOKING.contains(&verb),
            Self::Everything => true,
        }
    }
}

/// Lets a call in, or says what its caller may not.
pub(super) async fn admit(request: Request, next: Next) -> Response {
    let path = Path::read(request.uri().path());
    let rights = Rights::of(request.headers(), path.as_ref().map(|it| &it.place));
    let failure = match path.map(|path| path.target) {
        _ if rights == Rights::Unknown => Failure::asked_for(401, ""),
        Some(Target::Objects(objects)) if !is_review(&objects) => {
            let verb = verb(request.method(), &objects, request.uri().query());
            match rights.allows(verb) {
                true => return next.run(request).await,
                false => Failure::asked_for(403, &may_not(&objects, verb)),
            }
        }
        _ => return next.run(request).await,
    };
    failure.into_response()
}

/// The word of roles for a call.
fn verb(method: &Method, objects: &Objects, query: Option<&str>) -> &'static str {
    let watches = query.is_some_and(|query| query.contains("watch=") && !query.contains("=false"));
    match (method.as_str(), objects.name.is_some()) {
        ("GET" | "HEAD", true) => "get",
        ("GET" | "HEAD", false) if watches => "watch",
        ("GET" | "HEAD", false) => "list",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        (_, true) => "delete",
        (_, false) => "deletecollection",
    }
}

/// <https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go>
fn may_not(objects: &Objects, verb: &str) -> String {
    let Objects { group, plural, namespace, name, below, .. } = objects;
    let qualified = if group.is_empty() { plural.clone() } else { format!("{plural}.{group}") };
    let name = name.as_ref().map(|name| format!(" \"{name}\"")).unwrap_or_default();
    let below = below.as_ref().map(|below| format!("/{below}")).unwrap_or_default();
    let scope = match namespace {
        Some(namespace) => format!("in the namespace \"{namespace}\""),
        None => "at the cluster scope".to_owned(),
    };
    format!(
        "{qualified}{name} is forbidden: User \"somebody\" cannot {verb} resource \
         \"{plural}{below}\" in API group \"{group}\" {scope}"
    )
}

/// Whether a call asks what its caller may do.
pub(super) fn is_review(objects: &Objects) -> bool {
    objects.group == GROUP && objects.version == "v1" && objects.name.is_none()
}

/// Answers what a caller may do: one thing, or all in a namespace.
pub(super) fn review(
    parts: &Parts,
    place: &Place,
    objects: &Objects,
    body: &[u8],
) -> Result<Response, Failure> {
    if parts.method != Method::POST {
        return Err(Failure::method());
    }
    let rights = Rights::of(&parts.headers, Some(place));
    let mut asked: Value = serde_json::from_slice(body)
        .map_err(|error| Failure::bad_request(format!("the body is no JSON: {error}")))?;
    asked["status"] = match objects.plural.as_str() {
        "selfsubjectaccessreviews" => {
            let about = &asked["spec"]["resourceAttributes"];
            let verb = about["verb"].as_str().unwrap_or_default();
            json!({ "allowed": rights.allows(verb) })
        }
        "selfsubjectrulesreviews" => rules(rights),
        _ => return Err(Failure::unknown()),
    };
    Ok(answer::told(201, &asked))
}

fn rules(rights: Rights) -> Value {
    let verbs: &[&str] = match rights {
        Rights::Unknown | Rights::Nothing => &[],
        Rights::Looking => LOOKING,
        Rights::Everything => &["*"],
    };
    let all = json!({ "verbs": verbs, "apiGroups": ["*"], "resources": ["*"] });
    let rules = if verbs.is_empty() { json!([]) } else { json!([all]) };
    json!({ "resourceRules": rules, "nonResourceRules": [], "incomplete": false })
}
