//! The history of a stack: a line for each apply, and its steps where they are wanted.

use crate::ledger::{Entry, History, Outcome};
use crate::model::Extent;
use std::collections::BTreeMap;
use std::fmt::Write;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Figures alone.
    Figures,
    /// Every step.
    Steps,
}

/// Everything that is remembered, newest first.
pub fn text(history: &History, detail: Detail) -> String {
    let mut out = String::new();
    if history.entries.is_empty() && history.unreadable.is_empty() {
        out.push_str("Nothing was applied yet, or the ledger was removed.\n");
    }
    let widest = history.entries.iter().map(|(env, _)| env.len()).max().unwrap_or_default();
    for (env, entry) in &history.entries {
        _ = writeln!(out, "{}  {env:widest$}  {}", entry.began, line(entry));
        for words in &entry.overrides.words {
            _ = writeln!(out, "      overrode: {words}");
        }
        if let Some(reason) = &entry.overrides.reason {
            _ = writeln!(out, "      reason: {reason}");
        }
        if detail == Detail::Steps {
            declared(&mut out, entry);
            let steps = entry.steps.iter();
            steps.for_each(|(id, end)| _ = writeln!(out, "      {}  {end}", id.local()));
        }
    }
    for path in &history.unreadable {
        _ = writeln!(out, "not readable by this release: {path}");
    }
    out
}

/// By which name to go back to an apply, and what was declared then.
fn declared(out: &mut String, entry: &Entry) {
    if !entry.is_a_run() {
        return;
    }
    let kept = match &entry.kept {
        Some(digest) => format!("declaration {digest}"),
        None => "its declaration is not kept".to_owned(),
    };
    _ = writeln!(out, "      apply {}, {kept}", entry.holder.apply);
}

/// Who did what, from what, and how it ended.
fn line(entry: &Entry) -> String {
    let who = format!("{} on {}", entry.holder.user, entry.holder.host);
    if let Some(unlocked) = &entry.unlocked {
        return format!("{who} took the lease away from {unlocked}");
    }
    if let Some(hold) = &entry.hold {
        return match entry.outcome {
            Outcome::Released => format!("{who} ended the hold on {}", hold.address),
            _ => format!("{who} asked to leave {} alone until {}", hold.address, hold.until_text()),
        };
    }
    let mut line = format!("{} by {who}", entry.holder.purpose);
    if let Some(apply) = &entry.back_to {
        _ = write!(line, " to {apply}");
    }
    if let Some(commit) = &entry.commit {
        _ = write!(line, " at {commit}");
    }
    let figures: Vec<String> =
        figures(entry).into_iter().map(|(what, count)| format!("{count} {what}")).collect();
    let outcome = match entry.outcome {
        Outcome::Done => "done",
        Outcome::Partly => "done in part",
        Outcome::Interrupted => "interrupted",
        Outcome::Died => "died on the way",
        Outcome::Unlocked => "lease taken away",
        Outcome::Held => "held",
        Outcome::Released => "released",
    };
    _ = write!(line, ": {outcome}");
    if !figures.is_empty() {
        _ = write!(line, " ({})", figures.join(", "));
    }
    if entry.extent == Extent::Part {
        line.push_str(", of a part");
    }
    line
}

/// How many steps ended in which way, `create` by `create: done`.
pub fn figures(entry: &Entry) -> BTreeMap<&'static str, usize> {
    let mut figures = BTreeMap::new();
    for end in entry.steps.values() {
        let what = match end.split_once(": ") {
            Some(("create", "done")) => "created",
            Some(("update" | "wait", "done")) => "updated",
            Some(("delete", "done")) => "deleted",
            Some(("adopt", "done")) => "adopted",
            Some(("disown", "done")) => "handed back",
            Some((_, end)) if end.starts_with("failed") => "failed",
            _ => "skipped",
        };
        *figures.entry(what).or_default() += 1;
    }
    figures
}
