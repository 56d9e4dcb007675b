//! What the token for GitHub may do, against what the declaration needs of it.

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
use crate::providers::github::Connection;
use crate::providers::github::may::{May, Permission, Told, sees};
use crate::providers::github::permissions::{NEEDED, NOTICES, Needed};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Where something is needed: an organization or an owner, and one of its repositories.
type Place<'a> = (&'a str, Option<&'a str>);

/// What is needed, where, and for what.
type Wanted<'a> = BTreeMap<(Permission<'a>, &'a str), (Place<'a>, BTreeSet<&'a str>)>;

/// One line of the answer.
struct Line<'a> {
    permission: Permission<'a>,
    owner: &'a str,
    what_for: Vec<&'a str>,
    may: May,
}

/// Asks GitHub, and says what is missing.
pub(super) async fn run(look: &LookArgs, ui: &Ui) -> Result<Exit, Failure> {
    let folder = folder(&look.stack)?;
    let (project, stack) = match declaration(&folder, ui) {
        Ok(declared) => declared,
        Err(exit) => return Ok(exit),
    };
    let environments = chosen(&project, &look.env)?;
    let target = Target::open(&project, &folder, &environments, look.live).await?;
    let connection = target.github_connection(patience(ui))?;
    let notices = project.notices_to();
    let wanted = wanted(&stack, &notices);
    if wanted.is_empty() {
        ui.say(match ui.json {
            true => json!({ "github": [] }).to_string(),
            false => "Nothing on GitHub is declared here, so no token is needed.".to_owned(),
        });
        return Ok(Exit::Ok);
    }
    let told = Told::of(&connection).await.map_err(|error| unreadable(&[error]))?;
    let lines = lines(&connection, &told, &wanted).await?;
    say(&project, &told, &lines, ui);
    let missing = lines.iter().any(|line| line.may == May::No);
    Ok(if missing { Exit::Permission } else { Exit::Ok })
}

/// Everything that the declaration needs, each once for an organization.
fn wanted<'a>(stack: &'a Stack, notices: &'a NoticesTo) -> Wanted<'a> {
    let mut wanted = Wanted::new();
    for resource in stack.resources().values() {
        let Some(needed) = NEEDED.iter().find(|it| it.kind == resource.id.kind) else { continue };
        let mut parts = resource.id.name.split('/');
        let owner = parts.next().unwrap_or_default();
        let repository = match needed.plan.iter().any(|it| it.starts_with("members")) {
            true => None,
            false => parts.next(),
        };
        add(&mut wanted, needed, (owner, repository));
    }
    if let NoticesTo::Issues { owner, repository } = notices {
        add(&mut wanted, &NOTICES, (owner, Some(repository)));
    }
    wanted
}

fn add<'a>(wanted: &mut Wanted<'a>, needed: &'a Needed, place: Place<'a>) {
    for text in needed.plan.iter().chain(needed.apply) {
        let key = (Permission::parse(text), place.0);
        wanted.entry(key).or_insert_with(|| (place, BTreeSet::new())).1.insert(needed.kind);
    }
}

/// What GitHub does not tell is tried, once for each that is only to be looked at.
async fn lines<'a>(
    connection: &Connection,
    told: &Told,
    wanted: &Wanted<'a>,
) -> Result<Vec<Line<'a>>, Failure> {
    let mut lines = Vec::new();
    for ((permission, owner), ((_, repository), what_for)) in wanted {
        let may = match told.allows(permission) {
            May::Untold if !permission.writes => {
                let seen = sees(connection, permission.on, owner, *repository).await;
                seen.map_err(|error| unreadable(&[error]))?
            }
            may => may,
        };
        let (permission, what_for) = (*permission, what_for.iter().copied().collect());
        lines.push(Line { permission, owner, what_for, may });
    }
    Ok(lines)
}

fn say(project: &Project, told: &Told, lines: &[Line<'_>], ui: &Ui) {
    if ui.json {
        let each = lines.iter().map(|line| {
            json!({
                "permission": line.permission.on, "level": line.permission.level(),
                "owner": line.owner, "for": line.what_for, "may": word(line.may),
            })
        });
        return ui.say(json!({ "github": each.collect::<Vec<_>>() }).to_string());
    }
    ui.say(format!("{}: what the token for GitHub may do\n{}\n", project.name(), how(told)));
    let columns = [
        ("", Align::Left),
        ("permission", Align::Left),
        ("in", Align::Left),
        ("for", Align::Yielding),
    ];
    let mut table = Table::new(&columns);
    for Line { permission, owner, what_for, may } in lines {
        let permission = format!("{}: {}", permission.on, permission.level());
        table.row(vec![
            word(*may).to_owned(),
            permission,
            (*owner).to_owned(),
            what_for.join(", "),
        ]);
    }
    ui.say(table.text(ui.look));
}

/// How it is known.
fn how(told: &Told) -> String {
    match told {
        Told::Scopes(scopes) if scopes.is_empty() => "It is a token without any scope.".to_owned(),
        Told::Scopes(scopes) => {
            let all: Vec<&str> = scopes.iter().map(String::as_str).collect();
            format!("It is a token with the scopes {}.", all.join(", "))
        }
        Told::Permissions(_) => "It is of an App; its installation says what it may do.".to_owned(),
        Told::Nothing => "GitHub does not tell what this token may do. What looks was tried; what \
                          changes shows at the first apply."
            .to_owned(),
    }
}

fn word(may: May) -> &'static str {
    match may {
        May::Yes => "yes",
        May::No => "no",
        May::Untold => "not told",
    }
}
