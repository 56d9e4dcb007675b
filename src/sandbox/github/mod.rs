//! GitHub's REST API, and the one question of its GraphQL API that is asked here: organizations,
//! teams, people, repositories' access, variables, secrets, environments and issues.
//!
//! It stands below `/github`. Every organization, repository and login exists, unless its name begins
//! with `vanished-`; whoever calls is an owner of every organization. What it does, and how that is
//! known, is in `docs/sandbox.md`.

mod answer;
mod by_number;
mod caller;
mod environment;
mod graphql;
mod installation;
mod issue;
mod membership;
mod mine;
mod oauth;
mod organization;
mod record;
mod repository;
mod secret;
mod seed;
mod shape;
mod shelf;
mod team;
mod user;
mod variable;

pub use installation::permit;
pub use oauth::{Application, approve, give_token, register, restrict};
pub use seed::{
    accept, decline, expire, join, rename_team, rename_user, secret_value, seed_member, vanish,
};

use axum::Router;
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use http::request::Parts;

use super::{Api, Label, World, rest};
use answer::Failure;

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct GitHub;

/// The login of whoever calls.
const CALLER: &str = "leap-infra-bot";

const TEMPLATES: &[&str] = &[
    "/github/graphql",
    "/github/user",
    "/github/rate_limit",
    "/github/user/teams",
    "/github/user/orgs",
    "/github/user/{account_id}",
    "/github/user/memberships/orgs/{org}",
    "/github/users/{username}",
    "/github/app/installations/{installation_id}",
    "/github/app/installations/{installation_id}/access_tokens",
    "/github/orgs/{org}",
    "/github/orgs/{org}/members",
    "/github/orgs/{org}/members/{username}",
    "/github/orgs/{org}/public_members/{username}",
    "/github/orgs/{org}/invitations",
    "/github/orgs/{org}/failed_invitations",
    "/github/orgs/{org}/memberships/{username}",
    "/github/orgs/{org}/teams",
    "/github/orgs/{org}/teams/{team_slug}",
    "/github/orgs/{org}/teams/{team_slug}/members",
    "/github/orgs/{org}/teams/{team_slug}/members/{username}",
    "/github/orgs/{org}/teams/{team_slug}/invitations",
    "/github/orgs/{org}/teams/{team_slug}/memberships/{username}",
    "/github/orgs/{org}/teams/{team_slug}/repos",
    "/github/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}",
    "/github/organizations/{organization_id}/team/{team_id}",
    "/github/organizations/{organization_id}/team/{team_id}/members",
    "/github/organizations/{organization_id}/team/{team_id}/members/{username}",
    "/github/organizations/{organization_id}/team/{team_id}/memberships/{username}",
    "/github/organizations/{organization_id}/team/{team_id}/invitations",
    "/github/repos/{owner}/{repo}",
    "/github/repos/{owner}/{repo}/actions/variables",
    "/github/repos/{owner}/{repo}/actions/variables/{name}",
    "/github/repos/{owner}/{repo}/actions/secrets",
    "/github/repos/{owner}/{repo}/actions/secrets/public-key",
    "/github/repos/{owner}/{repo}/actions/secrets/{secret_name}",
    "/github/repos/{owner}/{repo}/issues",
    "/github/repos/{owner}/{repo}/issues/{issue_number}",
    "/github/repos/{owner}/{repo}/environments",
    "/github/repos/{owner}/{repo}/environments/{environment_name}",
];

impl Api for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn router(&self, world: World) -> Router {
        let routes = Router::new()
            .route("/graphql", post(graphql::ask))
            .route("/user", get(user::me))
            .route("/user/{account_id}", get(user::by_id))
            .route("/rate_limit", get(user::rate_limit))
            .route("/user/teams", get(mine::teams))
            .route("/user/orgs", get(mine::organizations))
            .route("/user/memberships/orgs/{org}", get(mine::membership).patch(mine::accept))
            .route("/users/{username}", get(user::by_login))
            .route("/app/installations/{installation_id}", get(installation::read))
            .route("/app/installations/{installation_id}/access_tokens", post(installation::token))
            .nest("/orgs/{org}", organizations())
            .nest("/repos/{owner}/{repo}", repositories())
            .layer(middleware::from_fn_with_state(world.clone(), answer::at_home))
            .layer(middleware::from_fn_with_state(world.clone(), caller::known))
            .merge(oauth::routes())
            .with_state(world.clone());
        Router::new().nest("/github", by_number::routes(world, routes))
    }

    fn label(&self, parts: &Parts, _: &[u8]) -> Label {
        let templates = [TEMPLATES, oauth::TEMPLATES].concat();
        let label = rest::label(parts, &templates);
        // The only question that it knows changes nothing.
        let asks = label.method.ends_with("/graphql");
        Label { mutating: label.mutating && !asks, ..label }
    }

    fn words(&self, status: u16, message: &str) -> Option<Response> {
        Some(Failure::asked_for(status, message).into_response())
    }
}

fn organizations() -> Router<World> {
    let team = "/teams/{team_slug}";
    Router::new()
        .route("/", get(organization::one))
        .route("/members", get(organization::members))
        .route("/members/{username}", get(mine::is_member))
        .route("/public_members/{username}", get(mine::is_public_member))
        .route("/invitations", get(organization::invitations))
        .route("/failed_invitations", get(organization::failed))
        .route(
            "/memberships/{username}",
            get(organization::read).put(organization::write).delete(organization::remove),
        )
        .route("/teams", get(team::list).post(team::create))
        .route(team, get(team::read).patch(team::update).delete(team::delete))
        .route(&format!("{team}/members"), get(membership::list))
        .route(&format!("{team}/members/{{username}}"), get(membership::check))
        .route(&format!("{team}/invitations"), get(membership::invitations))
        .route(
            &format!("{team}/memberships/{{username}}"),
            get(membership::read).put(membership::write).delete(membership::remove),
        )
        .route(&format!("{team}/repos"), get(repository::list))
        .route(
            &format!("{team}/repos/{{owner}}/{{repo}}"),
            put(repository::give).delete(repository::take),
        )
}

fn repositories() -> Router<World> {
    Router::new()
        .route("/", get(repository::one))
        .route("/actions/variables", get(variable::list).post(variable::create))
        .route(
            "/actions/variables/{name}",
            get(variable::read).patch(variable::update).delete(variable::delete),
        )
        .route("/actions/secrets", get(secret::list))
        .route("/actions/secrets/public-key", get(secret::public_key))
        .route(
            "/actions/secrets/{secret_name}",
            get(secret::read).put(secret::write).delete(secret::delete),
        )
        .route("/issues", get(issue::list).post(issue::create))
        .route("/issues/{issue_number}", get(issue::read).patch(issue::update))
        .route("/environments", get(environment::list))
        .route(
            "/environments/{environment_name}",
            get(environment::read).put(environment::write).delete(environment::delete),
        )
}
