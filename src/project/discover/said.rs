//! What every section needs to write an entry: what was said of a thing, what could not be said,
//! and a key for it.

use super::{Entry, cannot};
use crate::model::Found;
use crate::project::format::{is_label_name, label_value};
use crate::project::layout::Laid;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Where the settings of one thing are collected.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) settings: Map<String, Value>,
    comments: Vec<String>,
}

impl Said {
    /// What is said of everything that was found: its name, unless that is made of the key, its
    /// environment, and that its settings stay.
    pub(crate) fn of(found: &Found, laid: &Laid, key: &str, origin: String) -> Self {
        Self::named(&found.name, laid, key, origin)
    }

    /// The same of what has this name in the words of the project file.
    pub(crate) fn named(name: &str, laid: &Laid, key: &str, origin: String) -> Self {
        let mut said = Self { comments: vec![origin], ..Self::default() };
        let naming = laid.naming();
        if format!("{}{key}{}", naming.start, naming.end) != name {
            said.say("name", name);
        }
        said.say("in", json!([laid.env()]));
        said.say("manage", "mark");
        said
    }

    pub(crate) fn say(&mut self, name: &str, value: impl Into<Value>) {
        self.settings.insert(name.to_owned(), value.into());
    }

    /// The same where it is not what is usual.
    pub(crate) fn unless_usual<T: Into<Value> + PartialEq>(
        &mut self,
        name: &str,
        value: T,
        usual: T,
    ) {
        if value != usual {
            self.say(name, value);
        }
    }

    pub(crate) fn cannot(&mut self, what: impl AsRef<str>) {
        self.comments.push(cannot(what.as_ref()));
    }

    /// Labels besides those that everything has.
    pub(crate) fn labels(&mut self, labels: &BTreeMap<String, String>, laid: &Laid) {
        let everywhere = &laid.declaration.cloud.labels;
        let own = labels.iter().filter(|(key, value)| everywhere.get(*key) != Some(*value));
        let (good, bad): (Vec<_>, Vec<_>) =
            own.partition(|(key, value)| is_label_name(key) && label_value(value).is_ok());
        bad.iter().for_each(|(key, value)| self.cannot(format!("the label {key}: {value}")));
        for key in everywhere.keys().filter(|key| !labels.contains_key(*key)) {
            self.cannot(format!("that it lacks the label {key} of `cloud.labels`"));
        }
        if !good.is_empty() {
            let good = good.into_iter().map(|(key, value)| (key.clone(), json!(value)));
            self.say("labels", good.collect::<Map<_, _>>());
        }
    }

    /// All of it, below a key; `inside` is the word that the settings stand under, if any.
    pub(crate) fn entry(self, key: String, inside: Option<&'static str>) -> Entry {
        Entry { key, inside, settings: self.settings, comments: self.comments }
    }
}

/// Something that cannot be declared at all.
pub(crate) fn left_out(origin: &str, why: &str) -> Entry {
    let comments = vec![origin.to_owned(), cannot(why)];
    Entry { comments, ..Entry::default() }
}

/// A key for each of these things, in their order, that is not `declared` yet: what its name would be
/// made of, else what comes near it, beginning with `first` if it does not begin with a letter. Two
/// things of one name, in different places, get two keys.
pub(crate) fn keys<'a>(
    declared: impl Iterator<Item = String>,
    named: impl Iterator<Item = (&'a str, &'a Laid)>,
    first: char,
) -> Vec<String> {
    let mut taken: BTreeSet<String> = declared.collect();
    let key = |(name, laid): (&'a str, &'a Laid)| {
        new_key(&mut taken, laid.naming().key(name).unwrap_or(name), first)
    };
    named.map(key).collect()
}

/// A key that is not taken, near to this name; it is taken from now on.
pub(crate) fn new_key(taken: &mut BTreeSet<String>, name: &str, first: char) -> String {
    let wish = key_of(name, first);
    let others = (2..).map(|number| format!("{wish}-{number}"));
    let mut wishes = std::iter::once(wish.clone()).chain(others);
    wishes.find(|wish| taken.insert(wish.clone())).unwrap_or_default()
}

/// Lower case letters, digits and signs, beginning with a letter, `first` if it has none.
fn key_of(name: &str, first: char) -> String {
    let key = name.replace('.', "-").to_ascii_lowercase();
    let good = key.starts_with(|c: char| c.is_ascii_lowercase());
    if good { key } else { format!("{first}-{key}") }
}

/// The fields that there are.
pub(crate) fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let fields = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(fields.collect())
}

/// A time in the largest unit that it is a whole number of.
pub(crate) fn time(seconds: u64) -> String {
    let units = [("day", 86_400), ("hour", 3600), ("minute", 60)];
    let whole =
        units.into_iter().find(|(_, length)| seconds > 0 && seconds.is_multiple_of(*length));
    let (unit, length) = whole.unwrap_or(("second", 1));
    let count = seconds / length;
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
