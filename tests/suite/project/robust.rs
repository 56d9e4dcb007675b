//! Whatever is in a file, something sensible is said about it.

use super::folder::Folder;
use leap_infra::cli::view::problems::{Colour, text};
use leap_infra::project::load;
use proptest::prelude::*;
use std::path::Path;

const STACK: &str = include_str!("../../../stacks/leap/stack.yaml");
const BUCKETS: &str = include_str!("../../../stacks/leap/buckets.yaml");
const PROD: &str = include_str!("../../../environments/prod.yaml");

/// The text with something else in the place of a few characters.
fn damaged(text: &str, at: usize, gone: usize, put: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let at = at % (letters.len() + 1);
    let rest = letters.iter().skip(at + gone);
    letters.iter().take(at).copied().chain(put.chars()).chain(rest.copied()).collect()
}

fn signs() -> impl Strategy<Value = String> {
    let words =
        ["{", "}", "[", "]", ": ", "\"", "'", "\t", "\n", "\r\n", "${", "$", "}", "&a", "*a"];
    let more =
        ["!append ", "!x ", "- ", "null", "é", "日本", "#", "|", ">", "? ", "<<: ", "<x>", "\0"];
    prop::collection::vec(prop::sample::select([words.as_slice(), &more].concat()), 0..4)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]
    #[test]
    fn no_damage_to_a_file_makes_it_fall_over(
        which in 0..3usize, at in 0..2000usize, gone in 0..30usize, put in signs()
    ) {
        let file = |number: usize, content: &str| {
            if which == number { damaged(content, at, gone, &put) } else { content.to_owned() }
        };
        let folder = Folder::empty()
            .file("stack.yaml", file(0, STACK))
            .file("buckets.yaml", file(1, BUCKETS))
            .file("environments/shared.yaml", "environment: shared\n")
            .file("environments/prod.yaml", file(2, PROD).replace("follows: staging", "follows: shared"));
        match load(folder.path(), Path::new("demo")) {
            Ok(project) => { prop_assert!(project.expand().is_ok()); }
            Err(problems) => {
                prop_assert!(!problems.list.is_empty());
                prop_assert!(!text(&problems.list, &problems.sources, Colour::Off).is_empty());
            }
        }
    }
}

#[test]
fn a_file_with_the_line_ends_of_windows_is_read_alike() {
    let unix = Folder::buckets("buckets:\n  data:\n    versioning: true\n");
    let windows = Folder::buckets("buckets:\r\n  data:\r\n    versioning: true\r\n");
    assert_eq!(unix.project().digest(), windows.project().digest());
    let wrong = Folder::buckets("buckets:\r\n  data:\r\n    versionin: true\r\n").problems();
    assert!(wrong.contains("demo/buckets.yaml:3:5"), "{wrong}");
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_key() {
    Folder::buckets("\u{feff}buckets: { data: {} }\n").project();
}

#[test]
#[cfg(unix)]
fn a_file_that_is_not_there_behind_its_name_is_not_taken_for_nothing() {
    let folder = Folder::empty().file("stack.yaml", STACK);
    std::os::unix::fs::symlink("gone.yaml", folder.path().join("buckets.yaml")).unwrap();
    assert!(folder.problems().contains("there is no such file"));
}
