//! Which environments have what in which cluster, and under which name.

use super::settings::{Kubernetes, Namespace, Object, Secret};
use crate::project::clusters;
use crate::project::layout::{Laid, each_environment};
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};

/// A cluster of a kubeconfig.
const CONTEXT: &str = "context/";

/// One entry of a part of the section, in one environment.
pub(super) struct Placed<'a, T> {
    /// The environment.
    pub(super) laid: &'a Laid,
    /// The short key and where it was written.
    pub(super) key: &'a Key,
    /// The settings as they were written.
    pub(super) node: &'a Node,
    /// The settings.
    pub(super) settings: &'a T,
}

impl<T> Placed<'_, T> {
    /// Where a setting was written, or else the key.
    pub(super) fn range(&self, setting: &str) -> &Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }
}

/// What has its place in the section: where it is listed, and in which environments it is said to be.
pub(super) trait Part: Sized {
    /// The key of the part, `namespaces`.
    const PART: &'static str;

    /// The entry of that key.
    fn find<'a>(all: &'a Kubernetes, key: &str) -> Option<&'a Self>;

    /// `in:` as it was said.
    fn environments(&self) -> Option<&[String]>;
}

impl Part for Namespace {
    const PART: &'static str = "namespaces";

    fn find<'a>(all: &'a Kubernetes, key: &str) -> Option<&'a Self> {
        all.namespaces.get(key)
    }

    fn environments(&self) -> Option<&[String]> {
        self.environments.as_deref()
    }
}

impl Part for Object {
    const PART: &'static str = "objects";

    fn find<'a>(all: &'a Kubernetes, key: &str) -> Option<&'a Self> {
        all.objects.get(key)
    }

    fn environments(&self) -> Option<&[String]> {
        self.environments.as_deref()
    }
}

impl Part for Secret {
    const PART: &'static str = "secrets";

    fn find<'a>(all: &'a Kubernetes, key: &str) -> Option<&'a Self> {
        all.secrets.get(key)
    }

    fn environments(&self) -> Option<&[String]> {
        self.environments.as_deref()
    }
}

/// The entries of a part in every environment that has them.
pub(super) fn placed<T: Part>(layout: &[Laid]) -> Vec<Placed<'_, T>> {
    let all: Vec<&str> = layout.iter().map(Laid::env).collect();
    let default = each_environment(&all);
    let mut list = Vec::new();
    for laid in layout {
        let written = laid.tree.at(["kubernetes", T::PART]).map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            let Some(settings) = T::find(&laid.declaration.kubernetes, &key.name) else { continue };
            let environments = settings.environments().unwrap_or(&default);
            if environments.iter().any(|name| name == laid.env()) {
                list.push(Placed { laid, key, node, settings });
            }
        }
    }
    list
}

/// The name of a declared namespace in an environment.
pub(super) fn namespace_name(laid: &Laid, key: &str, namespace: &Namespace) -> String {
    let derived = || format!("{key}{}", laid.environment.suffix);
    namespace.name.clone().unwrap_or_else(derived)
}

/// The name of a namespace that is referred to, and its settings if it is declared.
pub(super) fn referred<'a>(laid: &'a Laid, text: &str) -> (String, Option<&'a Namespace>) {
    match laid.declaration.kubernetes.namespaces.get(text) {
        Some(namespace) => (namespace_name(laid, text, namespace), Some(namespace)),
        None => (text.to_owned(), None),
    }
}

/// The cluster that is said, that of the namespace, or the only one; none if there is no such cluster.
pub(super) fn cluster(
    layout: &[Laid],
    laid: &Laid,
    said: Option<&str>,
    namespace: Option<&Namespace>,
) -> Option<String> {
    let said = said.or_else(|| namespace?.cluster.as_deref());
    match said {
        Some(context) if context.starts_with(CONTEXT) => Some(context.to_owned()),
        said => {
            let key = said.or_else(|| clusters::only(laid))?;
            Some(clusters::find(layout, key, laid.env())?.place())
        }
    }
}

/// What a setting is when it is not said and follows from something else.
pub(crate) fn derived(
    layout: &[Laid],
    laid: &Laid,
    part: &str,
    key: &str,
    setting: &str,
) -> Option<String> {
    let all: Vec<&str> = layout.iter().map(Laid::env).collect();
    match (part, setting) {
        (_, "in") => Some(format!("[{}]", each_environment(&all).join(", "))),
        ("namespaces", "name") => Some(referred(laid, key).0),
        _ => None,
    }
}
