//! What a whole declaration costs in a month.

use super::price::{Cost, Pricing};
use crate::model::{ResourceId, Span, Stack};
use serde::Serialize;

/// Everything that costs something.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Bill {
    /// Each thing, by environment in the order of promotion, then by section and name.
    pub charges: Vec<Charge>,
    /// All of it.
    pub total: Span,
    /// How many things cost nothing by themselves.
    pub free: usize,
}

/// One thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Charge {
    /// Its address.
    pub address: ResourceId,
    /// The section of the declaration that asks for it.
    pub section: String,
    /// What it costs.
    #[serde(flatten)]
    pub cost: Cost,
}

/// What everything in these environments costs. `section` says which section asks for a resource.
pub fn bill(
    stack: &Stack,
    environments: &[String],
    section: impl Fn(&crate::model::Resource) -> String,
    pricing: &Pricing<'_>,
) -> Bill {
    let mut bill = Bill::default();
    for env in environments {
        let here = stack.resources().values().filter(|resource| resource.id.env == *env);
        let mut charges = Vec::new();
        for resource in here {
            let cost = pricing.cost(&resource.id, &resource.spec);
            if cost == Cost::default() {
                bill.free += 1;
                continue;
            }
            let (address, section) = (resource.id.clone(), section(resource));
            charges.push(Charge { address, section, cost });
        }
        charges.sort_by(|a, b| (&a.section, &a.address).cmp(&(&b.section, &b.address)));
        bill.charges.extend(charges);
    }
    bill.total = bill.charges.iter().map(|charge| charge.cost.span).sum();
    bill
}
