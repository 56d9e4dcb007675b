//! Notices: that it is said where issues are opened, and nothing of that where files are written.

use crate::project::access::roll::Roll;
use crate::project::access::settings::To;
use crate::project::problem::{Findings, Problem};

/// Checks where notices go.
pub(super) fn check(roll: &Roll<'_>, findings: &mut Findings) {
    let notices = &roll.access.notices;
    let Some(node) = roll.laid.tree.at(["access", "notices"]) else { return };
    let problem = match (notices.to, &notices.repository) {
        (To::Issue, None) => {
            let message = "it is not said in which repository issues are opened";
            let problem = Problem::error("notices-nowhere", &node.range, message);
            let help =
                "write `{ to: issue, repository: NAME }`; a private one, since they name people";
            problem.suggest(help.to_owned())
        }
        (To::File, Some(_)) => {
            let range = node.child("repository").map_or(&node.range, |node| &node.range);
            let message = "notices are written into files, so there is nothing for a repository";
            let problem = Problem::error("notices-file", range, message);
            problem.suggest("leave it out, or write `to: issue`".to_owned())
        }
        (To::Issue, Some(_)) | (To::File, None) => return,
    };
    findings.push(problem);
}
