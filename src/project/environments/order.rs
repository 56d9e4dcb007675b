//! The order of promotion.

use super::{Gate, Gathered, file::Promoted};
use crate::project::problem::{Findings, Problem, Range};
use crate::project::words::{nearest, quoted};

/// The environments in the order of promotion: each after the one that it follows.
pub(crate) fn order(mut waiting: Vec<Gathered>, findings: &mut Findings) -> Vec<Gathered> {
    waiting.sort_by(|a, b| a.environment.name.cmp(&b.environment.name));
    let sound = references(&waiting, findings) & rivals(&waiting, findings);
    let mut ordered: Vec<Gathered> = Vec::new();
    let ready = |one: &Gathered, ordered: &[Gathered]| match &one.environment.follows {
        None => true,
        Some(before) => ordered.iter().any(|done| done.environment.name == *before),
    };
    while let Some(next) = waiting.iter().position(|one| ready(one, &ordered)) {
        ordered.push(waiting.remove(next));
    }
    if let Some(first) = waiting.first().filter(|_| sound) {
        let names = names(&waiting);
        let message = format!("{} follow each other in a circle", quoted(&names));
        let problem = Problem::error("environment-cycle", written(first, "follows"), message);
        findings.push(problem.expected("one environment that follows none"));
    }
    ordered.extend(waiting);
    ordered
}

fn names(environments: &[Gathered]) -> Vec<&str> {
    environments.iter().map(|one| one.environment.name.as_str()).collect()
}

/// Where a setting of an environment was written, or else the environment.
fn written<'a>(gathered: &'a Gathered, setting: &str) -> &'a Range {
    gathered.own.child(setting).map_or(&gathered.environment.range, |node| &node.range)
}

/// Whether environments refer to environments that there are.
fn references(environments: &[Gathered], findings: &mut Findings) -> bool {
    let names = names(environments);
    let before = findings.list().len();
    for gathered in environments {
        let follows = gathered.environment.follows.iter().map(|before| (before, "follows"));
        let gates = gathered.environment.gates.iter().filter_map(|gate| match gate {
            Gate::Promoted(Promoted { promoted_from, .. }) => Some((promoted_from, "gates")),
            Gate::Approval(_) | Gate::Health(_) => None,
        });
        for (name, setting) in follows.chain(gates) {
            if !names.contains(&name.as_str()) {
                let near = nearest(name, names.iter().copied());
                let near = near.map(|near| format!("did you mean `{near}`?"));
                let message = format!("there is no environment `{name}`");
                let range = written(gathered, setting);
                let problem = Problem::error("unknown-environment", range, message);
                findings.push(problem.expected(format!("one of {}", quoted(&names))).suggest(near));
            }
        }
    }
    findings.list().len() == before
}

/// Whether no two environments follow the same one: promotion is a line.
fn rivals(environments: &[Gathered], findings: &mut Findings) -> bool {
    let before = findings.list().len();
    for (position, gathered) in environments.iter().enumerate() {
        let environment = &gathered.environment;
        let same = |other: &&Gathered| other.environment.follows == environment.follows;
        let Some(first) = environments[..position].iter().find(same) else { continue };
        let (one, other) = (&first.environment.name, &environment.name);
        let message = match &environment.follows {
            Some(before) => format!("both `{one}` and `{other}` follow `{before}`"),
            None => format!("neither `{one}` nor `{other}` follows another"),
        };
        let problem = Problem::error("environment-order", written(gathered, "follows"), message)
            .related(written(first, "follows"), "the other one")
            .expected("environments in a line: `follows:` in all but the first");
        findings.push(problem);
    }
    findings.list().len() == before
}
