//! Tokens that act as a person. Only their digests are kept.

use serde_json::json;

use super::super::answer::Failure;
use super::super::record::Account;
use super::{Scopes, digest, secret};
use crate::sandbox::{StoreError, Transaction, World};

/// How the tokens of applications begin, wherever they come from.
/// <https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>
const PREFIX: &str = "gho_";

/// Whose token it is, and what it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The person that it acts as.
    pub(crate) account: Account,
    /// The application that holds it.
    pub(crate) application: String,
    /// What it may do.
    pub(crate) scopes: Scopes,
}

impl Holder {
    /// Gives out a token.
    pub(super) fn token(&self, tx: &mut Transaction<'_>) -> String {
        let token = format!("{PREFIX}{}", secret::<18>());
        self.account.keep(tx);
        let kept = json!({
            "account": self.account.id,
            "application": self.application,
            "scopes": self.scopes.joined(" "),
        });
        tx.put(key(&token), kept);
        token
    }

    /// Who holds a token; none if it was not given out here. Whose account is gone has none any more.
    pub(crate) fn of(view: &Transaction<'_>, token: &str) -> Result<Option<Self>, Failure> {
        if !token.starts_with(PREFIX) {
            return Ok(None);
        }
        let none = || Failure::asked_for(401, "");
        let kept = view.value(&key(token)).ok_or_else(none)?;
        let id = kept["account"].as_u64().ok_or_else(none)?;
        let account = Account::by_id(view, id).map_err(|_| none())?;
        let text = |field: &str| kept[field].as_str().unwrap_or_default();
        let scopes = Scopes::read(text("scopes"));
        Ok(Some(Self { account, application: text("application").to_owned(), scopes }))
    }
}

/// A token of somebody with these scopes, as if they had given it to an application; none if there
/// is nobody of that login.
///
/// # Errors
/// When the store refuses.
pub fn give_token(world: &World, login: &str, scopes: &str) -> Result<Option<String>, StoreError> {
    world.store.transact(|tx| {
        let Ok(account) = Account::by_login(tx, login) else { return Ok(None) };
        let (application, scopes) = ("by-hand".to_owned(), Scopes::read(scopes));
        Ok(Some(Holder { account, application, scopes }.token(tx)))
    })
}

fn key(token: &str) -> String {
    format!("github/oauth/token/{}", digest(token))
}
