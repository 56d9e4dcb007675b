//! A plan for a pull request: the figures first, then what is most dangerous, each kind folded
//! away below its own line.

use crate::cli::view::cost;
use crate::cli::view::look::Look;
use crate::cli::view::plan::{self, counted, is_second_half, last_line};
use crate::cost::NOT_COUNTED;
use crate::plan::{Action, Costs, Origin, Plan, Step};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The longest text, in characters: GitHub takes 65,536 in a comment, and somebody may want to
/// put a word before it.
const LONGEST: usize = 60_000;

/// What stands around a block, and the last line: counted generously.
const FRAME: usize = 400;

/// How wide the lines of a block are: what fits beside the margins of a comment.
const WIDTH: usize = 90;

/// What happens to the steps of a group, and which those are.
type Group = (&'static str, fn(&Step) -> bool);

/// Steps by how dangerous they are, the most dangerous first.
const GROUPS: [Group; 7] = [
    ("deleted", |step| step.action == Action::Delete),
    ("deleted and made again", |step| step.replaces.is_some()),
    ("changed back", |step| {
        matches!(step.origin, Origin::Drift | Origin::DriftAndPending | Origin::Unknown)
    }),
    ("changed", |step| matches!(step.action, Action::Update | Action::Wait)),
    ("made", |step| step.action == Action::Create),
    ("handed back", |step| step.action == Action::Disown),
    ("adopted", |step| step.action == Action::Adopt),
];

/// The plan as Markdown, under 60,000 characters: what does not fit is counted.
pub fn text(plan: &Plan) -> String {
    let mut out = format!("**{}**\n\n", last_line(plan));
    table(&mut out, plan);
    people(&mut out, plan);
    plan.costs.iter().for_each(|costs| money(&mut out, costs));
    refused(&mut out, plan);
    let mut left_out = 0;
    for (group, steps) in grouped(plan) {
        for (kind, steps) in by_kind(&steps) {
            left_out += block(&mut out, plan, &format!("{kind}: {} {group}", steps.len()), &steps);
        }
    }
    if left_out > 0 {
        let changes = counted(left_out, "change");
        _ = writeln!(out, "_{changes} more did not fit: `leap-infra plan` shows all of them._");
    }
    out
}

fn table(out: &mut String, plan: &Plan) {
    out.push_str("| environment | add | change | destroy | refused | unchanged |\n");
    out.push_str("|---|---|---|---|---|---|\n");
    for env in &plan.environments {
        let count = |test: fn(Action) -> bool| {
            plan.steps.iter().filter(|step| step.id.env == *env && test(step.action)).count()
        };
        let add = count(|action| action == Action::Create);
        let change = count(|action| matches!(action, Action::Update | Action::Wait));
        let destroy = count(|action| action == Action::Delete);
        let refused = plan.refusals.iter().filter(|refusal| refusal.id.env == *env).count();
        let same = plan.unchanged.get(env).copied().unwrap_or_default();
        _ = writeln!(out, "| {env} | {add} | {change} | {destroy} | {refused} | {same} |");
    }
    out.push('\n');
}

/// Who comes and goes, by category, and whom changes concern.
fn people(out: &mut String, plan: &Plan) {
    plan.people.iter().for_each(|moves| _ = writeln!(out, "- {moves}"));
    plan.affected.iter().for_each(|affected| _ = writeln!(out, "- {affected}"));
    if !plan.people.is_empty() || !plan.affected.is_empty() {
        out.push('\n');
    }
}

/// What everything costs in a month.
fn money(out: &mut String, costs: &Costs) {
    let Costs { as_of, before, after, changes: _, by_use, not_priced } = costs;
    out.push_str("| USD a month | at least | at most |\n|---|---:|---:|\n");
    for (word, span) in [("before", before), ("after", after)] {
        _ = writeln!(out, "| {word} | {} | {} |", span.floor, span.ceiling);
    }
    out.push('\n');
    by_use.iter().for_each(|words| _ = writeln!(out, "- and by what is put in: {words}"));
    not_priced.iter().for_each(|words| _ = writeln!(out, "- not priced: {words}"));
    _ = writeln!(out, "- List prices of {as_of}. {NOT_COUNTED}\n");
}

/// What stands in the way, and what nobody can account for: never folded away.
fn refused(out: &mut String, plan: &Plan) {
    let mut text = String::new();
    plan.refusals.iter().for_each(|refusal| plan::refusal(&mut text, refusal, look()));
    plan::too_many(&mut text, plan, look());
    plan.over_budget.iter().for_each(|over| cost::over_budget(&mut text, over, look()));
    plan.unknown.iter().for_each(|unknown| plan::unknown(&mut text, unknown, look()));
    plan.waiting.iter().for_each(|waiting| plan::waiting(&mut text, waiting, look()));
    plan::not_compared(&mut text, &plan.uncompared, look());
    if !text.is_empty() {
        let most: String = text.chars().take(LONGEST / 2).collect();
        fence(out, &most);
    }
}

fn grouped(plan: &Plan) -> Vec<(&'static str, Vec<&Step>)> {
    let mut rest: Vec<&Step> = plan.steps.iter().filter(|step| !is_second_half(step)).collect();
    let mut groups = Vec::new();
    for (name, belongs) in GROUPS {
        let (these, others) = rest.into_iter().partition(|step| belongs(step));
        groups.push((name, these));
        rest = others;
    }
    groups
}

fn by_kind<'a>(steps: &[&'a Step]) -> BTreeMap<&'a str, Vec<&'a Step>> {
    let mut kinds: BTreeMap<&str, Vec<&Step>> = BTreeMap::new();
    steps.iter().for_each(|step| kinds.entry(&step.id.kind).or_default().push(step));
    kinds
}

/// As many steps as there is room for, below a line to open them; returns how many were left out.
fn block(out: &mut String, plan: &Plan, title: &str, steps: &[&Step]) -> usize {
    let room = (LONGEST - FRAME).saturating_sub(out.chars().count());
    let (mut text, mut shown) = (String::new(), 0);
    for step in steps {
        let mut one = format!("{}\n", step.id.env);
        plan::step(&mut one, plan, step, look());
        if text.chars().count() + one.chars().count() > room {
            break;
        }
        text.push_str(&one);
        shown += 1;
    }
    if shown > 0 {
        _ = writeln!(out, "<details><summary>{title}</summary>\n");
        fence(out, &text);
        out.push_str("</details>\n\n");
    }
    steps.len() - shown
}

/// A block of text as it is; nothing in it can end the block.
fn fence(out: &mut String, text: &str) {
    _ = writeln!(out, "```text\n{}\n```\n", text.trim_end().replace("```", "'''"));
}

fn look() -> Look {
    Look::plain(WIDTH)
}
