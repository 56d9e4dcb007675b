//! What an apply did, in a few lines.

use crate::apply::{Report, StepResult};
use crate::cli::view::style::Paint;
use crate::plan::Action;
use std::fmt::Write;
use std::time::Duration;

/// Everything that did not go well, and the figures on the last line. `purpose` is the command.
pub fn text(report: &Report, purpose: &str, took: Duration, paint: Paint) -> String {
    let mut out = String::new();
    for (id, _, end) in &report.steps {
        let (word, why) = match end {
            StepResult::Done(_) | StepResult::NotBegun => continue,
            StepResult::Failed(error) => ("failed", error.to_string()),
            StepResult::Blocked(by) => ("skipped", format!("blocked by {by}")),
            StepResult::BlockedBy { env } => ("skipped", format!("{env} did not end well")),
        };
        _ = writeln!(out, "{} {id}: {why}", paint.bad(word));
    }
    if report.lease_lost {
        _ = writeln!(out, "the lease was lost on the way: another run took over; plan again");
    }
    if let Some(error) = &report.ledger_error {
        _ = writeln!(out, "the ledger could not be brought up to date ({error}); run apply again");
    }
    let done = |action| {
        let done = |(_, of, end): &&(_, Action, StepResult)| {
            *of == action && matches!(end, StepResult::Done(_))
        };
        report.steps.iter().filter(done).count()
    };
    let changed = done(Action::Update) + done(Action::Wait);
    let (added, destroyed) = (done(Action::Create), done(Action::Delete));
    let seconds = took.as_secs_f64();
    _ = write!(
        out,
        "{}: {added} added, {changed} changed, {destroyed} destroyed in {seconds:.1} s.",
        paint.strong(&title(purpose, report))
    );
    let not_begun = report.steps.iter().filter(|(.., end)| *end == StepResult::NotBegun).count();
    let skipped = report.skipped() - not_begun;
    let failed = report.failed().count();
    for (count, word) in [
        (done(Action::Adopt), "adopted"),
        (done(Action::Disown), "handed back"),
        (failed, "failed"),
        (skipped, "skipped"),
        (not_begun, "not begun"),
    ] {
        if count > 0 {
            _ = write!(out, " {count} {word}.");
        }
    }
    out.push('\n');
    out
}

/// `Apply complete`, `Destroy incomplete`.
fn title(purpose: &str, report: &Report) -> String {
    let end = if report.is_complete() { "complete" } else { "incomplete" };
    let (first, others) = purpose.split_at(purpose.len().min(1));
    format!("{}{others} {end}", first.to_uppercase())
}
