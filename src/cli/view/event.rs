//! What happens, as JSON in the shape that Terraform's readers know: what each line says, without
//! when and by whom.
//!
//! <https://developer.hashicorp.com/terraform/internals/machine-readable-ui>. Beside Terraform's
//! own types there are `apply_skipped`, `apply_unasked`, `guard_refused`, `guard_overridden` and `retry`; the action `wait` is waiting
//! for what the cloud is already doing.

use crate::apply::{Event, Report, StepResult};
use crate::cli::failure::Failure;
use crate::cli::progress::{did, doing, unasked};
use crate::cli::view::plan::last_line;
use crate::kind::Retried;
use crate::model::{Overrides, ResourceId};
use crate::plan::{Action, Counts, Plan, Refusal, Step, words_for_removals};
use crate::project::{Problem, Severity};
use serde_json::{Value, json};
use std::time::Duration;

/// The version of these lines.
const UI: &str = "1.0";

/// Who speaks, and which version of these lines.
pub fn version() -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let mut line = line("info", "version", format!("leap-infra {version}"));
    (line["leap_infra"], line["ui"]) = (json!(version), json!(UI));
    line
}

/// What a plan would do, what was refused, and the figures.
pub fn plan(plan: &Plan) -> Vec<Value> {
    // A replacement is two steps and one change.
    let once = |step: &&Step| step.action != Action::Delete || step.replaces.is_none();
    let mut lines: Vec<Value> = plan.steps.iter().filter(once).map(planned).collect();
    lines.extend(plan.refusals.iter().map(refused));
    for kind in &plan.too_many {
        let mut line = line("error", "guard_refused", kind.to_string());
        line["resource_type"] = json!(kind.kind);
        line["words"] = json!(words_for_removals(plan));
        lines.push(line);
    }
    if let Some(over) = &plan.over_budget {
        let mut line = line("error", "guard_refused", over.to_string());
        line["budget"] = json!(over);
        line["words"] = json!(over.words());
        lines.push(line);
    }
    let Counts { add, change, destroy, drifted, refused, adopt, disown } = plan.counts();
    let mut summary = line("info", "change_summary", last_line(plan));
    summary["changes"] = json!({
        "add": add, "change": change, "remove": destroy, "drifted": drifted, "refused": refused,
        "operation": "plan",
    });
    marked(&mut summary, adopt, disown);
    lines.push(summary);
    lines
}

/// Adds how many things are adopted and handed back, where any are.
fn marked(summary: &mut Value, adopt: usize, disown: usize) {
    for (word, count) in [("adopt", adopt), ("disown", disown)] {
        if count > 0 {
            summary["changes"][word] = json!(count);
        }
    }
}

fn planned(step: &Step) -> Value {
    let action = if step.replaces.is_some() { "replace" } else { word(step.action) };
    let mut line = line("info", "planned_change", format!("{}: plan to {action}", step.id));
    line["change"] =
        json!({ "resource": resource(&step.id), "action": action, "reason": step.origin });
    line
}

fn refused(refusal: &Refusal) -> Value {
    let Refusal { id, source: _, why } = refusal;
    let mut line = line("error", "guard_refused", format!("{id}: {why}"));
    line["change"] = json!({ "resource": resource(id) });
    line["words"] = json!(refusal.words());
    if let Some(command) = refusal.adoption() {
        line["adopt"] = json!(command);
    }
    line
}

/// A guard was overridden in these words.
pub fn overridden(words: &str, overrides: &Overrides) -> Value {
    let mut line = line("warn", "guard_overridden", format!("overridden: {words}"));
    (line["words"], line["reason"]) = (json!(words), json!(overrides.reason));
    line
}

/// Something that happened while a plan was applied, after `took`.
pub fn happened(event: &Event, took: Duration) -> Value {
    match event {
        Event::TookOver { env, from } => {
            let what = format!("{env}: took over from {from}, which did not finish");
            diagnostic("warning", &what, "", None)
        }
        Event::LeaseLost { env } => {
            let what = format!("{env}: the lease is lost, so nothing new is begun");
            diagnostic("warning", &what, "", None)
        }
        Event::Unasked { steps } => {
            let mut line = line("info", "apply_unasked", unasked(*steps));
            line["steps"] = json!(steps);
            line
        }
        Event::Began { id, action } => {
            let text = format!("{id}: {}...", doing(*action));
            hook("info", "apply_start", text, id, json!({ "action": word(*action) }))
        }
        Event::Progress { id, note } => {
            hook("info", "apply_progress", format!("{id}: {note}"), id, json!({ "note": note }))
        }
        Event::Retry { id, retried } => retry(Some(id), retried),
        Event::Ended { id, action, result, .. } => ended(id, *action, result, took),
    }
}

