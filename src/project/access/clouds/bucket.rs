//! The policy of a bucket against its declared grants.

use super::{InClouds, Otherwise, Pair};
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) fn otherwise(pair: &Pair<'_>, others: &[String]) -> Vec<Otherwise> {
    let (declared, found) = (grants(pair.declared), pair.found.map(grants).unwrap_or_default());
    let one = |how, says| pair.otherwise("buckets", how, says);
    let missing = declared.difference(&found);
    let missing = missing.map(|(member, role)| {
        one(InClouds::NotYet, format!("{member} is to have {role}, and does not"))
    });
    let still = found.difference(&declared).map(|(member, role)| {
        one(InClouds::Still, format!("{member} still has {role}, which is no longer declared"))
    });
    let by_hand =
        others.iter().map(|other| one(InClouds::ByHand, format!("{other}, added by hand")));
    missing.chain(still).chain(by_hand).collect()
}

/// Members with their roles.
fn grants(spec: &Value) -> BTreeSet<(&str, &str)> {
    let all = spec["grants"].as_array().into_iter().flatten();
    all.filter_map(|grant| Some((grant["member"].as_str()?, grant["role"].as_str()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_missing_is_told_from_what_is_still_there_and_what_somebody_added() {
        let grant = |member: &str| json!({ "member": member, "role": "roles/storage.objectUser" });
        let found = json!({ "grants": [grant("group:old@x.org")] });
        let declared = json!({ "grants": [grant("serviceAccount:hub@x.org")] });
        let pair =
            Pair { environment: "prod", key: "data", found: Some(&found), declared: &declared };
        let told = pair.of_bucket(&["user:eve@x.org has roles/storage.admin".to_owned()]);
        let told: Vec<String> = told.iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "buckets/data in prod: serviceAccount:hub@x.org is to have \
                 roles/storage.objectUser, and does not",
                "buckets/data in prod: group:old@x.org still has roles/storage.objectUser, which is \
                 no longer declared",
                "buckets/data in prod: user:eve@x.org has roles/storage.admin, added by hand",
            ]
        );
    }
}
