//! A part of a plan, as arguments: what to keep, what to leave out, how much may go at once.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::Wanted;
use crate::cli::ui::Ui;
use crate::cli::view::plan::counted;
use crate::plan::{self, MaxRemovals, Narrowed, NoSuchTarget, Plan, Request, Targets};
use crate::project::Project;
use std::path::{Path, PathBuf};

/// What every command that looks at parts understands.
#[derive(clap::Args, Debug)]
pub struct TargetArgs {
    /// Only this and what it needs: `prod:gcs-bucket/leap-scratch`, without the environment, by
    /// its key as in `bucket:scratch`, or with `*` for anything
    #[arg(long, value_name = "ADDRESS")]
    target: Vec<String>,
    /// The same for each line of a file; `#` begins a comment
    #[arg(long, value_name = "FILE")]
    target_file: Vec<PathBuf>,
    /// Not this, nor what needs it
    #[arg(long, value_name = "ADDRESS")]
    exclude: Vec<String>,
    /// The same for each line of a file
    #[arg(long, value_name = "FILE")]
    exclude_file: Vec<PathBuf>,
}

/// What every command that plans understands of parts.
#[derive(clap::Args, Debug)]
pub struct SelectionArgs {
    #[command(flatten)]
    targets: TargetArgs,
    /// How many of one kind may be deleted at once, or how many per cent of a kind that has more
    /// than four; `destroy` is not bound by it
    #[arg(long, value_name = "N|P%", default_value = "25%")]
    max_removals: MaxRemovals,
    /// Only who joins or leaves a category of people by a date: for a run every night
    #[arg(long)]
    only_due: bool,
}

impl TargetArgs {
    /// Everything that was named.
    pub(crate) fn targets(&self) -> Result<Targets, Failure> {
        Ok(Targets {
            only: named(&self.target, &self.target_file)?,
            not: named(&self.exclude, &self.exclude_file)?,
        })
    }

    fn is_usual(&self) -> bool {
        let Self { target, target_file, exclude, exclude_file } = self;
        target.is_empty() && target_file.is_empty() && exclude.is_empty() && exclude_file.is_empty()
    }
}

impl SelectionArgs {
    /// Whether nothing was chosen and no removal allowed beyond the usual.
    pub(crate) fn is_usual(&self) -> bool {
        self.targets.is_usual() && self.max_removals == MaxRemovals::default() && !self.only_due
    }

    /// The words by which more may go than usual.
    pub(crate) fn beyond_the_default(&self) -> Option<String> {
        let most = self.max_removals;
        most.is_beyond_the_default().then(|| format!("--max-removals {most}"))
    }

    /// Leaves out of a plan what was not asked for, says so, and refuses to remove too much.
    pub(crate) fn narrow(
        &self,
        request: &Request<'_>,
        mut plan: Plan,
        wanted: Wanted,
        (project, ui): (&Project, &Ui),
    ) -> Result<Plan, Failure> {
        if self.only_due {
            plan::only_due(&mut plan, &project.due());
        }
        let narrowed = plan::narrow(request, plan, &self.targets.targets()?);
        let narrowed = narrowed.map_err(|error| no_such(&error))?;
        told(&narrowed, ui);
        Ok(match wanted {
            Wanted::Declared => {
                let settled = project.settled();
                plan::guard(narrowed.plan, request.world, self.max_removals, &settled)
            }
            Wanted::Nothing => narrowed.plan,
        })
    }
}

/// The failure when somebody named what there is not.
pub(crate) fn no_such(error: &NoSuchTarget) -> Failure {
    let failure = Failure::new(Exit::Error, error.to_string());
    match &error.nearest {
        Some(nearest) => failure.hint(format!("did you mean `{nearest}`?")),
        None => failure,
    }
}

/// What was named on the command line and in files.
fn named(given: &[String], files: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let mut named = given.to_vec();
    for file in files {
        named.extend(lines(file)?);
    }
    Ok(named)
}

fn lines(file: &Path) -> Result<Vec<String>, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let summary = format!("cannot read the addresses in {}", file.display());
        Failure::new(Exit::Error, summary).because(&error)
    })?;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).map(str::to_owned).collect();
    if lines.is_empty() {
        // No address means no limit, which is not what an empty file was made for.
        let summary = format!("there is no address in {}", file.display());
        return Err(Failure::new(Exit::Error, summary));
    }
    Ok(lines)
}

fn told(narrowed: &Narrowed, ui: &Ui) {
    let Narrowed { plan: _, also, left_out_too, left_out } = narrowed;
    for (id, by) in also {
        ui.remark(format!("also, because it is needed: {id} (by {by})"));
    }
    for (id, needs) in left_out_too {
        ui.remark(format!("left out too, because it cannot do without {needs}: {id}"));
    }
    if *left_out > 0 {
        ui.remark(format!("{} left out of this plan", counted(*left_out, "resource")));
    }
}
