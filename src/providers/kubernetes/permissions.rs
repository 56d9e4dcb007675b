//! What planning and applying may do in a cluster.
//!
//! On GKE, `roles/container.viewer` has all that planning needs but for secrets, which no role that
//! only looks has, and `roles/container.developer` what applying needs. Elsewhere a role of the cluster
//! says it: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>.

pub use crate::providers::gcp::permissions::ReadMethod;

use crate::kind::Kind as _;
use crate::providers::kubernetes::kubernetes_namespace::Namespace;
use crate::providers::kubernetes::kubernetes_object::Object;
use crate::providers::kubernetes::kubernetes_secret::Secret;

/// What one kind needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needed {
    /// The kind.
    pub kind: &'static str,
    /// What of it, as roles name resources; `*` for whatever is declared.
    pub resources: &'static str,
    /// To look.
    pub plan: &'static [&'static str],
    /// To change, beside that.
    pub apply: &'static [&'static str],
}

/// What changes anything.
const CHANGES: &[&str] = &["get", "create", "patch", "delete"];

/// What each kind needs.
pub const NEEDED: &[Needed] = &[
    Needed { kind: Namespace::NAME, resources: "namespaces", plan: &["list"], apply: CHANGES },
    Needed { kind: Object::NAME, resources: "*", plan: &["list"], apply: CHANGES },
    Needed { kind: Secret::NAME, resources: "secrets", plan: &["list"], apply: CHANGES },
];

/// Every method that planning calls; there is no other in [`crate::providers::kubernetes::Reader`].
pub const READ_METHODS: &[ReadMethod] = &[
    ReadMethod { method: "GET kubernetes api", permission: "get" },
    ReadMethod { method: "LIST kubernetes api", permission: "list" },
];
