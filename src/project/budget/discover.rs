//! From a live budget to what a person would have declared. A stack has one.

use crate::model::Found;
use crate::project::discover::{Entry, Said, Seen, left_out};
use crate::project::layout::{Laid, shared_or_first};
use crate::project::names::fault;
use crate::project::problem::Range;
use crate::providers::gcp::billing_budget::{Spec, room};
use crate::providers::gcp::notification_channel::channel_name;
use serde::Deserialize as _;
use serde_json::json;
use std::collections::BTreeSet;

/// The budget of just this stack's projects that is nobody's, if none is declared.
pub(crate) fn discover(seen: &Seen<'_>) -> Vec<Entry> {
    let home = shared_or_first(seen.layout);
    let Some(laid) = seen.layout.iter().find(|laid| home.iter().any(|it| it == laid.env())) else {
        return Vec::new();
    };
    let mut free = laid.declaration.budget.amount.is_none();
    let mut entries = Vec::new();
    for found in seen.strangers("billing-budget") {
        let Ok(spec) = Spec::deserialize(&found.spec) else { continue };
        // Those of others who pay by the same account are none of ours.
        if spec.projects != projects(seen.layout) {
            continue;
        }
        entries.push(match why_not(found, &spec, laid) {
            Some(why) => left_out(&origin(found), why),
            None if free => {
                free = false;
                entry(found, &spec, laid)
            }
            None => left_out(&origin(found), "a stack has one budget"),
        });
    }
    entries
}

fn projects(layout: &[Laid]) -> BTreeSet<String> {
    layout.iter().map(|laid| laid.declaration.cloud.project.clone()).collect()
}

fn origin(found: &Found) -> String {
    format!("budget {}", found.name)
}

fn text(found: &Found) -> &str {
    found.name.split_once('/').map_or(&found.name, |(_, text)| text)
}

/// The address of a channel in a project.
fn address<'a>(channel: &'a str, laid: &Laid) -> Option<&'a str> {
    channel.strip_prefix(&channel_name(&laid.declaration.cloud.project, ""))
}

fn why_not(found: &Found, spec: &Spec, laid: &Laid) -> Option<&'static str> {
    if found.place.parent != laid.declaration.billing.account {
        return Some("its billing account is not that of `billing.account`");
    }
    if fault("", "", text(found), room(laid.env()), &Range::file("")).is_some() {
        return Some("its name has no form here, or leaves no room for a mark");
    }
    if spec.period != "MONTH" {
        return Some("it is not for a month");
    }
    let known = spec.channels.iter().all(|channel| address(channel, laid).is_some());
    (!known).then_some("it writes to others than addresses of this project")
}

fn entry(found: &Found, spec: &Spec, laid: &Laid) -> Entry {
    let mut said = Said::of(found, laid, "budget", origin(found));
    // It is the whole stack's.
    said.settings.remove("in");
    said.say("amount", spec.amount.to_string());
    said.say("thresholds", json!(spec.thresholds));
    let emails: Vec<&str> = spec.channels.iter().filter_map(|it| address(it, laid)).collect();
    if !emails.is_empty() {
        said.say("emails", json!(emails));
    }
    if !spec.mail_admins {
        said.say("mail_admins", false);
    }
    said.say("name", text(found));
    said.entry(String::new(), None)
}
