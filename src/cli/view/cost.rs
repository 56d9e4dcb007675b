//! What plans cost, below their changes and at their end.

use crate::cli::view::look::{Look, Sign};
use crate::cost::NOT_COUNTED;
use crate::model::Span;
use crate::plan::{Costs, OverBudget, Plan, Step};
use std::fmt::Write;

/// What a step makes of the monthly cost, if it costs anything.
pub(crate) fn change(out: &mut String, plan: &Plan, step: &Step, look: Look) {
    let Some(change) = plan.costs.as_ref().and_then(|costs| costs.changes.get(&step.id)) else {
        return;
    };
    let (was, is) = (change.before, change.after);
    let mut line =
        |text: String| _ = writeln!(out, "{}", look.indented(&format!("a month: {text}")));
    let new = step.before.is_none() && was == Span::default();
    if new && is != Span::default() {
        line(is.to_string());
    } else if was != is {
        line(between(was, is, look));
    } else if was != Span::default() {
        line(format!("{is}, as before"));
    }
    change.by_use.iter().for_each(|words| line(format!("by what is put in: {words}")));
    change.not_priced.iter().for_each(|words| line(format!("not priced: {words}")));
}

/// From one amount to another.
pub(crate) fn between(was: Span, is: Span, look: Look) -> String {
    format!("{was} {} {is}", look.arrow())
}

/// What everything costs, before and after.
pub(crate) fn total(out: &mut String, costs: &Costs, look: Look) {
    let Costs { as_of, before, after, changes: _, by_use, not_priced } = costs;
    let title = format!("everything of this stack, a month, at list prices of {as_of} in USD:");
    _ = writeln!(out, "{}", look.paint.strong(&title));
    let mut line = |text: String| _ = writeln!(out, "{}", look.indented(&text));
    line(between(*before, *after, look));
    by_use.iter().for_each(|words| line(format!("and by what is put in: {words}")));
    not_priced.iter().for_each(|words| line(format!("not priced: {words}")));
    line(NOT_COUNTED.to_owned());
    out.push('\n');
}

/// Why a plan is refused by the budget, and what to say to go on.
pub(crate) fn over_budget(out: &mut String, over: &OverBudget, look: Look) {
    _ = writeln!(out, "{} above the budget", look.sign(Sign::Refused));
    _ = writeln!(out, "{}", look.indented(&over.to_string()));
    _ = writeln!(out, "      to go on all the same: {}\n", over.words());
}
