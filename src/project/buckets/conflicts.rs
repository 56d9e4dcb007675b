//! Settings of one bucket that do not go together.

use super::format::{ROLES, role};
use super::lifecycle::{MoveTo, Rule, When};
use super::location::area;
use super::placed::Placed;
use super::settings::{Location, Member, Prevention};
use crate::model::label;
use crate::project::format::{is_label_name, seconds};
use crate::project::problem::{Findings, Problem};
use crate::project::tree::Node;
use crate::project::words::{either, nearest};

/// The longest retention, 100 years.
/// <https://cloud.google.com/storage/docs/bucket-lock#retention-periods>
pub(super) const RETENTION_MAX: u64 = 3_155_760_000;

/// Checks one bucket.
pub(super) fn check(placed: &Placed<'_>, findings: &mut Findings) {
    findings.extend(public_and_prevented(placed));
    findings.extend(anonymous_payers(placed));
    findings.extend(paid_by_readers(placed));
    findings.extend(soft_delete(placed));
    findings.extend(retention(placed));
    findings.extend(pair(placed));
    rules(placed, findings);
    roles(placed, findings);
    labels(placed, findings);
}

fn public_and_prevented(placed: &Placed<'_>) -> Option<Problem> {
    let enforced = placed.bucket.public_access_prevention == Prevention::Enforced;
    placed.bucket.public.filter(|_| enforced).map(|_| {
        let message = format!("`{}` cannot be public: its prevention is enforced", placed.name);
        Problem::error("public-prevented", placed.range("public"), message)
            .related(placed.range("public_access_prevention"), "enforced here")
            .suggest("leave out one of the two".to_owned())
    })
}

/// A site's visitors are nobody in particular, so they cannot pay.
fn anonymous_payers(placed: &Placed<'_>) -> Option<Problem> {
    let both = placed.bucket.website.is_some() && placed.bucket.requester_pays;
    both.then(|| {
        let message = format!("visitors of `{}` cannot pay: they are anonymous", placed.name);
        Problem::error("website-requester-pays", placed.key_range("requester_pays"), message)
            .related(placed.key_range("website"), "the bucket serves a website")
            .suggest("leave out `requester_pays`".to_owned())
    })
}

/// What readers pay for is no cost of ours.
fn paid_by_readers(placed: &Placed<'_>) -> Option<Problem> {
    let both = placed.bucket.egress.is_some() && placed.bucket.requester_pays;
    both.then(|| {
        let message = format!("what leaves `{}` is paid for by whoever reads it", placed.name);
        Problem::warning("egress-requester-pays", placed.key_range("egress"), message)
            .related(placed.key_range("requester_pays"), "readers pay")
            .suggest("leave out `egress`: it is not counted".to_owned())
    })
}

/// <https://cloud.google.com/storage/docs/soft-delete#retention-duration>
fn soft_delete(placed: &Placed<'_>) -> Option<Problem> {
    let days = placed.bucket.soft_delete_days;
    (1..7).contains(&days).then(|| {
        let message = format!("deleted objects cannot be kept for {days} days");
        Problem::error("soft-delete", placed.range("soft_delete_days"), message)
            .expected("0 (not at all), or 7 to 90")
    })
}

fn retention(placed: &Placed<'_>) -> Option<Problem> {
    let written = placed.bucket.retention.as_deref()?;
    let range = placed.range("retention");
    if !seconds(written).is_ok_and(|length| (1..=RETENTION_MAX).contains(&length)) {
        let problem = Problem::error("retention", range, "objects cannot be kept that long");
        return Some(problem.expected("between 1 second and 100 years"));
    }
    // Long refused by Cloud Storage; whether it is today depends on the project.
    placed.bucket.versioning.then(|| {
        let message = "Cloud Storage may refuse versioning on a bucket with retention";
        Problem::warning("retention-versioning", range, message)
            .related(placed.range("versioning"), "versioning is on")
    })
}

