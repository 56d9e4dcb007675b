//! `access notices`: tell people that their time will be over.

use super::turn::Turn;
use super::{DayArgs, unanswered};
use crate::cli::declaration::{declaration_on, folder};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, unreadable};
use crate::cli::session::patience;
use crate::cli::target::Target;
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::kind::ProviderError;
use crate::project::Project;
use crate::project::access::{Notice, NoticesTo};
use crate::providers::github::Issues;
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use time::Date;

/// Notices are told at most so long before the end, so an older issue tells none of today's.
const LONGEST: time::Duration = time::Duration::days(31);

/// Tell people 30 days before their time is over, and once more 7 days before
///
/// Writes a file to mail for each of them, or opens an issue, as `access.notices` says. What was
/// told is not told again: the file is there, or the issue is, open or closed. Issues are opened by
/// one run at a time, which holds the lease. Meant to run every night.
///
/// For example: leap-infra access notices
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    #[command(flatten)]
    day: DayArgs,
    /// The folder for files; `notices` in the stack's when it is not given
    #[arg(long, value_name = "FOLDER")]
    into: Option<PathBuf>,
    /// Only say what is to be told, and tell nobody
    #[arg(long)]
    list: bool,
    /// Go to the live GitHub, whatever the environments say
    #[arg(long)]
    live: bool,
    /// How long to wait while another run opens issues or applies, in seconds
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    lock_timeout: u64,
}

/// What came of a notice.
struct Told<'a> {
    notice: &'a Notice,
    /// The file or the address of the issue; none if it was only to be listed.
    place: Option<String>,
}

/// Tells what was not told before.
pub(super) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let folder = folder(&args.day.stack)?;
    let (project, _) = match declaration_on(&folder, args.day.day(), ui) {
        Ok(declared) => declared,
        Err(exit) => return Ok(exit),
    };
    let notices = project.notices().map_err(unanswered)?;
    let (told, errors) = match project.notices_to() {
        NoticesTo::Files => {
            let into = args.into.clone().unwrap_or_else(|| folder.join("notices"));
            (files(&notices, &into, args.list)?, Vec::new())
        }
        NoticesTo::Issues { owner, repository } => {
            let all: Vec<String> =
                project.environments().iter().map(|it| it.name.clone()).collect();
            let target = Target::open(&project, &folder, &all, args.live).await?;
            let connection = &target.github_connection(patience(ui))?;
            let issues = Issues { connection, owner: &owner, repository: &repository };
            match project.access_home().filter(|_| !args.list && !notices.is_empty()) {
                None => opened(&notices, &issues, args, None).await?,
                Some(env) => {
                    let patience = Duration::from_secs(args.lock_timeout);
                    let turn = Turn::take(&target, &project, env, patience, ui).await?;
                    let opened = opened(&notices, &issues, args, Some(&turn)).await;
                    turn.give_back().await;
                    opened?
                }
            }
        }
    };
    say(&project, &told, args.day.day(), ui);
    match errors.is_empty() {
        true => Ok(Exit::Ok),
        false => Err(untold(&errors, told.len())),
    }
}

/// The failure when some could not be told.
fn untold(errors: &[ProviderError], told: usize) -> Failure {
    let all = counted(errors.len() + told, "notice");
    let summary = format!("{} of {all} could not be told", errors.len());
    let exit = if told == 0 { unreadable(errors).exit } else { Exit::Partly };
    let failure = Failure { summary, exit, ..unreadable(errors) };
    failure.hint("run it again: who was told is not told again")
}

/// Writes the files that are not there.
fn files<'a>(notices: &'a [Notice], into: &Path, list: bool) -> Result<Vec<Told<'a>>, Failure> {
    let mut told = Vec::new();
    for notice in notices {
        let file = into.join(format!("{}.md", notice.key()));
        if file.exists() {
            continue;
        }
        if !list {
            let text = format!("Subject: {}\n\n{}", notice.title(), notice.text());
            match write(&file, &text) {
                Ok(()) => {}
                // Another run was faster.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => {
                    let summary = format!("{} was not written", file.display());
                    return Err(Failure::new(Exit::Error, summary).because(&error));
                }
            }
        }
        let place = (!list).then(|| file.display().to_string());
        told.push(Told { notice, place });
    }
    Ok(told)
}

/// Who leaves is nobody else's business on this machine.
fn write(file: &Path, text: &str) -> io::Result<()> {
    file.parent().map_or(Ok(()), fs::create_dir_all)?;
    let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    created.and_then(|mut file| file.write_all(text.as_bytes()))
}

/// Opens the issues that nobody opened. One that fails does not stop the others.
async fn opened<'a>(
    notices: &'a [Notice],
    issues: &Issues<'_>,
    args: &Args,
    turn: Option<&Turn>,
) -> Result<(Vec<Told<'a>>, Vec<ProviderError>), Failure> {
    let since = args.day.day().saturating_sub(LONGEST).to_string();
    let known = match notices {
        [] => Vec::new(),
        _ => issues.since(&since).await.map_err(|error| {
            let summary = "cannot see what was told already, so nobody is told".to_owned();
            Failure { summary, ..unreadable(&[error]) }
        })?,
    };
    let is_told = |notice: &&Notice| {
        let mark = notice.mark();
        !known.iter().any(|issue| issue.body.as_ref().is_some_and(|body| body.contains(&mark)))
    };
    let (mut told, mut errors) = (Vec::new(), Vec::new());
    for notice in notices.iter().filter(is_told) {
        if args.list {
            told.push(Told { notice, place: None });
            continue;
        }
        if turn.is_some_and(|turn| !turn.holds()) {
            let summary = "the lease was lost, so nobody else is told now";
            let failure = Failure::new(Exit::Locked, summary);
            return Err(failure.hint("run it again: who was told is not told again"));
        }
        let body = format!("{}\n{}\n", notice.text(), notice.mark());
        match issues.open(&notice.title(), &body).await {
            Ok(issue) => told.push(Told { notice, place: Some(issue.html_url) }),
            Err(error) => errors.push(error),
        }
    }
    Ok((told, errors))
}

fn say(project: &Project, told: &[Told<'_>], day: Date, ui: &Ui) {
    if ui.json {
        let each = told.iter().map(|it| json!({ "notice": it.notice, "told": it.place }));
        let each: Vec<_> = each.collect();
        let said = json!({ "stack": project.name(), "as_of": day.to_string(), "notices": each });
        return ui.say(said.to_string());
    }
    for Told { notice, place } in told {
        let categories: Vec<&str> = notice.categories.keys().map(String::as_str).collect();
        let (title, categories) = (notice.title(), categories.join(", "));
        let place = place.as_deref().unwrap_or("to be told");
        ui.say(format!("{title} ({categories}): {place}"));
    }
    if told.is_empty() {
        ui.say("Nobody is to be told anything.");
    }
}
