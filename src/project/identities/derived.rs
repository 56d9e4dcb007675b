//! Names and grants that follow from an identity, for this section and for those whose identities
//! nobody declares.

use super::settings::Identity;
use crate::providers::gcp::policy::Grant;
use std::collections::BTreeMap;

/// The role that lets somebody act as an account.
/// <https://cloud.google.com/iam/docs/roles-permissions/iam>
pub const ACT_AS: &str = "roles/iam.workloadIdentityUser";

/// The role that lets somebody start programs that act as an account.
pub const USE: &str = "roles/iam.serviceAccountUser";

/// The annotation by which a service account of Kubernetes says as whom it acts.
/// <https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity>
pub const ANNOTATION: &str = "iam.gke.io/gcp-service-account";

/// The permission that reading at one's own expense needs.
/// <https://cloud.google.com/storage/docs/requester-pays#requirements>
pub const PAYS: &str = "serviceusage.services.use";

/// A hub that acts as an account of its own.
#[derive(Clone, Debug)]
pub struct Hub<'a> {
    /// The part of the account's address before the `@`, at most 30 characters.
    pub account: &'a str,
    /// The project of the account and of the cluster.
    pub project: &'a str,
    /// The namespace of the hub.
    pub namespace: &'a str,
    /// The service account of Kubernetes that its users' servers run as.
    pub kubernetes_account: &'a str,
    /// What it may do with buckets: roles by the bucket's name in the cloud.
    pub buckets: BTreeMap<&'a str, &'a str>,
    /// Whether its users may read at the expense of the project.
    pub requester_pays: bool,
}

/// All that follows from a hub's rights.
#[derive(Clone, Debug)]
pub struct HubIdentity {
    /// The identity as if it had been declared.
    pub identity: Identity,
    /// The address of its account.
    pub email: String,
    /// What the service account of Kubernetes is annotated with.
    pub annotation: (&'static str, String),
    /// What is granted on buckets, by their names in the cloud.
    pub grants: BTreeMap<String, Grant>,
}

/// What follows from a hub's rights.
///
/// # Errors
/// With what an account's name must be, if this is none.
pub fn of_hub(hub: &Hub<'_>) -> Result<HubIdentity, String> {
    super::account_id(hub.account).map_err(|wrong| wrong.expected)?;
    let email = format!("{}@{}.iam.gserviceaccount.com", hub.account, hub.project);
    let member = format!("serviceAccount:{email}");
    let grant =
        |(bucket, role): (&&str, &&str)| ((*bucket).to_owned(), Grant::new(*role, member.clone()));
    Ok(HubIdentity {
        identity: Identity {
            name: Some(hub.account.to_owned()),
            requester_pays: hub.requester_pays,
            kubernetes: vec![format!("{}/{}", hub.namespace, hub.kubernetes_account)],
            ..Identity::default()
        },
        grants: hub.buckets.iter().map(grant).collect(),
        annotation: (ANNOTATION, email.clone()),
        email,
    })
}

/// A service account of Kubernetes, `NAMESPACE/NAME`, as a member of policies.
/// <https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity>
pub fn kubernetes_member(project: &str, account: &str) -> String {
    format!("serviceAccount:{project}.svc.id.goog[{account}]")
}

/// A job of GitHub Actions as a member of policies, by the subject of its token.
/// <https://cloud.google.com/iam/docs/principal-identifiers>
pub fn github_member(project_number: u64, pool: &str, subject: &str) -> String {
    let pools = format!("projects/{project_number}/locations/global/workloadIdentityPools");
    format!("principal://iam.googleapis.com/{pools}/{pool}/subject/{subject}")
}

/// The id of the custom role with which somebody reads at the expense of the project.
pub fn requester_pays_role(prefix: &str) -> String {
    format!("{}_requestor_pays", prefix.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub(account: &str) -> Hub<'_> {
        Hub {
            account,
            project: "leap-pangeo",
            namespace: "prod",
            kubernetes_account: "user-sa",
            buckets: [("leap-scratch", "roles/storage.admin")].into(),
            requester_pays: true,
        }
    }

    #[test]
    fn a_hub_gets_account_binding_annotation_and_its_roles_on_buckets() {
        let HubIdentity { identity, email, annotation, grants } =
            of_hub(&hub("leap-prod")).unwrap();
        assert_eq!(email, "leap-prod@leap-pangeo.iam.gserviceaccount.com");
        assert_eq!(annotation, ("iam.gke.io/gcp-service-account", email.clone()));
        assert_eq!(identity.kubernetes, ["prod/user-sa"]);
        assert!(identity.requester_pays);
        assert_eq!(grants["leap-scratch"].member, format!("serviceAccount:{email}"));
    }

    #[test]
    fn a_hub_whose_account_would_be_too_long_is_told() {
        let long = "an-institution-with-a-long-name-prod";
        assert!(of_hub(&hub(long)).unwrap_err().contains("30"));
    }
}
