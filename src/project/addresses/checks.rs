//! What the schema cannot say about addresses.

use super::placed::{Placed, placed};
use super::settings::Tier;
use crate::project::environments::members;
use crate::project::layout::Laid;
use crate::project::managed::check_previously;
use crate::project::names::{LONGEST, Taken, fault, suffix, twice};
use crate::project::problem::{Findings, Problem};

/// Checks the addresses of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    members(layout, "addresses", "address", findings);
    let addresses = placed(layout);
    let mut taken = Taken::new();
    for placed in &addresses {
        let range = placed.range("name");
        findings.extend(fault("address-name", "address", &placed.name, LONGEST, range));
        findings.extend(suffix(placed.laid, &placed.name, range));
        twice(&mut taken, &placed.name, range, findings);
        let previously = placed.address.previously.as_deref();
        let here = |it: &&Placed<'_>| it.laid.env() == placed.laid.env();
        let mut all = addresses.iter().filter(here);
        let still = all.find(|it| Some(it.key.name.as_str()) == previously).map(|it| it.key);
        check_previously(placed.node, previously, still, findings);
        if placed.address.global && placed.address.tier == Tier::Standard {
            let message = "a global address is of the tier `premium`";
            let problem = Problem::error("address-tier", placed.range("tier"), message);
            findings.push(problem.suggest("leave out `tier` or `global`".to_owned()));
        }
    }
}
