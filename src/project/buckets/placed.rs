//! Which environments have which bucket, and under which name.

use super::settings::Bucket;
use crate::project::layout::{Laid, each_environment};
use crate::project::names;
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};
use std::collections::BTreeMap;

/// One bucket in one environment.
pub(crate) struct Placed<'a> {
    /// The environment.
    pub(crate) laid: &'a Laid,
    /// The short key and where it was written.
    pub(crate) key: &'a Key,
    /// The settings as they were written.
    pub(crate) node: &'a Node,
    /// The settings.
    pub(crate) bucket: &'a Bucket,
    /// The name in the cloud.
    pub(crate) name: String,
}

/// Every bucket in every environment.
pub(crate) struct Buckets<'a> {
    /// The buckets, by environment and in the order in which they were written.
    pub(crate) list: Vec<Placed<'a>>,
    by_key: BTreeMap<&'a str, Vec<usize>>,
}

/// Why a reference to a bucket leads nowhere.
pub(crate) enum Lost {
    /// No environment has a bucket with this key.
    Nowhere,
    /// Several have, and none of them is the one that refers to it.
    Several(Vec<String>),
}

impl Placed<'_> {
    /// Where a setting was written, or else the bucket's key.
    pub(crate) fn range(&self, setting: &str) -> &Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }

    /// Where the key of a setting was written, or else the bucket's key.
    pub(crate) fn key_range(&self, setting: &str) -> &Range {
        self.node.entry(setting).map_or(&self.key.range, |(key, _)| &key.range)
    }
}

impl Buckets<'_> {
    /// The bucket with a key in an environment.
    pub(crate) fn here(&self, key: &str, env: &str) -> Option<&Placed<'_>> {
        let found = self.by_key.get(key).map(Vec::as_slice).unwrap_or_default().iter();
        found.map(|&at| &self.list[at]).find(|placed| placed.laid.env() == env)
    }

    /// The bucket that `key` means in an environment: the one there, else the only one.
    pub(crate) fn find(&self, key: &str, env: &str) -> Result<&Placed<'_>, Lost> {
        let found = self.by_key.get(key).map(Vec::as_slice).unwrap_or_default();
        let found: Vec<&Placed<'_>> = found.iter().map(|position| &self.list[*position]).collect();
        match (found.iter().find(|placed| placed.laid.env() == env), found.as_slice()) {
            (Some(here), _) => Ok(here),
            (None, [only]) => Ok(only),
            (None, []) => Err(Lost::Nowhere),
            (None, several) => {
                Err(Lost::Several(several.iter().map(|one| one.laid.env().to_owned()).collect()))
            }
        }
    }
}

/// Every bucket in every environment that has it.
pub(crate) fn placed(layout: &[Laid]) -> Buckets<'_> {
    let all: Vec<&str> = layout.iter().map(Laid::env).collect();
    let default = each_environment(&all);
    let mut list = Vec::new();
    for laid in layout {
        let written = laid.tree.child("buckets").map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            let Some(bucket) = laid.declaration.buckets.get(&key.name) else { continue };
            let environments = bucket.environments.as_ref().unwrap_or(&default);
            if environments.iter().any(|name| name == laid.env()) {
                let name = final_name(laid, &key.name, bucket);
                list.push(Placed { laid, key, node, bucket, name });
            }
        }
    }
    let mut by_key: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (position, placed) in list.iter().enumerate() {
        by_key.entry(&placed.key.name).or_default().push(position);
    }
    Buckets { list, by_key }
}

/// The name of a bucket in the cloud.
pub(crate) fn final_name(laid: &Laid, key: &str, bucket: &Bucket) -> String {
    names::final_name(laid, key, bucket.name.as_deref(), bucket.previously.as_deref())
}

/// What a setting of a bucket is when it is not said and follows from something else.
pub(crate) fn derived(layout: &[Laid], laid: &Laid, key: &str, setting: &str) -> Option<String> {
    let bucket = laid.declaration.buckets.get(key)?;
    match setting {
        "name" => Some(final_name(laid, key, bucket)),
        "location" => Some(laid.declaration.cloud.region.clone()),
        "in" => {
            let all: Vec<&str> = layout.iter().map(Laid::env).collect();
            Some(format!("[{}]", each_environment(&all).join(", ")))
        }
        _ => None,
    }
}
