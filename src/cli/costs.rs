//! What plans and declarations cost: the tables of prices, and the guard of the budget.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::session::Session;
use crate::cost::{self, Prices, PricesError, Pricing, Size};
use crate::model::{Rules, Usd, World};
use crate::plan::Plan;
use crate::project::Project;
use std::path::Path;

/// What every command that plans understands of money.
#[derive(clap::Args, Debug, Default)]
pub struct CostArgs {
    /// Show what each change costs in a month, and what everything costs before and after
    #[arg(long)]
    cost: bool,
    /// Let the least monthly cost rise to this many US dollars, though `budget.refuse_above` is
    /// less
    #[arg(long, value_name = "DOLLARS")]
    dangerous_cost: Option<u32>,
}

impl CostArgs {
    /// The words by which more may be spent than the budget says.
    pub(crate) fn word(&self) -> Option<String> {
        self.dangerous_cost.map(|dollars| format!("--dangerous-cost {dollars}"))
    }
}

impl Session {
    /// A plan with what it costs where that was asked for, refused if it goes above the budget.
    pub(crate) fn costed(
        &self,
        plan: Plan,
        world: &World,
        args: &CostArgs,
    ) -> Result<Plan, Failure> {
        let limit = self.project.refuse_above();
        if !args.cost && limit.is_none() {
            return Ok(plan);
        }
        let prices = prices(&self.folder)?;
        let costs = pricing(&self.project, self.rules(), &prices, |pricing| {
            cost::price(pricing, world, &plan)
        });
        let allowed = args.dangerous_cost.map(|dollars| Usd::dollars(dollars.into()));
        let over_budget = limit.and_then(|limit| cost::budget(&costs, limit, allowed));
        Ok(Plan { costs: args.cost.then_some(costs), over_budget, ..plan })
    }
}

/// The prices for the stack in a folder.
///
/// # Errors
/// When a table of its own cannot be used.
pub(crate) fn prices(folder: &Path) -> Result<Prices, Failure> {
    Prices::of(folder).map_err(|error| {
        let exit = match error {
            PricesError::Table { .. } => Exit::Invalid,
            PricesError::Unreadable { .. } => Exit::Error,
        };
        Failure::new(exit, "there are no prices")
            .because(&error)
            .hint("remove the file to use the prices that are shipped")
    })
}

/// Does something with all that it takes to price what a project declares.
pub(crate) fn pricing<T>(
    project: &Project,
    rules: &dyn Rules,
    prices: &Prices,
    act: impl FnOnce(&Pricing<'_>) -> T,
) -> T {
    let size = |machine: &str| {
        project.machine_size(machine).map(|(cpu, memory_gb)| Size { cpu, memory_gb })
    };
    act(&Pricing { prices, size: &size, expected: &project.expected(), rules })
}
