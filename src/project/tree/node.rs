//! The tree itself.

use crate::project::problem::Range;
use serde_json::{Map, Number, Value as Json};

/// One value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it was written.
    pub range: Range,
    /// How it is laid over what it overrides.
    pub tag: Option<Tag>,
    /// The text as it was written, where `${…}` was filled in.
    pub written: Option<String>,
    /// What stood there before something was laid over it, latest last.
    pub overrode: Vec<Overridden>,
}

/// What a value may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing: an empty value, or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    String(String),
    /// A list.
    List(Vec<Node>),
    /// Keys and values, in the order in which they were written.
    Map(Vec<(Key, Node)>),
}

/// A key of a map and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The key.
    pub name: String,
    /// Where it was written.
    pub range: Range,
}

/// How a list is laid over another; without a tag it takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Its entries come after those that are there.
    Append,
    /// Its entries are taken out.
    Remove,
}

/// A value that something was laid over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overridden {
    /// Where it was written.
    pub range: Range,
    /// What it was.
    pub value: String,
}

impl Node {
    /// A value written at `range`.
    pub fn new(value: Value, range: Range) -> Self {
        Self { value, range, tag: None, written: None, overrode: Vec::new() }
    }

    /// The value below `key`, if this is a map that has it.
    pub fn child(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, node)| node)
    }

    /// The key and the value below `key`, if this is a map that has it.
    pub fn entry(&self, key: &str) -> Option<&(Key, Node)> {
        self.entries().iter().find(|(found, _)| found.name == key)
    }

    /// The value at a path of keys and positions, as far down as it goes.
    pub fn at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&Node> {
        path.into_iter().try_fold(self, |node, step| match &node.value {
            Value::List(list) => list.get(step.parse::<usize>().ok()?),
            _ => node.child(step),
        })
    }

    /// The keys and values of a map; none for anything else.
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The entries of a list; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The text, if this is text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether nothing at all was written, not even `null`.
    pub fn is_blank(&self) -> bool {
        self.value == Value::Null && self.range.start == self.range.end
    }

    /// Every value in the tree, this one first.
    pub fn visit(&self, see: &mut impl FnMut(&Node)) {
        see(self);
        self.items().iter().for_each(|node| node.visit(see));
        self.entries().iter().for_each(|(_, node)| node.visit(see));
    }

    /// Whether both are the same value, wherever they were written.
    pub fn value_equals(&self, other: &Node) -> bool {
        match (&self.value, &other.value) {
            (Value::List(_) | Value::Map(_), _) => self.json() == other.json(),
            (one, another) => one == another,
        }
    }

    /// Takes out the value at a path of keys and positions.
    pub fn prune(&mut self, path: &[String]) {
        match (path, &mut self.value) {
            ([key], Value::Map(entries)) => entries.retain(|(known, _)| known.name != *key),
            ([key, rest @ ..], Value::Map(entries)) => {
                let below = entries.iter_mut().find(|(known, _)| known.name == *key);
                below.into_iter().for_each(|(_, node)| node.prune(rest));
            }
            ([step, rest @ ..], Value::List(items)) => {
                let below = step.parse::<usize>().ok().and_then(|at| items.get_mut(at));
                below.into_iter().for_each(|node| node.prune(rest));
            }
            _ => {}
        }
    }

    /// The value without its places.
    pub fn json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(*value),
            Value::Number(number) => Json::Number(number.clone()),
            Value::String(text) => Json::String(text.clone()),
            Value::List(items) => Json::Array(items.iter().map(Node::json).collect()),
            Value::Map(entries) => {
                let entries = entries.iter().map(|(key, node)| (key.name.clone(), node.json()));
                Json::Object(entries.collect::<Map<_, _>>())
            }
        }
    }

    /// The value on one line, as a person would write it.
    pub fn short(&self) -> String {
        match &self.value {
            Value::Null => "null".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.clone(),
            Value::List(items) => {
                format!("[{}]", items.iter().map(Node::short).collect::<Vec<_>>().join(", "))
            }
            Value::Map(entries) if entries.is_empty() => "{}".to_owned(),
            Value::Map(entries) => {
                let entry = |(key, node): &(Key, Node)| format!("{}: {}", key.name, node.short());
                format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
        }
    }
}
