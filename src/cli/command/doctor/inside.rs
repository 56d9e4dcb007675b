//! What `doctor` asks clusters: whether they are there, and what we may do in them.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::LookArgs;
use crate::cli::session;
use crate::cli::ui::Ui;
use crate::kind::ProviderError;
pub(super) use crate::providers::kubernetes::permissions::{Purpose, role_file};
use crate::providers::kubernetes::rights::{self, Right, Told, Wanted};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Visits every cluster in which something is declared.
pub(super) async fn clusters(look: &LookArgs, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let chosen = |env: &String| session.environments.contains(env);
    let here = session.stack.resources().values().filter(|it| chosen(&it.id.env));
    let (mut entries, mut missing) = (Vec::new(), false);
    for (cluster, wanted) in rights::wanted(here) {
        let all: BTreeSet<Right> = wanted.plan.union(&wanted.apply).cloned().collect();
        let told = rights::ask(&session.connections.kubernetes, &cluster, &all).await;
        missing |=
            !matches!(&told, Ok(told) if told.as_ref().is_none_or(|it| it.refused.is_empty()));
        if !ui.json {
            ui.say(format!("{cluster}\n{}", text(&told, &wanted)));
        }
        entries.push(entry(&cluster.to_string(), &told, &wanted));
    }
    if ui.json {
        ui.say(json!({ "clusters": entries }).to_string());
    } else if entries.is_empty() {
        ui.say("Nothing is declared in any cluster here.");
    }
    Ok(if missing { Exit::Permission } else { Exit::Ok })
}

type Answer = Result<Option<Told>, ProviderError>;

fn text(told: &Answer, wanted: &Wanted) -> String {
    match told {
        Err(error) => format!("  {error}"),
        Ok(None) => "  not there yet: what is declared in it is made after it".to_owned(),
        Ok(Some(told)) => {
            let line = |who: &str, needed: &BTreeSet<Right>| match lacking(told, needed) {
                lacking if lacking.is_empty() => format!("  {who} may do all that it needs"),
                lacking => format!("  {who} may not {}", lacking.join(", ")),
            };
            let lines = [
                format!("  reached, Kubernetes {}", told.version),
                line("a plan", &wanted.plan),
                line("an apply", &wanted.apply),
            ];
            lines.join("\n")
        }
    }
}

fn lacking(told: &Told, needed: &BTreeSet<Right>) -> Vec<String> {
    told.refused.intersection(needed).map(ToString::to_string).collect()
}

fn entry(cluster: &str, told: &Answer, wanted: &Wanted) -> Value {
    let there = told.as_ref().ok().and_then(Option::as_ref);
    json!({
        "cluster": cluster,
        "version": there.map(|told| &told.version),
        "why_not": told.as_ref().err().map(ToString::to_string),
        "a_plan_may_not": there.map(|told| lacking(told, &wanted.plan)),
        "an_apply_may_not": there.map(|told| lacking(told, &wanted.apply)),
    })
}
