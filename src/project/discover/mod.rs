//! The way in: declarations of what is there and nothing declares, in the words of the project
//! file. Each section writes its own entries; this puts them into one file.
//!
//! What is written is for `manage: mark`, so that taking it in changes no setting.

mod said;
mod yaml;

pub(crate) use said::{Said, keys, left_out, new_key, object, time};

use crate::model::{Found, UnknownOwner, World};
use crate::project::layout::Laid;
use crate::project::sections::DISCOVERIES;
use crate::project::tree::is_placeholder;
use crate::project::{Project, Range};
use serde_json::{Map, Value};
use std::fmt::Write;

/// What stands first in every entry, in this order.
const FIRST: [&str; 3] = ["name", "in", "manage"];

/// What was found, and where it may be declared.
pub(crate) struct Seen<'a> {
    pub(crate) layout: &'a [Laid],
    pub(crate) world: &'a World,
    /// The environments that may have it, in promotion order.
    pub(crate) environments: &'a [String],
}

/// One thing as a section declares it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Entry {
    /// Its key; none for a section that has no keys, and for what cannot be declared at all.
    pub(crate) key: String,
    /// The word below the key that its settings stand under, if they stand under one.
    pub(crate) inside: Option<&'static str>,
    /// Its settings; none in a section that is a list.
    pub(crate) settings: Map<String, Value>,
    /// Where it comes from, and what of it cannot be said.
    pub(crate) comments: Vec<String>,
}

impl Entry {
    /// Whether it is more than a comment.
    fn is_declared(&self) -> bool {
        !(self.key.is_empty() && self.settings.is_empty())
    }
}

/// A file for everything that is there and not declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovered {
    /// Its text; none, if there is nothing to write.
    pub text: Option<String>,
    /// How many things are declared in it.
    pub count: usize,
    /// Sections in it that a stack may only have in one file, and where that is.
    pub elsewhere: Vec<(String, Range)>,
}

impl Project {
    /// Declares what was found, is nobody's and is not declared, in one of these environments.
    pub fn discover(&self, world: &World, environments: &[String]) -> Discovered {
        let seen = Seen { layout: &self.layout, world, environments };
        let (mut text, mut count, mut elsewhere) = (String::new(), 0, Vec::new());
        for (section, discover) in DISCOVERIES {
            let entries = discover(&seen);
            if entries.is_empty() {
                continue;
            }
            let here = entries.iter().filter(|entry| entry.is_declared()).count();
            count += here;
            // `dns.records` stands below `dns`.
            let (outer, inner) = section.split_once('.').unwrap_or((*section, ""));
            let declared = self.layout[0].tree.entry(outer);
            elsewhere.extend(declared.map(|(key, _)| (outer.to_owned(), key.range.clone())));
            let indent = if inner.is_empty() { "" } else { "  " };
            _ = match inner {
                "" => write!(text, "\n{outer}:"),
                inner => write!(text, "\n{outer}:\n{indent}{inner}:"),
            };
            text.push_str(if here == 0 { " {}\n" } else { "\n" });
            let mut written = String::new();
            entries.into_iter().for_each(|entry| write_entry(&mut written, entry));
            written.lines().for_each(|line| _ = writeln!(text, "{indent}{line}"));
        }
        let text = (!text.is_empty()).then(|| format!("{HEAD}{text}"));
        Discovered { text, count, elsewhere }
    }
}

const HEAD: &str = "\
# Written by `leap-infra discover`: what lies in the projects of this stack and nothing declares.
# `manage: mark` changes no setting. Then: `leap-infra validate`, `leap-infra adopt --all`, and
# `leap-infra plan`, which finds nothing to do. Take `manage` out of what shall be managed in full.
";

