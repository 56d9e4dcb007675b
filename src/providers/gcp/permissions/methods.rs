//! What planning may call, as it goes over the wire.

/// A method that planning may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadMethod {
    /// The method as it goes over the wire: a gRPC method, or an HTTP method and path.
    pub method: &'static str,
    /// The permission that it needs.
    pub permission: &'static str,
}

/// Every method that planning calls; there is no other in [`crate::providers::gcp::Reader`], nor among those that
/// the ledger reads with.
pub const READ_METHODS: &[ReadMethod] = &[
    ReadMethod {
        method: "google.storage.v2.Storage/ListBuckets",
        permission: "storage.buckets.list",
    },
    ReadMethod { method: "google.storage.v2.Storage/GetBucket", permission: "storage.buckets.get" },
    ReadMethod {
        method: "google.storage.control.v2.StorageControl/GetIamPolicy",
        permission: "storage.buckets.getIamPolicy",
    },
    ReadMethod {
        method: "google.storage.v2.Storage/ListObjects",
        permission: "storage.objects.list",
    },
    ReadMethod { method: "google.storage.v2.Storage/GetObject", permission: "storage.objects.get" },
    ReadMethod {
        method: "GET /storage/v1/b/{bucket}/o/{object}",
        permission: "storage.objects.get",
    },
    ReadMethod {
        method: "GET /v1/projects/{project}/locations/{location}/clusters",
        permission: "container.clusters.list",
    },
    ReadMethod {
        method: "GET /v1/projects/{project}/locations/{location}/operations",
        permission: "container.operations.list",
    },
    ReadMethod {
        method: "GET /compute/v1/projects/{project}/aggregated/disks",
        permission: "compute.disks.list",
    },
    ReadMethod {
        method: "GET /compute/v1/projects/{project}/aggregated/resourcePolicies",
        permission: "compute.resourcePolicies.list",
    },
    ReadMethod {
        method: "GET /compute/v1/projects/{project}/aggregated/addresses",
        permission: "compute.addresses.list",
    },
    ReadMethod {
        method: "GET /dns/v1/projects/{project}/managedZones",
        permission: "dns.managedZones.list",
    },
    ReadMethod {
        method: "GET /dns/v1/projects/{project}/managedZones/{zone}/rrsets",
        permission: "dns.resourceRecordSets.list",
    },
    ReadMethod {
        method: "GET /v1/billingAccounts/{account}/budgets",
        permission: "billing.budgets.list",
    },
    ReadMethod { method: "GET /v3/projects/{project}", permission: "resourcemanager.projects.get" },
    ReadMethod {
        method: "GET /v3/projects/{project}/notificationChannels",
        permission: "monitoring.notificationChannels.list",
    },
    ReadMethod {
        method: "GET /v3/projects/{project}/uptimeCheckConfigs",
        permission: "monitoring.uptimeCheckConfigs.list",
    },
    ReadMethod {
        method: "GET /compute/v1/projects/{project}/aggregated/forwardingRules",
        permission: "compute.forwardingRules.list",
    },
    ReadMethod {
        method: "GET /compute/v1/projects/{project}/aggregated/acceleratorTypes",
        permission: "compute.acceleratorTypes.list",
    },
    ReadMethod {
        method: "GET /compute/v1/projects/{project}/aggregated/machineTypes",
        permission: "compute.machineTypes.list",
    },
    ReadMethod {
        method: "GET /compute/v1/projects/{project}/regions/{name}",
        permission: "compute.regions.get",
    },
    ReadMethod {
        method: "GET /artifactregistry/v1/projects/{project}/locations",
        permission: "artifactregistry.locations.list",
    },
    ReadMethod {
        method: "GET /artifactregistry/v1/projects/{project}/locations/{location}/repositories",
        permission: "artifactregistry.repositories.list",
    },
    ReadMethod {
        method: "GET /artifactregistry/v1/projects/{project}/locations/{location}/repositories/{name}/packages",
        permission: "artifactregistry.packages.list",
    },
    ReadMethod {
        method: "GET /v1/projects/{project}/serviceAccounts",
        permission: "iam.serviceAccounts.list",
    },
    ReadMethod {
        method: "POST /v1/projects/{project}/serviceAccounts/{account}:getIamPolicy",
        permission: "iam.serviceAccounts.getIamPolicy",
    },
    ReadMethod { method: "GET /v1/projects/{project}/roles", permission: "iam.roles.list" },
    ReadMethod {
        method: "GET /v1/projects/{project}/locations/global/workloadIdentityPools",
        permission: "iam.workloadIdentityPools.list",
    },
    ReadMethod {
        method: "GET /v1/projects/{project}/locations/global/workloadIdentityPools/{pool}/providers",
        permission: "iam.workloadIdentityPoolProviders.list",
    },
    ReadMethod {
        method: "POST /v3/projects/{project}:getIamPolicy",
        permission: "resourcemanager.projects.getIamPolicy",
    },
    ReadMethod {
        method: "GET /v1/projects/{project}/services",
        permission: "serviceusage.services.list",
    },
    ReadMethod {
        method: "GET /v1/projects/{project}/secrets",
        permission: "secretmanager.secrets.list",
    },
    ReadMethod {
        method: "GET /v1/projects/{project}/secrets/{secret}",
        permission: "secretmanager.secrets.get",
    },
    ReadMethod {
        method: "GET /v1/projects/{project}/secrets/{secret}:getIamPolicy",
        permission: "secretmanager.secrets.getIamPolicy",
    },
    ReadMethod {
        method: "GET /v1/projects/{project}/secrets/{secret}/versions/{version}",
        permission: "secretmanager.versions.get",
    },
];
