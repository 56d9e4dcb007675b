//! Each mistake gets a message of its own, with the place and what to do.

use super::folder::{Folder, STACK};
use insta::assert_snapshot;

#[test]
fn a_misspelt_key_finds_the_one_that_was_meant() {
    let folder = Folder::buckets("buckets:\n  scratch:\n    delete_after_day: 7\n");
    assert_snapshot!(folder.problems());
}

#[test]
fn a_section_that_is_like_no_other_is_told_with_all_that_there_are() {
    let problems = Folder::stack().file("more.yaml", "qqq: {}\n").problems();
    assert!(problems.contains("`access`") && problems.contains("`uptime`"), "{problems}");
}

#[test]
fn a_key_that_is_written_twice_is_shown_in_both_places() {
    let folder = Folder::buckets("buckets:\n  scratch: {}\n  data: {}\n  scratch: {}\n");
    assert_snapshot!(folder.problems());
}

#[test]
fn a_section_in_two_files_is_shown_in_both_places() {
    let folder = Folder::buckets("buckets: {}\n").file("more.yaml", "buckets: {}\n");
    assert_snapshot!(folder.problems());
}

#[test]
fn a_string_where_a_list_is_meant_is_shown_as_a_list() {
    let folder = Folder::buckets("buckets:\n  data:\n    in: prod\n");
    assert_snapshot!(folder.problems());
}

#[test]
fn a_number_where_text_is_meant_and_the_reverse() {
    let folder = Folder::buckets(
        "buckets:\n  data:\n    delete_after_days: \"7\"\n    labels: { team: 7 }\n    versioning: yes\n",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..9 {
        let inner = vec![format!("*a{}", level - 1); 9].join(",");
        bomb += &format!("a{level}: &a{level} [{inner}]\n");
    }
    assert_snapshot!(Folder::buckets(&bomb).problems());
}

#[test]
fn settings_within_settings_end_somewhere() {
    let lists = format!("buckets:\n  data:\n    labels: {}{}\n", "[".repeat(33), "]".repeat(33));
    assert_snapshot!(Folder::buckets(&lists).problems());
    let open = format!("buckets: {}\n", "{a: ".repeat(400));
    assert!(Folder::buckets(&open).problems().contains("more than 32 levels deep"));
    let keys: String = (0..400).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert!(Folder::buckets(&keys).problems().contains("more than 32 levels deep"));
}

#[test]
fn a_file_of_ten_megabytes_is_refused_unread() {
    let folder = Folder::buckets(&"# nothing\n".repeat(1024 * 1024));
    assert_snapshot!(folder.problems());
}

#[test]
fn a_file_that_is_not_utf8_shows_the_first_bad_byte() {
    let folder = Folder::empty().file("stack.yaml", STACK);
    let folder = folder.file("buckets.yaml", b"buckets:\n  caf\xe9: {}\n");
    assert_snapshot!(folder.problems());
}

#[test]
fn an_empty_file_is_refused() {
    assert_snapshot!(Folder::buckets("# nothing yet\n").problems());
}

#[test]
fn a_missing_stack_file_is_named() {
    assert_snapshot!(Folder::empty().file("buckets.yaml", "buckets: {}\n").problems());
}

#[test]
fn a_tab_is_shown_where_it_stands() {
    assert_snapshot!(Folder::buckets("buckets:\n\tscratch: {}\n").problems());
}

#[test]
fn a_reference_between_braces_needs_quotes() {
    let folder = Folder::buckets("buckets:\n  data: { name: x-${env}-data, versioning: true }\n");
    assert_snapshot!(folder.problems());
}

#[test]
fn a_quote_that_is_never_closed_is_shown_where_it_opens() {
    let folder =
        Folder::buckets("buckets:\n  data:\n    name: \"demo-data\n    versioning: true\n");
    assert_snapshot!(folder.problems());
}

#[test]
fn what_is_still_to_be_filled_in_is_refused() {
    let folder = Folder::buckets(
        "buckets:\n  data:\n    name: CHANGEME\n  site:\n    grants: { read: [\"group:<your group>\"] }\n",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn a_comparison_is_no_placeholder() {
    let condition = "{ title: until, expression: 'request.time < timestamp(\"2027-08-31T00:00:00Z\") && 2 > 1' }";
    let folder = Folder::buckets(&format!(
        "buckets:\n  data:\n    uniform_access: true\n    grants:\n      read:\n        - member: group:class@demo.example.org\n          when: {condition}\n"
    ));
    assert_eq!(folder.warnings(), "");
}

#[test]
fn a_reference_to_nothing_finds_what_was_meant() {
    let folder = Folder::buckets(
        "buckets:\n  data:\n    name: data-${clod.region}\n  more:\n    name: \"${buckets.more.name}\"\n  logs: { logs_to: usage-log }\n  usage-logs: {}\n",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn several_mistakes_in_several_files_are_told_at_once() {
    let folder = Folder::empty()
        .file("stack.yaml", "stack: Demo\nprefix: demo\ncloud: { region: us-centrall }\n")
        .file(
            "buckets.yaml",
            "buckets:\n  data: { storage_class: Nearlin, soft_delete_days: 91 }\n",
        )
        .file(
            "secrets.yaml",
            "secrets:\n  key: { env: OSN_KEY, file: key.txt }\n  other: { gogle: x }\n",
        )
        .file("broken.yaml", "catalog: [1, 2\nx: 3\n");
    assert_snapshot!(folder.problems());
}

#[test]
fn a_reference_to_nothing_is_told_beside_a_value_of_the_wrong_type() {
    let folder = Folder::buckets(
        "buckets:\n  data: { logs_to: usage-log, versioning: [yes] }\n  usage-logs: {}\n  scratch: 3\n  more: { logs_to: scratch }\nsecrets:\n  key: { env: A, file: b }\n",
    );
    let told = folder.problems();
    assert!(told.contains("did you mean `usage-logs`?"), "{told}");
    assert!(told.contains("`versioning`") && told.contains("`key` says"), "{told}");
    // `scratch` is there, though not as it should be.
    assert!(!told.contains("no bucket `scratch`"), "{told}");
}

#[test]
fn a_rule_must_do_one_thing_and_say_when() {
    let folder = Folder::buckets(
        "buckets:\n  data:\n    lifecycle:\n      - delete: { after_day: 3 }\n      - delet: {}\n      - delete: {}\n      - move_to: { class: nearline, after_days: 30, prefx: [a] }\n",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn an_empty_value_is_told_from_none() {
    assert_snapshot!(Folder::buckets("buckets:\n  scratch:\n").problems());
}

#[test]
fn a_file_that_is_not_yaml_says_where_and_what_to_do() {
    let told = |text: &str| Folder::empty().file("stack.yaml", text).problems();
    assert_snapshot!(
        [
            told("a: b: c\n"),
            told("a: @b\n"),
            told("a: 'it's'\n"),
            told("a: [${env}, b]\n"),
            told("a: { read: [group:x-${env}@demo.example.org] }\n"),
            told("a: *b\n"),
            told("a: 1\n---\nb: 2\n"),
            told("- a\n"),
            told("? [a]\n: b\n"),
            told("a: {b: 1\nc: 2\n"),
            told("a: !add [1]\n"),
        ]
        .join("\n")
    );
}
