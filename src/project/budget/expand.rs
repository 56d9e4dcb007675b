//! From the declared budget to complete resources: one budget, and a channel for each address.

use super::format::OFF;
use super::settings::Budget;
use crate::model::{Place, Resource, ResourceId, Source};
use crate::project::layout::{Laid, shared_or_first};
use crate::project::problem::Range;
use crate::project::services::{self, MONITORING};
use crate::providers::gcp::billing_budget::{self, Amount, Spec, budget_name};
use crate::providers::gcp::notification_channel::{self, channel_name};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The kind of a budget.
const BUDGET: &str = "billing-budget";

/// The kind of an address that is written to.
const CHANNEL: &str = "notification-channel";

/// The API of budgets.
const BUDGETS: &str = "billingbudgets.googleapis.com";

/// The API of projects: budgets name them by numbers.
const PROJECTS: &str = "cloudresourcemanager.googleapis.com";

/// The budget where it belongs: there is one for the stack.
pub(super) struct Placed<'a> {
    /// The environment.
    pub(super) laid: &'a Laid,
    /// The settings.
    pub(super) budget: &'a Budget,
    /// Its amount.
    pub(super) amount: Amount,
}

/// The budget, if there is to be one.
pub(super) fn placed(layout: &[Laid]) -> Option<Placed<'_>> {
    let home = shared_or_first(layout);
    let laid = layout.iter().find(|laid| home.iter().any(|env| env == laid.env()))?;
    let budget = &laid.declaration.budget;
    let amount = budget.amount.as_deref()?.parse().ok()?;
    Some(Placed { laid, budget, amount })
}

impl Placed<'_> {
    /// Where a setting was written, or else the section.
    pub(super) fn range(&self, setting: &str) -> &Range {
        let tree = &self.laid.tree;
        let written = tree.at(["budget", setting]).or(tree.child("budget"));
        written.map_or(&tree.range, |node| &node.range)
    }

    /// The name in the cloud.
    pub(super) fn name(&self) -> String {
        name(self.laid)
    }

    fn project(&self) -> &str {
        &self.laid.declaration.cloud.project
    }

    fn channel(&self, address: &str) -> String {
        channel_name(self.project(), address)
    }
}

fn name(laid: &Laid) -> String {
    // It is the whole stack's, so it ends like no environment.
    let derived = || format!("{}-budget", laid.declaration.prefix);
    laid.declaration.budget.name.clone().unwrap_or_else(derived)
}

/// The budget of the stack and the addresses that hear of it.
pub(crate) fn expand(layout: &[Laid], resources: &mut Vec<Resource>) {
    let Some(placed) = placed(layout) else { return };
    let Some(account) = &placed.laid.declaration.billing.account else { return };
    let addresses: BTreeSet<&String> = placed.budget.emails.iter().collect();
    for address in &addresses {
        let (name, place) = (placed.channel(address), Place::project(placed.project()));
        let spec = json!(channel(&placed));
        resources.push(resource(layout, &placed, (CHANNEL, name), place, spec, &[MONITORING]));
    }
    let name = budget_name(account, &placed.name());
    let place = Place { parent: Some(account.clone()), ..Place::project(placed.project()) };
    let spec = json!(spec(layout, &placed));
    resources.push(resource(layout, &placed, (BUDGET, name), place, spec, &[BUDGETS, PROJECTS]));
}

fn resource(
    layout: &[Laid],
    placed: &Placed<'_>,
    (kind, name): (&str, String),
    place: Place,
    spec: Value,
    apis: &[&str],
) -> Resource {
    let enabling = |api: &&str| services::enabling(layout, placed.project(), api);
    Resource {
        id: ResourceId::new(placed.laid.env(), kind, name),
        place,
        spec,
        manage: placed.budget.manage.into(),
        needs: apis.iter().filter_map(enabling).collect(),
        source: Source::from(placed.range("amount")),
        notes: Vec::new(),
    }
}

fn channel(placed: &Placed<'_>) -> notification_channel::Spec {
    let shown = format!("Budget of {}", placed.laid.declaration.stack);
    let labels = placed.laid.declaration.cloud.labels.clone();
    notification_channel::Spec { shown, labels, ..Default::default() }
}

/// All projects of the stack count.
fn spec(layout: &[Laid], placed: &Placed<'_>) -> Spec {
    let Budget { refuse_above: _, amount: _, thresholds, emails, mail_admins, name: _, manage: _ } =
        placed.budget;
    billing_budget::Spec {
        thresholds: thresholds.iter().filter_map(|text| text.parse().ok()).collect(),
        projects: layout.iter().map(|laid| laid.declaration.cloud.project.clone()).collect(),
        channels: emails.iter().map(|address| placed.channel(address)).collect(),
        mail_admins: *mail_admins,
        ..Spec::new(placed.amount.clone())
    }
}

/// What a project has to have enabled for the budget.
pub(crate) fn apis(layout: &[Laid], project: &str) -> Vec<&'static str> {
    let Some(placed) = placed(layout).filter(|placed| placed.project() == project) else {
        return Vec::new();
    };
    let mails = (!placed.budget.emails.is_empty()).then_some(MONITORING);
    [BUDGETS, PROJECTS].into_iter().chain(mails).collect()
}

/// What a setting is when it is not said and follows from something else.
pub(crate) fn derived(laid: &Laid, setting: &str) -> Option<String> {
    match setting {
        "name" => Some(name(laid)),
        "amount" => Some(OFF.to_owned()),
        _ => None,
    }
}
