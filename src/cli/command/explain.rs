//! `explain`: where does a value come from?

use crate::cli::StackArgs;
use crate::cli::declaration;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ui::Ui;

/// Say where a value comes from, and what it overrode
///
/// For example: leap-infra explain buckets.scratch.delete_after_days -e staging
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The value, by its path in the project file
    path: String,
    #[command(flatten)]
    stack: StackArgs,
    /// The environment; the last one, when it is not given
    #[arg(short, long, value_name = "NAME")]
    env: Option<String>,
}

/// Prints the explanation.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<Exit, Failure> {
    let (project, _) = match declaration::declaration(&declaration::folder(&args.stack)?, ui) {
        Ok(declared) => declared,
        Err(exit) => return Ok(exit),
    };
    let names: Vec<&str> = project.environments().iter().map(|env| env.name.as_str()).collect();
    let env = match &args.env {
        Some(env) => declaration::known(env, &names)?,
        None => names.last().copied().unwrap_or_default(),
    };
    let explained = project.explain(&args.path, env);
    let explanation = explained.map_err(|error| Failure::new(Exit::Error, error.to_string()))?;
    ui.say(if ui.json {
        serde_json::json!(explanation).to_string()
    } else {
        explanation.to_string()
    });
    Ok(Exit::Ok)
}
