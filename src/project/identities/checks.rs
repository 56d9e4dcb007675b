//! What the schema cannot say about identities.

use super::placed::{Identities, Placed, placed};
use super::settings::GitHub;
use crate::project::address;
use crate::project::environments::members;
use crate::project::layout::Laid;
use crate::project::managed::check_previously;
use crate::project::problem::{Findings, Problem};
use crate::project::tree::Node;
use crate::project::words::nearest;
use std::collections::BTreeMap;

/// The longest subject of a token that Google maps.
/// <https://cloud.google.com/iam/docs/reference/rest/v1/projects.locations.workloadIdentityPools.providers>
const SUBJECT_MAX: usize = 127;

/// Checks the identities of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    let identities = placed(layout);
    members(layout, "identities", "identity", findings);
    for placed in &identities.list {
        findings.extend(name(placed));
        let previously = placed.identity.previously.as_deref();
        let still = previously.and_then(|key| identities.here(key, placed.laid.env()));
        check_previously(placed.node, previously, still.map(|other| other.key), findings);
        github(placed, findings);
        let users = placed.node.child("used_by").map(Node::items).unwrap_or_default();
        findings.extend(users.iter().filter_map(|node| refers(&identities, placed.laid, node)));
    }
    collisions(&identities, findings);
}

/// A member `identity:KEY` means one that there is.
pub(crate) fn refers(identities: &Identities<'_>, laid: &Laid, node: &Node) -> Option<Problem> {
    let key = address::identity(node.text()?)?;
    if identities.find(key, laid.env()).is_some() {
        return None;
    }
    let keys = || laid.declaration.identities.keys().map(String::as_str);
    let near = nearest(key, keys()).map(|near| format!("did you mean `identity:{near}`?"));
    let env = laid.env();
    let message = if keys().any(|known| known == key) {
        format!("`{key}` is not in {env}, and which one is meant is not clear")
    } else {
        format!("there is no identity `{key}`")
    };
    let problem = Problem::error("reference", &node.range, message);
    Some(problem.expected("the key of a declared identity").suggest(near))
}

fn name(placed: &Placed<'_>) -> Option<Problem> {
    let wrong = super::account_id(&placed.account).err()?;
    let (account, length) = (&placed.account, placed.account.chars().count());
    let message = format!("the account's name `{account}` ({length} characters) cannot be");
    let problem = Problem::error("account-name", placed.range("name"), message);
    let derived = placed.identity.name.is_none().then(|| "say a shorter `name:`".to_owned());
    Some(problem.expected(wrong.expected).suggest(derived))
}

fn github(placed: &Placed<'_>, findings: &mut Findings) {
    let nodes = placed.node.child("github").map(Node::items).unwrap_or_default();
    let jobs = &placed.identity.github;
    if let (Some(_), None) = (jobs.first(), placed.laid.declaration.cloud.project_number) {
        let message = "jobs of GitHub are named by the number of the project, which is not said";
        let problem = Problem::error("project-number", placed.range("github"), message);
        findings.push(problem.expected("`project_number:` in `cloud`").suggest(
            "see `gcloud projects describe PROJECT --format='value(projectNumber)'`".to_owned(),
        ));
    }
    for (job, node) in jobs.iter().zip(nodes) {
        findings.extend(one_job(job, node));
    }
}

fn one_job(job: &GitHub, node: &Node) -> Option<Problem> {
    let Some(subject) = job.subject() else {
        let message = format!("which jobs of `{}` are meant is not clear", job.repository);
        let problem = Problem::error("one-of", &node.range, message);
        return Some(problem.expected("exactly one of `branch`, `environment`"));
    };
    (subject.len() > SUBJECT_MAX).then(|| {
        let message = format!("`{subject}` is too long: {} characters", subject.len());
        let problem = Problem::error("github-subject", &node.range, message);
        problem.expected(format!("at most {SUBJECT_MAX} characters, all of it included"))
    })
}

/// Two identities cannot have one address, in whichever environments they are.
fn collisions(identities: &Identities<'_>, findings: &mut Findings) {
    let mut taken: BTreeMap<String, &Placed<'_>> = BTreeMap::new();
    for placed in &identities.list {
        let email = placed.email();
        let Some(first) = taken.insert(email.clone(), placed) else { continue };
        let one = format!("`{}` of {}", first.key.name, first.laid.env());
        let other = format!("`{}` of {}", placed.key.name, placed.laid.env());
        let message = format!("`{email}` is the address of two identities: {one} and {other}");
        let problem = Problem::error("name-collision", placed.range("name"), message);
        let problem = match first.range("name") == placed.range("name") {
            true => problem.suggest("write `${env}` or `${suffix}` into the name".to_owned()),
            false => problem.related(first.range("name"), "the other one"),
        };
        findings.push(problem);
    }
}