fn write_entry(out: &mut String, entry: Entry) {
    let Entry { key, inside, mut settings, mut comments } = entry;
    let open = |value: &Value| yaml::texts(value).any(is_placeholder);
    for (name, _) in settings.clone().iter().filter(|(_, value)| open(value)) {
        settings.remove(name);
        comments.push(cannot(&format!("`{name}`: it has a text that looks like a gap to fill in")));
    }
    comments.iter().for_each(|comment| _ = writeln!(out, "  # {}", yaml::one_line(comment)));
    if settings.is_empty() {
        let item = (!key.is_empty()).then(|| yaml::text(&key));
        item.iter().for_each(|item| _ = writeln!(out, "  - {item}"));
        return;
    }
    if !key.is_empty() {
        _ = writeln!(out, "  {}:", yaml::text(&key));
    }
    inside.iter().for_each(|word| _ = writeln!(out, "    {word}:"));
    let indent = match (key.is_empty(), inside) {
        (true, _) => 2,
        (false, None) => 4,
        (false, Some(_)) => 6,
    };
    let first = FIRST.iter().filter_map(|name| settings.remove_entry(*name)).collect::<Vec<_>>();
    for (name, value) in first.into_iter().chain(settings) {
        yaml::field(out, indent, &name, &value);
    }
}

/// Why the second thing of a name in one environment is left out.
pub(crate) const NAMESAKE: &str =
    "another of this name is declared, and a name stands for one thing";

/// What a comment says of something that the project file has no word for.
pub(crate) fn cannot(what: &str) -> String {
    format!("cannot be said here, and stays as it is: {what}")
}

impl<'a> Seen<'a> {
    /// What is nobody's, of a kind.
    pub(crate) fn strangers(&self, kind: &str) -> &'a [Found] {
        self.world.kinds.get(kind).map(|seen| seen.strangers.as_slice()).unwrap_or_default()
    }

    /// The settings of what is there, whosever it is.
    pub(crate) fn settings(&self, kind: &str, name: &str) -> Option<&'a Value> {
        let seen = self.world.kinds.get(kind)?;
        let found = seen.find(name).or_else(|| seen.stranger(name));
        found.filter(|found| found.is_there()).map(|found| &found.spec)
    }

    /// What of a stranger its spec has no words for.
    pub(crate) fn wordless(&self, kind: &str, name: &str) -> Vec<&'a UnknownOwner> {
        let unknown = self.world.kinds.get(kind).into_iter().flat_map(|seen| &seen.unknown);
        unknown.filter(|one| one.env.is_empty() && one.name == name).collect()
    }

    /// Whether an earlier one of this kind has the same name in the same environment: a name stands
    /// for one thing there, so only one of them can be declared.
    pub(crate) fn is_namesake(&self, kind: &str, found: &Found) -> bool {
        let env = |found: &Found| self.environment(found).map(Laid::env);
        let all = self.strangers(kind).iter();
        let mut earlier = all.take_while(|other| !std::ptr::eq(*other, found));
        earlier.any(|other| other.name == found.name && env(other) == env(found))
    }

    /// The environment that a thing probably belongs to: the one whose suffix it has, else the
    /// last of its project.
    pub(crate) fn environment(&self, found: &Found) -> Option<&'a Laid> {
        self.environment_of(&found.name, &found.place.project)
    }

    /// The same of what has a name in the words of the project file.
    pub(crate) fn environment_of(&self, name: &str, project: &str) -> Option<&'a Laid> {
        let may = |laid: &&Laid| {
            self.environments.iter().any(|env| env == laid.env())
                && laid.declaration.cloud.project == project
        };
        let may: Vec<&Laid> = self.layout.iter().filter(may).collect();
        let suffix = |laid: &Laid| laid.environment.suffix.clone();
        let own = |laid: &&&Laid| !suffix(laid).is_empty() && name.ends_with(&suffix(laid));
        let plain = |laid: &&&Laid| suffix(laid).is_empty();
        let found = may.iter().find(own).or_else(|| may.iter().rev().find(plain));
        found.or(may.last()).copied()
    }
}
