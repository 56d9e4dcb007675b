//! What the YAML parser hands over, before it becomes a [`Node`].

use super::lines::Lines;
use super::node::{Key, Node, Tag, Value};
use crate::project::problem::{Findings, Problem, Range};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::{Location, Spanned, Tagged};
use std::fmt;

/// A value with its place and its tag.
pub(crate) type Raw = Spanned<Tagged<RawValue>>;

/// A value as the parser sees it. Repeated keys are kept, so that all of them can be reported.
pub(crate) enum RawValue {
    Null,
    Bool(bool),
    Number(Number),
    String(String),
    List(Vec<Raw>),
    Map(Vec<(Spanned<String>, Raw)>),
}

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = RawValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number, true or false, a list or a map")
    }

    fn visit_unit<E>(self) -> Result<RawValue, E> {
        Ok(RawValue::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<RawValue, E> {
        Ok(RawValue::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<RawValue, E> {
        Ok(RawValue::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<RawValue, E> {
        Ok(RawValue::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<RawValue, E> {
        Ok(Number::from_f64(value).map_or(RawValue::Null, RawValue::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<RawValue, E> {
        Ok(RawValue::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<RawValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(RawValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawValue, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(RawValue::Map(entries))
    }
}

/// Turns what the parser hands over into a tree, and reports repeated keys and unknown tags.
pub(crate) fn plant(raw: Raw, lines: &Lines<'_>, findings: &mut Findings) -> Node {
    let mut range = place(&raw.referenced, lines);
    let Tagged(value, tag) = raw.value;
    let value = match value {
        RawValue::Null => Value::Null,
        RawValue::Bool(value) => Value::Bool(value),
        RawValue::Number(number) => Value::Number(number),
        RawValue::String(text) => Value::String(text),
        RawValue::List(items) => {
            Value::List(items.into_iter().map(|item| plant(item, lines, findings)).collect())
        }
        RawValue::Map(entries) => Value::Map(plant_map(entries, lines, findings)),
    };
    let last = match &value {
        Value::List(items) => items.last().map(|node| node.range.end),
        Value::Map(entries) => entries.last().map(|(key, node)| node.range.end.max(key.range.end)),
        _ => None,
    };
    range.end = range.end.max(last.unwrap_or(range.end));
    let tag = tag.and_then(|tag| known_tag(&tag, &range, findings));
    Node { tag, ..Node::new(value, range) }
}

fn plant_map(
    entries: Vec<(Spanned<String>, Raw)>,
    lines: &Lines<'_>,
    findings: &mut Findings,
) -> Vec<(Key, Node)> {
    let mut planted: Vec<(Key, Node)> = Vec::new();
    let mut seen = std::collections::BTreeMap::new();
    for (name, node) in entries {
        let key = Key { range: place(&name.referenced, lines), name: name.value };
        let node = plant(node, lines, findings);
        if let Some(first) = seen.get(&key.name) {
            let message = format!("`{}` is written twice", key.name);
            let problem = Problem::error("duplicate-key", &key.range, message);
            let problem = problem.related(first, "first written here");
            findings.push(problem.suggest(Some("keep one of the two".to_owned())));
            continue;
        }
        seen.insert(key.name.clone(), key.range.clone());
        planted.push((key, node));
    }
    planted
}

fn known_tag(tag: &str, range: &Range, findings: &mut Findings) -> Option<Tag> {
    match tag {
        "!append" => return Some(Tag::Append),
        "!remove" => return Some(Tag::Remove),
        // `!!str` and its like say what the parser has already done.
        _ if tag.starts_with("tag:yaml.org,2002:") => return None,
        _ => {}
    }
    let problem = Problem::error("unknown-tag", range, format!("`{tag}` means nothing here"));
    findings.push(problem.expected("`!append` or `!remove` before a list, or no tag"));
    None
}

fn place(location: &Location, lines: &Lines<'_>) -> Range {
    let span = location.span();
    let number = |number: u64| usize::try_from(number).unwrap_or_default();
    match (span.byte_offset(), span.byte_len()) {
        (Some(start), Some(length)) => {
            lines.range(number(start), number(start).saturating_add(number(length)))
        }
        _ => {
            let start = lines.offset(location.line(), location.column());
            lines.range(start, start)
        }
    }
}
