//! What must not be shown of a release's values.
//!
//! A declaration holds no secrets, so what it says itself may be shown. Of anything else that is
//! found in a release, what its key or its form calls a secret is left behind.

use super::manifest::NOT_SHOWN;
use serde_json::Value;

/// Parts of keys whose values are secret.
const SECRET: [&str; 11] = [
    "secret",
    "token",
    "passw",
    "passphrase",
    "credential",
    "privatekey",
    "apikey",
    "accesskey",
    "cookie",
    "cryptokey",
    "authstate",
];

/// Ends of keys that only say where a secret is, or how it is handled.
const HARMLESS: [&str; 12] = [
    "name",
    "ref",
    "keyref",
    "namespace",
    "path",
    "file",
    "mount",
    "enabled",
    "url",
    "seconds",
    "days",
    "type",
];

/// The values of a release as they may be shown, in the form that the declaration has them in: a
/// number that was written `1.0` there stays so.
pub(crate) fn values(found: &Value, wanted: Option<&Value>) -> Value {
    shown("", found, wanted)
}

fn shown(key: &str, found: &Value, wanted: Option<&Value>) -> Value {
    match (found, wanted) {
        (_, Some(wanted)) if found == wanted || same_number(found, wanted) => wanted.clone(),
        (Value::Object(fields), _) => {
            let named = fields.get("name").and_then(Value::as_str);
            let below = |(field, value): (&String, &Value)| {
                // `{ name: API_TOKEN, value: … }`, as in the environment of a container.
                let key = match (field.as_str(), named) {
                    ("value", Some(name)) => name,
                    _ => field,
                };
                (field.clone(), shown(key, value, wanted.and_then(|wanted| wanted.get(field))))
            };
            Value::Object(fields.iter().map(below).collect())
        }
        (Value::Array(items), _) => {
            let below = |(at, item): (usize, &Value)| {
                shown(key, item, wanted.and_then(|wanted| wanted.get(at)))
            };
            Value::Array(items.iter().enumerate().map(below).collect())
        }
        (Value::String(text), _) if looks_secret(key, text) => NOT_SHOWN.into(),
        _ => found.clone(),
    }
}

/// What differs between an object of a release and the live one, as it may be shown.
pub(crate) fn shown_at(path: &str, value: &Value) -> Value {
    shown(path.rsplit('.').next().unwrap_or(path), value, None)
}

/// JSON does not tell `1` and `1.0` apart, and Helm writes the former for both.
fn same_number(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Number(found), Value::Number(wanted)) => found.as_f64() == wanted.as_f64(),
        _ => false,
    }
}

/// Whether a value is a secret, as far as its key and its form tell.
pub fn looks_secret(key: &str, text: &str) -> bool {
    let key: String = key.chars().filter(|c| c.is_alphanumeric()).collect();
    let key = key.to_lowercase();
    let by_key = SECRET.iter().any(|part| key.contains(part))
        && !HARMLESS.iter().any(|end| key.ends_with(end));
    !text.is_empty() && (by_key || is_key(text) || signs_in(text))
}

/// Whether what a program said may be shown: whether nothing in it has the form of a secret.
pub fn may_be_shown(said: &str) -> bool {
    !said.split([' ', '"', '\'']).any(signs_in)
        && !said.split([' ', '"', '\'']).any(is_key)
        && !said.contains("PRIVATE KEY-----")
}

/// Whether a text is (or holds) a private key or a signed token.
fn is_key(text: &str) -> bool {
    text.contains("PRIVATE KEY-----") || text.starts_with("eyJ") && text.matches('.').count() == 2
}

/// Whether a text is an address with a password in it.
fn signs_in(text: &str) -> bool {
    text.split_once("://").is_some_and(|(_, rest)| {
        let server = rest.split('/').next().unwrap_or_default();
        server.split_once('@').is_some_and(|(who, _)| who.contains(':'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_its_key_calls_a_secret_is_not_shown() {
        let found = json!({
            "proxy": { "secretToken": "canary", "https": { "hosts": ["a.org"] } },
            "hub": {
                "db": { "url": "postgresql://hub:canary@db/hub" },
                "config": { "GitHubOAuthenticator": { "client_secret": "canary", "client_id": "x" } },
                "existingSecret": "",
                "extraEnv": [{ "name": "API_TOKEN", "value": "canary" }],
                "cookieSecretName": "hub-cookie",
            },
            "key": "-----BEGIN PRIVATE KEY-----\ncanary",
        });
        let shown = values(&found, None);
        assert!(!shown.to_string().contains("canary"), "{shown}");
        assert_eq!(shown["hub"]["config"]["GitHubOAuthenticator"]["client_id"], "x");
        assert_eq!(shown["hub"]["cookieSecretName"], "hub-cookie");
        assert_eq!(shown["proxy"]["https"], found["proxy"]["https"]);
    }

    #[test]
    fn what_the_declaration_says_itself_is_shown() {
        let found = json!({ "hub": { "existingSecret": "hub-secret", "scale": 1 } });
        let wanted = json!({ "hub": { "existingSecret": "hub-secret", "scale": 1.0 } });
        assert_eq!(values(&found, Some(&wanted)), wanted);
        let other = json!({ "hub": { "existingSecret": "other" } });
        assert_eq!(values(&found, Some(&other))["hub"]["existingSecret"], NOT_SHOWN);
    }
}