fn pair(placed: &Placed<'_>) -> Option<Problem> {
    let Some(Location::Two(regions)) = &placed.bucket.location else { return None };
    let [first, second] = regions.as_slice() else { return None };
    area(first, second).is_none().then(|| {
        let message = format!("`{first}` and `{second}` cannot be a pair");
        Problem::error("location-pair", placed.range("location"), message)
            .expected("two different regions of one continent, as in [us-east1, us-west1]")
    })
}

/// Every rule has a condition, and conditions on versions have versions to look at.
fn rules(placed: &Placed<'_>, findings: &mut Findings) {
    let written = placed.node.child("lifecycle");
    for (position, rule) in placed.bucket.lifecycle.iter().enumerate() {
        let (Rule::Delete(when) | Rule::MoveTo(MoveTo { when, .. })) = rule else { continue };
        let node = written.and_then(|list| list.items().get(position));
        let range = node.map_or(&placed.key.range, |node| &node.range);
        if when.is_empty() {
            let message = "this rule has no condition: it would act on every object at once";
            let problem = Problem::error("lifecycle-always", range, message);
            findings.push(problem.suggest("say when, as in `after_days: 30`".to_owned()));
        }
        let When { noncurrent_after_days, newer_versions, live, .. } = when;
        let versions = noncurrent_after_days.is_some() || newer_versions.is_some();
        if (versions || *live == Some(false)) && !placed.bucket.versioning {
            let message = "this rule looks at older versions, and the bucket keeps none";
            let problem = Problem::warning("lifecycle-versions", range, message);
            findings.push(problem.suggest("say `versioning: true`".to_owned()));
        }
    }
}

fn roles(placed: &Placed<'_>, findings: &mut Findings) {
    let Some(written) = placed.node.child("grants") else { return };
    for (key, members) in written.entries() {
        if role(&key.name).is_none() {
            let words: Vec<&str> = ROLES.iter().map(|(word, _)| *word).collect();
            let near = nearest(&key.name, words.iter().copied());
            let near = near.map(|near| format!("did you mean `{near}`?"));
            let message = format!("`{}` is no role", key.name);
            let problem = Problem::error("unknown-role", &key.range, message);
            let expected = format!("{}, or a role of Google's as in `roles/…`", either(&words));
            findings.push(problem.expected(expected).suggest(near));
        }
        let granted = placed.bucket.grants.get(&key.name).map(Vec::as_slice).unwrap_or_default();
        for (member, node) in granted.iter().zip(members.items()) {
            if member.condition().is_some() && !placed.bucket.uniform_access {
                findings.push(condition(placed, member, node));
            }
        }
    }
}

/// <https://cloud.google.com/storage/docs/access-control/iam#conditions>
fn condition(placed: &Placed<'_>, member: &Member, node: &Node) -> Problem {
    let range = node.entry("when").map_or(&node.range, |(key, _)| &key.range);
    let message = format!("the grant to `{}` cannot have a condition yet", member.name());
    Problem::error("condition-needs-uniform", range, message)
        .expected(format!("`uniform_access: true` on `{}`", placed.name))
        .suggest("turn it on; it cannot be undone after 90 days".to_owned())
}

/// <https://cloud.google.com/storage/docs/tags-and-labels#bucket-labels>
fn labels(placed: &Placed<'_>, findings: &mut Findings) {
    let everywhere = placed.laid.tree.at(["cloud", "labels"]);
    for (key, _) in [everywhere, placed.node.child("labels")]
        .into_iter()
        .flatten()
        .flat_map(|node| node.entries())
    {
        if key.name.starts_with(label::PREFIX) {
            let message = format!("labels that begin with `{}` are ours", label::PREFIX);
            findings.push(Problem::error("label-reserved", &key.range, message));
        }
        if !is_label_name(&key.name) {
            let message = format!("`{}` cannot be the name of a label", key.name);
            let problem = Problem::error("label-name", &key.range, message);
            findings.push(problem.expected(
                "at most 63 lower case letters, digits, `-` and `_`, beginning with a letter",
            ));
        }
    }
}
