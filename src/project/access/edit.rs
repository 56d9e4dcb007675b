//! Edits of the files of members that leave everything else as it was, comments included: text is
//! changed at the places that the loader remembers.

use super::roster::Roster;
use crate::project::Project;
use crate::project::format::day;
use crate::project::people;
use crate::project::tree::Node;
use std::path::PathBuf;
use time::Date;

/// A file as it shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Where it is.
    pub path: PathBuf,
    /// The file, as a person would name it.
    pub shown: String,
    /// Its text.
    pub text: String,
    /// What was changed in it.
    pub changes: Vec<Left>,
}

/// Somebody's entry that was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// The line of the entry as it was.
    pub line: u32,
    /// The last day.
    pub last: Date,
}

/// A stretch of text and what stands in its place.
struct Change {
    from: usize,
    to: usize,
    text: String,
}

impl Project {
    /// Ends everything that somebody is in by a file, from the day after `last`, as decided on
    /// another day: a file for each in which there is something to end.
    pub fn offboard(&self, login: &str, last: Date, decided: Date) -> Vec<Edit> {
        let rosters = self.layout.first().map(|laid| &laid.rosters);
        let edits = rosters.into_iter().flat_map(|all| all.values()).filter_map(|roster| {
            let shown = &roster.node.range.file;
            let text = self.sources.get(shown)?;
            let (changes, left) = self.ended(roster, text, login, last, decided);
            let (path, shown) = (roster.path.clone(), shown.to_string());
            let text = applied(text, changes);
            (!left.is_empty()).then_some(Edit { path, shown, text, changes: left })
        });
        edits.collect()
    }

    fn ended(
        &self,
        roster: &Roster,
        text: &str,
        login: &str,
        last: Date,
        decided: Date,
    ) -> (Vec<Change>, Vec<Left>) {
        let (mut changes, mut left) = (Vec::new(), Vec::new());
        for entry in roster.entries().iter().filter(|entry| self.is_of(entry, login)) {
            let over = date(entry, "until").is_some_and(|until| until <= last);
            if over {
                continue;
            }
            changes.extend(set(text, entry, &[("until", last), ("decided", decided)]));
            left.push(Left { line: entry.range.start.line, last });
        }
        (changes, left)
    }

    /// Whether an entry is somebody's.
    fn is_of(&self, entry: &Node, login: &str) -> bool {
        let theirs = self.layout.iter().find_map(|laid| people::called(laid, login));
        let text = |key| entry.child(key).and_then(Node::text);
        text("login").is_some_and(|written| written.eq_ignore_ascii_case(login))
            || theirs.is_some_and(|(key, _)| text("person") == Some(key))
    }
}

fn date(entry: &Node, key: &str) -> Option<Date> {
    day(entry.child(key)?.text()?)
}

/// Sets dates of an entry: in the place of what is there, or after who it is.
fn set(text: &str, entry: &Node, dates: &[(&str, Date)]) -> Vec<Change> {
    let who = ["login", "person"].into_iter().find_map(|key| entry.entry(key));
    let Some((key, who)) = who else { return Vec::new() };
    let (mut changes, mut added) = (Vec::new(), String::new());
    let flow = text[..key.range.start.offset].trim_end().ends_with(['{', ',']);
    // The keys of an entry stand below each other, wherever its `-` is.
    let indent = " ".repeat(key.range.start.column.saturating_sub(1) as usize);
    for (name, date) in dates {
        match entry.child(name) {
            Some(node) => changes.push(Change {
                from: node.range.start.offset,
                to: node.range.end.offset,
                text: date.to_string(),
            }),
            None if flow => added += &format!(", {name}: {date}"),
            None => added += &format!("\n{indent}{name}: {date}"),
        }
    }
    // Beside who it is, or below that line with what is said at its end.
    let rest = &text[who.range.end.offset..];
    let line = rest.find(['\r', '\n']).unwrap_or(rest.len());
    let at = who.range.end.offset + if flow { 0 } else { line };
    changes.push(Change { from: at, to: at, text: added });
    changes
}

/// The text with every change made, from the last to the first.
fn applied(text: &str, mut changes: Vec<Change>) -> String {
    changes.sort_by_key(|change| std::cmp::Reverse(change.from));
    let mut text = text.to_owned();
    for Change { from, to, text: new } in changes {
        text.replace_range(from..to, &new);
    }
    text
}
