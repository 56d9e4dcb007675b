//! What planning and applying may call, and the roles that allow just that.
//!
//! Permissions of each method: <https://cloud.google.com/storage/docs/access-control/iam-permissions>,
//! <https://cloud.google.com/iam/docs/roles-permissions/container>,
//! <https://cloud.google.com/iam/docs/permissions-reference>.

mod methods;

pub use methods::{READ_METHODS, ReadMethod};

use crate::kind::Kind as _;
use crate::providers::gcp::artifact_registry::ArtifactRegistry;
use crate::providers::gcp::billing_budget::BillingBudget;
use crate::providers::gcp::dns_record::DnsRecord;
use crate::providers::gcp::gce_address::Address;
use crate::providers::gcp::gce_disk::Disk;
use crate::providers::gcp::gce_snapshot_policy::SnapshotPolicy;
use crate::providers::gcp::gcp_custom_role::CustomRole;
use crate::providers::gcp::gcp_project_access::ProjectAccess;
use crate::providers::gcp::gcp_service::Service;
use crate::providers::gcp::gcp_service_account::Account;
use crate::providers::gcp::gcp_service_account_access::AccountAccess;
use crate::providers::gcp::gcp_workload_identity_pool::Pool;
use crate::providers::gcp::gcp_workload_identity_provider::Provider;
use crate::providers::gcp::gcs_bucket::Bucket;
use crate::providers::gcp::gcs_bucket_access::BucketAccess;
use crate::providers::gcp::gke_cluster::Cluster;
use crate::providers::gcp::gke_node_pool::NodePool;
use crate::providers::gcp::notification_channel::Channel;
use crate::providers::gcp::secret::Secret;
use crate::providers::gcp::secret_access::SecretAccess;
use crate::providers::gcp::uptime_check::UptimeCheck;
use crate::render::{self, RenderError, Role};
use std::collections::BTreeSet;

/// What a role is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To plan: to look, and nothing else.
    Plan,
    /// To apply and to destroy.
    Apply,
}

/// What one kind needs.
#[derive(Clone, Copy, Debug)]
pub struct Needed {
    /// The kind, or `ledger`.
    pub kind: &'static str,
    /// To look.
    pub plan: &'static [&'static str],
    /// To change, beyond that.
    pub apply: &'static [&'static str],
}

