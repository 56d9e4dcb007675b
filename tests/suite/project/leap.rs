//! The stack of LEAP itself.

use leap_infra::project::{Project, find, load};
use std::path::Path;

fn leap() -> Project {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("stacks/leap");
    load(&folder, Path::new("stacks/leap")).unwrap()
}

#[test]
fn the_leap_stack_has_the_buckets_that_leap_has() {
    let stack = leap().expand().unwrap();
    let ids: Vec<String> = stack.resources().keys().map(ToString::to_string).collect();
    insta::assert_snapshot!(ids.join("\n"));
}

#[test]
fn the_leap_stack_says_who_may_do_what() {
    let stack = leap().expand().unwrap();
    let mut told = String::new();
    for resource in stack.resources().values() {
        told += &format!("{} {}\n", resource.source, resource.id);
        for grant in resource.spec["grants"].as_array().into_iter().flatten() {
            let text = |key: &str| grant[key].as_str().unwrap().to_owned();
            told += &format!("    {} -> {}\n", text("member"), text("role"));
        }
        if let Some(days) = resource.spec["delete_after_days"].as_u64() {
            told += &format!("    deletes after {days} days\n");
        }
        resource.needs.iter().for_each(|need| told += &format!("    needs {need}\n"));
        resource.notes.iter().for_each(|note| told += &format!("    note: {note}\n"));
    }
    insta::assert_snapshot!(told);
}

#[test]
fn the_leap_stack_is_in_order_and_without_warnings() {
    let project = leap();
    let names: Vec<&str> = project.environments().iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["shared", "staging", "prod"]);
    assert_eq!(project.ledger_bucket(), "leap-leap-infra");
    assert!(project.warnings().is_empty(), "{:?}", project.warnings());
}

#[test]
fn the_stack_is_found_from_anywhere_in_the_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(find(&root.join("src")).unwrap().ends_with("stacks/leap"));
    assert!(find(&root.join("stacks/leap")).unwrap().ends_with("stacks/leap"));
}
