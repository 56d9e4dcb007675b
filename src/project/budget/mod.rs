//! `budget`: how much everything may cost in a month. Above one figure a plan is refused, which is
//! ours to do (`limit`); at parts of another Google writes mails (`expand`), and stops nothing.

mod checks;
mod discover;
mod expand;
mod format;
mod limit;
mod settings;

pub use format::{budget_amount, mail_address, threshold};
pub use limit::dollars;
pub use settings::Budget;

pub(crate) use checks::check;
pub(crate) use discover::discover;
pub(crate) use expand::{apis, derived, expand};
pub(crate) use limit::refuse_above;
