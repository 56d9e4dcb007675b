//! Which environments have which release, and in which cluster.

use super::settings::Release;
use crate::project::clusters;
use crate::project::layout::{Laid, each_environment};
use crate::project::managed::naming_key;
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};
use std::collections::BTreeSet;

/// One release in one environment.
pub(super) struct Placed<'a> {
    /// The environment.
    pub(super) laid: &'a Laid,
    /// The short key and where it was written.
    pub(super) key: &'a Key,
    /// The settings as they were written.
    pub(super) node: &'a Node,
    /// The settings.
    pub(super) release: &'a Release,
    /// The place of its cluster, as specs have it; none if there is no such cluster.
    pub(super) cluster: Option<String>,
    /// What Helm calls it.
    pub(super) name: &'a str,
}

impl Placed<'_> {
    /// Where a setting was written, or else the release's key.
    pub(super) fn range(&self, setting: &str) -> &Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }
}

/// Every release in every environment that has it.
pub(super) fn placed(layout: &[Laid]) -> Vec<Placed<'_>> {
    let default = usual(layout);
    let mut list = Vec::new();
    for laid in layout {
        let written = laid.tree.child("releases").map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            let Some(release) = laid.declaration.releases.get(&key.name) else { continue };
            let environments = release.environments.as_ref().unwrap_or(&default);
            if environments.iter().any(|name| name == laid.env()) {
                let cluster = cluster(layout, laid, release);
                let name = name(&key.name, release);
                list.push(Placed { laid, key, node, release, cluster, name });
            }
        }
    }
    list
}

fn usual(layout: &[Laid]) -> Vec<String> {
    each_environment(&layout.iter().map(Laid::env).collect::<Vec<_>>())
}

fn name<'a>(key: &'a str, release: &'a Release) -> &'a str {
    release.name.as_deref().unwrap_or(naming_key(key, release.previously.as_deref()))
}

fn cluster(layout: &[Laid], laid: &Laid, release: &Release) -> Option<String> {
    if let Some(context) = &release.context {
        return Some(format!("context/{context}"));
    }
    let key = release.cluster.as_deref().or_else(|| clusters::only(laid))?;
    Some(clusters::find(layout, key, laid.env())?.place())
}

/// The charts that are deployed into a cluster as they are.
pub(crate) fn charts<'a>(layout: &'a [Laid], cluster: &clusters::Found<'_>) -> BTreeSet<&'a str> {
    let place = cluster.place();
    let here = placed(layout).into_iter().filter(|it| it.cluster.as_ref() == Some(&place));
    here.map(|placed| placed.release.chart.name.as_str()).collect()
}

/// What a setting of a release is when it is not said and follows from something else.
pub(crate) fn derived(layout: &[Laid], laid: &Laid, key: &str, setting: &str) -> Option<String> {
    let release = laid.declaration.releases.get(key)?;
    match setting {
        "name" => Some(name(key, release).to_owned()),
        "cluster" if release.context.is_none() => clusters::only(laid).map(str::to_owned),
        "in" => Some(format!("[{}]", usual(layout).join(", "))),
        _ => None,
    }
}
