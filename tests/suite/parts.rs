//! Parts of a plan: what a target brings along, what an exclusion takes along, and how much may
//! be removed at once. No cloud at all.

use super::desk::{Desk, order, text};
use insta::assert_snapshot;
use leap_infra::plan::{MaxRemovals, Narrowed, guard, words_for_removals};
use serde_json::json;
use std::collections::BTreeSet;

fn pairs(map: &std::collections::BTreeMap<impl ToString, impl ToString>) -> Vec<String> {
    map.iter().map(|(id, by)| format!("{} by {}", id.to_string(), by.to_string())).collect()
}

/// A shelf with a book on it and another beside them, none of which is there yet.
fn library() -> Desk {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({}));
    desk.wants("prod:book/b", json!({ "shelf": "a" }));
    desk.wants("prod:shelf/other", json!({}));
    desk
}

#[test]
fn a_target_brings_along_what_it_needs_and_says_so() {
    let Narrowed { plan, also, left_out, .. } = library().narrowed(&["book/b"], &[]).unwrap();
    assert_eq!(order(&plan), ["Create shelf/a", "Create book/b"]);
    assert_eq!(pairs(&also), ["prod:shelf/a by prod:book/b"]);
    assert_eq!(left_out, 1);
}

#[test]
fn the_deletion_of_a_target_brings_along_what_must_go_first() {
    let mut desk = Desk::new();
    desk.has("prod:shelf/a", json!({}));
    desk.has("prod:book/b", json!({ "shelf": "a" }));
    desk.has("prod:shelf/other", json!({}));
    let narrowed = desk.narrowed(&["prod:shelf/a"], &[]).unwrap();
    assert_eq!(order(&narrowed.plan), ["Delete book/b", "Delete shelf/a"]);
    assert_eq!(pairs(&narrowed.also), ["prod:book/b by prod:shelf/a"]);
}

#[test]
fn what_needs_something_excluded_is_left_out_too() {
    let narrowed = library().narrowed(&[], &["shelf/a"]).unwrap();
    assert_eq!(order(&narrowed.plan), ["Create shelf/other"]);
    assert_eq!(pairs(&narrowed.left_out_too), ["prod:book/b by prod:shelf/a"]);
}

#[test]
fn a_star_names_many_and_an_environment_narrows_them() {
    let mut desk = library();
    desk.wants("staging:shelf/s", json!({}));
    let order_of = |pattern: &str| order(&desk.narrowed(&[pattern], &[]).unwrap().plan);
    assert_eq!(order_of("shelf/*"), ["Create shelf/s", "Create shelf/a", "Create shelf/other"]);
    assert_eq!(order_of("prod:shelf/*"), ["Create shelf/a", "Create shelf/other"]);
}

#[test]
fn a_target_that_is_already_as_declared_leaves_nothing_to_do() {
    let mut desk = library();
    desk.wants("prod:shelf/there", json!({}));
    desk.has("prod:shelf/there", json!({}));
    assert!(desk.narrowed(&["shelf/there"], &[]).unwrap().plan.is_empty());
}

#[test]
fn a_target_that_is_nowhere_is_an_error_that_names_the_nearest() {
    let error = library().narrowed(&["prod:shelf/othr"], &[]).unwrap_err();
    assert_eq!(error.to_string(), "`prod:shelf/othr` names nothing that is declared or there");
    assert_eq!(error.nearest.unwrap().to_string(), "prod:shelf/other");
}

#[test]
fn a_refusal_counts_only_where_the_target_depends_on_it() {
    let mut desk = library();
    desk.has_foreign("prod:shelf/a", json!({}));
    let other = desk.narrowed(&["shelf/other"], &[]).unwrap().plan;
    assert_eq!((order(&other), other.refusals.len()), (vec!["Create shelf/other".into()], 0));
    // The shelf is somebody else's: nothing of ours is put on it.
    let book = desk.narrowed(&["book/b"], &[]).unwrap();
    assert_eq!(book.plan.refusals[0].id.to_string(), "prod:shelf/a");
    let without = desk.narrowed(&[], &["shelf/a"]).unwrap();
    assert_eq!(order(&without.plan), ["Create shelf/other"]);
    assert_eq!(pairs(&without.left_out_too), ["prod:book/b by prod:shelf/a"]);
}

#[test]
fn a_shelf_does_not_go_while_a_protected_one_hangs_on_it() {
    let mut desk = Desk::new();
    desk.has("prod:shelf/a", json!({}));
    desk.has("prod:shelf/b", json!({ "hangs_on": "a", "protect": true }));
    let narrowed = desk.narrowed(&["shelf/a"], &[]).unwrap();
    assert_eq!(narrowed.plan.refusals[0].id.to_string(), "prod:shelf/b");
    assert!(desk.narrowed(&[], &["shelf/b"]).unwrap().plan.is_empty());
}

