//! Every kind of plan in every look: at 80 and at 200 columns, concise and full, in words, with
//! colours, as Markdown and as JSON. One golden file for each plan, all looks in it.

use super::desk::Desk;
use leap_infra::cli::view::look::{Detail, Look, Signs};
use leap_infra::cli::view::{drift, markdown, plan as view, style::Paint};
use leap_infra::model::{Ignore, Source, Status, Taken, UnknownOwner};
use leap_infra::plan::{Plan, guard};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A name, and what it does to an empty desk.
type Fixture = (&'static str, fn(&mut Desk));

const LONG: &str =
    "a wall that is named after everybody who ever leaned against it, from Ada to Zuse";

fn pending(desk: &mut Desk, address: &str, before: Value, after: Value) {
    desk.wants(address, after);
    desk.has(address, before);
}

fn drifted(desk: &mut Desk, address: &str, declared: Value, live: Value) {
    desk.wants(address, declared.clone());
    desk.has_drifted(address, declared, live);
}

fn replaced(desk: &mut Desk, address: &str) {
    pending(desk, address, json!({ "wall": "north" }), json!({ "wall": "south" }));
    desk.allowances.replace.insert(address.parse().unwrap());
}

fn unknown(desk: &mut Desk, name: &str, what: &str, public: bool) {
    let (name, env, what) = (name.into(), "prod".into(), what.into());
    let seen = desk.world.kinds.entry("shelf".into()).or_default();
    seen.unknown.push(UnknownOwner { name, env, what, public });
}

fn ignoring(desk: &mut Desk, field: &str) {
    let source = Source { file: "stack.yaml".into(), line: 9, column: 1 };
    desk.ignores.push(Ignore {
        env: "prod".into(),
        resource: "shelf".into(),
        field: field.into(),
        reason: "the painters decide on colours, and nobody else in this house does".into(),
        source,
    });
}

#[rustfmt::skip]
const FIXTURES: &[Fixture] = &[
    ("nothing", |_| {}),
    ("unchanged", |d| { d.wants("prod:shelf/a", json!({})); d.has("prod:shelf/a", json!({})); }),
    ("create", |d| { d.wants("prod:shelf/a", json!({ "boards": 3 })); }),
    ("create-with-a-list", |d| { d.wants("prod:shelf/a", json!({ "colours": ["red", "blue"] })); }),
    ("create-with-a-long-value", |d| { d.wants("prod:shelf/a", json!({ "wall": LONG })); }),
    ("create-with-a-long-name", |d| { d.wants(&format!("prod:shelf/{}", "a-very-long-name-".repeat(6)), json!({})); }),
    ("create-with-a-note", |d| d.wants("prod:shelf/a", json!({})).notes.push("anyone on the internet may read what stands on it, and whoever owns the house pays for that".into())),
    ("create-in-every-environment", |d| { d.wants("staging:shelf/a", json!({})); d.wants("prod:shelf/b", json!({})); }),
    ("create-what-needs-something", |d| { d.wants("prod:shelf/a", json!({})); d.wants("prod:book/b", json!({ "shelf": "a", "pages": 7 })); }),
    ("create-other-letters", |d| { d.wants("prod:shelf/a", json!({ "wall": "Süd – 南", "colours": ["größer", "🙂"] })); }),
    ("update-a-number", |d| pending(d, "prod:shelf/a", json!({ "boards": 2 }), json!({ "boards": 3 }))),
    ("update-several-fields", |d| pending(d, "prod:shelf/a", json!({ "boards": 2 }), json!({ "boards": 3, "protect": true, "colours": ["red"] }))),
    ("update-a-list", |d| pending(d, "prod:shelf/a", json!({ "colours": ["red", "green"] }), json!({ "colours": ["green", "blue"] }))),
    ("update-the-order-of-a-list", |d| pending(d, "prod:shelf/a", json!({ "colours": ["a", "b"] }), json!({ "colours": ["b", "a"] }))),
    ("update-to-nothing", |d| { d.wants("prod:shelf/b", json!({})); d.has("prod:shelf/b", json!({})); pending(d, "prod:shelf/a", json!({ "hangs_on": "b" }), json!({})); }),
    ("update-a-list-to-nothing", |d| pending(d, "prod:shelf/a", json!({ "colours": ["red"] }), json!({}))),
    ("drift", |d| drifted(d, "prod:shelf/a", json!({ "boards": 3 }), json!({ "boards": 1 }))),
    ("drift-in-a-list", |d| drifted(d, "prod:shelf/a", json!({ "colours": ["red"] }), json!({ "colours": ["red", "pink"] }))),
    ("drift-and-pending", |d| { d.wants("prod:shelf/a", json!({ "boards": 3 })); d.has_drifted("prod:shelf/a", json!({ "boards": 1 }), json!({ "boards": 2 })); }),
    ("drift-beside-pending", |d| { drifted(d, "prod:shelf/a", json!({ "boards": 3 }), json!({ "boards": 1 })); pending(d, "prod:shelf/b", json!({}), json!({ "boards": 1 })); }),
    ("unfinished", |d| { d.wants("prod:shelf/a", json!({})); d.has_unfinished("prod:shelf/a", json!({})); }),
    ("unfinished-and-different", |d| { d.wants("prod:shelf/a", json!({ "boards": 2 })); d.has_unfinished("prod:shelf/a", json!({})); }),
    ("origin-unknown", |d| { d.wants("prod:shelf/a", json!({ "boards": 2 })); d.has_of_old("prod:shelf/a", json!({})); }),
    ("delete", |d| { d.has("prod:shelf/old", json!({})); }),
    ("delete-in-order", |d| { d.has("prod:shelf/old", json!({})); d.has("prod:book/on-it", json!({ "shelf": "old" })); }),
    ("delete-drifted", |d| d.has_drifted("prod:shelf/old", json!({}), json!({ "boards": 1 }))),
    ("delete-protected", |d| { d.has("prod:shelf/old", json!({ "protect": true })); }),
    ("delete-protected-with-the-words", |d| { d.has("prod:shelf/old", json!({ "protect": true })); d.allowances.delete.insert("prod:shelf/old".parse().unwrap()); }),
    ("delete-what-holds-something", |d| d.has("prod:shelf/old", json!({})).holds = Some("holds books".into())),
    ("replace-refused", |d| pending(d, "prod:shelf/a", json!({ "wall": "north" }), json!({ "wall": "south" }))),
    ("replace", |d| replaced(d, "prod:shelf/a")),
    ("replace-with-what-is-inside", |d| { replaced(d, "prod:shelf/a"); pending(d, "prod:book/b", json!({ "shelf": "a" }), json!({ "shelf": "a" })); }),
    ("replace-what-others-need", |d| { pending(d, "prod:shelf/a", json!({ "wall": "north" }), json!({ "wall": "south" })); pending(d, "prod:shelf/b", json!({ "hangs_on": "a" }), json!({ "hangs_on": "a" })); }),
    ("replace-what-holds-something", |d| { d.wants("prod:shelf/a", json!({ "wall": "south" })); d.has("prod:shelf/a", json!({})).holds = Some("holds books".into()); }),
    ("impossible", |d| pending(d, "prod:shelf/a", json!({ "boards": 2 }), json!({ "boards": 1 }))),
    ("taken", |d| { d.wants("prod:shelf/a", json!({})); d.world.kinds.entry("shelf".into()).or_default().taken.push(Taken { name: "a".into(), why: "403: you may not even look".into() }); }),
    ("foreign", |d| { d.wants("prod:shelf/a", json!({})); d.has_foreign("prod:shelf/a", json!({})); }),
    ("foreign-and-undeclared", |d| d.has_foreign("prod:shelf/theirs", json!({}))),
    ("another-environment-has-it", |d| { d.wants("prod:shelf/a", json!({})); d.has("staging:shelf/a", json!({})); }),
    ("blocked-by-another-environment", |d| { d.wants("staging:shelf/z", json!({})); d.wants("prod:shelf/a", json!({ "hangs_on": "z" })); d.selected = vec!["prod".into()]; }),
    ("in-progress", |d| { d.wants("prod:shelf/a", json!({})); d.has("prod:shelf/a", json!({})).status = Status::InProgress { operation: "operation-7".into() }; }),
    ("in-progress-and-different", |d| { d.wants("prod:shelf/a", json!({ "boards": 1 })); d.has("prod:shelf/a", json!({})).status = Status::InProgress { operation: "operation-7".into() }; }),
    ("unknown-owner", |d| unknown(d, "a", "roles/reader to user:grace@leap.example.org", false)),
    ("unknown-owner-public", |d| { unknown(d, "a", "roles/reader to allUsers", true); unknown(d, "b", "roles/reader to user:a@b", false); }),
    ("ignored", |d| { ignoring(d, "colours"); drifted(d, "prod:shelf/a", json!({ "colours": ["red"] }), json!({ "colours": ["blue"] })); }),
    ("ignored-beside-a-change", |d| { ignoring(d, "colours"); d.wants("prod:shelf/a", json!({ "boards": 2 })); d.has_drifted("prod:shelf/a", json!({}), json!({ "colours": ["blue"] })); }),
    ("needs-declared-by-hand", |d| { d.wants("prod:shelf/z", json!({})); d.wants("prod:shelf/a", json!({})).needs.insert("prod:shelf/z".parse().unwrap()); }),
    ("too-many-removals", |d| (0..6).for_each(|n| { d.has(&format!("prod:shelf/{n}"), json!({})); })),
    ("refused-beside-changes", |d| { d.has("prod:shelf/kept", json!({ "protect": true })); d.wants("prod:shelf/new", json!({})); replaced(d, "prod:shelf/a"); }),
    ("a-bit-of-everything", |d| {
        d.wants("prod:shelf/new", json!({ "boards": 3, "colours": ["red"] }));
        pending(d, "prod:shelf/wider", json!({ "boards": 2 }), json!({ "boards": 3 }));
        drifted(d, "prod:shelf/bent", json!({ "boards": 3 }), json!({ "boards": 1 }));
        d.has("staging:shelf/old", json!({}));
        d.has("staging:shelf/kept", json!({ "protect": true }));
        replaced(d, "staging:shelf/moved");
        unknown(d, "wider", "roles/reader to allUsers", true);
    }),
];

/// Every look of a plan, one below the other.
fn looks(desk: &Desk) -> String {
    let plan = guard(desk.plan().unwrap(), &desk.world, Default::default(), &BTreeSet::new());
    let (narrow, wide) = (Look::plain(80), Look::plain(200));
    let coloured = Look { paint: Paint(true), ..narrow };
    let parts = [
        ("80 columns", view::text(&plan, narrow)),
        ("200 columns", view::text(&plan, wide)),
        ("colours", view::text(&plan, coloured).replace('\u{1b}', "ESC")),
        ("concise", view::text(&plan, Look { detail: Detail::Concise, ..narrow })),
        ("full", view::text(&plan, Look { detail: Detail::Full, ..narrow })),
        ("words", view::text(&plan, Look { signs: Signs::Words, ..narrow })),
        ("drift", drift::text(&desk.drift(), &desk.environments, narrow)),
        ("Markdown", markdown::text(&plan)),
        ("JSON", actions(&plan)),
    ];
    parts.map(|(title, text)| format!("==== {title}\n{text}")).join("\n")
}

/// What programs read first: each step's address, action, origin, and what it waits for.
fn actions(plan: &Plan) -> String {
    let line = |step: &leap_infra::plan::Step| json!({ "address": step.id, "action": step.action, "origin": step.origin, "waits_for": step.waits_for });
    let steps = plan.steps.iter().map(|step| format!("{}\n", line(step)));
    let refusals = plan.refusals.iter().map(|refusal| format!("{}\n", json!(refusal)));
    steps.chain(refusals).collect()
}

#[test]
fn every_plan_looks_as_it_should_in_every_look() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("../golden/looks");
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, furnish) in FIXTURES {
            let mut desk = Desk::new();
            furnish(&mut desk);
            insta::assert_snapshot!(*name, looks(&desk));
        }
    });
    assert!(FIXTURES.len() >= 50, "{}", FIXTURES.len());
}