/// What each kind needs. A `gcs-bucket` writes labels with `update`; access on a bucket labels
/// the bucket as well.
pub const NEEDED: &[Needed] = &[
    Needed {
        kind: Bucket::NAME,
        plan: &["storage.buckets.get", "storage.buckets.list", "storage.objects.list"],
        apply: &["storage.buckets.create", "storage.buckets.delete", "storage.buckets.update"],
    },
    Needed {
        kind: BucketAccess::NAME,
        plan: &["storage.buckets.get", "storage.buckets.getIamPolicy", "storage.buckets.list"],
        apply: &["storage.buckets.setIamPolicy", "storage.buckets.update"],
    },
    Needed {
        kind: Disk::NAME,
        plan: &["compute.disks.list"],
        apply: &[
            "compute.disks.addResourcePolicies",
            "compute.disks.create",
            "compute.disks.delete",
            "compute.disks.get",
            "compute.disks.removeResourcePolicies",
            "compute.disks.resize",
            "compute.disks.setLabels",
            "compute.disks.update",
            "compute.regionOperations.get",
            "compute.resourcePolicies.use",
            "compute.zoneOperations.get",
        ],
    },
    Needed {
        kind: SnapshotPolicy::NAME,
        plan: &["compute.resourcePolicies.list"],
        apply: &[
            "compute.regionOperations.get",
            "compute.resourcePolicies.create",
            "compute.resourcePolicies.delete",
            "compute.resourcePolicies.get",
            "compute.resourcePolicies.update",
        ],
    },
    Needed {
        kind: Address::NAME,
        plan: &["compute.addresses.list"],
        apply: &[
            "compute.addresses.create",
            "compute.addresses.delete",
            "compute.addresses.get",
            "compute.addresses.setLabels",
            "compute.globalAddresses.create",
            "compute.globalAddresses.delete",
            "compute.globalAddresses.get",
            "compute.globalAddresses.setLabels",
            "compute.globalOperations.get",
            "compute.regionOperations.get",
        ],
    },
    Needed {
        kind: ArtifactRegistry::NAME,
        // What would be lost is looked for before it goes.
        plan: &[
            "artifactregistry.locations.list",
            "artifactregistry.packages.list",
            "artifactregistry.repositories.list",
        ],
        apply: &[
            "artifactregistry.repositories.create",
            "artifactregistry.repositories.delete",
            "artifactregistry.repositories.get",
            "artifactregistry.repositories.update",
        ],
    },
    Needed {
        kind: Cluster::NAME,
        // Volumes and load balancers that would stay behind it are looked for before it goes.
        plan: &[
            "compute.disks.list",
            "compute.forwardingRules.list",
            "container.clusters.list",
            "container.operations.list",
        ],
        apply: &[
            "container.clusters.create",
            "container.clusters.delete",
            "container.clusters.get",
            "container.clusters.update",
            "container.operations.get",
            // Machines run as the node account.
            "iam.serviceAccounts.actAs",
        ],
    },
    Needed {
        kind: NodePool::NAME,
        plan: &["container.clusters.list", "container.operations.list"],
        apply: &[
            "container.clusters.get",
            "container.clusters.update",
            "container.operations.get",
            "iam.serviceAccounts.actAs",
        ],
    },
    Needed {
        kind: Service::NAME,
        plan: &["serviceusage.services.list"],
        apply: &["serviceusage.services.enable", "serviceusage.services.get"],
    },
    Needed {
        kind: Account::NAME,
        plan: &["iam.serviceAccounts.list"],
        apply: &[
            "iam.serviceAccounts.create",
            "iam.serviceAccounts.delete",
            "iam.serviceAccounts.disable",
            "iam.serviceAccounts.enable",
            "iam.serviceAccounts.get",
            "iam.serviceAccounts.update",
        ],
    },
    Needed {
        kind: AccountAccess::NAME,
        plan: &["iam.serviceAccounts.getIamPolicy", "iam.serviceAccounts.list"],
        apply: &["iam.serviceAccounts.get", "iam.serviceAccounts.setIamPolicy"],
    },
    Needed {
        kind: CustomRole::NAME,
        plan: &["iam.roles.list"],
        apply: &[
            "iam.roles.create",
            "iam.roles.delete",
            "iam.roles.get",
            "iam.roles.undelete",
            "iam.roles.update",
        ],
    },
    Needed {
        kind: ProjectAccess::NAME,
        plan: &["resourcemanager.projects.getIamPolicy"],
        apply: &["resourcemanager.projects.setIamPolicy"],
    },
    Needed {
        kind: Pool::NAME,
        plan: &["iam.workloadIdentityPools.list"],
        apply: &[
            "iam.workloadIdentityPools.create",
            "iam.workloadIdentityPools.delete",
            "iam.workloadIdentityPools.get",
            "iam.workloadIdentityPools.undelete",
            "iam.workloadIdentityPools.update",
        ],
    },
    Needed {
        kind: Provider::NAME,
        plan: &["iam.workloadIdentityPoolProviders.list", "iam.workloadIdentityPools.list"],
        apply: &[
            "iam.workloadIdentityPoolProviders.create",
            "iam.workloadIdentityPoolProviders.delete",
            "iam.workloadIdentityPoolProviders.get",
            "iam.workloadIdentityPoolProviders.undelete",
            "iam.workloadIdentityPoolProviders.update",
        ],
    },
    Needed {
        kind: Secret::NAME,
        plan: &["secretmanager.secrets.get", "secretmanager.secrets.list"],
        apply: &[
            "secretmanager.secrets.create",
            "secretmanager.secrets.delete",
            "secretmanager.secrets.update",
        ],
    },
    Needed {
        kind: SecretAccess::NAME,
        plan: &[
            "secretmanager.secrets.get",
            "secretmanager.secrets.getIamPolicy",
            "secretmanager.secrets.list",
        ],
        apply: &["secretmanager.secrets.setIamPolicy", "secretmanager.secrets.update"],
    },
    Needed {
        kind: DnsRecord::NAME,
        // The numbers of addresses that records point at.
        plan: &["compute.addresses.list", "dns.managedZones.list", "dns.resourceRecordSets.list"],
        apply: &[
            "compute.addresses.get",
            "compute.globalAddresses.get",
            "dns.changes.create",
            "dns.changes.get",
            "dns.resourceRecordSets.create",
            "dns.resourceRecordSets.delete",
            "dns.resourceRecordSets.update",
        ],
    },
    Needed {
        kind: UptimeCheck::NAME,
        plan: &["monitoring.uptimeCheckConfigs.list"],
        apply: &[
            "monitoring.uptimeCheckConfigs.create",
            "monitoring.uptimeCheckConfigs.delete",
            "monitoring.uptimeCheckConfigs.update",
        ],
    },
    Needed {
        kind: Channel::NAME,
        plan: &["monitoring.notificationChannels.list"],
        apply: &[
            "monitoring.notificationChannels.create",
            "monitoring.notificationChannels.delete",
            "monitoring.notificationChannels.update",
        ],
    },
    // Those of budgets on the billing account, which is in no project.
    Needed {
        kind: BillingBudget::NAME,
        plan: &[
            "billing.budgets.list",
            "monitoring.notificationChannels.list",
            "resourcemanager.projects.get",
        ],
        apply: &["billing.budgets.create", "billing.budgets.delete", "billing.budgets.update"],
    },
    // `doctor --quotas` and `doctor --refresh-tables`.
    Needed {
        kind: "doctor",
        plan: &[
            "compute.acceleratorTypes.list",
            "compute.machineTypes.list",
            "compute.regions.get",
        ],
        apply: &[],
    },
    // Whatever takes a secret from Secret Manager: planning compares numbers of versions.
    Needed {
        kind: "secrets",
        plan: &["secretmanager.versions.get"],
        apply: &["secretmanager.versions.access"],
    },
    Needed {
        kind: "ledger",
        plan: &["storage.buckets.get", "storage.objects.get", "storage.objects.list"],
        apply: &[
            "storage.buckets.create",
            "storage.buckets.delete",
            "storage.objects.create",
            "storage.objects.delete",
        ],
    },
];

