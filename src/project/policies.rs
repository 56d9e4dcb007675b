//! How many members a policy has room for. A declaration that grants more would be refused in the
//! middle of an apply, so it is refused before.

use crate::project::problem::{Problem, Range};
use crate::project::tree::{Key, Node};

/// The most members of one policy. Whoever has several roles counts once for each, and groups
/// count like everybody else. <https://cloud.google.com/iam/quotas>
pub(crate) const MOST_MEMBERS: usize = 1_500;

/// Whose policy it is, and where its members were written.
pub(crate) struct Policy<'a> {
    /// What it is the policy of.
    pub(crate) of: String,
    /// The key of that in the declaration.
    pub(crate) key: &'a Range,
    /// What is written there.
    pub(crate) node: &'a Node,
    /// The setting whose members they are.
    pub(crate) setting: &'a str,
}

impl Policy<'_> {
    /// The problem, if more members are declared than there is room for; `instead` is what to do.
    pub(crate) fn too_many(&self, members: usize, instead: &str) -> Option<Problem> {
        (members > MOST_MEMBERS).then(|| {
            let message = format!("the policy of {} has no room for {members} members", self.of);
            let written = self.node.entry(self.setting);
            let range = written.map_or(self.key, |(Key { range, .. }, _)| range);
            Problem::error("policy-full", range, message)
                .expected("at most 1500 members, each counted once for every role that it has")
                .suggest(instead.to_owned())
        })
    }

    /// The same where people are let in one by one.
    pub(crate) fn too_many_people(&self, members: usize) -> Option<Problem> {
        self.too_many(members, "let a group in, and not each of its members")
    }
}