#[test]
fn no_line_of_prose_is_wider_than_the_screen() {
    for (name, furnish) in FIXTURES {
        let mut desk = Desk::new();
        furnish(&mut desk);
        let text = view::text(&desk.plan().unwrap(), Look::plain(80));
        // Names, values, words to be copied and the figures stay whole.
        let whole = |line: &&str| {
            line.contains('"')
                || line.contains("a-very-long")
                || line.contains("--dangerous")
                || line.starts_with("Plan: ")
        };
        let wide = text.lines().filter(|line| line.chars().count() > 80 && !whole(line));
        assert_eq!(wide.collect::<Vec<_>>(), Vec::<&str>::new(), "{name}");
    }
}

#[test]
fn what_a_screen_reader_reads_has_a_word_for_every_sign() {
    for (name, furnish) in FIXTURES {
        let mut desk = Desk::new();
        furnish(&mut desk);
        let look = Look { signs: Signs::Words, ..Look::plain(80) };
        let text = view::text(&desk.plan().unwrap(), look);
        let bare = |line: &&str| {
            ["+ ", "- ", "~ ", "-/+ ", "! ", "? ", "> "]
                .iter()
                .any(|sign| line.trim_start().starts_with(sign))
        };
        assert_eq!(text.lines().find(bare), None, "{name}");
        assert!(!text.contains("->"), "{name}");
    }
}
