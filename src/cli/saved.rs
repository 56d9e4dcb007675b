//! Saved plans on disk: written for their owner alone, read with care, applied only where
//! nothing that they rely on has moved.

use crate::cli::carry_out::ApplyArgs;
use crate::cli::doing::Doing;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::machine;
use crate::cli::session::Session;
use crate::cli::ui::Ui;
use crate::cli::view;
use crate::cli::view::plan::counted;
use crate::plan::file::{Made, Saved};
use crate::plan::{self, Allowances, Plan, Stale};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The largest file that is read as a plan.
const LARGEST: u64 = 256 << 20;

/// Whether something that may be an address or the folder of a stack is a saved plan.
pub fn is_file(path: &Path) -> bool {
    path.is_file()
}

/// Reads a saved plan.
///
/// # Errors
/// When it is none.
pub fn read(path: &Path) -> Result<Saved, Failure> {
    let failure = |why: &dyn std::error::Error| {
        Failure::new(Exit::Error, format!("{} is not a saved plan", path.display()))
            .because(why)
            .hint("`leap-infra plan --out FILE` saves one")
    };
    let bytes = bytes(path).map_err(|error| failure(&error))?;
    Saved::parse(&bytes).map_err(|error| failure(&error))
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > LARGEST {
        true => Err(io::Error::other("it is larger than 256 MB")),
        false => Ok(bytes),
    }
}

/// Writes a plan, readable by its owner alone: the whole of it, or nothing.
///
/// # Errors
/// When it cannot be written.
pub fn write(saved: &Saved, path: &Path) -> Result<(), Failure> {
    written(&saved.json(), path).map_err(|error| {
        let summary = format!("the plan cannot be saved as {}", path.display());
        Failure::new(Exit::Error, summary).because(&error)
    })
}

fn written(text: &str, path: &Path) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::other("that is no name of a file"))?;
    let beside = format!(".{}.{}", name.to_string_lossy(), std::process::id());
    let beside = path.with_file_name(beside);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    let done = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    let done = done.and_then(|()| fs::rename(&beside, path));
    if done.is_err() {
        _ = fs::remove_file(&beside);
    }
    done
}

impl Session {
    /// The plan with what it was made from.
    pub fn saved(&self, plan: &Plan, hours: u32) -> Saved {
        Saved::new(
            plan,
            Made {
                leap_infra_version: env!("CARGO_PKG_VERSION").to_owned(),
                as_of: machine::now(),
                expires_at: machine::in_hours(hours),
                config_digest: self.project.digest(),
                target: self.target().to_owned(),
                folder: self.folder.display().to_string(),
            },
        )
    }

    /// Applies a saved plan, if it still holds.
    ///
    /// # Errors
    /// When it does not, and when nothing was begun.
    pub async fn apply_saved(
        &self,
        saved: &Saved,
        args: &ApplyArgs,
        on_stale: OnStale,
        mut doing: Doing,
        ui: &Ui,
    ) -> Result<Exit, Failure> {
        self.holds(saved)?;
        let plan = saved.complete(self.rules()).map_err(|error| {
            Failure::new(Exit::Error, "the saved plan cannot be used").because(&error)
        })?;
        let world = self.world(&self.stack).await?;
        let allowances = Allowances::default();
        let request = self.request(&world, &allowances);
        let stale = plan::stale(&plan, &request);
        if !stale.is_empty() && on_stale == OnStale::Stop {
            return Err(refused(&stale));
        }
        let (mut rest, left_out) = plan::leave_out(&plan, &stale);
        plan::renew(&mut rest, &request);
        let rest = self.of_people(self.obeying_holds(rest));
        if rest.is_refused() {
            self.show(&rest, ui);
        }
        if !left_out.is_empty() {
            ui.remark(view::stale::text(&stale, &left_out));
        }
        if on_stale == OnStale::Continue {
            doing.overrides.words.insert("--continue-on-stale".to_owned());
        }
        let exit = self.carry_out(&rest, &args.approved(), doing, ui).await?;
        Ok(if exit == Exit::Ok && !left_out.is_empty() { Exit::Stale } else { exit })
    }

    /// Checks that a plan was made for this declaration and this target, and not too long ago.
    fn holds(&self, saved: &Saved) -> Result<(), Failure> {
        let made = &saved.made;
        let stale = |summary: String| Failure::new(Exit::Stale, summary).hint("plan again");
        if saved.stack != self.stack.name() {
            let (theirs, ours) = (&saved.stack, self.stack.name());
            return Err(stale(format!("this plan is for the stack {theirs}, and this is {ours}")));
        }
        if made.target != self.target() {
            let (theirs, ours) = (&made.target, self.target());
            let failure = stale(format!("this plan goes to {theirs}, and this run to {ours}"));
            let live = made.target == "live";
            return Err(if live { failure.hint("or say --live, as then") } else { failure });
        }
        if made.config_digest != self.project.digest() {
            let made = &made.as_of;
            let summary = format!("the declaration has changed since this plan was made ({made})");
            return Err(stale(summary));
        }
        match machine::is_past(&made.expires_at) {
            Some(false) => Ok(()),
            _ => Err(stale(format!("this plan has expired ({})", made.expires_at))
                .hint("`plan --out FILE --expires-in HOURS` gives it longer")),
        }
    }
}

/// What to do when something that a plan relies on has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnStale {
    /// Change nothing.
    Stop,
    /// Apply what does not depend on it.
    Continue,
}

fn refused(stale: &[Stale]) -> Failure {
    let things = counted(stale.len(), "object");
    let summary = format!("{things} changed since this plan was made, so nothing was changed");
    let mut failure = Failure::new(Exit::Stale, summary);
    failure.causes = stale.iter().map(ToString::to_string).collect();
    failure.hint("plan again, or say --continue-on-stale to apply what does not depend on these")
}
