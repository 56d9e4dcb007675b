//! Which environments have which identity, and under which address.

use super::settings::Identity;
use crate::project::address;
use crate::project::layout::{Laid, shared_or_first};
use crate::project::managed::naming_key;
use crate::project::names;
use crate::project::problem::Range;
use crate::project::tree::{Key, Node};

/// One identity in one environment.
pub(crate) struct Placed<'a> {
    /// The environment.
    pub(crate) laid: &'a Laid,
    /// The short key and where it was written.
    pub(crate) key: &'a Key,
    /// The settings as they were written.
    pub(crate) node: &'a Node,
    /// The settings.
    pub(crate) identity: &'a Identity,
    /// The part of the address before the `@`.
    pub(crate) account: String,
}

/// Every identity in every environment.
pub(crate) struct Identities<'a> {
    /// By environment and in the order in which they were written.
    pub(crate) list: Vec<Placed<'a>>,
    /// All environments, in promotion order.
    pub(super) layout: &'a [Laid],
}

impl Placed<'_> {
    /// The project that it is in.
    pub(crate) fn project(&self) -> &str {
        &self.laid.declaration.cloud.project
    }

    /// Its address.
    pub(crate) fn email(&self) -> String {
        format!("{}@{}.iam.gserviceaccount.com", self.account, self.project())
    }

    /// Where a setting was written, or else the identity's key.
    pub(crate) fn range(&self, setting: &str) -> &Range {
        self.node.child(setting).map_or(&self.key.range, |node| &node.range)
    }
}

impl Identities<'_> {
    /// The identity with a key in an environment.
    pub(super) fn here(&self, key: &str, env: &str) -> Option<&Placed<'_>> {
        self.list.iter().find(|placed| placed.key.name == key && placed.laid.env() == env)
    }

    /// The identity that `key` means in an environment: the one there, else the only one.
    pub(crate) fn find(&self, key: &str, env: &str) -> Option<&Placed<'_>> {
        let found: Vec<_> = self.list.iter().filter(|placed| placed.key.name == key).collect();
        let here = found.iter().find(|placed| placed.laid.env() == env);
        here.or(found.first().filter(|_| found.len() == 1)).copied()
    }

    /// A member as IAM writes it: `identity:KEY` becomes the address of that account.
    pub(crate) fn member(&self, written: &str, env: &str) -> String {
        let found = address::identity(written).and_then(|key| self.find(key, env));
        found.map_or_else(|| written.to_owned(), |it| format!("serviceAccount:{}", it.email()))
    }
}

/// Every identity in every environment that has it.
pub(crate) fn placed(layout: &[Laid]) -> Identities<'_> {
    let usual = shared_or_first(layout);
    let mut list = Vec::new();
    for laid in layout {
        let written = laid.tree.child("identities").map(Node::entries).unwrap_or_default();
        for (key, node) in written {
            let Some(identity) = laid.declaration.identities.get(&key.name) else { continue };
            let environments = identity.environments.as_ref().unwrap_or(&usual);
            if environments.iter().any(|name| name == laid.env()) {
                let account = account(laid, &key.name, identity);
                list.push(Placed { laid, key, node, identity, account });
            }
        }
    }
    Identities { list, layout }
}

fn account(laid: &Laid, key: &str, identity: &Identity) -> String {
    names::final_name(laid, key, identity.name.as_deref(), identity.previously.as_deref())
}

/// What a setting of an identity is when it is not said and follows from something else.
pub(crate) fn derived(layout: &[Laid], laid: &Laid, key: &str, setting: &str) -> Option<String> {
    let identity = laid.declaration.identities.get(key)?;
    match setting {
        "name" => Some(account(laid, key, identity)),
        "display_name" => Some(naming_key(key, identity.previously.as_deref()).to_owned()),
        "in" => Some(format!("[{}]", shared_or_first(layout).join(", "))),
        _ => None,
    }
}
