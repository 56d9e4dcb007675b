//! What a test does past the API: people who accept, decline, change their login or vanish, and
//! what somebody changes by hand.

use serde_json::{Value, json};

use super::organization;
use super::record::{self, Account, Team, user_key};
use super::secret;
use super::team::slug;
use crate::sandbox::{StoreError, Transaction, World};

/// Somebody joins an organization, past all invitations.
///
/// # Errors
/// When the store refuses.
pub fn join(world: &World, organization: &str, login: &str, role: &str) -> Result<(), StoreError> {
    change(world, |tx| {
        let Ok(account) = Account::by_login(tx, login) else { return };
        account.keep(tx);
        tx.put(record::person_key(organization, account.id), json!({ "role": role }));
    })
}

/// Somebody accepts their invitation: they are in the organization and in the teams of it.
///
/// # Errors
/// When the store refuses.
pub fn accept(world: &World, organization: &str, login: &str) -> Result<(), StoreError> {
    let now = world.clock.now();
    change(world, |tx| {
        let Ok(account) = Account::by_login(tx, login) else { return };
        organization::accepted(tx, organization, &account, now);
    })
}

/// Somebody declines their invitation.
///
/// # Errors
/// When the store refuses.
pub fn decline(world: &World, organization: &str, login: &str) -> Result<(), StoreError> {
    let now = world.clock.now().rfc3339();
    change_invitation(world, organization, login, |it| it["declined"] = json!(now))
}

/// Somebody's invitation was sent so long ago that it expired, whatever the clock says.
///
/// # Errors
/// When the store refuses.
pub fn expire(world: &World, organization: &str, login: &str) -> Result<(), StoreError> {
    let long_ago = world.clock.now().seconds() - 30 * 24 * 60 * 60;
    change_invitation(world, organization, login, |it| it["create_time"] = json!(long_ago))
}

fn change_invitation(
    world: &World,
    organization: &str,
    login: &str,
    how: impl Fn(&mut Value),
) -> Result<(), StoreError> {
    change(world, |tx| {
        let Ok(account) = Account::by_login(tx, login) else { return };
        let key = record::invitation_key(organization, account.id);
        if let Some(invitation) = tx.value(&key) {
            let mut invitation: Value = (*invitation).clone();
            how(&mut invitation);
            tx.put(key, invitation);
        }
    })
}

/// Somebody is put into a team by hand, and into its organization.
///
/// # Errors
/// When the store refuses.
pub fn seed_member(
    world: &World,
    organization: &str,
    team: &str,
    login: &str,
    role: &str,
) -> Result<(), StoreError> {
    join(world, organization, login, "member")?;
    change(world, |tx| {
        let Ok(account) = Account::by_login(tx, login) else { return };
        if let Ok(team) = Team::find(tx, organization, team) {
            tx.put(team.member_key(account.id), json!({ "role": role }));
        }
    })
}

/// Somebody changes their login; the earlier one is nobody's then.
///
/// # Errors
/// When the store refuses.
pub fn rename_user(world: &World, login: &str, new: &str) -> Result<(), StoreError> {
    change(world, |tx| {
        let Ok(account) = Account::by_login(tx, login) else { return };
        tx.put(user_key(account.id), json!({ "login": new }));
        tx.put(format!("github/login/{}", new.to_ascii_lowercase()), json!(account.id));
        tx.put(format!("github/login/{}", login.to_ascii_lowercase()), Value::Null);
    })
}

/// Somebody's account is deleted.
///
/// # Errors
/// When the store refuses.
pub fn vanish(world: &World, login: &str) -> Result<(), StoreError> {
    change(world, |tx| {
        let Ok(account) = Account::by_login(tx, login) else { return };
        tx.put(user_key(account.id), Value::Null);
        tx.put(format!("github/login/{}", login.to_ascii_lowercase()), Value::Null);
    })
}

/// Somebody gives a team another name by hand.
///
/// # Errors
/// When the store refuses.
pub fn rename_team(
    world: &World,
    organization: &str,
    team: &str,
    name: &str,
) -> Result<(), StoreError> {
    change(world, |tx| {
        let Ok(mut team) = Team::find(tx, organization, team) else { return };
        (team.value["name"], team.value["slug"]) = (json!(name), json!(slug(name)));
        tx.put(team.key(), team.value.clone());
    })
}

/// What the workflows of a repository would read of a secret; none if there is no such.
///
/// # Errors
/// When the store refuses.
pub fn secret_value(
    world: &World,
    owner: &str,
    repository: &str,
    name: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Ok(shelf) = secret::shelf(owner, repository) else { return Ok(None) };
    let key = shelf.key(&name.to_ascii_uppercase());
    let kept = world.store.read(|view| Ok::<_, StoreError>(view.value(&key)))?;
    let sealed = kept.as_ref().and_then(|kept| kept["sealed"].as_str());
    Ok(sealed.and_then(|sealed| world.vault.opened(&key, sealed).ok()))
}

fn change(world: &World, how: impl Fn(&mut Transaction<'_>)) -> Result<(), StoreError> {
    world.store.transact(|tx| {
        how(tx);
        Ok(())
    })
}