#[test]
fn what_is_made_again_and_what_stands_inside_it_are_not_torn_apart() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/a", json!({ "wall": "south" }));
    desk.has("prod:shelf/a", json!({ "wall": "north" }));
    desk.wants("prod:book/b", json!({ "shelf": "a" }));
    desk.has("prod:book/b", json!({ "shelf": "a" }));
    desk.allowances.replace.insert("prod:shelf/a".parse().unwrap());
    let all = ["Delete shelf/a", "Create shelf/a", "Create book/b"];
    assert_eq!(order(&desk.narrowed(&["shelf/a"], &[]).unwrap().plan), all);
    assert_eq!(order(&desk.narrowed(&["book/b"], &[]).unwrap().plan), all);
    assert!(desk.narrowed(&[], &["book/b"]).unwrap().plan.is_empty());
}

/// Eight shelves in two environments, of which so many are no longer declared in the second.
fn shelves(gone: usize) -> Desk {
    let mut desk = Desk::new();
    for number in 0..8 {
        let env = if number < 4 { "staging" } else { "prod" };
        let address = format!("{env}:shelf/{number}");
        desk.has(&address, json!({}));
        if number < 8 - gone {
            desk.wants(&address, json!({}));
        }
    }
    desk.selected = vec!["prod".into()];
    desk
}

#[test]
fn a_quarter_of_a_kind_may_go_at_once_and_no_more() {
    let refused = |gone| {
        let desk = shelves(gone);
        guard(desk.plan().unwrap(), &desk.world, MaxRemovals::default(), &BTreeSet::new())
            .is_refused()
    };
    assert!(!refused(2), "two of the eight in both environments");
    assert!(refused(3));
}

#[test]
fn removing_too_much_is_refused_with_the_words_to_go_on() {
    assert_snapshot!(shelves(3).guarded("25%"), @"
    prod: 3 changes
      - shelf/5   no longer declared
      - shelf/6   no longer declared
      - shelf/7   no longer declared

      ! too many removals
          3 of 8 shelf in all environments would be deleted, and at most 2 may be at
          once
          to go on all the same: --max-removals 3

    Plan: 0 to add, 0 to change, 3 to destroy. 1 refused. 1 unchanged.
    ");
    assert!(!shelves(3).guarded("3").contains("refused"));
    assert!(!shelves(3).guarded("40%").contains("refused"));
}

#[test]
fn the_words_let_every_kind_through() {
    let mut desk = shelves(3);
    for number in 0..4 {
        desk.has(&format!("prod:book/{number}"), json!({ "shelf": "4" }));
    }
    // Four books of four: few enough to have no share to keep, and more than three shelves.
    let plan = guard(desk.plan().unwrap(), &desk.world, MaxRemovals::default(), &BTreeSet::new());
    assert_eq!(plan.too_many.len(), 1);
    let words = words_for_removals(&plan).unwrap();
    assert_eq!(words, "--max-removals 4");
    assert!(
        !text(&guard(plan, &desk.world, MaxRemovals::Count(4), &BTreeSet::new()))
            .contains("refused")
    );
}

#[test]
fn a_limit_in_so_many_words_holds_for_small_kinds_as_well() {
    let mut desk = Desk::new();
    desk.has("prod:shelf/a", json!({}));
    assert!(!desk.guarded("25%").contains("refused"));
    assert!(desk.guarded("0").contains("1 of 1 shelf in all environments"));
}

#[test]
fn what_is_held_is_refused_and_what_waits_for_it_can_be_left_out_with_it() {
    let mut desk = library();
    desk.holds("prod:shelf/a", 10);
    let plan = desk.held(9);
    assert_eq!(order(&plan), ["Create book/b", "Create shelf/other"]);
    let text = text(&plan);
    assert!(text.contains("! shelf/a   refused"), "{text}");
    assert!(
        text.contains("is held by ada on desk until 1970-01-01 00:00 UTC: it is being"),
        "{text}"
    );
    let words = "to go on all the same: leap-infra hold 'prod:shelf/a' -e prod --release";
    assert!(text.contains(words), "{text}");
    assert_eq!(order(&desk.held(10)).len(), 3, "the hold has ended");
    let narrowed = desk.narrow(plan, &[], &["shelf/a"]).unwrap();
    assert_eq!(order(&narrowed.plan), ["Create shelf/other"]);
    assert!(!narrowed.plan.is_refused());
}
