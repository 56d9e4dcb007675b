//! What is granted to an identity on buckets, told from the declaration.

use super::placed::placed;
use super::settings::Public;
use crate::project::address;
use crate::project::layout::Laid;
use crate::project::problem::Range;
use crate::project::tree::Node;

/// The buckets that an identity may do something with in an environment: key, what, and where
/// that stands.
pub(crate) fn granted<'a>(
    layout: &'a [Laid],
    identity: &str,
    env: &str,
) -> Vec<(String, String, &'a Range)> {
    let mut granted = Vec::new();
    for placed in placed(layout).list.iter().filter(|placed| placed.laid.env() == env) {
        let written = placed.node.child("grants").map(Node::entries).unwrap_or_default();
        for (role, members) in written {
            let theirs = members.items().iter().find(|member| {
                let text = member.child("member").unwrap_or(member).text();
                text.and_then(address::identity) == Some(identity)
            });
            let right =
                |member: &'a Node| (placed.key.name.clone(), role.name.clone(), &member.range);
            granted.extend(theirs.map(right));
        }
    }
    granted
}

/// Somebody whom a bucket names.
pub(crate) struct Grantee<'a> {
    /// The environment.
    pub(crate) env: &'a str,
    /// Who it is, as it was written; none for everybody.
    pub(crate) member: Option<String>,
    /// What they may do, as it was written.
    pub(crate) level: String,
    /// What must hold beside that.
    pub(crate) only_if: Option<String>,
    /// Where that stands.
    pub(crate) at: &'a Range,
}

/// Whom the bucket with a key names in each environment.
pub(crate) fn grantees<'a>(layout: &'a [Laid], key: &str) -> Vec<Grantee<'a>> {
    let mut grantees = Vec::new();
    for placed in placed(layout).list.iter().filter(|placed| placed.key.name == key) {
        let env = placed.laid.env();
        let written = placed.node.child("grants").map(Node::entries).unwrap_or_default();
        for (role, members) in written {
            let grantee = |member: &'a Node| Grantee {
                env,
                member: member.child("member").unwrap_or(member).text().map(str::to_owned),
                level: role.name.clone(),
                only_if: member.at(["when", "title"]).and_then(Node::text).map(str::to_owned),
                at: &member.range,
            };
            grantees.extend(members.items().iter().map(grantee));
        }
        let public =
            placed.node.child("public").filter(|_| placed.bucket.public == Some(Public::Read));
        grantees.extend(public.map(|node| Grantee {
            env,
            member: None,
            level: "read".to_owned(),
            only_if: None,
            at: &node.range,
        }));
    }
    grantees
}
