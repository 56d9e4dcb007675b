//! Applications that people log in to, and the organizations that let them in.
//!
//! On GitHub both are made by hand, in settings; the addresses here are those, and the answers ours.

use axum::extract::{Path, State};
use serde_json::{Value, json};
use url::Url;

use super::super::answer::{self, Answer, Failure};
use super::super::record;
use super::{Fields, digest, secret};
use crate::sandbox::{StoreError, Transaction, World};

/// What is registered of an application.
#[derive(Clone, Copy, Debug)]
pub struct Application<'a> {
    /// What people see.
    pub name: &'a str,
    /// Its public name.
    pub client_id: &'a str,
    /// What it proves itself with.
    pub client_secret: &'a str,
    /// Where people are sent back to.
    pub callback: &'a str,
}

/// An application as it is kept.
pub(super) struct Registered {
    pub(super) client_id: String,
    pub(super) name: String,
    callback: Url,
    secret: String,
    pub(super) has_device_flow: bool,
}

impl Registered {
    pub(super) fn find(view: &Transaction<'_>, client_id: &str) -> Result<Self, Failure> {
        let kept = view.value(&key(client_id)).ok_or_else(Failure::absent)?;
        let text = |field: &str| kept[field].as_str().unwrap_or_default().to_owned();
        let callback = Url::parse(&text("callback")).map_err(|_| Failure::absent())?;
        Ok(Self {
            client_id: client_id.to_owned(),
            name: text("name"),
            callback,
            secret: text("secret"),
            has_device_flow: kept["device_flow"] == true,
        })
    }

    pub(super) fn proves_itself(&self, secret: &str) -> bool {
        self.secret == digest(secret)
    }

    /// Where a person is sent back to, or to complain that this is not the place.
    pub(super) fn redirect(&self, asked: Option<&str>) -> Result<Url, Url> {
        let Some(asked) = asked else { return Ok(self.callback.clone()) };
        let fitting = Url::parse(asked).ok().filter(|asked| fits(&self.callback, asked));
        fitting.ok_or_else(|| self.callback.clone())
    }
}

/// <https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps#redirect-urls>
fn fits(callback: &Url, asked: &Url) -> bool {
    let host = callback.host_str().unwrap_or_default();
    let is_loopback = matches!(host, "127.0.0.1" | "[::1]");
    let asked_host = asked.host_str().unwrap_or_default();
    let below =
        asked_host.strip_suffix(host).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let port = is_loopback || callback.port_or_known_default() == asked.port_or_known_default();
    let folder = callback.path().trim_end_matches('/');
    let path = asked.path().strip_prefix(folder);
    let inside = path.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    callback.scheme() == asked.scheme() && below && port && inside
}

fn key(client_id: &str) -> String {
    format!("github/oauth/application/{client_id}")
}

fn policy_key(organization: &str) -> String {
    format!("github/oauth/policy/{}", organization.to_ascii_lowercase())
}

/// Whether an organization lets an application see what is its own.
pub(crate) fn lets_in(view: &Transaction<'_>, organization: &str, client_id: &str) -> bool {
    let Some(policy) = view.value(&policy_key(organization)) else { return true };
    policy.as_array().is_some_and(|approved| approved.iter().any(|it| it == client_id))
}

/// Registers an application, with the device flow.
///
/// # Errors
/// When the store refuses.
pub fn register(world: &World, application: Application<'_>) -> Result<(), StoreError> {
    let Application { name, client_id, client_secret, callback } = application;
    let kept = json!({
        "name": name, "secret": digest(client_secret), "callback": callback, "device_flow": true,
    });
    world.store.transact(|tx| {
        tx.put(key(client_id), kept.clone());
        Ok(())
    })
}

/// An organization lets nobody in any more but the applications that it approves of.
///
/// # Errors
/// When the store refuses.
pub fn restrict(world: &World, organization: &str) -> Result<(), StoreError> {
    change(world, organization, |_| Some(Vec::new()))
}

/// An organization approves of an application.
///
/// # Errors
/// When the store refuses.
pub fn approve(world: &World, organization: &str, client_id: &str) -> Result<(), StoreError> {
    change(world, organization, |approved| {
        let mut approved = approved?;
        approved.push(json!(client_id));
        Some(approved)
    })
}

fn change(
    world: &World,
    organization: &str,
    how: impl Fn(Option<Vec<Value>>) -> Option<Vec<Value>>,
) -> Result<(), StoreError> {
    let key = policy_key(organization);
    world.store.transact(|tx| {
        match how(tx.value(&key).and_then(|kept| kept.as_array().cloned())) {
            Some(approved) => tx.put(key.clone(), Value::Array(approved)),
            None => tx.remove(&key),
        }
        Ok(())
    })
}

/// Registers an application, as a form does. Names and secrets are made up unless they are given.
pub(super) async fn create(State(world): State<World>, fields: Fields) -> Answer {
    let given = |name: &str, made: String| fields.said(name).map_or(made, str::to_owned);
    let client_id = given("client_id", format!("Ov23li{}", secret::<7>()));
    let client_secret = given("client_secret", secret::<20>());
    let callback = fields.text("callback_url");
    if Url::parse(callback).is_err() {
        return Err(Failure::invalid("OauthApplication", "callback_url", "invalid"));
    }
    let name = given("name", client_id.clone());
    register(
        &world,
        Application { name: &name, client_id: &client_id, client_secret: &client_secret, callback },
    )?;
    Ok(answer::made(&json!({ "client_id": client_id, "client_secret": client_secret })))
}

/// Restricts applications (`restrict`), approves of one (`approve`), or lets all in (`lift`).
pub(super) async fn change_policy(
    State(world): State<World>,
    Path(organization): Path<String>,
    fields: Fields,
) -> Answer {
    record::exists(&organization)?;
    match (fields.text("action"), fields.said("client_id")) {
        ("restrict", None) => restrict(&world, &organization)?,
        ("approve", Some(client_id)) => approve(&world, &organization, client_id)?,
        ("lift", None) => change(&world, &organization, |_| None)?,
        _ => return Err(Failure::invalid("OauthApplicationPolicy", "action", "invalid")),
    }
    Ok(answer::nothing())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(callback: &str, asked: &str) -> bool {
        fits(&Url::parse(callback).unwrap(), &Url::parse(asked).unwrap())
    }

    #[test]
    fn people_are_sent_back_to_the_place_or_below_it() {
        let callback = "https://hub.example.org/hub";
        for good in ["/hub", "/hub/oauth_callback"] {
            assert!(fit(callback, &format!("https://hub.example.org{good}")), "{good}");
        }
        assert!(fit(callback, "https://staging.hub.example.org/hub"));
        for bad in ["", "/", "/hubs", ":8443/hub"] {
            assert!(!fit(callback, &format!("https://hub.example.org{bad}")), "{bad}");
        }
        assert!(!fit(callback, "https://evil-hub.example.org/hub"));
        assert!(!fit(callback, "http://hub.example.org/hub"));
    }

    #[test]
    fn on_this_machine_any_port_will_do() {
        assert!(fit("http://127.0.0.1/hub", "http://127.0.0.1:8000/hub/oauth_callback"));
        assert!(!fit("http://127.0.0.1/hub", "http://127.0.0.1:8000/other"));
    }
}
