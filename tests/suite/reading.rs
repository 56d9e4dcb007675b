//! A plan with a hub is read in one minute: what one edit changes is told in a line or two,
//! however large the values are that it stands in.

use super::bench::Bench;
use super::hubs::{HUB, lab, made};
use leap_infra::cli::view::look::{Detail, Look, Signs};
use leap_infra::cli::view::{markdown, plan as view};
use leap_infra::plan::Plan;
use std::fmt::Write;

const LOOK: Look = Look::plain(100);

const PROFILES: &str = "profiles: { cpu: { on: small, sizes: [4 GB, 8 GB] } }";

/// What a plan says of releases, from the first line of each on.
fn of_releases(plan: &Plan, look: Look) -> String {
    let mut plan = plan.clone();
    plan.steps.retain(|step| step.id.kind == "helm-release");
    plan.uncompared.clear();
    view::text(&plan, look)
}

/// What an edit of the hub says once the hub is there.
async fn story(edits: &[(&str, &str, &str)]) -> String {
    let bench = Bench::new().await;
    made(&bench, &lab(HUB)).await;
    let mut story = String::new();
    for (title, from, to) in edits {
        let edited = HUB.replacen(from, to, 1);
        assert_ne!(edited, HUB, "{title}");
        let plan = bench.plan(&lab(&edited)).await;
        writeln!(story, "==== {title}\n{}", of_releases(&plan, LOOK)).unwrap();
    }
    story
}

#[tokio::test]
async fn what_one_edit_of_a_hub_changes_is_told_in_a_few_lines() {
    let story = story(&[
        ("another image", "image: 'lab:1'", "image: 'lab:2'"),
        ("one more size", "[4 GB, 8 GB]", "[4 GB, 8 GB, 16 GB]"),
        ("one size less", "[4 GB, 8 GB]", "[4 GB]"),
        ("one more profile", PROFILES, "profiles: { cpu: { on: small, sizes: [4 GB, 8 GB] }, big: { on: small, sizes: [16 GB] } }"),
        ("another name of a profile", "cpu: { on: small,", "cpu: { on: small, title: Small machines,"),
        ("values of one's own", "    images:", "    values: { hub: { extraConfig: { 50-own: \"c.JupyterHub.a = 1\\nc.JupyterHub.b = 2\\n\" } } }\n    images:"),
    ])
    .await;
    insta::assert_snapshot!(story);
}

#[tokio::test]
async fn a_text_that_changes_is_told_by_its_lines() {
    let bench = Bench::new().await;
    let own = |text: &str| {
        let text = serde_json::Value::from(text);
        let values =
            format!("    values: {{ hub: {{ extraConfig: {{ 50-own: {text} }} }} }}\n    images:");
        lab(&HUB.replacen("    images:", &values, 1))
    };
    let lines: Vec<String> = (1..=30).map(|n| format!("c.JupyterHub.setting_{n} = {n}")).collect();
    made(&bench, &own(&lines.join("\n"))).await;
    let mut edited = lines.clone();
    edited[4] = "c.JupyterHub.setting_5 = 'five'".to_owned();
    edited.remove(20);
    let plan = bench.plan(&own(&edited.join("\n"))).await;
    insta::assert_snapshot!(of_releases(&plan, LOOK));
}

#[tokio::test]
async fn a_new_hub_is_told_in_an_outline() {
    let bench = Bench::new().await;
    let plan = bench.plan(&lab(HUB)).await;
    let text = of_releases(&plan, LOOK);
    insta::assert_snapshot!(text);
    let full = of_releases(&plan, Look { detail: Detail::Full, ..LOOK });
    insta::assert_snapshot!("a_new_hub_in_full", full);
    let read_out = of_releases(&plan, Look { signs: Signs::Words, ..LOOK });
    assert_eq!(read_out.lines().count(), text.lines().count());
    let longest = markdown::text(&plan).lines().map(|line| line.chars().count()).max();
    assert!(longest < Some(200), "{longest:?}");
}
