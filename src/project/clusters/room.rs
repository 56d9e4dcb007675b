//! What the machines of a pool have room for, for what is to run on them.

use super::machines::allocatable;
use super::placed::{Placed, PlacedPool, placed};
use super::pools;
use super::settings::Role;
use super::tables::Size;
use crate::model::ResourceId;
use crate::project::layout::Laid;
use crate::project::problem::Range;
use crate::project::words::nearest;
use crate::providers::gcp::gke_node_pool::Spec;

/// A cluster, as what runs in it sees it.
pub(crate) struct Cluster<'a> {
    placed: Placed<'a>,
}

/// A pool of machines, as what runs on them sees it.
pub(crate) struct Room {
    /// The name of the pool, by which its machines are told from others.
    pub(crate) name: String,
    /// The pool.
    pub(crate) id: ResourceId,
    /// What its machines are for.
    pub(crate) role: Role,
    /// Whether nothing new should start here.
    pub(crate) retiring: bool,
    /// Everything that is set about it.
    pub(crate) spec: Spec,
    /// The CPUs and the memory in GB of a machine, if the type is known.
    pub(crate) nominal: Option<(f64, f64)>,
    /// What GKE leaves of them for pods.
    pub(crate) left: Option<(f64, f64)>,
    /// How many accelerators a machine has.
    pub(crate) gpus: u32,
    /// Where it was written.
    pub(crate) range: Range,
}

/// The cluster that `key` means in an environment: the one there, else the only one.
pub(crate) fn find<'a>(layout: &'a [Laid], key: &str, env: &str) -> Option<Cluster<'a>> {
    let mut found: Vec<_> = placed(layout).into_iter().filter(|it| it.key.name == key).collect();
    let here = found.iter().position(|it| it.laid.env() == env);
    let at = here.or((found.len() == 1).then_some(0))?;
    Some(Cluster { placed: found.swap_remove(at) })
}

/// Why [`find`] finds none, and what to write instead.
pub(crate) fn missing(layout: &[Laid], key: &str, env: &str) -> (String, Option<String>) {
    let all = placed(layout);
    let having = all.iter().filter(|it| it.key.name == key).map(|it| it.laid.env());
    let having: Vec<&str> = having.collect();
    if having.is_empty() {
        let near = nearest(key, all.iter().map(|it| it.key.name.as_str()));
        let near = near.map(|near| format!("did you mean `{near}`?"));
        return (format!("there is no cluster `{key}` for {env}"), near);
    }
    let having = having.join(", ");
    let message = format!("{env} has no cluster `{key}`, and each of {having} has one of its own");
    (message, Some(format!("say `in: [{having}]` here, or `in` of the cluster with {env} in it")))
}

impl Cluster<'_> {
    /// The cluster itself.
    pub(crate) fn id(&self) -> ResourceId {
        ResourceId::new(self.placed.laid.env(), "gke-cluster", &self.placed.name)
    }

    /// Where it is, as Google writes it.
    pub(crate) fn place(&self) -> String {
        self.placed.place()
    }

    /// Whether programs in it can be accounts of the cloud.
    pub(crate) fn has_identities(&self) -> bool {
        self.placed.cluster.workload_identity
    }

    /// The keys of its pools.
    pub(crate) fn pools(&self) -> Vec<String> {
        self.placed.pools().iter().map(|pool| pool.key.name.clone()).collect()
    }

    /// The pool with a key.
    pub(crate) fn room(&self, key: &str) -> Option<Room> {
        self.placed.pools().iter().find(|pool| pool.key.name == key).map(|pool| self.of(pool))
    }

    /// Every pool with its key.
    pub(crate) fn rooms(&self) -> Vec<(String, Room)> {
        self.placed.pools().iter().map(|pool| (pool.key.name.clone(), self.of(pool))).collect()
    }

    fn of(&self, pool: &PlacedPool<'_>) -> Room {
        let spec = pools::spec(&self.placed, pool.pool);
        let full = pools::name(&self.placed, pool, &spec);
        let size = self.placed.laid.tables.machines.size(&pool.pool.machine);
        let pair = |size: Size| (size.cpu, size.memory_gb);
        let gpus = spec.gpu.as_ref().map_or(0, |gpu| u32::try_from(gpu.count).unwrap_or(0));
        Room {
            name: full.rsplit('/').next().unwrap_or(&full).to_owned(),
            id: ResourceId::new(self.placed.laid.env(), "gke-node-pool", &full),
            role: pool.pool.role,
            retiring: pool.pool.retiring,
            nominal: size.map(pair),
            left: size.map(allocatable).map(pair),
            gpus,
            spec,
            range: pool.key.range.clone(),
        }
    }
}
