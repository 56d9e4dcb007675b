//! `billing-budget`: how much a month may cost before Google writes mails. It stops nothing.
//!
//! The name is `ACCOUNT/NAME`: the server names a budget itself, so what people see is the name here,
//! and budgets are found in the list of their billing account. The end of that name is the mark
//! (`name`). Projects and channels are named by what the server made of them; they are read as what
//! people call them (`names`).

mod amount;
mod apply;
mod calls;
mod name;
mod names;
mod observe;
mod wire;

pub use amount::{Amount, Basis, Threshold};
pub use name::{budget_name, room};

use crate::kind::{Applied, Change, Kind, ProviderError, StepContext};
use crate::model::{Need, Observation, Scope};
use crate::providers::description::Marks;
use crate::providers::gcp::notification_channel::Channel;
use crate::providers::gcp::{Reader, Writer};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What has to be enabled.
pub(crate) const API: &str = "billingbudgets.googleapis.com";

/// The period of a budget that says nothing of it.
const MONTH: &str = "MONTH";

/// The complete settings of a budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// How much it is, `1000 USD` or `last month's`.
    pub amount: Amount,
    /// At how much of it mails are sent, `50%`, `100% forecast`.
    #[serde(default)]
    pub thresholds: BTreeSet<Threshold>,
    /// The projects whose costs count; all of the account if empty.
    #[serde(default)]
    pub projects: BTreeSet<String>,
    /// Who is written to, as channels `PROJECT/ADDRESS`; others as the API names them.
    #[serde(default)]
    pub channels: BTreeSet<String>,
    /// Whether those who administer the account are written to as well.
    #[serde(default = "yes")]
    pub mail_admins: bool,
    /// What it is for: `MONTH`, `QUARTER`, `YEAR`, or `CUSTOM`.
    #[serde(default = "month")]
    pub period: String,
}

fn yes() -> bool {
    true
}

fn month() -> String {
    MONTH.to_owned()
}

impl Spec {
    /// A monthly budget of a whole account, of which nobody hears but those who administer it.
    pub fn new(amount: Amount) -> Self {
        let (thresholds, projects, channels) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Self { amount, thresholds, projects, channels, mail_admins: true, period: month() }
    }
}

/// The kind `billing-budget`.
#[derive(Debug)]
pub enum BillingBudget {}

impl Kind for BillingBudget {
    const NAME: &'static str = "billing-budget";
    type Spec = Spec;
    type Reader = Reader;
    type Writer = Writer;

    async fn observe(
        reader: &Reader,
        scope: &Scope<'_>,
    ) -> Result<Observation<Spec>, ProviderError> {
        observe::observe(reader, scope).await
    }

    async fn apply(
        writer: &Writer,
        step: &StepContext,
        change: Change<Spec>,
    ) -> Result<Applied, ProviderError> {
        match change {
            Change::Create { after } => apply::create(writer, step, &after).await,
            Change::Update { before, after, .. } => {
                apply::update(writer, step, &before, &after).await
            }
            Change::Delete { before, .. } => apply::delete(writer, step, &before).await,
            Change::Adopt { spec, .. } => apply::mark(writer, step, &spec, Marks::On).await,
            Change::Disown { spec, .. } => apply::mark(writer, step, &spec, Marks::Off).await,
            Change::Wait { .. } => Err(step.nothing_to_wait_for("budgets")),
        }
    }

    fn needs(_name: &str, spec: &Spec) -> BTreeSet<Need> {
        let known = spec.channels.iter().filter(|channel| !names::is_raw(channel));
        known.map(|channel| Need::refers(Channel::NAME, channel)).collect()
    }
}

/// The billing account in a name.
fn account(name: &str) -> &str {
    name.split('/').next().unwrap_or_default()
}
