//! Teams by their numbers, which is how answers name them: `/organizations/1/team/2/members`. Whatever
//! stands behind such an address is that of the team by name. GitHub serves these and does not describe them.

use axum::Router;
use axum::extract::{OriginalUri, Path, Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use http::{Extensions, Uri};
use tower_service::Service as _;

use super::answer::Failure;
use super::record::Team;
use crate::sandbox::World;

/// Where the addresses by name are.
#[derive(Clone)]
struct ByName {
    world: World,
    routes: Router,
}

/// The routes by number in front of those by name.
pub(super) fn routes(world: World, routes: Router) -> Router {
    let by_name = ByName { world, routes: routes.clone() };
    let by_number = Router::new()
        .route("/organizations/{organization}/team/{team}", any(team))
        .route("/organizations/{organization}/team/{team}/{*rest}", any(team))
        .with_state(by_name);
    routes.merge(by_number)
}

async fn team(
    State(by_name): State<ByName>,
    Path(numbers): Path<Vec<(String, String)>>,
    request: Request,
) -> Response {
    let ByName { world, mut routes } = by_name;
    let part =
        |name: &str| numbers.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str());
    let id = part("team").and_then(|id| id.parse().ok());
    let found = world.store.read(|view| {
        let team = Team::everywhere(view).into_iter().find(|team| Some(team.id) == id);
        team.ok_or_else(Failure::absent)
    });
    let uri = found.and_then(|team| {
        let query = request.uri().query().map_or(String::new(), |query| format!("?{query}"));
        let rest = part("rest").map_or(String::new(), |rest| format!("/{rest}"));
        let path = format!("/orgs/{}/teams/{}{rest}{query}", team.organization, team.slug());
        path.parse::<Uri>().map_err(|_| Failure::absent())
    });
    match uri {
        Ok(uri) => match routes.call(again(request, uri)).await {
            Ok(response) => response,
            Err(never) => match never {},
        },
        Err(failure) => failure.into_response(),
    }
}

/// The same request for another address. What was found in the first one's path goes, but for all of it.
fn again(request: Request, uri: Uri) -> Request {
    let (mut parts, body) = request.into_parts();
    let asked = parts.extensions.remove::<OriginalUri>();
    (parts.uri, parts.extensions) = (uri, Extensions::new());
    if let Some(asked) = asked {
        parts.extensions.insert(asked);
    }
    Request::from_parts(parts, body)
}
