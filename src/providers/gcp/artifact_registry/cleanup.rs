//! Cleanup policies, ours and the API's. Pure.
//!
//! A policy that a spec has no word for (prefixes, parts of a day, a second one of a shape that is
//! known) is kept as it was read, and reported.

use super::Cleanup;
use google_cloud_artifactregistry_v1::model as api;
use google_cloud_artifactregistry_v1::model::cleanup_policy::Action;
use google_cloud_artifactregistry_v1::model::cleanup_policy_condition::TagState;
use google_cloud_wkt::Duration;
use std::collections::BTreeMap;

/// The seconds of a day.
const DAY: i64 = 86_400;

/// Policies by their names.
pub(super) type Policies = BTreeMap<String, api::CleanupPolicy>;

/// What a policy says, if a spec has a word for it.
enum Said {
    Keep(i32),
    Delete(Tags, i64),
}

/// Which versions a policy deletes.
#[derive(Clone, Copy)]
enum Tags {
    Any,
    Tagged,
    Untagged,
}

/// What policies say, and those for which there is no word.
pub(super) fn read(policies: Policies, dry_run: bool) -> (Cleanup, Policies) {
    let mut cleanup = Cleanup { dry_run, ..Cleanup::default() };
    let mut others = Policies::new();
    for (name, policy) in policies {
        let known = said(&policy).is_some_and(|said| match said {
            Said::Keep(count) => fill(&mut cleanup.keep, count),
            Said::Delete(Tags::Any, days) => fill(&mut cleanup.delete_after_days, days),
            Said::Delete(Tags::Tagged, days) => fill(&mut cleanup.delete_tagged_after_days, days),
            Said::Delete(Tags::Untagged, days) => {
                fill(&mut cleanup.delete_untagged_after_days, days)
            }
        });
        if !known {
            others.insert(name, policy);
        }
    }
    (cleanup, others)
}

/// Puts a value where none is yet.
fn fill<T>(place: &mut Option<T>, value: T) -> bool {
    let free = place.is_none();
    if free {
        *place = Some(value);
    }
    free
}

fn said(policy: &api::CleanupPolicy) -> Option<Said> {
    if let Some(newest) = policy.most_recent_versions() {
        let all = newest.package_name_prefixes.is_empty() && policy.action == Action::Keep;
        return newest.keep_count.filter(|_| all).map(Said::Keep);
    }
    let condition = policy.condition().filter(|_| policy.action == Action::Delete)?;
    let prefixes = [
        &condition.tag_prefixes,
        &condition.version_name_prefixes,
        &condition.package_name_prefixes,
    ];
    if condition.newer_than.is_some() || prefixes.into_iter().any(|all| !all.is_empty()) {
        return None;
    }
    let age = condition.older_than.filter(|age| age.nanos() == 0 && age.seconds() > 0)?;
    let days = (age.seconds() % DAY == 0).then_some(age.seconds() / DAY)?;
    let tags = match &condition.tag_state {
        None | Some(TagState::Any | TagState::Unspecified) => Tags::Any,
        Some(TagState::Tagged) => Tags::Tagged,
        Some(TagState::Untagged) => Tags::Untagged,
        Some(_) => return None,
    };
    Some(Said::Delete(tags, days))
}

/// The policies of a spec beside those of `others`, which keep their names.
pub(super) fn policies(cleanup: &Cleanup, others: &Policies) -> Policies {
    let Cleanup {
        keep,
        delete_after_days,
        delete_tagged_after_days,
        delete_untagged_after_days,
        dry_run: _, // beside them on the wire
    } = cleanup;
    let mut all = others.clone();
    let mut add = |name: &str, policy: api::CleanupPolicy| {
        let free = |name: &String| !others.contains_key(name);
        let names = (1..).map(|number| match number {
            1 => name.to_owned(),
            number => format!("{name}-{number}"),
        });
        if let Some(name) = names.into_iter().find(free) {
            all.insert(name.clone(), policy.set_id(name));
        }
    };
    if let Some(keep) = keep {
        let newest = api::CleanupPolicyMostRecentVersions::new().set_keep_count(*keep);
        let policy = api::CleanupPolicy::new().set_action(Action::Keep);
        add("keep-newest", policy.set_most_recent_versions(newest));
    }
    for (name, days, tags) in [
        ("delete-any", delete_after_days, TagState::Any),
        ("delete-tagged", delete_tagged_after_days, TagState::Tagged),
        ("delete-untagged", delete_untagged_after_days, TagState::Untagged),
    ] {
        let Some(days) = days else { continue };
        let condition = api::CleanupPolicyCondition::new().set_tag_state(tags);
        let condition = condition.set_older_than(Duration::clamp(days * DAY, 0));
        let policy = api::CleanupPolicy::new().set_action(Action::Delete);
        add(name, policy.set_condition(condition));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleanup() -> Cleanup {
        Cleanup {
            keep: Some(10),
            delete_after_days: Some(365),
            delete_tagged_after_days: Some(90),
            delete_untagged_after_days: Some(30),
            dry_run: true,
        }
    }

    #[test]
    fn what_is_cleaned_up_survives_the_wire() {
        let (read, others) = read(policies(&cleanup(), &Policies::new()), true);
        assert_eq!(read, cleanup());
        assert!(others.is_empty());
    }

    #[test]
    fn a_policy_without_a_word_stays_beside_ours_under_its_name() {
        let condition = api::CleanupPolicyCondition::new().set_tag_prefixes(["release"]);
        let theirs = api::CleanupPolicy::new().set_action(Action::Keep).set_condition(condition);
        let theirs = Policies::from([("keep-newest".to_owned(), theirs)]);
        let all = policies(&cleanup(), &theirs);
        assert_eq!(all["keep-newest"], theirs["keep-newest"]);
        assert_eq!(all["keep-newest-2"].id, "keep-newest-2");
        assert_eq!(read(all, true), (cleanup(), theirs));
    }

    #[test]
    fn parts_of_a_day_and_a_second_policy_of_one_shape_have_no_word() {
        let aged = |seconds| {
            let condition = api::CleanupPolicyCondition::new();
            let condition = condition.set_older_than(Duration::clamp(seconds, 0));
            api::CleanupPolicy::new().set_action(Action::Delete).set_condition(condition)
        };
        let named = |(name, seconds): (&str, i64)| (name.to_owned(), aged(seconds));
        let live = [("a", DAY), ("b", 2 * DAY), ("c", 3_600)].map(named);
        let (cleanup, others) = read(live.into(), false);
        assert_eq!(cleanup.delete_after_days, Some(1));
        assert_eq!(others.keys().collect::<Vec<_>>(), ["b", "c"]);
    }
}
