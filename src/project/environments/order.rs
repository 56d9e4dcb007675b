//! The order of promotion.

use super::Environment;
use crate::project::problem::{Findings, Problem};
use crate::project::words::{nearest, quoted};

/// The environments in the order of promotion: each after the one that it follows, and those
/// that follow none by name.
pub(crate) fn order(mut waiting: Vec<Environment>, findings: &mut Findings) -> Vec<Environment> {
    waiting.sort_by(|a, b| a.name.cmp(&b.name));
    let before = findings.list().len();
    dangling(&waiting, findings);
    rivals(&waiting, findings);
    let mut ordered: Vec<Environment> = Vec::new();
    while !waiting.is_empty() {
        let ready = waiting.iter().position(|environment| match &environment.follows {
            None => true,
            Some(before) => ordered.iter().any(|done| done.name == *before),
        });
        match ready {
            Some(position) => ordered.push(waiting.remove(position)),
            None => break,
        }
    }
    if let Some(first) = waiting.first()
        && findings.list().len() == before
    {
        let names: Vec<&str> =
            waiting.iter().map(|environment| environment.name.as_str()).collect();
        let message = format!("{} follow each other in a circle", quoted(&names));
        let problem = Problem::error("environment-cycle", &first.range, message);
        findings.push(problem.expected("one environment that follows none"));
    }
    ordered.extend(waiting);
    ordered
}

fn dangling(environments: &[Environment], findings: &mut Findings) {
    let names: Vec<&str> = environments.iter().map(|known| known.name.as_str()).collect();
    for environment in environments {
        let Some(before) = environment.follows.as_deref() else { continue };
        if !names.contains(&before) {
            let message =
                format!("`{}` follows `{before}`, which is no environment", environment.name);
            let near = nearest(before, names.iter().copied());
            let near = near.map(|near| format!("did you mean `{near}`?"));
            let problem = Problem::error("unknown-environment", &environment.range, message);
            findings.push(problem.expected(format!("one of {}", quoted(&names))).suggest(near));
        }
    }
}

/// Two environments that follow the same one: promotion is a line.
fn rivals(environments: &[Environment], findings: &mut Findings) {
    for (position, environment) in environments.iter().enumerate() {
        let same = |other: &&Environment| other.follows == environment.follows;
        if let Some(first) = environments[..position].iter().find(same) {
            let message = match &environment.follows {
                Some(before) => format!(
                    "both `{}` and `{}` follow `{before}`: promotion is a line",
                    first.name, environment.name
                ),
                None => format!(
                    "neither `{}` nor `{}` follows another: promotion is a line",
                    first.name, environment.name
                ),
            };
            let problem = Problem::error("environment-order", &environment.range, message)
                .related(&first.range, "the other one")
                .suggest("say `follows:` in all environments but the first".to_owned());
            findings.push(problem);
        }
    }
}
