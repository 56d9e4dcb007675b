//! How scenarios went, as a table.

use crate::cli::ui::Ui;
use crate::conformance::{Check, Outcome, Report, Spending};
use serde_json::json;

/// The table, and its last line: how many are as it is written.
pub fn report(report: &Report, spending: &Spending, ui: &Ui) -> String {
    if ui.json {
        return as_json(report);
    }
    let width = report.outcomes.iter().map(|outcome| outcome.behaviour.id.len()).max();
    let mut lines: Vec<String> =
        report.outcomes.iter().flat_map(|outcome| rows(outcome, width.unwrap_or(0))).collect();
    let hold = report.outcomes.iter().filter(|outcome| outcome.holds()).count();
    let (all, calls) = (report.outcomes.len(), spending.calls());
    let open = match report.outcomes.iter().filter(|outcome| is_open(outcome)).count() {
        0 => String::new(),
        open => format!(", {open} not played to the end"),
    };
    lines.push(format!(
        "\n{hold} of {all} behaviours are as docs/sandbox.md says{open} ({calls} calls; on Google Cloud at most {:.4} USD, by prices that are assumed).",
        spending.dollars()
    ));
    lines.join("\n")
}

/// Whether nothing was unlike what is written, and something was not looked at.
fn is_open(outcome: &Outcome) -> bool {
    outcome.stopped.is_some() && outcome.checks.iter().all(Check::holds)
}

/// One row for a behaviour that holds; for another, one below for each thing that does not.
fn rows(outcome: &Outcome, width: usize) -> Vec<String> {
    let behaviour = &outcome.behaviour;
    let word = match outcome.holds() {
        true => "same",
        _ if is_open(outcome) => "open",
        _ => "OTHER",
    };
    let (id, place) = (&behaviour.id, behaviour.place());
    let mut rows = vec![format!("{word:<5} {id:<width$}  {place:<19}  {}", behaviour.text)];
    for check in outcome.checks.iter().filter(|check| !check.holds()) {
        let Check { what, expected, seen } = check;
        rows.push(format!("        {what}: expected {expected}, seen {seen}"));
    }
    rows.extend(outcome.stopped.iter().map(|why| format!("        not played to the end: {why}")));
    rows
}

fn as_json(report: &Report) -> String {
    let outcome = |outcome: &Outcome| {
        let checks = outcome.checks.iter().map(
            |Check { what, expected, seen }| json!({ "what": what, "expected": expected, "seen": seen }),
        );
        json!({
            "id": outcome.behaviour.id,
            "behaviour": outcome.behaviour.text,
            "source": outcome.behaviour.source,
            "line": outcome.behaviour.line,
            "holds": outcome.holds(),
            "stopped": outcome.stopped,
            "checks": checks.collect::<Vec<_>>(),
        })
    };
    let outcomes: Vec<_> = report.outcomes.iter().map(outcome).collect();
    json!({ "behaviours": outcomes }).to_string()
}

/// What was taken away.
pub fn gone(names: &[String]) -> String {
    match names {
        [] => "There was nothing to take away.".to_owned(),
        names => format!("Taken away: {}", names.join(", ")),
    }
}

/// What is not as it was recorded.
pub fn differences(differences: &[String]) -> String {
    match differences {
        [] => "All answers are as they were recorded.".to_owned(),
        lines => format!("Not as it was recorded:\n  {}", lines.join("\n  ")),
    }
}
