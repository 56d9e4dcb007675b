//! One folder per cloud: its client, the only place that opens a connection, and its kinds.
//!
//! A new kind is one folder, one line in each function here, and one row in docs/kinds.md.

pub mod description;
mod failed;
pub mod gcp;
pub mod github;
pub mod helm;
pub mod kubernetes;
mod memo;
mod ownership;
mod remembered;
mod stale;

use crate::kind::{Actors, Glance, NoSecrets, Observers, Registry};
use gcp::artifact_registry::ArtifactRegistry;
use gcp::billing_budget::BillingBudget;
use gcp::dns_record::DnsRecord;
use gcp::dns_record_by_hand::ByHand;
use gcp::gce_address::Address;
use gcp::gce_disk::Disk;
use gcp::gce_snapshot_policy::SnapshotPolicy;
use gcp::gcp_custom_role::CustomRole;
use gcp::gcp_project_access::ProjectAccess;
use gcp::gcp_service::Service;
use gcp::gcp_service_account::Account;
use gcp::gcp_service_account_access::AccountAccess;
use gcp::gcp_workload_identity_pool::Pool;
use gcp::gcp_workload_identity_provider::Provider;
use gcp::gcs_bucket::Bucket;
use gcp::gcs_bucket_access::BucketAccess;
use gcp::gke_cluster::Cluster;
use gcp::gke_node_pool::NodePool;
use gcp::notification_channel::Channel;
use gcp::secret::Secret;
use gcp::secret_access::SecretAccess;
use gcp::uptime_check::UptimeCheck;
use gcp::{Reader, Writer};
use github::github_environment::Environment;
use github::github_organization_member::OrganizationMember;
use github::github_repository_secret::RepositorySecret;
use github::github_repository_variable::RepositoryVariable;
use github::github_team::Team;
use github::github_team_member::TeamMember;
use github::github_team_repository::TeamRepository;
use helm::helm_release::HelmRelease;
use kubernetes::kubernetes_namespace::Namespace;
use kubernetes::kubernetes_object::Object;
use kubernetes::kubernetes_secret::Secret as ClusterSecret;
use std::sync::Arc;

/// The connections of a run. Cheap to clone.
#[derive(Clone)]
pub struct Connections {
    /// To Google Cloud.
    pub google: gcp::Connection,
    /// To GitHub.
    pub github: github::Connection,
    /// To clusters.
    pub kubernetes: kubernetes::Connection,
    /// Tells whether objects hold what their secrets are now.
    pub glance: Arc<dyn Glance>,
    /// Runs `helm`.
    pub helm: Arc<dyn helm::Program>,
}

impl Connections {
    /// These connections, and those to the clusters behind `clusters`. Secrets are not compared.
    pub fn new(
        google: &gcp::Connection,
        github: &github::Connection,
        clusters: kubernetes::Endpoint,
    ) -> Self {
        let kubernetes = kubernetes::Connection::open(clusters, google);
        let (google, github) = (google.clone(), github.clone());
        Self {
            google,
            github,
            kubernetes,
            glance: Arc::new(NoSecrets),
            helm: Arc::new(helm::NoProgram),
        }
    }

    /// The same, asking `glance` about secrets.
    #[must_use]
    pub fn glancing(self, glance: Arc<dyn Glance>) -> Self {
        Self { glance, ..self }
    }

    /// The same, having `helm` run by `program`.
    #[must_use]
    pub fn with_helm(self, program: Arc<dyn helm::Program>) -> Self {
        Self { helm: program, ..self }
    }
}

/// Every kind that there is.
pub fn registry() -> Registry {
    Registry::default()
        .with::<Bucket>()
        .with::<BucketAccess>()
        .with::<Service>()
        .with::<Account>()
        .with::<AccountAccess>()
        .with::<CustomRole>()
        .with::<ProjectAccess>()
        .with::<Pool>()
        .with::<Provider>()
        .with::<Cluster>()
        .with::<NodePool>()
        .with::<Disk>()
        .with::<SnapshotPolicy>()
        .with::<Address>()
        .with::<ArtifactRegistry>()
        .with::<Secret>()
        .with::<SecretAccess>()
        .with::<OrganizationMember>()
        .with::<Team>()
        .with::<TeamMember>()
        .with::<TeamRepository>()
        .with::<RepositoryVariable>()
        .with::<RepositorySecret>()
        .with::<Environment>()
        .with::<DnsRecord>()
        .with::<ByHand>()
        .with::<UptimeCheck>()
        .with::<Channel>()
        .with::<BillingBudget>()
        .with::<Namespace>()
        .with::<Object>()
        .with::<ClusterSecret>()
        .with::<HelmRelease>()
}

