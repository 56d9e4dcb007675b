//! What a hub was last deployed with against what it would be deployed with: which teams may log in,
//! and what they are offered. A hub asks nobody else, so until it is deployed it goes by these.

use super::{InClouds, Otherwise, Pair};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn otherwise(pair: &Pair<'_>) -> Vec<Otherwise> {
    let Some(found) = pair.found else {
        let says = "is not deployed, so nobody can log in".to_owned();
        return vec![pair.otherwise("hubs", InClouds::NotYet, says)];
    };
    let (found, declared) = (&found["values"], &pair.declared["values"]);
    let rules = |values| search(values, "leap_infra").cloned().unwrap_or_default();
    let (before, after) = (rules(found), rules(declared));
    let mut all = Vec::new();
    for (rule, verb) in [("login", "log in"), ("admin", "administer")] {
        all.extend(teams(pair, &before[rule], &after[rule], verb));
    }
    all.extend(profiles(pair, &offers(found), &offers(declared)));
    all
}

/// Teams that may do something still, or not yet.
fn teams(pair: &Pair<'_>, before: &Value, after: &Value, verb: &str) -> Vec<Otherwise> {
    let (before, after) = (who(before), who(after));
    let one = |how, says| pair.otherwise("hubs", how, says);
    let still = before.difference(&after).map(|team| {
        let says = format!("{team} may still {verb}, which is no longer declared");
        one(InClouds::Still, says)
    });
    let not_yet = after.difference(&before).map(|team| {
        one(InClouds::NotYet, format!("{team} is to {verb}, and the hub does not know of it yet"))
    });
    not_yet.chain(still).collect()
}

/// Each entry is teams in all of which one must be.
fn who(rule: &Value) -> BTreeSet<String> {
    let all = rule.as_array().into_iter().flatten();
    let words = |teams: &Value| {
        let teams = teams.as_array().into_iter().flatten().filter_map(Value::as_str);
        teams.collect::<Vec<_>>().join(" with ")
    };
    all.map(words).collect()
}

/// Profiles, and what can be chosen in them, by name: `gpu`, `gpu/t4`.
fn offers(values: &Value) -> BTreeMap<String, &Value> {
    let mut offers = BTreeMap::new();
    let list = search(values, "profileList").and_then(Value::as_array);
    for profile in list.into_iter().flatten() {
        let Some(slug) = profile["slug"].as_str() else { continue };
        offers.insert(slug.to_owned(), profile);
        let choices = profile["profile_options"]["size"]["choices"].as_object();
        for (choice, value) in choices.into_iter().flatten() {
            offers.insert(format!("{slug}/{choice}"), value);
        }
    }
    offers
}

fn profiles(
    pair: &Pair<'_>,
    before: &BTreeMap<String, &Value>,
    after: &BTreeMap<String, &Value>,
) -> Vec<Otherwise> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut all = Vec::new();
    for name in names {
        let one = |how, says: &str| pair.otherwise("hubs", how, format!("profile {name} {says}"));
        match (before.get(name), after.get(name)) {
            (Some(_), None) => {
                all.push(one(InClouds::Still, "is still offered, and no longer declared"));
            }
            (None, Some(_)) => {
                all.push(one(InClouds::NotYet, "is declared, and not offered yet"));
            }
            (Some(before), Some(after)) => {
                let verb = format!("start {name}");
                let moved = teams(pair, &before["who"], &after["who"], &verb);
                let same = without_nested(before) == without_nested(after);
                if moved.is_empty() && !same {
                    all.push(one(InClouds::Still, "is still as it was declared before"));
                }
                all.extend(moved);
            }
            (None, None) => {}
        }
    }
    all
}

/// A profile without its choices, which are held against each other by themselves.
fn without_nested(profile: &Value) -> Value {
    let mut profile = profile.clone();
    let size = profile.pointer_mut("/profile_options/size");
    if let Some(options) = size.and_then(Value::as_object_mut) {
        options.remove("choices");
    }
    profile
}

/// What stands under a key, however deep: values may be nested for a chart that wraps another.
fn search<'a>(values: &'a Value, key: &str) -> Option<&'a Value> {
    let map = values.as_object()?;
    map.get(key).or_else(|| map.values().find_map(|value| search(value, key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn values(teams: &[&str], profiles: &Value) -> Value {
        let login: Vec<[&str; 1]> = teams.iter().map(|team| [*team]).collect();
        json!({ "values": {
            "custom": { "leap_infra": { "login": login, "admin": [] } },
            "singleuser": { "profileList": profiles },
        } })
    }

    #[test]
    fn a_hub_has_yesterdays_teams_and_profiles_until_it_is_deployed() {
        let choice = |who: &str| json!({ "who": [[who]] });
        let gpu = |who: &str| {
            json!({
                "slug": "gpu",
                "profile_options": { "size": { "choices": { "t4": choice(who) } } },
            })
        };
        let found = values(&["o:old", "o:all"], &json!([gpu("o:all"), { "slug": "cpu", "a": 1 }]));
        let declared =
            values(&["o:new", "o:all"], &json!([gpu("o:new"), { "slug": "cpu", "a": 2 }]));
        let pair =
            Pair { environment: "prod", key: "main", found: Some(&found), declared: &declared };
        let told: Vec<String> = pair.of_hub().into_iter().map(|it| it.says).collect();
        assert_eq!(
            told,
            [
                "o:new is to log in, and the hub does not know of it yet",
                "o:old may still log in, which is no longer declared",
                "profile cpu is still as it was declared before",
                "o:new is to start gpu/t4, and the hub does not know of it yet",
                "o:all may still start gpu/t4, which is no longer declared",
            ]
        );
    }

    #[test]
    fn a_hub_that_is_not_deployed_lets_nobody_in() {
        let declared = values(&["o:all"], &json!([]));
        let pair = Pair { environment: "prod", key: "main", found: None, declared: &declared };
        assert_eq!(pair.of_hub()[0].says, "is not deployed, so nobody can log in");
    }
}
