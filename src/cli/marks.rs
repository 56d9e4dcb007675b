//! What the commands have in common that change marks only: which things, in which stack.

use crate::cli::StackArgs;
use crate::cli::carry_out::ApplyArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::planning::LookArgs;
use crate::cli::session::Session;
use crate::plan::{self, Allowances, MarksError, Plan};
use std::path::{Path, PathBuf};

/// Addresses, and where to look for them.
#[derive(clap::Args, Debug)]
pub struct MarksArgs {
    /// What is meant, as plans show it below the name of the environment: `prod:gcs-bucket/data`,
    /// without the environment, by its key as in `bucket:data`, or with `*` for anything; and the
    /// folder of the stack
    #[arg(value_name = "ADDRESS|STACK")]
    named: Vec<String>,
    /// The environments; all of them, in promotion order, when none is named
    #[arg(short, long, value_name = "NAME")]
    env: Vec<String>,
    /// Go to the live clouds, whatever the environment says
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
}

/// What happens to marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks {
    /// They are put on.
    Adopt,
    /// They are taken off.
    Disown,
}

impl MarksArgs {
    /// Where to look, and which addresses were named.
    ///
    /// # Errors
    /// When more than one stack was named.
    pub fn meant(&self) -> Result<(LookArgs, Vec<String>), Failure> {
        let (folders, addresses): (Vec<&String>, Vec<&String>) =
            self.named.iter().partition(|word| Path::new(word.as_str()).is_dir());
        if folders.len() > 1 {
            let summary = format!("{} and {} are two stacks", folders[0], folders[1]);
            return Err(Failure::new(Exit::Error, summary).hint("name one"));
        }
        let stack = StackArgs { stack: folders.first().map(PathBuf::from) };
        let look = LookArgs { stack, env: self.env.clone(), live: self.live };
        Ok((look, addresses.into_iter().cloned().collect()))
    }
}

impl Session {
    /// A plan that changes marks only.
    ///
    /// # Errors
    /// When the clouds cannot be read, or an address names nothing.
    pub async fn marks(&self, marks: Marks, addresses: &[String]) -> Result<Plan, Failure> {
        let world = self.world(&self.stack).await?;
        let allowances = Allowances::default();
        let request = self.request(&world, &allowances);
        let plan = match marks {
            Marks::Adopt => plan::adopt(&request, addresses),
            Marks::Disown => plan::disown(&request, addresses),
        };
        plan.map_err(|error| match error {
            MarksError::Cycle(cycle) => Failure::new(Exit::Invalid, cycle.to_string()),
            MarksError::NoSuchTarget(error) => {
                let failure = Failure::new(Exit::Error, error.to_string());
                match error.nearest {
                    Some(nearest) => failure.hint(format!("did you mean `{nearest}`?")),
                    None => failure,
                }
            }
        })
    }
}
