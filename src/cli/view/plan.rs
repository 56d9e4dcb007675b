//! A plan as text that can be read in one minute: most of it is what changes, none of it is
//! what stays.

use crate::cli::view::change;
use crate::cli::view::cost;
use crate::cli::view::look::{Detail, Look, Sign, Signs};
use crate::cli::view::value::inline;
use crate::model::{Manage, ResourceId, Source, UnknownOwner, path};
use crate::plan::{
    Action, Counts, FieldChange, Ignored, Origin, Plan, Refusal, Step, Uncompared, Waiting,
    words_for_removals,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The plan, environment by environment, and the figures on the last line.
pub fn text(plan: &Plan, look: Look) -> String {
    let mut out = String::new();
    for env in &plan.environments {
        environment(&mut out, plan, env, look);
    }
    left_alone(&mut out, &plan.ignored, look);
    not_compared(&mut out, &plan.uncompared, look);
    too_many(&mut out, plan, look);
    plan.over_budget.iter().for_each(|over| cost::over_budget(&mut out, over, look));
    plan.costs.iter().for_each(|costs| cost::total(&mut out, costs, look));
    out.push_str(&last_line(plan));
    out.push('\n');
    if !plan.people.is_empty() || !plan.affected.is_empty() {
        out.push_str("\nPeople:\n");
        plan.people.iter().for_each(|moves| _ = writeln!(out, "  {moves}"));
        plan.affected.iter().for_each(|affected| _ = writeln!(out, "  {affected}"));
    }
    out
}

/// The kinds of which too much would go.
pub(crate) fn too_many(out: &mut String, plan: &Plan, look: Look) {
    for kind in &plan.too_many {
        _ = writeln!(out, "{} too many removals", look.sign(Sign::Refused));
        wrapped(out, &kind.to_string(), look);
    }
    if let Some(words) = words_for_removals(plan) {
        _ = writeln!(out, "      to go on all the same: {words}\n");
    }
}

fn environment(out: &mut String, plan: &Plan, env: &str, look: Look) {
    let steps: Vec<&Step> = plan.steps.iter().filter(|step| step.id.env == env).collect();
    let refusals: Vec<&Refusal> = plan.refusals.iter().filter(|r| r.id.env == env).collect();
    let unknown: Vec<&UnknownOwner> = plan.unknown.iter().filter(|u| u.env == env).collect();
    let waiting: Vec<&Waiting> = plan.waiting.iter().filter(|w| w.id.env == env).collect();
    let nothing = steps.is_empty() && refusals.is_empty();
    if nothing && unknown.is_empty() && waiting.is_empty() {
        return;
    }
    let changes = steps.iter().filter(|step| !is_second_half(step)).count();
    let mut title = format!("{env}: {}", counted(changes, "change"));
    if !waiting.is_empty() {
        _ = write!(title, ", {} for people to do", waiting.len());
    }
    if !refusals.is_empty() {
        _ = write!(title, ", {} refused", refusals.len());
    }
    _ = writeln!(out, "{}", look.paint.strong(&title));
    refusals.iter().for_each(|refusal| self::refusal(out, refusal, look));
    for step in steps.iter().filter(|step| !is_second_half(step)) {
        self::step(out, plan, step, look);
    }
    unknown.iter().for_each(|unknown| self::unknown(out, unknown, look));
    waiting.iter().for_each(|waiting| self::waiting(out, waiting, look));
    out.push('\n');
}

/// A replacement is two steps, and one change to read: the one that makes stands for both.
pub(crate) fn is_second_half(step: &Step) -> bool {
    step.action == Action::Delete && step.replaces.is_some()
}

fn remade<'a>(plan: &'a Plan, step: &Step) -> Option<&'a Step> {
    step.replaces.as_ref()?;
    let old = step.predecessor.as_ref().unwrap_or(&step.id);
    plan.steps.iter().find(|other| other.id == *old && other.action == Action::Delete)
}

