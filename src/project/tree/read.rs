//! From a file to a tree.

use super::lines::Lines;
use super::node::{Node, Value};
use super::raw::{Raw, plant};
use super::syntax;
use crate::project::problem::{Findings, Problem, Range, Sources};
use serde_saphyr::options::DuplicateKeyPolicy;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The largest file that is read, in bytes: a stack of thousands of buckets stays far below.
const SIZE_MAX: u64 = 1024 * 1024;

/// How deep settings may be nested. Real ones have about eight levels; each takes tens of
/// kilobytes of the stack in a program that was not optimised, and a thread may have only 2 MiB.
pub(super) const LEVELS_MAX: usize = 32;

/// Reads a file that holds a map, shown to people as `shown`. What is wrong with it goes to
/// `findings`; the text goes to `sources`, so that lines can be quoted.
pub fn read(
    path: &Path,
    shown: &str,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Option<Node> {
    match text(path, shown, sources) {
        Err(problem) => {
            findings.push(*problem);
            None
        }
        Ok(text) => {
            let file: Arc<str> = shown.into();
            let text: Arc<str> = text.into();
            sources.insert(file.clone(), text.clone());
            parse(file, &text, findings)
        }
    }
}

fn text(path: &Path, shown: &str, sources: &mut Sources) -> Result<String, Box<Problem>> {
    let problem = |code, message: String| Problem::error(code, &Range::file(shown), message);
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => problem("missing-file", "there is no such file".to_owned())
            .suggest("name the folder of a stack: the one that holds `stack.yaml`".to_owned()),
        _ => problem("unreadable-file", format!("the file cannot be read: {error}")),
    };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > SIZE_MAX {
        let message = format!("the file is too large: {} MiB", size.div_ceil(1024 * 1024));
        let problem = problem("file-too-large", message).expected("at most 1 MiB in a file");
        let help = "divide it: each top-level section may have a file of its own".to_owned();
        return Err(Box::new(problem.suggest(help)));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        // So that the line can be shown, with a sign in the place of what is no text.
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        sources.insert(shown.into(), text.into());
        not_utf8(shown, &error)
    })?;
    // A byte order mark is no part of the first key.
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

fn not_utf8(shown: &str, error: &std::string::FromUtf8Error) -> Problem {
    let valid = error.utf8_error().valid_up_to();
    let bytes = error.as_bytes();
    let good = String::from_utf8_lossy(&bytes[..valid]).into_owned();
    let range = Lines::new(shown.into(), &good).range(valid, valid);
    let message = format!("the file is not UTF-8: byte 0x{:02x} at offset {valid}", bytes[valid]);
    let problem = Problem::error("not-utf8", &range, message);
    problem.suggest("save the file as UTF-8 (not Latin-1, not UTF-16)".to_owned())
}

fn parse(file: Arc<str>, text: &str, findings: &mut Findings) -> Option<Node> {
    let lines = Lines::new(file.clone(), text);
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_depth: LEVELS_MAX, flow_nesting_limit: LEVELS_MAX },
        strict_booleans: true,
        with_snippet: false,
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
    };
    let raw: Raw = match serde_saphyr::from_str_with_options(text, options) {
        Ok(raw) => raw,
        Err(error) => {
            findings.push(syntax::explain(&error, &lines));
            return None;
        }
    };
    let node = plant(raw, &lines, findings);
    let problem = match node.value {
        Value::Map(_) => return Some(node),
        Value::Null => Problem::error("empty-file", &Range::file(&file), "the file is empty")
            .suggest("remove it, or write a section into it".to_owned()),
        _ => Problem::error("not-a-map", &node.range, "the file holds no settings")
            .expected("sections: a key, a colon, and what belongs to it"),
    };
    findings.push(problem);
    None
}
