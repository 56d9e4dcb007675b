//! What a credentials file says of itself, its secrets left alone.
//! The types of files: <https://google.aip.dev/auth/4110>.

use crate::providers::gcp::credentials::{CredentialKind, CredentialSource, CredentialsError};
use serde_json::Value;
use std::path::Path;

/// Describes the credentials in a file.
pub(super) fn describe(path: &Path) -> CredentialSource {
    match content(path) {
        Ok(json) => of_json(path, &json),
        Err(missing) => unusable(path, missing),
    }
}

/// The content of a file, secrets included: for the client only.
pub(super) fn read(path: &Path) -> Result<Value, CredentialsError> {
    content(path).map_err(|why| {
        let source_words = format!("the file {}", path.display());
        CredentialsError::Missing { source_words, missing: vec![why] }
    })
}

fn content(path: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("the file cannot be read: {error}"))?;
    // The parser's own message might quote the file.
    serde_json::from_str(&text).map_err(|_| "the file is not JSON".to_owned())
}

fn unusable(path: &Path, missing: String) -> CredentialSource {
    let (kind, path) = (CredentialKind::Unusable, Some(path.to_owned()));
    CredentialSource { kind, path, whom: None, missing: vec![missing] }
}

fn of_json(path: &Path, json: &Value) -> CredentialSource {
    let Some((kind, fields)) = kind(json) else {
        let told = json["type"].as_str().unwrap_or("nothing");
        return unusable(path, format!("the file says type {told}, which is not supported"));
    };
    let absent = fields.iter().filter(|field| json.get(**field).is_none());
    let mut missing: Vec<String> = absent.map(|field| format!("the file has no {field}")).collect();
    missing.extend(missing_token(json));
    CredentialSource { kind, path: Some(path.to_owned()), whom: whom(kind, json), missing }
}

/// The kind of credentials, and the fields that they cannot do without.
fn kind(json: &Value) -> Option<(CredentialKind, &'static [&'static str])> {
    Some(match json["type"].as_str()? {
        "service_account" => (CredentialKind::ServiceAccount, &["client_email", "private_key"]),
        "authorized_user" => {
            (CredentialKind::AuthorizedUser, &["client_id", "client_secret", "refresh_token"])
        }
        "external_account" => (
            CredentialKind::ExternalAccount,
            &["audience", "subject_token_type", "token_url", "credential_source"],
        ),
        "impersonated_service_account" => (
            CredentialKind::Impersonated,
            &["service_account_impersonation_url", "source_credentials"],
        ),
        _ => return None,
    })
}

fn whom(kind: CredentialKind, json: &Value) -> Option<String> {
    let text = |field: &str| json[field].as_str().filter(|text| !text.is_empty());
    let acts_as = || text("service_account_impersonation_url").and_then(account_in_url);
    let whom = match kind {
        CredentialKind::ServiceAccount => text("client_email"),
        CredentialKind::AuthorizedUser => text("account"),
        CredentialKind::ExternalAccount => acts_as().or_else(|| text("audience")),
        CredentialKind::Impersonated => acts_as(),
        CredentialKind::Gcloud
        | CredentialKind::MetadataServer
        | CredentialKind::Unusable
        | CredentialKind::Nothing => None,
    };
    whom.map(str::to_owned)
}

fn account_in_url(url: &str) -> Option<&str> {
    url.rsplit_once("/serviceAccounts/")?.1.split(':').next()
}

fn missing_token(json: &Value) -> Option<String> {
    let file = json["credential_source"]["file"].as_str()?;
    (!Path::new(file).exists()).then(|| format!("the token file {file} does not exist"))
}
