//! Who calls, and what they may see and change.
//!
//! Whoever calls is an owner of every organization, unless their token says otherwise: by how it begins
//! (`bad`, `blind`, `reader`), or because a person gave it to an application. Then it acts as that
//! person, within its scopes, and where the organization lets the application in.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, Method, header};

use super::CALLER;
use super::answer::Failure;
use super::oauth::{self, Holder};
use super::organization::{self, Standing};
use super::record::{Account, Team};
use crate::sandbox::{Transaction, World};

/// What lets a token see what is in an organization.
pub(super) const SEES: &[&str] = &["read:org"];

/// Who calls.
#[derive(Clone, Debug)]
pub(super) enum Caller {
    /// An owner of every organization.
    Owner,
    /// A person, through an application.
    Person(Holder),
}

impl Caller {
    pub(super) fn account(&self, view: &Transaction<'_>) -> Result<Account, Failure> {
        match self {
            Self::Owner => Account::by_login(view, CALLER),
            Self::Person(holder) => Ok(holder.account.clone()),
        }
    }

    pub(super) fn has_any(&self, scopes: &[&str]) -> bool {
        match self {
            Self::Owner => true,
            Self::Person(holder) => holder.scopes.has_any(scopes),
        }
    }

    /// Whether an organization lets the caller's application in.
    pub(super) fn is_let_in(&self, view: &Transaction<'_>, organization: &str) -> bool {
        match self {
            Self::Owner => true,
            Self::Person(holder) => oauth::lets_in(view, organization, &holder.application),
        }
    }

    /// What the caller is to an organization, as far as their token shows.
    pub(super) fn standing(&self, view: &Transaction<'_>, organization: &str) -> Standing {
        match self {
            Self::Owner => Standing::Owner,
            Self::Person(_) if !self.has_any(SEES) => Standing::Outside,
            Self::Person(holder) => organization::standing(view, organization, holder.account.id),
        }
    }

    /// Whether the caller sees a team: secret ones are for owners and those who are in them.
    pub(super) fn sees(&self, view: &Transaction<'_>, team: &Team) -> bool {
        let within = |account: &Account| view.value(&team.member_key(account.id)).is_some();
        match self.standing(view, &team.organization) {
            Standing::Owner => true,
            Standing::Outside => false,
            Standing::Member if team.text("privacy") != "secret" => true,
            Standing::Member => self.account(view).is_ok_and(|account| within(&account)),
        }
    }

    /// Whether a call may be made at all.
    fn may(&self, view: &Transaction<'_>, method: &Method, path: &str) -> Result<(), Failure> {
        let Self::Person(_) = self else { return Ok(()) };
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let looks = method.is_safe();
        match parts.as_slice() {
            ["user" | "users" | "rate_limit", ..] | ["repos", _, _] if looks => Ok(()),
            ["user", "memberships", "orgs", organization] => self.passes(view, organization),
            ["orgs", _] if looks => Ok(()),
            ["orgs", organization, rest @ ..] => {
                self.passes(view, organization)?;
                self.may_in(view, organization, rest, looks)
            }
            ["repos", ..] => Err(refused("Must have admin rights to Repository.")),
            _ => Err(refused("Resource not accessible by this token")),
        }
    }

    /// Refuses what an application asks for that the organization has not approved of.
    fn passes(&self, view: &Transaction<'_>, organization: &str) -> Result<(), Failure> {
        if self.is_let_in(view, organization) {
            return Ok(());
        }
        Err(refused(&format!(
            "Although you appear to have the correct authorization credentials, the `{organization}` \
             organization has enabled OAuth App access restrictions, meaning that data access to \
             third-parties is limited. For more information on these restrictions, including how to \
             enable this app, visit https://docs.github.com/articles/restricting-access-to-your-organization-s-data/"
        )))
    }

    fn may_in(
        &self,
        view: &Transaction<'_>,
        organization: &str,
        rest: &[&str],
        looks: bool,
    ) -> Result<(), Failure> {
        let standing = self.standing(view, organization);
        match (rest, standing) {
            (["members" | "public_members", ..], _) if looks => Ok(()),
            (["memberships", login], Standing::Outside) if looks => Err(refused(&format!(
                "You must be a member of {organization} to see membership information for {login}."
            ))),
            (["teams", slug, ..], _) if looks => match Team::find(view, organization, slug)? {
                team if self.sees(view, &team) => Ok(()),
                _ => Err(Failure::absent()),
            },
            (["teams" | "memberships", ..], Standing::Member | Standing::Owner) if looks => Ok(()),
            (_, Standing::Owner) if looks || self.has_any(&["admin:org"]) => Ok(()),
            (_, Standing::Outside) => Err(Failure::absent()),
            _ => Err(refused("You must be an owner of the organization to do this.")),
        }
    }
}

fn refused(why: &str) -> Failure {
    Failure::asked_for(403, why)
}

/// Finds out who calls, and turns away whoever may not make this call.
pub(super) async fn known(
    State(world): State<World>,
    mut request: Request,
    next: Next,
) -> Response {
    let token = token(request.headers());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let path = path.strip_prefix("/github").unwrap_or(&path);
    let changes = !method.is_safe() && path != "/graphql";
    let failure = match token {
        _ if token.starts_with("bad") => Some(Failure::asked_for(401, "")),
        _ if token.starts_with("blind") => Some(Failure::absent()),
        _ if token.starts_with("reader") && changes => Some(Failure::asked_for(403, "")),
        _ => None,
    };
    let caller = failure.map_or_else(|| find(&world, token, &method, path), Err);
    let caller = match caller {
        Ok(caller) => caller,
        Err(failure) => return failure.into_response(),
    };
    request.extensions_mut().insert(caller.clone());
    with_scopes(next.run(request).await, &caller)
}

fn find(world: &World, token: &str, method: &Method, path: &str) -> Result<Caller, Failure> {
    world.store.read(|view| {
        let holder = Holder::of(view, token)?;
        let caller = holder.map_or(Caller::Owner, Caller::Person);
        caller.may(view, method, path)?;
        Ok(caller)
    })
}

fn token(headers: &HeaderMap) -> &str {
    let said = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    said.and_then(|it| it.split_once(' ')).map_or("", |(_, token)| token)
}

/// Says with each answer what the token may do.
fn with_scopes(mut response: Response, caller: &Caller) -> Response {
    if let Caller::Person(holder) = caller
        && let Ok(scopes) = HeaderValue::from_str(&holder.scopes.joined(", "))
    {
        response.headers_mut().insert("x-oauth-scopes", scopes);
    }
    response
}
