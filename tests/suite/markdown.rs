//! A plan as a comment on a pull request.

use super::desk::Desk;
use insta::assert_snapshot;
use leap_infra::cli::view::markdown;
use serde_json::json;

#[test]
fn the_figures_come_first_and_then_what_is_most_dangerous() {
    let mut desk = Desk::new();
    desk.wants("prod:shelf/new", json!({ "boards": 3, "colours": ["red"] }));
    desk.wants("prod:shelf/wider", json!({ "boards": 3 }));
    desk.has("prod:shelf/wider", json!({ "boards": 2 }));
    desk.wants("prod:shelf/bent", json!({ "boards": 3 }));
    desk.has_drifted("prod:shelf/bent", json!({ "boards": 3 }), json!({ "boards": 1 }));
    desk.has("staging:shelf/old", json!({}));
    desk.has("staging:shelf/kept", json!({ "protect": true }));
    assert_snapshot!(markdown::text(&desk.plan().unwrap()));
}

#[test]
fn a_plan_of_thousands_fits_into_a_comment_and_says_what_is_missing() {
    let mut desk = Desk::new();
    for number in 0..5_000 {
        desk.wants(&format!("prod:shelf/shelf-{number}"), json!({ "colours": ["``` a trap"] }));
    }
    let text = markdown::text(&desk.plan().unwrap());
    assert!(text.chars().count() < 60_000);
    assert!(text.contains("more did not fit"), "{}", &text[text.len() - 200..]);
    assert_eq!(text.matches("```").count() % 2, 0, "every block is closed");
}
