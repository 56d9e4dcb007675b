//! `doctor`: who we would be on the live clouds, and what is missing.

mod clouds;
mod github;
mod inside;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::helm::Helm;
use crate::cli::machine;
use crate::cli::planning::LookArgs;
use crate::cli::secrets::{Resolver, by_whom};
use crate::cli::session;
use crate::cli::ui::Ui;
use crate::kind::ProviderError;
use crate::providers::gcp::permissions::{self, Purpose};
use crate::render::RenderError;
use serde_json::json;
use std::fmt::Write;

/// Say which credentials are in use, for whom, and what is missing
///
/// Prints no token, and opens no connection unless an option says so. With --permissions it prints
/// the role that a plan or an apply needs, as a file for
/// `gcloud iam roles create leap_infra_plan --project P --file -`.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Print the role that planning or applying needs
    #[arg(long, value_name = "FOR")]
    permissions: Option<Need>,
    /// Print the role of a cluster that planning or applying needs, for `kubectl apply -f -`
    #[arg(long, value_name = "FOR", conflicts_with = "permissions")]
    cluster_role: Option<Need>,
    /// Say of each cluster whether it can be reached, and what of the declaration you may not do
    /// there; connects
    #[arg(long, conflicts_with_all = ["permissions", "cluster_role"])]
    clusters: bool,
    /// Say for each declared secret whether it can be read from here, and by whom; connects
    #[arg(long, conflicts_with = "permissions")]
    secrets: bool,
    /// Hold the declared quotas against those of the regions; connects
    #[arg(long, conflicts_with_all = ["permissions", "secrets"])]
    quotas: bool,
    /// Hold what the token for GitHub may do against what the declaration needs; connects
    #[arg(long, conflicts_with_all = ["permissions", "secrets", "quotas"])]
    github: bool,
    /// Write what machines and accelerators there are into the stack's folder, in place of the
    /// tables that come with the program; connects
    #[arg(long, conflicts_with_all = ["permissions", "secrets", "quotas", "github"])]
    refresh_tables: bool,
    #[command(flatten)]
    look: LookArgs,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Need {
    /// Only looking
    Plan,
    /// Changing as well
    Apply,
}

/// Looks, and says what it found.
pub(crate) async fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    if let Some(need) = args.permissions {
        return print(permissions::role_file(need.of_google()), ui);
    }
    if let Some(need) = args.cluster_role {
        return print(inside::role_file(need.of_clusters()), ui);
    }
    if args.clusters {
        return inside::clusters(&args.look, ui).await;
    }
    if args.secrets {
        return secrets(&args.look, ui).await;
    }
    if args.quotas {
        return clouds::quotas(&args.look, ui).await;
    }
    if args.github {
        return github::run(&args.look, ui).await;
    }
    if args.refresh_tables {
        return clouds::tables(&args.look, ui).await;
    }
    Ok(credentials(ui, helm().await))
}

impl Need {
    fn of_google(self) -> Purpose {
        match self {
            Self::Plan => Purpose::Plan,
            Self::Apply => Purpose::Apply,
        }
    }

    fn of_clusters(self) -> inside::Purpose {
        match self {
            Self::Plan => inside::Purpose::Plan,
            Self::Apply => inside::Purpose::Apply,
        }
    }
}

/// Prints a role.
fn print(role: Result<String, RenderError>, ui: &Ui) -> Result<Exit, Failure> {
    let role = role
        .map_err(|error| Failure::new(Exit::Error, "the role cannot be printed").because(&error))?;
    ui.say(role);
    Ok(Exit::Ok)
}

/// What there is to say of the program that releases need.
async fn helm() -> String {
    match Helm::real(".").version().await {
        Ok(version) => format!("version {version}"),
        Err(ProviderError::Refused { why, .. }) => format!("{why}; only releases need it"),
        Err(error) => error.to_string(),
    }
}

/// Says who we would be, without asking anybody.
fn credentials(ui: &Ui, helm: String) -> Exit {
    let source = machine::credentials();
    if ui.json {
        ui.say(
            json!({
                "google_cloud": {
                    "credentials": source.kind.to_string(),
                    "for": source.whom,
                    "file": source.path,
                    "missing": source.missing,
                },
                "github": { "identity": machine::github().to_string() },
                "helm": helm,
            })
            .to_string(),
        );
    } else {
        let mut text = format!("Google Cloud: {source}\n");
        source.missing.iter().for_each(|missing| _ = writeln!(text, "  missing: {missing}"));
        if source.missing.is_empty() {
            text.push_str("  nothing known to be missing; whether they are accepted shows at the first plan\n");
        }
        _ = write!(text, "GitHub: {}\nHelm: {helm}", machine::github());
        ui.say(text);
    }
    if source.missing.is_empty() { Exit::Ok } else { Exit::Permission }
}

/// Tries every declared secret, without showing it or its length.
async fn secrets(look: &LookArgs, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let resolver = Resolver::new(&session.folder, &session.connection);
    let google = match session.target() {
        "live" => machine::credentials().to_string(),
        _ => "anybody, on the sandbox".to_owned(),
    };
    let (mut entries, mut missing) = (Vec::new(), false);
    for env in &session.environments {
        for (key, reference) in session.project.secrets(env) {
            let whom = by_whom(&reference, &google);
            let why = resolver.probe(&reference).await.err().map(|error| error.to_string());
            missing |= why.is_some();
            if !ui.json {
                let told = why.clone().unwrap_or_else(|| "can be read".to_owned());
                ui.say(format!("{env}: {key}   {reference}\n  {told} (by {whom})"));
            }
            entries.push(json!({
                "environment": env, "key": key, "kept_in": reference.to_string(),
                "by": whom, "can_be_read": why.is_none(), "why_not": why,
            }));
        }
    }
    if ui.json {
        ui.say(json!({ "secrets": entries }).to_string());
    } else if entries.is_empty() {
        ui.say("No secret is declared here.");
    }
    Ok(if missing { Exit::Permission } else { Exit::Ok })
}
