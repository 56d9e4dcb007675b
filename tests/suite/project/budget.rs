//! The budget of a stack as people declare it: what a few words become, and what cannot be.

use super::folder::Folder;
use insta::assert_snapshot;
use std::fmt::Write;

fn folder(money: &str) -> Folder {
    Folder::stack().file("money.yaml", money)
}

fn expanded(money: &str) -> String {
    let stack = folder(money).project().expand().unwrap();
    let mut told = String::new();
    for resource in stack.resources().values() {
        _ = writeln!(told, "{} at {}: {}", resource.id, resource.source, resource.spec);
        resource.needs.iter().for_each(|need| _ = writeln!(told, "    needs {need}"));
    }
    told
}

#[test]
fn a_few_words_become_a_budget_its_addresses_and_the_apis_that_they_need() {
    let money = "
billing: { account: 012345-6789AB-CDEF01 }
budget:
  amount: 7000 USD
  thresholds: [50%, 100% forecast]
  emails: [money@demo.example.org, ops@demo.example.org]
services: []
";
    assert_snapshot!(expanded(money));
}

#[test]
fn a_budget_that_is_off_or_was_never_asked_for_becomes_nothing() {
    let off = "budget: { amount: off, emails: [money@demo.example.org] }";
    let limit = "budget: { refuse_above: 9000 USD }";
    assert_eq!([off, limit].map(expanded).concat(), "");
}

#[test]
fn budgets_that_cannot_be_are_found_with_what_to_write() {
    let many: Vec<String> = (0..6).map(|at| format!("a{at}@demo.example.org")).collect();
    let many = format!("budget: {{ amount: 1 USD, emails: [{}] }}", many.join(", "));
    let told = [
        "budget: { amount: $7,000 }",
        "budget: { amount: 7000 USD }",
        "budget: { amount: last month's, thresholds: [90], emails: [money] }",
        "budget: { amount: 1 USD, name: the-budget-of-the-whole-of-the-institute }",
        &many,
    ]
    .map(|money| folder(money).problems());
    assert_snapshot!(told.join("\n"));
}

#[test]
fn budgets_of_which_nobody_hears_are_warned_of() {
    let account = "billing: { account: 012345-6789AB-CDEF01 }\n";
    let told = [
        "budget: { amount: 1 USD, thresholds: [] }",
        "budget: { amount: 1 USD, mail_admins: false }",
        "budget: { emails: [money@demo.example.org] }",
    ]
    .map(|money| folder(&format!("{account}{money}")).warnings());
    assert_snapshot!(told.join("\n"));
}