/// One step, with the fields that change.
pub(crate) fn step(out: &mut String, plan: &Plan, step: &Step, look: Look) {
    let remade = remade(plan, step);
    let sign = match (step.action, &step.replaces) {
        (Action::Create, Some(_)) => Sign::Replace,
        (Action::Create, None) => Sign::Create,
        (Action::Update | Action::Wait, _) => Sign::Update,
        (Action::Delete, _) => Sign::Delete,
        (Action::Adopt, _) => Sign::Adopt,
        (Action::Disown, _) => Sign::Disown,
    };
    head(out, sign, &step.id, origin(step), step.source.as_ref(), look);
    if look.detail == Detail::Concise {
        return;
    }
    if let Some(why) = &step.replaces {
        _ = writeln!(out, "      made anew: {why}");
    }
    if let Some(operation) = &step.operation {
        _ = writeln!(out, "      waits for {operation}");
    }
    if step.action == Action::Adopt && !step.changes.is_empty() {
        out.push_str("      only marked now; what a later plan changes:\n");
    }
    let new = step.before.is_none() && remade.is_none();
    out.push_str(&change::lines(&step.changes, new, look));
    if look.detail == Detail::Full {
        rest(out, step, look);
    } else if step.unchanged_fields > 0 && !step.changes.is_empty() {
        let rest = format!("      ({} unchanged)", step.unchanged_fields);
        _ = writeln!(out, "{}", look.paint.faint(&rest));
    }
    cost::change(out, plan, step, look);
    for note in &step.notes {
        wrapped(out, &format!("note: {note}"), look);
    }
}

/// The fields that stay as they are, or are made as they are by default.
fn rest(out: &mut String, step: &Step, look: Look) {
    let top = |change: &FieldChange| path::steps(&change.path).into_iter().next();
    let told: BTreeSet<String> = step.changes.iter().filter_map(top).collect();
    let spec = step.after.as_ref().or(step.before.as_ref()).and_then(Value::as_object);
    let rest = spec.into_iter().flatten().filter(|(name, _)| !told.contains(*name));
    out.push_str(&change::unchanged(&rest.collect::<Vec<_>>(), look));
}

pub(crate) fn head(
    out: &mut String,
    sign: Sign,
    id: &ResourceId,
    word: &str,
    source: Option<&Source>,
    look: Look,
) {
    let (mut left, width) = (id.local(), look.bare(sign).chars().count());
    let sign = look.sign(sign);
    if !word.is_empty() {
        left = format!("{left}   {word}");
    }
    let Some(source) = source.map(ToString::to_string) else {
        _ = writeln!(out, "{sign} {left}");
        return;
    };
    let room = look.columns().saturating_sub(width + 1 + source.len());
    let pad = room.saturating_sub(left.chars().count()).max(2);
    _ = writeln!(out, "{sign} {left}{:pad$}{}", "", look.paint.faint(&source));
}

/// Why there is something to do, where that is not plain from the sign.
fn origin(step: &Step) -> &'static str {
    match (step.action, step.origin) {
        (Action::Wait, _) => "in progress",
        (Action::Adopt, _) if step.changes.is_empty() => "as declared",
        (Action::Adopt, _) => "not as declared",
        (Action::Disown, _) => "stays as it is, without our marks",
        (_, Origin::Missing) => "",
        (Action::Delete, Origin::Undeclared) => "no longer declared",
        (_, Origin::Undeclared | Origin::Unwanted) => "",
        (Action::Create | Action::Delete, _) => "",
        (_, Origin::Pending) => "pending",
        (_, Origin::Drift) => "drift: changed since the last apply",
        (_, Origin::DriftAndPending) => "drift and pending",
        (_, Origin::Unfinished) => "unfinished: the last apply did not end",
        (_, Origin::Unknown) => "origin unknown",
        (_, Origin::Unmarked | Origin::HandedBack) => "",
    }
}