/// The reading half of every kind, for one run: what was listed once is not listed again.
pub fn observers(to: &Connections) -> Observers {
    let (reader, hub) =
        (Arc::new(Reader::new(&to.google)), Arc::new(github::Reader::new(&to.github)));
    let inside = kubernetes::Reader::new(&to.kubernetes, Arc::clone(&reader));
    let inside = Arc::new(inside.glancing(Arc::clone(&to.glance)));
    let (reader, hub) = (|| Arc::clone(&reader), || Arc::clone(&hub));
    let inside = || Arc::clone(&inside);
    Observers::default()
        .with::<Bucket>(reader())
        .with::<BucketAccess>(reader())
        .with::<Service>(reader())
        .with::<Account>(reader())
        .with::<AccountAccess>(reader())
        .with::<CustomRole>(reader())
        .with::<ProjectAccess>(reader())
        .with::<Pool>(reader())
        .with::<Provider>(reader())
        .with::<Cluster>(reader())
        .with::<NodePool>(reader())
        .with::<Disk>(reader())
        .with::<SnapshotPolicy>(reader())
        .with::<Address>(reader())
        .with::<ArtifactRegistry>(reader())
        .with::<Secret>(reader())
        .with::<SecretAccess>(reader())
        .with::<OrganizationMember>(hub())
        .with::<Team>(hub())
        .with::<TeamMember>(hub())
        .with::<TeamRepository>(hub())
        .with::<RepositoryVariable>(hub())
        .with::<RepositorySecret>(hub())
        .with::<Environment>(hub())
        .with::<DnsRecord>(reader())
        .with::<ByHand>(reader())
        .with::<UptimeCheck>(reader())
        .with::<Channel>(reader())
        .with::<BillingBudget>(reader())
        .with::<Namespace>(inside())
        .with::<Object>(inside())
        .with::<ClusterSecret>(inside())
        .with::<HelmRelease>(inside())
}

/// The writing half of every kind.
pub fn actors(to: &Connections) -> Actors {
    let (writer, hub) =
        (Arc::new(Writer::new(&to.google)), Arc::new(github::Writer::new(&to.github)));
    let releases = Arc::new(helm::Writer::new(&to.kubernetes, Arc::clone(&to.helm)));
    let inside = Arc::new(kubernetes::Writer::new(&to.kubernetes));
    let (writer, hub) = (|| Arc::clone(&writer), || Arc::clone(&hub));
    let inside = || Arc::clone(&inside);
    Actors::default()
        .with::<Bucket>(writer())
        .with::<BucketAccess>(writer())
        .with::<Service>(writer())
        .with::<Account>(writer())
        .with::<AccountAccess>(writer())
        .with::<CustomRole>(writer())
        .with::<ProjectAccess>(writer())
        .with::<Pool>(writer())
        .with::<Provider>(writer())
        .with::<Cluster>(writer())
        .with::<NodePool>(writer())
        .with::<Disk>(writer())
        .with::<SnapshotPolicy>(writer())
        .with::<Address>(writer())
        .with::<ArtifactRegistry>(writer())
        .with::<Secret>(writer())
        .with::<SecretAccess>(writer())
        .with::<OrganizationMember>(hub())
        .with::<Team>(hub())
        .with::<TeamMember>(hub())
        .with::<TeamRepository>(hub())
        .with::<RepositoryVariable>(hub())
        .with::<RepositorySecret>(hub())
        .with::<Environment>(hub())
        .with::<DnsRecord>(writer())
        .with::<ByHand>(writer())
        .with::<UptimeCheck>(writer())
        .with::<Channel>(writer())
        .with::<BillingBudget>(writer())
        .with::<Namespace>(inside())
        .with::<Object>(inside())
        .with::<ClusterSecret>(inside())
        .with::<HelmRelease>(releases)
}