/// Every permission that is needed, sorted.
pub fn permissions(purpose: Purpose) -> BTreeSet<&'static str> {
    let of = |needed: &Needed| match purpose {
        Purpose::Plan => needed.plan.to_vec(),
        Purpose::Apply => [needed.plan, needed.apply].concat(),
    };
    NEEDED.iter().flat_map(of).collect()
}

/// The file for `gcloud iam roles create --file` that allows just this, but for the rights on a
/// billing account that budgets need.
///
/// # Errors
/// When the template is wrong.
pub fn role_file(purpose: Purpose) -> Result<String, RenderError> {
    let (title, description) = match purpose {
        Purpose::Plan => ("leap-infra plan", "Look at what leap-infra may manage; change nothing"),
        Purpose::Apply => ("leap-infra apply", "Look at and change what leap-infra manages"),
    };
    // A role of a project cannot hold those of a billing account.
    let in_project = |permission: &&str| !permission.starts_with("billing.");
    let permissions = permissions(purpose).into_iter().filter(in_project).collect();
    render::role(&Role { title, description, permissions })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planning_needs_just_the_permissions_of_its_methods() {
        let methods: BTreeSet<_> = READ_METHODS.iter().map(|it| it.permission).collect();
        assert_eq!(permissions(Purpose::Plan), methods);
    }

    #[test]
    fn the_role_for_planning_can_be_read_by_gcloud() {
        insta::assert_snapshot!(role_file(Purpose::Plan).unwrap(), @r"
        title: leap-infra plan
        description: Look at what leap-infra may manage; change nothing
        stage: GA
        includedPermissions:
        - artifactregistry.locations.list
        - artifactregistry.packages.list
        - artifactregistry.repositories.list
        - compute.acceleratorTypes.list
        - compute.addresses.list
        - compute.disks.list
        - compute.forwardingRules.list
        - compute.machineTypes.list
        - compute.regions.get
        - compute.resourcePolicies.list
        - container.clusters.list
        - container.operations.list
        - dns.managedZones.list
        - dns.resourceRecordSets.list
        - iam.roles.list
        - iam.serviceAccounts.getIamPolicy
        - iam.serviceAccounts.list
        - iam.workloadIdentityPoolProviders.list
        - iam.workloadIdentityPools.list
        - monitoring.notificationChannels.list
        - monitoring.uptimeCheckConfigs.list
        - resourcemanager.projects.get
        - resourcemanager.projects.getIamPolicy
        - secretmanager.secrets.get
        - secretmanager.secrets.getIamPolicy
        - secretmanager.secrets.list
        - secretmanager.versions.get
        - serviceusage.services.list
        - storage.buckets.get
        - storage.buckets.getIamPolicy
        - storage.buckets.list
        - storage.objects.get
        - storage.objects.list
        ");
    }

    #[test]
    fn planning_may_not_read_the_values_of_secrets() {
        let access = "secretmanager.versions.access";
        assert!(!permissions(Purpose::Plan).contains(access));
        assert!(!READ_METHODS.iter().any(|it| it.method.ends_with(":access")));
        assert!(permissions(Purpose::Apply).contains(access));
    }

    #[test]
    fn who_applies_can_plan() {
        assert!(permissions(Purpose::Apply).is_superset(&permissions(Purpose::Plan)));
    }
}
