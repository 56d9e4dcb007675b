//! The types of what is written about budgets.

use crate::project::managed::Manage;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much everything may cost in a month, as in
/// `{ refuse_above: 9000 USD, amount: 7000 USD, emails: [money@leap.example.org] }`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// Refuses a plan that raises what everything of the stack costs at the least above this, as
    /// in `9000 USD`: list prices of the least machines, around the clock. A plan that lowers it
    /// is never refused.
    #[schemars(extend("format" = "dollars", "examples" = ["9000 USD"]))]
    pub refuse_above: Option<String>,
    /// What Google holds the bill of a month against, to write mails: `7000 USD`, `last month's`, or
    /// `off` for no such budget, as when it is not said. It stops nothing. Needs `billing.account`.
    #[schemars(extend("format" = "budget-amount", "examples" = ["7000 USD", "last month's", "off"]))]
    pub amount: Option<String>,
    /// At how much of the amount mails are sent: `90%` of it spent, or `100% forecast`, expected to
    /// be spent by the end of the month.
    #[schemars(extend("items" = { "type": "string", "format": "threshold" }))]
    pub thresholds: Vec<String>,
    /// Who is written to, as in `[money@leap.example.org]`; five addresses at most.
    #[schemars(extend("items" = { "type": "string", "format": "mail-address" }))]
    pub emails: Vec<String>,
    /// Whether those who administer the billing account are written to as well.
    pub mail_admins: bool,
    /// The name in the cloud; `${prefix}-budget` when not said.
    pub name: Option<String>,
    /// How far the budget and its addresses are managed: `observe` looks and never touches, `mark`
    /// may mark them as ours and changes nothing else, `full` makes them what is declared.
    pub manage: Manage,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            refuse_above: None,
            amount: None,
            thresholds: ["50%", "90%", "100%"].map(str::to_owned).to_vec(),
            emails: Vec::new(),
            mail_admins: true,
            name: None,
            manage: Manage::default(),
        }
    }
}
