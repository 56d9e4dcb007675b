//! What things cost in a month: a least and a most, from what kinds say that they use and from
//! tables of list prices. What has no price here is said to have none; it never counts as nothing.
//!
//! Nothing here reads the clock or the clouds. Discounts, taxes and what moves over the network
//! inside the cloud are not counted ([`NOT_COUNTED`]).

mod bill;
mod plan;
mod price;
mod prices;

pub use bill::{Bill, Charge, bill};
pub use plan::{budget, price};
pub use price::{Cost, Part, Pricing, Size};
pub use prices::{Origin, Prices, PricesError};

/// What is left out of every figure, for people.
pub const NOT_COUNTED: &str = "Not counted: discounts (sustained use, commitments, credits, free \
                               tiers), taxes, traffic inside the cloud, calls, logs and metrics \
                               beyond what is free, disks and load balancers that are made from \
                               inside clusters.";