fn ended(id: &ResourceId, action: Action, result: &StepResult, took: Duration) -> Value {
    let skipped = |because: Value, why: &str| {
        let more = json!({ "action": word(action), "blocked_by": because });
        hook("warn", "apply_skipped", format!("{id}: skipped, {why}"), id, more)
    };
    let seconds = took.as_secs_f64();
    match result {
        StepResult::Done(remark) => {
            let more = json!({
                "action": word(action), "elapsed_seconds": seconds, "remark": remark,
                "id_key": "name", "id_value": id.name,
            });
            let text = format!("{id}: {} after {seconds:.1} s", did(action));
            hook("info", "apply_complete", text, id, more)
        }
        StepResult::Failed(error) => {
            let why = error.to_string();
            let more = json!({ "action": word(action), "elapsed_seconds": seconds, "error": why });
            hook("error", "apply_errored", format!("{id}: {why}"), id, more)
        }
        StepResult::Blocked(by) => skipped(json!(by), &format!("blocked by {by}")),
        StepResult::BlockedBy { env } => skipped(json!(env), &format!("{env} did not end well")),
        StepResult::NotBegun => skipped(Value::Null, "the run was stopped"),
    }
}

/// A step that takes long is still at it.
pub fn still(id: &ResourceId, action: Action, since: Duration) -> Value {
    let seconds = since.as_secs();
    let text = format!("{id}: still {} ({seconds} s)", doing(action));
    let more = json!({ "action": word(action), "elapsed_seconds": seconds });
    hook("info", "apply_progress", text, id, more)
}

/// A call is tried again, for a resource or for something else.
pub fn retry(id: Option<&ResourceId>, retried: &Retried) -> Value {
    let Retried { what, attempt, wait, why } = retried;
    let seconds = wait.as_secs_f64();
    let text = format!("{what}: trying again in {seconds:.1} s, because {why}");
    let mut line = line("warn", "retry", text);
    line["hook"] = json!({
        "resource": id.map(resource), "attempt": attempt, "wait_seconds": seconds, "reason": why,
    });
    line
}

/// What was done in the end.
pub fn summary(report: &Report, operation: &str) -> Value {
    let done = |wanted: &[Action]| {
        let all = report.steps.iter().filter(|(.., end)| matches!(end, StepResult::Done(_)));
        all.filter(|(_, action, _)| wanted.contains(action)).count()
    };
    let (add, remove) = (done(&[Action::Create]), done(&[Action::Delete]));
    let change = done(&[Action::Update, Action::Wait]);
    let (failed, skipped) = (report.failed().count(), report.skipped());
    let whole = if report.is_complete() { "complete" } else { "incomplete" };
    let text = format!(
        "{operation} {whole}: {add} added, {change} changed, {remove} destroyed, {failed} failed, \
         {skipped} skipped"
    );
    let mut line = line("info", "change_summary", text);
    line["changes"] = json!({
        "add": add, "change": change, "remove": remove, "failed": failed, "skipped": skipped,
        "operation": operation,
    });
    marked(&mut line, done(&[Action::Adopt]), done(&[Action::Disown]));
    line["interrupted"] = json!(report.interrupted);
    line["lease_lost"] = json!(report.lease_lost);
    line["ledger_error"] = json!(report.ledger_error.as_ref().map(ToString::to_string));
    line
}

/// Why a command did not do what it was asked.
pub fn failure(failure: &Failure) -> Value {
    let hints = failure.hints.iter().map(|hint| format!("hint: {hint}"));
    let detail: Vec<String> = failure.causes.iter().cloned().chain(hints).collect();
    let mut line = diagnostic("error", &failure.summary, &detail.join("\n"), None);
    line["exit_code"] = json!(failure.exit as u8);
    line
}

/// A problem of the declaration.
pub fn problem(problem: &Problem) -> Value {
    let severity = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let expected = problem.expected.as_ref().map(|expected| format!("expected {expected}"));
    let detail: Vec<String> = expected.into_iter().chain(problem.suggestion.clone()).collect();
    diagnostic(severity, &problem.message, &detail.join("\n"), Some(json!(problem.range)))
}

fn diagnostic(severity: &str, summary: &str, detail: &str, range: Option<Value>) -> Value {
    let level = if severity == "error" { "error" } else { "warn" };
    let mut line = line(level, "diagnostic", summary.to_owned());
    line["diagnostic"] = json!({ "severity": severity, "summary": summary, "detail": detail });
    if let Some(range) = range {
        line["diagnostic"]["range"] = range;
    }
    line
}

fn hook(level: &str, kind: &str, text: String, id: &ResourceId, more: Value) -> Value {
    let mut line = line(level, kind, text);
    line["hook"] = more;
    line["hook"]["resource"] = resource(id);
    line
}

fn line(level: &str, kind: &str, message: String) -> Value {
    json!({ "@level": level, "@message": message, "type": kind })
}

/// Where Terraform has a module we have an environment.
fn resource(id: &ResourceId) -> Value {
    json!({
        "addr": id, "module": id.env, "resource": id.local(), "resource_type": id.kind,
        "resource_name": id.name, "resource_key": null,
    })
}

fn word(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Update => "update",
        Action::Delete => "delete",
        Action::Wait => "wait",
        Action::Adopt => "adopt",
        Action::Disown => "disown",
    }
}