/// One refusal, with the words to go on.
pub(crate) fn refusal(out: &mut String, refusal: &Refusal, look: Look) {
    let word = if look.signs == Signs::Words { "" } else { "refused" };
    head(out, Sign::Refused, &refusal.id, word, refusal.source.as_ref(), look);
    wrapped(out, &refusal.why.to_string(), look);
    if let Some(command) = refusal.adoption() {
        _ = writeln!(out, "      to take it in: {command}");
    }
    if let Some(words) = refusal.words() {
        _ = writeln!(out, "      to go on all the same: {words}");
    }
}

/// Something that nobody can account for.
pub(crate) fn unknown(out: &mut String, unknown: &UnknownOwner, look: Look) {
    _ = writeln!(out, "{} {}   unknown owner, kept", look.sign(Sign::Unknown), unknown.name);
    wrapped(out, &unknown.what, look);
    if unknown.public {
        let loud = "PUBLIC: this gives something to anyone on the internet";
        _ = writeln!(out, "      {}", look.paint.bad(loud));
    }
}

/// Something that people must do.
pub(crate) fn waiting(out: &mut String, waiting: &Waiting, look: Look) {
    let Waiting { id, source, what } = waiting;
    head(out, Sign::Waiting, id, "waits for you", Some(source), look);
    wrapped(out, what, look);
}

/// Footnotes for what is let be.
pub(crate) fn left_alone(out: &mut String, ignored: &[Ignored], look: Look) {
    for (manage, title) in [
        (None, "left to others, as declared under `ignore`:"),
        (Some(Manage::Observe), "observed only, as declared with `manage: observe`:"),
        (Some(Manage::Mark), "marked only, as declared with `manage: mark`:"),
    ] {
        let these: Vec<&Ignored> = ignored.iter().filter(|one| one.manage == manage).collect();
        if these.is_empty() {
            continue;
        }
        _ = writeln!(out, "{}", look.paint.strong(title));
        these.iter().for_each(|one| let_be(out, one, look));
        out.push('\n');
    }
}

/// Footnotes for what could not be compared.
pub(crate) fn not_compared(out: &mut String, uncompared: &[Uncompared], look: Look) {
    if uncompared.is_empty() {
        return;
    }
    _ = writeln!(out, "{}", look.paint.strong("not compared, which is no change:"));
    for Uncompared { id, what } in uncompared {
        _ = writeln!(out, "    {id}");
        wrapped(out, what, look);
    }
    out.push('\n');
}

fn let_be(out: &mut String, ignored: &Ignored, look: Look) {
    let Ignored { id, field, declared, live, reason, manage } = ignored;
    _ = writeln!(out, "    {id}");
    let why = if manage.is_none() { format!(": {reason}") } else { String::new() };
    let short = change::lies_on_one_line(declared, look) && change::lies_on_one_line(live, look);
    let text = match (manage, field.as_str()) {
        (Some(_), "existence") => live.as_str().unwrap_or_default().to_owned(),
        _ if short => format!("{field} is {}, declared {}{why}", inline(live), inline(declared)),
        _ => format!("{field} (declared {} live){why}", look.arrow()),
    };
    wrapped(out, &text, look);
    if !short {
        out.push_str(&change::inside(declared, live, look));
    }
}

/// Prose, indented and wrapped.
fn wrapped(out: &mut String, text: &str, look: Look) {
    _ = writeln!(out, "{}", look.indented(text));
}

/// `Plan: X to add, Y to change, Z to destroy.` and our extras.
pub fn last_line(plan: &Plan) -> String {
    let Counts { add, change, destroy, drifted, refused, adopt, disown } = plan.counts();
    let mut line = format!("Plan: {add} to add, {change} to change, {destroy} to destroy.");
    let unchanged: usize = plan.unchanged.values().sum();
    for (count, word) in [
        (adopt, "to adopt"),
        (disown, "to hand back"),
        (drifted, "drifted"),
        (refused, "refused"),
        (plan.unknown.len(), "of unknown owner"),
        (plan.waiting.len(), "for people to do"),
        (unchanged, "unchanged"),
    ] {
        if count > 0 {
            _ = write!(line, " {count} {word}.");
        }
    }
    line
}

/// `1 change`, `2 changes`.
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
