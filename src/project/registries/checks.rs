//! What the schema cannot say about registries.

use super::expand::days;
use super::placed::{Placed, placed};
use super::settings::Format;
use crate::project::environments::members;
use crate::project::format::seconds;
use crate::project::layout::Laid;
use crate::project::managed::check_previously;
use crate::project::names::{LONGEST, Taken, fault, suffix, twice};
use crate::project::problem::{Findings, Problem};

/// The longest description that the cloud takes without the question how it counts.
const LONGEST_TEXT: usize = 1000;

/// Checks the registries of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    members(layout, "registries", "registry", findings);
    let registries = placed(layout);
    let mut taken = Taken::new();
    for placed in &registries {
        let range = placed.range("name");
        findings.extend(fault("registry-name", "registry", &placed.name, LONGEST, range));
        findings.extend(suffix(placed.laid, &placed.name, range));
        twice(&mut taken, &placed.name, range, findings);
        let previously = placed.registry.previously.as_deref();
        let here = |it: &&Placed<'_>| it.laid.env() == placed.laid.env();
        let mut all = registries.iter().filter(here);
        let still = all.find(|it| Some(it.key.name.as_str()) == previously).map(|it| it.key);
        check_previously(placed.node, previously, still, findings);
        findings.extend(tags(placed));
        findings.extend(text(placed));
        cleanup(placed, findings);
    }
}

/// Only images have tags that can be fixed.
fn tags(placed: &Placed<'_>) -> Option<Problem> {
    let registry = placed.registry;
    (registry.immutable_tags && registry.format != Format::Docker).then(|| {
        let message = "`immutable_tags` is for registries of images";
        let problem = Problem::error("registry-tags", placed.range("immutable_tags"), message);
        let problem = problem.related(placed.range("format"), "the format");
        problem.suggest("leave it out: versions of packages never change".to_owned())
    })
}

fn text(placed: &Placed<'_>) -> Option<Problem> {
    let length = placed.registry.description.as_ref()?.chars().count();
    (length > LONGEST_TEXT).then(|| {
        let message = format!("the description is too long: {length} characters");
        let problem = Problem::error("registry-text", placed.range("description"), message);
        problem.expected(format!("at most {LONGEST_TEXT} characters"))
    })
}

fn cleanup(placed: &Placed<'_>, findings: &mut Findings) {
    let Some(cleanup) = &placed.registry.cleanup else { return };
    let said = [
        ("delete_after", &cleanup.delete_after),
        ("delete_tagged_after", &cleanup.delete_tagged_after),
        ("delete_untagged_after", &cleanup.delete_untagged_after),
    ];
    // What is no time span at all is told by its form.
    let partly = |text: &str| seconds(text).is_ok() && days(text).is_none();
    for (setting, _) in said.iter().filter(|(_, text)| text.as_deref().is_some_and(partly)) {
        let message = "versions are kept for whole days";
        let problem = Problem::error("registry-cleanup", placed.cleanup_range(setting), message);
        findings.push(problem.expected("a number of days or weeks, as in `30 days`"));
    }
    if said.iter().all(|(_, text)| text.is_none()) {
        let message = "nothing is deleted, so there is nothing to keep";
        let problem = Problem::warning("registry-cleanup", placed.range("cleanup"), message);
        findings.push(problem.expected(
            "`delete_untagged_after`, `delete_tagged_after` or `delete_after` beside it",
        ));
    }
}
