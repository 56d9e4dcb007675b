//! What tests declare: a stack of one environment, put together by hand.

use leap_infra::model::{Manage, Place, Resource, ResourceId, Source, Stack};
use leap_infra::providers::gcp;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The project that everything lives in.
pub const PROJECT: &str = "home-project";

/// The managed zone that is there from the start.
pub const ZONE: &str = "home-zone";

/// What it is for.
pub const DOMAIN: &str = "home.example.org.";

/// A stack of one environment, `prod`.
pub fn stack(resources: impl IntoIterator<Item = Resource>) -> Stack {
    Stack::new("home", vec!["prod".into()], resources).unwrap()
}

pub fn resource(env: &str, kind: &str, name: &str, spec: Value) -> Resource {
    Resource {
        id: ResourceId::new(env, kind, name),
        place: Place::project(PROJECT),
        spec,
        needs: BTreeSet::new(),
        source: Source { file: "stack.yaml".into(), line: 1, column: 1 },
        notes: Vec::new(),
        manage: Manage::Full,
    }
}

pub fn bucket(name: &str) -> Resource {
    bucket_with(name, |_| {})
}

pub fn bucket_with(name: &str, change: impl FnOnce(&mut gcp::gcs_bucket::Spec)) -> Resource {
    let mut spec = gcp::gcs_bucket::Spec::new("US-CENTRAL1");
    change(&mut spec);
    resource("prod", "gcs-bucket", name, json!(spec.normal()))
}

pub fn access(name: &str, grants: &[(&str, &str)]) -> Resource {
    use gcp::gcs_bucket_access::{Grant, Spec};
    let grants = grants.iter().map(|(role, member)| Grant::new(*role, *member));
    resource("prod", "gcs-bucket-access", name, json!(Spec::new(grants)))
}

pub fn loom(name: &str, width: u32) -> Resource {
    resource("prod", "loom", name, json!({ "width": width, "motor": null }))
}

/// The address of an account in the project.
pub fn email(account: &str) -> String {
    format!("{account}@{PROJECT}.iam.gserviceaccount.com")
}

pub fn account(account: &str, disabled: bool) -> Resource {
    let display_name = account.to_owned();
    let description = "Does the chores".to_owned();
    let spec = gcp::gcp_service_account::Spec { display_name, description, disabled };
    resource("prod", "gcp-service-account", &email(account), json!(spec))
}

/// Who may act as an account.
pub fn account_access(account: &str, grants: &[(&str, &str)]) -> Resource {
    resource("prod", "gcp-service-account-access", &email(account), json!(granted(grants)))
}

/// What is granted on the project.
pub fn project_access(grants: &[(&str, &str)]) -> Resource {
    resource("prod", "gcp-project-access", &format!("{PROJECT}/prod"), json!(granted(grants)))
}

pub fn custom_role(id: &str, permissions: &[&str]) -> Resource {
    let permissions = permissions.iter().map(|it| (*it).to_owned()).collect();
    let (title, description) = (id.to_owned(), String::new());
    let spec = gcp::gcp_custom_role::Spec { title, description, permissions };
    resource("prod", "gcp-custom-role", &format!("{PROJECT}/{id}"), json!(spec))
}

/// A pool for jobs of GitHub, and its provider, which lets in those of one repository.
pub fn way_in(repository: &str) -> [Resource; 2] {
    let pool = gcp::gcp_workload_identity_pool::Spec::default();
    let provider = gcp::gcp_workload_identity_provider::Spec {
        issuer: "https://token.actions.githubusercontent.com".to_owned(),
        attributes: [("google.subject".to_owned(), "assertion.sub".to_owned())].into(),
        condition: format!("assertion.repository == '{repository}'"),
        ..Default::default()
    };
    let name = format!("{PROJECT}/github");
    let inside = format!("{name}/actions");
    [
        resource("prod", "gcp-workload-identity-pool", &name, json!(pool)),
        resource("prod", "gcp-workload-identity-provider", &inside, json!(provider)),
    ]
}

pub fn service(api: &str) -> Resource {
    resource("prod", "gcp-service", &format!("{PROJECT}/{api}"), json!({}))
}

fn granted(grants: &[(&str, &str)]) -> gcp::policy::Spec {
    use gcp::policy::{Grant, Spec};
    Spec::new(grants.iter().map(|(role, member)| Grant::new(*role, *member)))
}
