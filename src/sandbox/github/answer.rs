//! How GitHub answers: pages with links, etags, refusals in its own words, and what a token may see.
//!
//! <https://docs.github.com/en/rest/using-the-rest-api>

use std::collections::BTreeMap;

use axum::extract::{OriginalUri, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Collected};
use serde_json::{Value, json};

use crate::sandbox::refusal::Refusal;
use crate::sandbox::{StoreError, World};

/// What a call comes to.
pub(super) type Answer = Result<Response, Failure>;

/// The most entries of a page, for most lists.
pub(super) const LONGEST_PAGE: usize = 100;

/// A refused call.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    message: String,
    errors: Vec<Value>,
}

impl Failure {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), errors: Vec::new() }
    }

    /// It is not there, or may not be seen: GitHub does not tell these apart.
    pub(super) fn absent() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    pub(super) fn conflict(message: &str) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// What a field of a request must not be.
    pub(super) fn invalid(resource: &str, field: &str, code: &str) -> Self {
        let error = json!({ "resource": resource, "field": field, "code": code });
        Self { errors: vec![error], ..Self::unprocessable("Validation Failed") }
    }

    /// The same in words.
    pub(super) fn custom(resource: &str, field: &str, message: &str) -> Self {
        let mut failure = Self::invalid(resource, field, "custom");
        failure.errors[0]["message"] = json!(message);
        failure
    }

    pub(super) fn unprocessable(message: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// A status that a fault asks for.
    pub(super) fn asked_for(status: u16, message: &str) -> Self {
        let usual = match status {
            401 => "Bad credentials",
            403 => "Resource not accessible by personal access token",
            404 => "Not Found",
            429 => "You have exceeded a secondary rate limit. Please wait a few minutes.",
            500..=599 => "Server Error",
            _ => "Problems parsing the request",
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self::new(status, if message.is_empty() { usual } else { message })
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, refusal.message)
    }
}

/// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed>
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut body = json!({
            "message": self.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": self.status.as_u16().to_string(),
        });
        if !self.errors.is_empty() {
            body["errors"] = Value::Array(self.errors);
        }
        (self.status, in_json(&body)).into_response()
    }
}

fn in_json(body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (kind, body.to_string()).into_response()
}

/// An answer, with its etag; nothing more of it for whoever has it already.
pub(super) fn told(headers: &HeaderMap, body: &Value) -> Response {
    tagged(headers, body, "")
}

/// The same of a page, whose etag tells as well that others stand around it.
fn tagged(headers: &HeaderMap, body: &Value, links: &str) -> Response {
    let etag = format!("W/\"{:08x}\"", crc32c::crc32c(format!("{body}{links}").as_bytes()));
    let has =
        headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == etag.as_bytes());
    let mut response = if has { StatusCode::NOT_MODIFIED.into_response() } else { in_json(body) };
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// What was made.
pub(super) fn made(body: &Value) -> Response {
    (StatusCode::CREATED, in_json(body)).into_response()
}

/// What was changed.
pub(super) fn changed(body: &Value) -> Response {
    in_json(body)
}

/// Nothing is told.
pub(super) fn nothing() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// It is asked about at another address.
pub(super) fn elsewhere(url: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, url)]).into_response()
}

/// Answers are full of GitHub's addresses, which clients follow; here they are the sandbox's.
pub(super) async fn at_home(
    State(world): State<World>,
    OriginalUri(asked): OriginalUri,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = next.run(request).await.into_parts();
    let links = parts.headers.get(header::LINK).and_then(|links| links.to_str().ok());
    let whole = links.map(|it| it.replace("<?", &format!("<{}{}?", world.url(), asked.path())));
    if let Some(links) = whole.and_then(|links| HeaderValue::from_str(&links).ok()) {
        parts.headers.insert(header::LINK, links);
    }
    let Ok(body) = body.collect().await.map(Collected::to_bytes) else {
        return Failure::asked_for(500, "").into_response();
    };
    let Ok(text) = std::str::from_utf8(&body) else {
        return Response::from_parts(parts, body.into());
    };
    let here = text.replace("https://api.github.com/", &format!("{}/github/", world.url()));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, here.into())
}

/// The body of a call; nothing is an empty object.
pub(super) fn body(bytes: &[u8]) -> Result<Value, Failure> {
    match bytes {
        [] => Ok(json!({})),
        bytes => serde_json::from_slice(bytes)
            .map_err(|_| Failure::new(StatusCode::BAD_REQUEST, "Problems parsing JSON")),
    }
}

/// The parameters behind the question mark.
pub(super) fn parameters(uri: &Uri) -> BTreeMap<String, String> {
    let query = axum::extract::Query::try_from_uri(uri);
    query.map(|axum::extract::Query(query)| query).unwrap_or_default()
}

/// What a list is asked with: where, and by whom.
pub(super) struct Asked<'a> {
    pub(super) world: &'a World,
    pub(super) uri: &'a Uri,
    pub(super) headers: &'a HeaderMap,
}

impl Asked<'_> {
    /// The page that is asked for, with links to those around it.
    pub(super) fn page(&self, entries: Vec<Value>, longest: usize) -> Response {
        self.wrapped(entries, longest, |page, _| Value::Array(page))
    }

    /// The same within an object that tells how many there are.
    pub(super) fn counted(&self, key: &str, entries: Vec<Value>, longest: usize) -> Response {
        self.wrapped(entries, longest, |page, total| json!({ "total_count": total, key: page }))
    }

    fn wrapped(
        &self,
        entries: Vec<Value>,
        longest: usize,
        wrap: impl Fn(Vec<Value>, usize) -> Value,
    ) -> Response {
        let parameters = parameters(self.uri);
        let number = |name: &str| parameters.get(name).and_then(|text| text.parse().ok());
        let most = longest.min(self.world.behaviour.page_size).max(1);
        let size = number("per_page").unwrap_or(30).clamp(1, most);
        let page: usize = number("page").unwrap_or(1).max(1);
        let total = entries.len();
        let last = total.div_ceil(size).max(1);
        let shown = entries.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
        let mut links = Vec::new();
        if page > 1 {
            links.extend([self.link(page - 1, "prev"), self.link(1, "first")]);
        }
        if page < last {
            links.extend([self.link(page + 1, "next"), self.link(last, "last")]);
        }
        let links = links.join(", ");
        let mut response = tagged(self.headers, &wrap(shown, total), &links);
        if let Ok(links) = HeaderValue::from_str(&links)
            && !links.is_empty()
        {
            response.headers_mut().insert(header::LINK, links);
        }
        response
    }

    /// A link without its address, which [`at_home`] knows.
    fn link(&self, page: usize, word: &str) -> String {
        let mut parameters = parameters(self.uri);
        parameters.insert("page".to_owned(), page.to_string());
        let query: Vec<String> =
            parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("<?{}>; rel=\"{word}\"", query.join("&"))
    }
}
