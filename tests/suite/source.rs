//! Reads Rust source closely enough to tell which paths it names: comments, strings and tests
//! put aside, `use` trees taken apart, `crate` and `super` resolved.
//!
//! It is no parser. What a macro of another crate makes of its input is not seen.

use std::fs;
use std::path::Path;

/// A path that the source names, from the root of the crate.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// The line, from 1.
    pub line: usize,
    /// `crate::plan::{Plan, Step}` is `["plan", "Plan"]` and `["plan", "Step"]`.
    pub path: Vec<String>,
}

/// One source file.
pub struct SourceFile {
    /// As messages name it, `src/plan/order.rs`.
    pub name: String,
    /// The module that it is, `["plan", "order"]`.
    pub module: Vec<String>,
    /// Everything in it.
    pub text: String,
    /// What is compiled outside tests; comments and strings are blank, lines are kept.
    pub code: String,
}

impl SourceFile {
    /// A file of this name with this text.
    pub fn new(name: &str, text: String) -> Self {
        let inner = name.trim_start_matches("src/").trim_end_matches(".rs");
        let steps = inner.split('/').filter(|step| !["mod", "lib", "main"].contains(step));
        let module: Vec<String> = steps.map(str::to_owned).collect();
        let is_test = module.iter().any(|step| step == "tests");
        let code = if is_test { String::new() } else { without_tests(&without_words(&text)) };
        Self { name: name.to_owned(), module, text, code }
    }

    /// The module at the top that the file belongs to; the program itself is part of `cli`.
    pub fn top(&self) -> &str {
        self.module.first().map_or("cli", String::as_str)
    }

    /// Every path of this crate that the code names.
    pub fn names(&self) -> Vec<Named> {
        let mut found = Vec::new();
        for word in ["crate", "super"] {
            for (at, _) in self.code.match_indices(word) {
                let whole = !self.code[..at].ends_with(is_word) && !self.code[..at].ends_with("::");
                let rest = &self.code[at + word.len()..];
                let Some(rest) = rest.strip_prefix("::").filter(|_| whole) else { continue };
                let line = self.code[..at].matches('\n').count() + 1;
                let start = if word == "crate" { Vec::new() } else { self.above(1) };
                self.tree(rest, start, line, &mut found);
            }
        }
        found
    }

    /// The module `levels` above this one.
    fn above(&self, levels: usize) -> Vec<String> {
        self.module[..self.module.len().saturating_sub(levels)].to_vec()
    }

    /// Takes a `use` tree (or a path in an expression) apart; returns how long it is.
    fn tree(&self, text: &str, mut path: Vec<String>, line: usize, out: &mut Vec<Named>) -> usize {
        let mut at = 0;
        loop {
            at += blanks(&text[at..]);
            if text[at..].starts_with('{') {
                return at + 1 + self.branches(&text[at + 1..], &path, line, out);
            }
            let length = text[at..].find(|c| !is_word(c)).unwrap_or(text.len() - at);
            let step = &text[at..at + length];
            at += length;
            match step {
                "super" => _ = path.pop(),
                "" | "self" => {}
                step => path.push(step.to_owned()),
            }
            match text[at..].strip_prefix("::") {
                Some(_) if !step.is_empty() => at += 2,
                _ => break,
            }
        }
        out.push(Named { line, path });
        at
    }

    /// The branches after a `{`, up to and with its `}`.
    fn branches(&self, text: &str, path: &[String], line: usize, out: &mut Vec<Named>) -> usize {
        let mut at = 0;
        while at < text.len() && !text[at..].starts_with('}') {
            let below = line + text[..at + blanks(&text[at..])].matches('\n').count();
            at += self.tree(&text[at..], path.to_vec(), below, out);
            // `as other`, `*` and the comma.
            at += text[at..].find([',', '}']).unwrap_or(text.len() - at);
            at += usize::from(text[at..].starts_with(','));
            at += blanks(&text[at..]);
        }
        at + 1
    }
}

