//! Identity and Access Management: service accounts and their policies, custom roles, workload
//! identity pools and their providers.
//!
//! <https://cloud.google.com/iam/docs/reference/rest>

mod account;
pub(super) mod policy;
mod pool;
mod role;

use axum::Router;
use http::request::Parts;

use super::rest;
use super::{Api, Label, World};

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct Iam;

/// What has to be enabled.
const SERVICE: &str = "iam.googleapis.com";

const TEMPLATES: &[&str] = &[
    "/v1/projects/{project}/serviceAccounts",
    "/v1/projects/{project}/serviceAccounts/{account}",
    "/v1/projects/{project}/serviceAccounts/{account}:enable",
    "/v1/projects/{project}/serviceAccounts/{account}:disable",
    "/v1/projects/{project}/serviceAccounts/{account}:getIamPolicy",
    "/v1/projects/{project}/serviceAccounts/{account}:setIamPolicy",
    "/v1/projects/{project}/roles",
    "/v1/projects/{project}/roles/{role}",
    "/v1/projects/{project}/roles/{role}:undelete",
    "/v1/projects/{project}/locations/global/workloadIdentityPools",
    "/v1/projects/{project}/locations/global/workloadIdentityPools/{pool}",
    "/v1/projects/{project}/locations/global/workloadIdentityPools/{pool}:undelete",
    "/v1/projects/{project}/locations/global/workloadIdentityPools/{pool}/operations/{operation}",
    "/v1/projects/{project}/locations/global/workloadIdentityPools/{pool}/providers",
    "/v1/projects/{project}/locations/global/workloadIdentityPools/{pool}/providers/{provider}",
    "/v1/projects/{project}/locations/global/workloadIdentityPools/{pool}/providers/{provider}:undelete",
    "/v1/projects/{project}/locations/global/workloadIdentityPools/{pool}/providers/{provider}/operations/{operation}",
];

impl Api for Iam {
    fn name(&self) -> &'static str {
        "iam"
    }

    fn router(&self, world: World) -> Router {
        account::routes().merge(role::routes()).merge(pool::routes()).with_state(world)
    }

    fn label(&self, parts: &Parts, _: &[u8]) -> Label {
        rest::label(parts, TEMPLATES)
    }
}
