//! `kubernetes`: what is in clusters, as manifests say it: namespaces, objects and secrets. What
//! releases of Helm bring along is declared with them.

mod checks;
mod expand;
mod format;
mod placed;
mod settings;

pub use settings::{Conflicts, Kubernetes, Namespace, Object, Secret};

pub(crate) use checks::check;
pub(crate) use expand::{expand, keys};
pub(crate) use format::kubernetes_name;
pub(crate) use placed::derived;
