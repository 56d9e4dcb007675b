//! What planning and applying may do in a cluster, and the roles of clusters that allow just that.
//! Planning lists, and asks what a server serves; there is no other call in
//! [`crate::providers::kubernetes::Reader`].
//!
//! On GKE, `roles/container.viewer` has all that planning needs but for secrets, which no role that
//! only looks has, and `roles/container.developer` what applying needs. Elsewhere a role of the cluster
//! says it: <https://kubernetes.io/docs/reference/access-authn-authz/rbac/>.

use crate::kind::Kind as _;
use crate::providers::helm::helm_release::HelmRelease;
use crate::providers::kubernetes::kubernetes_namespace::Namespace;
use crate::providers::kubernetes::kubernetes_object::Object;
use crate::providers::kubernetes::kubernetes_secret::Secret;
use crate::render::{self, ClusterRole, RenderError};
use std::collections::BTreeSet;

/// What a role is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To look, and nothing else.
    Plan,
    /// To change.
    Apply,
}

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

impl Needed {
    /// What it is called in roles for a purpose.
    pub fn verbs(&self, purpose: Purpose) -> &'static [&'static str] {
        match purpose {
            Purpose::Plan => self.plan,
            Purpose::Apply => self.apply,
        }
    }
}

/// What changes anything.
const CHANGES: &[&str] = &["get", "create", "patch", "delete"];

/// What Helm does to all that a chart makes.
const BY_HELM: &[&str] = &["get", "watch", "create", "update", "patch", "delete"];

/// What each kind needs.
pub const NEEDED: &[Needed] = &[
    Needed { kind: Namespace::NAME, resources: "namespaces", plan: &["list"], apply: CHANGES },
    Needed { kind: Object::NAME, resources: "*", plan: &["list"], apply: CHANGES },
    Needed { kind: Secret::NAME, resources: "secrets", plan: &["list"], apply: CHANGES },
    Needed { kind: HelmRelease::NAME, resources: "*", plan: &["list"], apply: BY_HELM },
];

/// A role of a cluster, as `kubectl apply -f -` takes it. It is about all types, since any may be
/// declared and a chart may have any; whoever declares less can cut it down.
///
/// # Errors
/// When the template is wrong.
pub fn role_file(purpose: Purpose) -> Result<String, RenderError> {
    let looks = NEEDED.iter().flat_map(|needed| needed.plan);
    let changes = NEEDED.iter().filter(|_| purpose == Purpose::Apply);
    let verbs: BTreeSet<&str> = looks.chain(changes.flat_map(|it| it.apply)).copied().collect();
    let name = match purpose {
        Purpose::Plan => "leap-infra-plan",
        Purpose::Apply => "leap-infra-apply",
    };
    render::cluster_role(&ClusterRole { name, verbs: verbs.into_iter().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_for_planning_only_lists() {
        insta::assert_snapshot!(role_file(Purpose::Plan).unwrap(), @r#"
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: leap-infra-plan }
        rules:
        - apiGroups: ["*"]
          resources: ["*"]
          verbs: [list]
        "#);
    }

    #[test]
    fn the_role_for_applying_has_what_helm_needs_as_well() {
        let role = role_file(Purpose::Apply).unwrap();
        assert!(
            role.contains("verbs: [create, delete, get, list, patch, update, watch]"),
            "{role}"
        );
    }
}
