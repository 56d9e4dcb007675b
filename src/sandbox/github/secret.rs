//! Secrets of repositories, sealed by whoever sends them with a key that is given out, and really
//! opened here. <https://docs.github.com/en/rest/actions/secrets>

use axum::extract::{Path, State};
use bytes::Bytes;
use crypto_box::{SecretKey, aead::OsRng};
use data_encoding::BASE64;
use http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::answer::{self, Answer, Asked, Failure, LONGEST_PAGE};
use super::record;
use super::repository::there;
use super::shelf::Shelf;
use super::variable::is_name;
use crate::sandbox::{Transaction, World};

/// Where the secrets of a repository are kept.
pub(super) fn shelf(owner: &str, repository: &str) -> Result<Shelf, Failure> {
    Shelf::of("secret", owner, repository)
}

pub(super) async fn list(
    State(world): State<World>,
    headers: HeaderMap,
    uri: Uri,
    Path((owner, repository)): Path<(String, String)>,
) -> Answer {
    let shelf = shelf(&owner, &repository)?;
    let all = world.store.read(|view| Ok::<_, Failure>(shelf.all(view).map(shown).collect()))?;
    let asked = Asked { world: &world, uri: &uri, headers: &headers };
    Ok(asked.counted("secrets", all, LONGEST_PAGE))
}

/// All that is ever told of a secret.
fn shown(kept: &Value) -> Value {
    let field = |name: &str| kept[name].clone();
    json!({
        "name": field("name"),
        "created_at": field("created_at"),
        "updated_at": field("updated_at"),
    })
}

pub(super) async fn read(
    State(world): State<World>,
    headers: HeaderMap,
    Path((owner, repository, name)): Path<(String, String, String)>,
) -> Answer {
    let key = shelf(&owner, &repository)?.key(&name.to_ascii_uppercase());
    let kept = world.store.read(|view| view.value(&key).ok_or_else(Failure::absent))?;
    Ok(answer::told(&headers, &shown(&kept)))
}

/// Each repository has a key of its own, which is made when it is first asked for.
pub(super) async fn public_key(
    State(world): State<World>,
    headers: HeaderMap,
    Path((owner, repository)): Path<(String, String)>,
) -> Answer {
    there(&owner, &repository)?;
    let secret = world.store.transact(|tx| key_of(&world, tx, &owner, &repository))?;
    let public = BASE64.encode(secret.public_key().as_bytes());
    let body = json!({ "key_id": key_id(&owner, &repository), "key": public });
    Ok(answer::told(&headers, &body))
}

fn key_id(owner: &str, repository: &str) -> String {
    record::number(&format!("{owner}/{repository}")).to_string()
}

fn key_of(
    world: &World,
    tx: &mut Transaction<'_>,
    owner: &str,
    repository: &str,
) -> Result<SecretKey, Failure> {
    let place = format!("github/key/{}", format!("{owner}/{repository}").to_ascii_lowercase());
    if let Some(kept) = tx.value(&place) {
        let bytes = world.vault.opened(&place, kept.as_str().unwrap_or_default())?;
        return SecretKey::from_slice(&bytes).map_err(|_| Failure::unprocessable("Bad key"));
    }
    let key = SecretKey::generate(&mut OsRng);
    let sealed = world.vault.seal(&place, &key.to_bytes())?;
    tx.put(place, json!(sealed));
    Ok(key)
}

pub(super) async fn write(
    State(world): State<World>,
    Path((owner, repository, name)): Path<(String, String, String)>,
    bytes: Bytes,
) -> Answer {
    let shelf = shelf(&owner, &repository)?;
    let body = answer::body(&bytes)?;
    if !is_name(&name) {
        return Err(Failure::unprocessable(
            "Secret names can only contain alphanumeric characters",
        ));
    }
    if body["key_id"] != *key_id(&owner, &repository) {
        return Err(Failure::unprocessable("Bad request - key_id does not match"));
    }
    let now = world.clock.now().rfc3339();
    let is_new = world.store.transact(|tx| {
        let secret = key_of(&world, tx, &owner, &repository)?;
        let sealed = body["encrypted_value"].as_str().unwrap_or_default();
        let sealed = BASE64.decode(sealed.as_bytes()).ok();
        let value = sealed.and_then(|sealed| secret.unseal(&sealed).ok());
        let value = value.ok_or_else(|| {
            Failure::unprocessable("Bad request - encrypted_value is not sealed with the key")
        })?;
        let key = shelf.key(&name.to_ascii_uppercase());
        let there = tx.value(&key);
        let created = there.as_ref().map_or(json!(now), |kept| kept["created_at"].clone());
        let sealed = world.vault.seal(&key, &value)?;
        tx.put(
            key,
            json!({
                "name": name.to_ascii_uppercase(), "created_at": created, "updated_at": now,
                "sealed": sealed,
            }),
        );
        Ok::<_, Failure>(there.is_none())
    })?;
    Ok(if is_new { answer::made(&json!({})) } else { answer::nothing() })
}

pub(super) async fn delete(
    State(world): State<World>,
    Path((owner, repository, name)): Path<(String, String, String)>,
) -> Answer {
    shelf(&owner, &repository)?.remove(&world, &name.to_ascii_uppercase())
}
