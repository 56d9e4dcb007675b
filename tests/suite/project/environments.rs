//! Which environments a stack has.

use super::folder::{Folder, STACK};
use insta::assert_snapshot;
use leap_infra::cli::view::problems::{Colour, text};
use leap_infra::project::{find, load};
use std::path::Path;

const SHOWN: &str = "stacks/demo";

/// A stack under `stacks/`, with environments that serve all stacks.
fn common(over_prod: &str) -> Folder {
    Folder::empty()
        .file("stacks/demo/stack.yaml", STACK)
        .file("stacks/demo/buckets.yaml", "buckets: { data: {} }\n")
        .file("stacks/demo/environments/prod.yaml", over_prod)
        .file("environments/staging.yaml", "environment: staging\nsuffix: -staging\n")
        .file("environments/prod.yaml", "environment: prod\nfollows: staging\n")
}

fn told(folder: &Folder) -> String {
    let problems = load(&folder.path().join(SHOWN), Path::new(SHOWN)).unwrap_err();
    text(&problems.list, &problems.sources, Colour::Off)
}

#[test]
fn a_stack_without_environments_has_one() {
    let project = Folder::buckets("buckets: { data: {} }\n").project();
    let names: Vec<&str> = project.environments().iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["prod"]);
    let stack = project.expand().unwrap();
    let ids: Vec<String> = stack.resources().keys().map(ToString::to_string).collect();
    assert_eq!(ids, ["prod:gcs-bucket/demo-data"]);
}

#[test]
fn a_stack_is_laid_out_in_environments_that_serve_all_stacks() {
    let folder = common("over: { buckets: { data: { versioning: true } } }\n");
    let project = load(&folder.path().join(SHOWN), Path::new(SHOWN)).unwrap();
    let stack = project.expand().unwrap();
    let versioned = stack.resources().values().filter(|found| found.spec["versioning"] == true);
    let ids: Vec<String> = versioned.map(|found| found.id.to_string()).collect();
    assert_eq!(ids, ["prod:gcs-bucket/demo-data"]);
}

#[test]
fn what_is_laid_over_stands_under_its_key() {
    assert_snapshot!(told(&common("buckets: { data: { versioning: true } }\n")));
}

#[test]
fn a_file_for_an_environment_that_is_not_there_is_refused() {
    let folder = common("over: {}\n").file("stacks/demo/environments/prd.yaml", "over: {}\n");
    assert_snapshot!(told(&folder));
}

#[test]
fn one_mistake_in_an_environment_does_not_look_like_many() {
    let folder = common("over: {}\n").file(
        "environments/staging.yaml",
        "environment: staging\nsufix: -staging\ntarget: life\ngates: [{ approval: require }]\n",
    );
    assert_snapshot!(told(&folder));
}

#[test]
fn promotion_is_a_line_through_environments_that_exist() {
    let folder = common("over: {}\n")
        .file("environments/prod.yaml", "environment: prod\nfollows: stagging\n")
        .file("environments/other.yaml", "environment: tests\nfollows: staging\n")
        .file(
            "environments/third.yaml",
            "environment: third\nfollows: staging\ngates: [{ promoted_from: stage }]\n",
        );
    assert_snapshot!(told(&folder));
}

#[test]
fn several_stacks_are_listed_when_none_is_named() {
    let folder = common("over: {}\n").file("stacks/second/stack.yaml", STACK);
    let error = find(folder.path()).unwrap_err().to_string();
    assert_eq!(error, "several stacks found, name one of them: stacks/demo, stacks/second");
    assert!(find(&folder.path().join("stacks/second")).unwrap().ends_with("stacks/second"));
    assert!(find(Folder::empty().path()).is_err());
}
