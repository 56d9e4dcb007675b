//! What the schema cannot say about budgets.

use super::expand::{Placed, placed};
use crate::project::layout::Laid;
use crate::project::names::fault;
use crate::project::problem::{Findings, Problem};
use crate::providers::gcp::billing_budget::room;
use serde_json::json;

/// So many channels a budget may have.
/// <https://cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets#notificationsrule>
const CHANNELS: usize = 5;

/// Checks the budget.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    one_for_all(layout, findings);
    match placed(layout) {
        Some(placed) => {
            findings.extend(payer(&placed));
            let (range, room) = (placed.range("name"), room(placed.laid.env()));
            findings.extend(fault("budget-name", "budget", &placed.name(), room, range));
            findings.extend(heard(&placed));
        }
        None => findings.extend(layout.first().and_then(unsaid)),
    }
}

/// A budget is for the whole stack, so no environment has one of its own.
fn one_for_all(layout: &[Laid], findings: &mut Findings) {
    let Some((first, others)) = layout.split_first() else { return };
    let here = json!(first.declaration.budget);
    for other in others {
        let theirs = json!(other.declaration.budget);
        let settings = here.as_object().into_iter().flatten();
        for (setting, _) in settings.filter(|(setting, value)| theirs[*setting] != **value) {
            findings.extend(differs(first, other, setting));
        }
    }
}

fn differs(first: &Laid, other: &Laid, setting: &str) -> Option<Problem> {
    let written = |laid: &Laid| laid.tree.at(["budget", setting]).map(|it| it.range.clone());
    let range = written(other).or_else(|| written(first))?;
    let message = format!("`budget.{setting}` is for the whole stack, and not for one environment");
    let problem = Problem::error("budget", &range, message);
    let what = if setting == "refuse_above" { "one amount" } else { "one budget" };
    Some(problem.expected(format!("{what}, in the files of the stack itself")))
}

fn payer(placed: &Placed<'_>) -> Option<Problem> {
    if placed.laid.declaration.billing.account.is_some() {
        return None;
    }
    let message = "a budget belongs to a billing account, and none is declared";
    let problem = Problem::error("budget-account", placed.range("amount"), message);
    let problem = problem.expected("`billing: { account: 012345-6789AB-CDEF01 }`, with yours");
    let words = "see `gcloud billing projects describe PROJECT`".to_owned();
    Some(problem.suggest(words))
}

fn heard(placed: &Placed<'_>) -> Option<Problem> {
    let (budget, code) = (placed.budget, "budget-mails");
    if budget.emails.len() > CHANNELS {
        let message = format!("a budget writes to {CHANNELS} addresses at most");
        let problem = Problem::error(code, placed.range("emails"), message);
        return Some(problem.suggest("write to a mailing list".to_owned()));
    }
    let (message, setting, meant) = if budget.thresholds.is_empty() {
        let meant = "say `thresholds:`, or `amount: off`";
        ("this budget has no thresholds, so no mail is ever sent", "thresholds", meant)
    } else if budget.emails.is_empty() && !budget.mail_admins {
        let meant = "say `emails:`, or `amount: off`";
        ("nobody is written to about this budget", "mail_admins", meant)
    } else {
        return None;
    };
    let problem = Problem::warning(code, placed.range(setting), message);
    Some(problem.suggest(meant.to_owned()))
}

/// Settings of a budget that nobody has asked for.
fn unsaid(laid: &Laid) -> Option<Problem> {
    let written = laid.tree.child("budget")?;
    if laid.declaration.budget.amount.is_some() {
        return None;
    }
    let settings = ["thresholds", "emails", "mail_admins", "name", "manage"];
    let idle = settings.iter().find_map(|setting| written.entry(setting))?;
    let message = format!("`{}` is for a budget that has no `amount`", idle.0.name);
    let problem = Problem::warning("budget", &idle.0.range, message);
    Some(problem.suggest("say `amount: 7000 USD`, `last month's` or `off`".to_owned()))
}
