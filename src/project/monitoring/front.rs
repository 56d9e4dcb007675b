//! What hubs, and whatever else people are let in to, ask of the monitoring of their cluster: who lets
//! people in, who signs certificates, and whether somebody measures.

use super::charts::After;
use super::made::Made;
use super::placed::{Placed, placed};
use super::values::usage::SERVICE;
use crate::model::ResourceId;
use crate::project::clusters::Found;
use crate::project::layout::Laid;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Who lets people in to a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Front {
    /// The class of the ingress.
    pub(crate) class: String,
    /// Who signs certificates.
    pub(crate) issuer: String,
    /// Whether the ingress is made by us.
    pub(crate) lets_in: bool,
    /// Whether the one who signs is.
    pub(crate) signs: bool,
    /// What must be there before people find anything behind it.
    pub(crate) needs: BTreeSet<ResourceId>,
}

impl Default for Front {
    /// What most clusters have that somebody else made.
    fn default() -> Self {
        Self {
            class: "nginx".to_owned(),
            issuer: "letsencrypt-prod".to_owned(),
            lets_in: false,
            signs: false,
            needs: BTreeSet::new(),
        }
    }
}

/// Who lets people in to a cluster, if it is declared; what is not is as usual.
/// What is of a later environment than `env` is not waited for.
pub(crate) fn front(layout: &[Laid], cluster: &Found<'_>, env: &str) -> Option<Front> {
    let all = placed(layout);
    let here = all.iter().find(|placed| watches(placed, layout, cluster))?;
    let made = Made::of(here, layout)?;
    let order = |env: &str| layout.iter().position(|laid| laid.env() == env);
    let earlier = order(here.laid.env()) <= order(env);
    let needs = if earlier { super::expand::front(&made) } else { BTreeSet::new() };
    let mut front = Front { needs, ..Front::default() };
    if let Some(ingress) = &here.monitoring.ingress {
        front.class.clone_from(&ingress.class);
        front.lets_in = true;
    }
    if let Some(certificates) = &here.monitoring.certificates {
        front.issuer.clone_from(&certificates.issuer);
        front.signs = true;
    }
    Some(front)
}

/// Whether somebody measures what is in a cluster.
pub(crate) fn is_measured(layout: &[Laid], cluster: &Found<'_>) -> bool {
    let all = placed(layout);
    let mut here = all.iter().filter(|placed| watches(placed, layout, cluster));
    here.any(|placed| placed.monitoring.prometheus.is_some())
}

/// What a hub of a cluster says to whoever tells of teams there, as the hub's chart takes it; nothing
/// where nobody does. <https://jupyterhub.readthedocs.io/en/stable/rbac/scopes.html>
pub(crate) fn of_categories(layout: &[Laid], cluster: &Found<'_>) -> Option<Value> {
    let all = placed(layout);
    let mut here = all.iter().filter(|placed| watches(placed, layout, cluster));
    let asks = here.any(|placed| placed.monitoring.usage_by_category);
    asks.then(|| {
        json!({ "hub": {
            "services": { SERVICE: {} },
            "loadRoles": { SERVICE: {
                "description": "Reads who is in which team.",
                "scopes": ["list:users", "read:users:groups", "list:groups", "read:groups"],
                "services": [SERVICE],
            } },
        } })
    })
}

fn watches(placed: &Placed<'_>, layout: &[Laid], cluster: &Found<'_>) -> bool {
    let own = Made::of(placed, layout);
    own.is_some_and(|made| made.cluster.id() == cluster.id())
}

impl After {
    /// Whether what has it waits for who lets people in.
    pub(super) fn is_front(self) -> bool {
        self == Self::Front
    }
}
