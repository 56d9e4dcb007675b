//! What `doctor` asks GitHub: who we are there, and whether that is enough for what is declared.

use crate::cli::declaration::{chosen, declaration, folder};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::planning::LookArgs;
use crate::cli::session::patience;
use crate::cli::target::Target;
use crate::cli::ui::Ui;
use crate::cli::view::table::{Align, Table};
use crate::model::Stack;
use crate::project::Project;
use crate::project::access::NoticesTo;
use crate::providers::github::permissions::NEEDED;
use crate::providers::github::{May, Rights};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What needs each permission, in words.
type Needs = BTreeMap<&'static str, BTreeSet<String>>;

/// Holds what a stack needs on GitHub against what the token may do there.
pub(super) async fn rights(look: &LookArgs, ui: &Ui) -> Result<Exit, Failure> {
    let folder = folder(&look.stack)?;
    let (project, stack) = match declaration(&folder, ui) {
        Ok(declared) => declared,
        Err(exit) => return Ok(exit),
    };
    let environments = chosen(&project, &look.env)?;
    let target = Target::open(&project, &folder, &environments, look.live).await?;
    let rights = target.github_connection(patience(ui))?.rights().await.map_err(|error| {
        let summary = "GitHub does not say what the token may do".to_owned();
        Failure { summary, ..unreadable(&[error]) }
    })?;
    let needs = needs(&project, &stack);
    say(&needs, &rights, target.name(), ui);
    let lacks =
        needs.keys().any(|permission| matches!(rights.may(permission), May::No | May::Look));
    Ok(if lacks { Exit::Permission } else { Exit::Ok })
}

fn needs(project: &Project, stack: &Stack) -> Needs {
    let kinds: BTreeSet<&str> = stack.resources().keys().map(|id| id.kind.as_str()).collect();
    let mut needs = Needs::new();
    for needed in NEEDED.iter().filter(|needed| kinds.contains(needed.kind)) {
        for (permissions, what) in [(needed.plan, "plan"), (needed.apply, "apply")] {
            for permission in permissions {
                let why = format!("{what} {}", needed.kind);
                needs.entry(*permission).or_default().insert(why);
            }
        }
    }
    if let NoticesTo::Issues { owner, repository } = project.notices_to() {
        let why = format!("access notices, in {owner}/{repository}");
        needs.entry("issues: write").or_default().insert(why);
    }
    needs
}

fn say(needs: &Needs, rights: &Rights, place: &str, ui: &Ui) {
    if ui.json {
        let each = needs.iter().map(|(permission, why)| {
            let may = rights.may(permission).to_string();
            json!({ "permission": permission, "for": why, "may": may })
        });
        let each: Vec<_> = each.collect();
        return ui.say(json!({ "who": rights.who, "needs": each }).to_string());
    }
    ui.say(format!("GitHub on {place}: {}", rights.who));
    let columns = [("", Align::Left), ("permission", Align::Left), ("for", Align::Yielding)];
    let mut table = Table::new(&columns);
    for (permission, why) in needs {
        let why: Vec<&str> = why.iter().map(String::as_str).collect();
        let may = rights.may(permission).to_string();
        table.row(vec![may, (*permission).to_owned(), why.join(", ")]);
    }
    match needs.is_empty() {
        true => ui.say("Nothing that is declared needs GitHub."),
        false => ui.say(format!("\n{}", table.text(ui.look))),
    }
}