/// Every source file under a folder, in order of names.
pub fn files(folder: &str) -> Vec<SourceFile> {
    let mut found = Vec::new();
    collect(Path::new(folder), &mut found);
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(!found.is_empty(), "no source under {folder}");
    found
}

fn collect(folder: &Path, found: &mut Vec<SourceFile>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(SourceFile::new(path.to_str().unwrap(), fs::read_to_string(&path).unwrap()));
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// The source with comments, strings and characters blanked out; lines stay where they are.
fn without_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let length = word_length(rest, out.ends_with(is_word));
        if length > 0 {
            out.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            at += length;
        } else {
            let c = rest.chars().next().unwrap();
            out.push(c);
            at += c.len_utf8();
        }
    }
    out
}

/// How long the comment, string or character is that begins here; 0 when none does.
fn word_length(rest: &str, in_name: bool) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return rest.find("*/").map_or(rest.len(), |end| end + 2);
    }
    if rest.starts_with('"') {
        return quoted(rest, '"');
    }
    if rest.starts_with('\'') {
        // `'a'` and `'\n'` are characters, `'a` is a lifetime.
        let escaped = rest.strip_prefix('\'').is_some_and(|rest| rest.starts_with('\\'));
        let character = escaped || rest.chars().nth(2) == Some('\'');
        return if character { quoted(rest, '\'') } else { 0 };
    }
    let raw = rest.strip_prefix('r').filter(|_| !in_name);
    let hashes = raw.map_or(0, |raw| raw.len() - raw.trim_start_matches('#').len());
    if raw.is_some_and(|raw| raw[hashes..].starts_with('"')) {
        let end = format!("\"{}", "#".repeat(hashes));
        let inside = 2 + hashes;
        return rest[inside..].find(&end).map_or(rest.len(), |found| inside + found + end.len());
    }
    0
}

fn quoted(rest: &str, end: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == end => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The code without the items that are compiled for tests only.
fn without_tests(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        let (before, item) = rest.split_at(at);
        out.push_str(before);
        let length = item_length(item);
        out.extend(item[..length].matches('\n'));
        rest = &item[length..];
    }
    out + rest
}

/// Up to the first `;` outside braces, or to the brace that closes the first one.
fn item_length(item: &str) -> usize {
    let mut depth = 0;
    for (at, c) in item.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 && (c == ';' || c == '}') {
            return at + 1;
        }
    }
    item.len()
}

fn named(name: &str, text: &str) -> Vec<String> {
    let file = SourceFile::new(name, text.to_owned());
    file.names().iter().map(|named| format!("{}:{}", named.line, named.path.join("::"))).collect()
}

#[test]
fn a_group_of_imports_is_taken_apart_line_by_line() {
    let text =
        "use crate::{\n    model::{Mark, ResourceId as Id},\n    plan::*,\n    render,\n};\n";
    let found = named("src/apply/run.rs", text);
    assert_eq!(found, ["2:model::Mark", "2:model::ResourceId", "3:plan", "4:render"]);
}

#[test]
fn a_path_in_the_middle_of_code_counts() {
    let text = "fn f() -> crate::kind::Retry { crate::kind::Retry::default() }";
    let found = named("src/apply/run.rs", text);
    assert_eq!(found, ["1:kind::Retry", "1:kind::Retry::default"]);
}

#[test]
fn going_up_to_the_root_is_no_way_around() {
    let found = named("src/plan/order.rs", "use super::super::sandbox::Sandbox;\nuse super::diff;");
    assert_eq!(found, ["1:sandbox::Sandbox", "2:plan::diff"]);
}

#[test]
fn comments_strings_and_tests_do_not_count() {
    let text = "/// See [`crate::plan`].\nconst A: &str = \"crate::cli\";\nconst B: &str = \
                r#\"\"crate::cli\"#;\nconst C: char = '\"'; // crate::cli\n#[cfg(test)]\nmod tests \
                { use crate::cli::{Ui}; }\nuse crate::kind::Kind;";
    assert_eq!(named("src/model/mark.rs", text), ["7:kind::Kind"]);
    assert!(named("src/providers/gcp/tests/mod.rs", "use crate::sandbox;").is_empty());
}
