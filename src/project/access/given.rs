//! Rights of categories on buckets, as grants to the accounts that their people act as.

use super::rights::accounts;
use super::roll::Roll;
use super::settings::BucketRight;
use crate::project::buckets::Buckets;
use crate::project::layout::Laid;

/// A right that a category has on a bucket by its account.
pub(crate) struct Given<'a> {
    /// The name of the bucket in the cloud.
    pub(crate) bucket: String,
    /// The environment of the hub.
    pub(crate) env: &'a str,
    /// The account, by the key of the identity.
    pub(crate) account: &'a str,
    /// What it may do.
    pub(crate) right: BucketRight,
}

/// Every right of every category on buckets.
pub(crate) fn given<'a>(layout: &'a [Laid], buckets: &Buckets<'_>) -> Vec<Given<'a>> {
    let mut given = Vec::new();
    for roll in layout.iter().filter_map(Roll::of) {
        let env = roll.laid.env();
        for placed in &roll.list {
            for (key, right) in &placed.category.buckets {
                let Ok(bucket) = buckets.find(key, env) else { continue };
                let accounts = accounts(layout, &placed.key.name, env).into_iter();
                given.extend(accounts.map(|account| Given {
                    bucket: bucket.name.clone(),
                    env,
                    account,
                    right: *right,
                }));
            }
        }
    }
    given
}
