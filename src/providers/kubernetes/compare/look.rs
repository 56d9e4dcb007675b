//! A live object as far as a declaration is concerned with it.

use super::fields::{Element, Fields, Manager, entry, managers};
use super::quantity;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A field that differs from the declaration and that somebody else manages.
pub(crate) type Conflict = (String, String);

/// What was seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Looked {
    /// The live values of declared fields, written as they are declared where they mean the same,
    /// and the fields that we own and that are no longer declared.
    pub(crate) object: Value,
    /// Who else manages what differs, by field.
    pub(crate) conflicts: BTreeMap<String, String>,
}

/// Looks at a live object. `ours` tells which managers are us; without a declaration, only what
/// they own is seen. Both objects are without a mark.
pub(crate) fn look(
    declared: Option<&Value>,
    live: &Value,
    managed: &Value,
    ours: impl Fn(&Manager) -> bool,
) -> Looked {
    let all = managers(managed);
    let (us, others): (Vec<&Manager>, Vec<&Manager>) = all.iter().partition(|it| ours(it));
    let owners = Owners {
        ours: us.iter().map(|it| &it.fields).collect(),
        others: others.iter().map(|it| (*it, &it.fields)).collect(),
    };
    let mut walk = Walk::default();
    let nothing = Value::Object(Map::new());
    let object = walk.both(declared.unwrap_or(&nothing), live, &owners);
    Looked { object, conflicts: walk.conflicts.into_iter().collect() }
}

/// Who manages what is at a place in an object. A whole stays a whole in all that is below.
#[derive(Clone, Debug)]
struct Owners<'a> {
    ours: Vec<&'a Fields>,
    others: Vec<(&'a Manager, &'a Fields)>,
}

impl<'a> Owners<'a> {
    fn below(&self, element: &Element) -> Self {
        let step = |fields: &'a Fields| match fields.is_whole() {
            true => Some(fields),
            false => fields.below(element),
        };
        let others = self.others.iter().filter_map(|(who, it)| Some((*who, step(it)?)));
        Self {
            ours: self.ours.iter().filter_map(|it| step(it)).collect(),
            others: others.collect(),
        }
    }

    fn all(&self) -> impl Iterator<Item = &'a Fields> {
        self.ours.iter().copied().chain(self.others.iter().map(|(_, it)| *it))
    }

    /// The fields by which entries of a list are told apart, if anybody manages entries.
    fn keys(&self) -> Option<Vec<String>> {
        self.all().find_map(Fields::keys)
    }

    /// What only others manage, and only as a whole: nothing in it is left to anybody else.
    fn is_anothers_whole(&self) -> bool {
        self.ours.is_empty() && self.others.iter().any(|(_, it)| it.is_whole())
    }

    /// Who would write it again if we changed it.
    fn rival(&self) -> Option<&'a Manager> {
        let mut all: Vec<&Manager> =
            self.others.iter().map(|(who, _)| *who).filter(|who| !who.is_by_hand()).collect();
        all.sort_by_key(|who| !who.applies);
        all.first().copied()
    }
}

#[derive(Default)]
struct Walk {
    path: Vec<String>,
    conflicts: Vec<Conflict>,
}

impl Walk {
    fn both(&mut self, declared: &Value, live: &Value, owners: &Owners<'_>) -> Value {
        match (declared, live) {
            _ if declared == live => declared.clone(),
            (Value::Object(_), Value::Object(_)) if owners.is_anothers_whole() => {
                self.differs(live, owners)
            }
            (Value::Object(said), Value::Object(there)) => self.fields(said, there, owners),
            (Value::Array(said), Value::Array(there)) => self.list(said, there, owners),
            _ if quantity::is_at(&self.path) && quantity::same(declared, live) => declared.clone(),
            _ => self.differs(live, owners),
        }
    }

    fn differs(&mut self, live: &Value, owners: &Owners<'_>) -> Value {
        if let Some(rival) = owners.rival() {
            self.conflicts.push((self.path.join("."), words(rival)));
        }
        live.clone()
    }

    fn fields(
        &mut self,
        said: &Map<String, Value>,
        there: &Map<String, Value>,
        owners: &Owners<'_>,
    ) -> Value {
        let mut seen = Map::new();
        for (name, declared) in said {
            match there.get(name) {
                Some(live) => {
                    let below = owners.below(&Element::Field(name.clone()));
                    self.path.push(name.clone());
                    seen.insert(name.clone(), self.both(declared, live, &below));
                    self.path.pop();
                }
                // Servers leave out what is empty.
                None if is_nothing(declared) => _ = seen.insert(name.clone(), declared.clone()),
                None => {}
            }
        }
        for (element, below) in owners.ours.iter().flat_map(|it| it.steps()) {
            let Element::Field(name) = element else { continue };
            let undeclared = there.get(name).filter(|_| !said.contains_key(name));
            if let Some(value) = undeclared.and_then(|live| restricted(live, below)) {
                seen.insert(name.clone(), value);
            }
        }
        Value::Object(seen)
    }

    fn list(&mut self, said: &[Value], there: &[Value], owners: &Owners<'_>) -> Value {
        if let Some(keys) = owners.keys() {
            return self.entries(said, there, owners, &keys);
        }
        if owners.all().any(Fields::is_set) {
            return set(said, there, owners);
        }
        if said.len() != there.len() {
            return self.differs(&Value::Array(there.to_vec()), owners);
        }
        let pairs = said.iter().zip(there).enumerate();
        let whole = pairs.map(|(at, (declared, live))| {
            self.path.push(at.to_string());
            let seen = self.both(declared, live, owners);
            self.path.pop();
            seen
        });
        Value::Array(whole.collect())
    }

    fn entries(
        &mut self,
        said: &[Value],
        there: &[Value],
        owners: &Owners<'_>,
        keys: &[String],
    ) -> Value {
        let mut seen = Vec::new();
        let declared: Vec<Element> = said.iter().map(|item| entry(item, keys)).collect();
        for (item, element) in said.iter().zip(&declared) {
            if let Some(live) = there.iter().find(|it| entry(it, keys) == *element) {
                self.path.push(called(item, keys));
                seen.push(self.both(item, live, &owners.below(element)));
                self.path.pop();
            }
        }
        for (element, below) in owners.ours.iter().flat_map(|it| it.steps()) {
            let live = there.iter().find(|it| entry(it, keys) == *element);
            let undeclared = live.filter(|_| !declared.contains(element));
            seen.extend(undeclared.and_then(|live| restricted(live, below)));
        }
        Value::Array(seen)
    }
}

/// What of a set was declared and is there, and what we put there and no longer declare.
fn set(said: &[Value], there: &[Value], owners: &Owners<'_>) -> Value {
    let ours = |value: &&Value| {
        let element = Element::Value(value.to_string());
        owners.ours.iter().any(|it| it.below(&element).is_some())
    };
    let declared = said.iter().filter(|value| there.contains(value));
    let extra = there.iter().filter(|value| !said.contains(value)).filter(ours);
    Value::Array(declared.chain(extra).cloned().collect())
}

/// As much of a live value as is among these fields; none if there is nothing.
fn restricted(live: &Value, fields: &Fields) -> Option<Value> {
    if fields.is_whole() {
        return Some(live.clone());
    }
    match live {
        Value::Object(there) => {
            let one = |(element, below): (&Element, &Fields)| match element {
                Element::Field(name) => Some((name.clone(), restricted(there.get(name)?, below)?)),
                _ => None,
            };
            let seen: Map<String, Value> = fields.steps().filter_map(one).collect();
            (!seen.is_empty()).then_some(Value::Object(seen))
        }
        Value::Array(there) => {
            let keys = fields.keys().unwrap_or_default();
            let one = |live: &Value| match fields.below(&entry(live, &keys)) {
                Some(below) => restricted(live, below),
                None => fields.below(&Element::Value(live.to_string())).map(|_| live.clone()),
            };
            let seen: Vec<Value> = there.iter().filter_map(one).collect();
            (!seen.is_empty()).then_some(Value::Array(seen))
        }
        _ => Some(live.clone()),
    }
}

/// What a server leaves out instead of keeping it.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.values().all(is_nothing),
        Value::Bool(true) => false,
    }
}

/// What people call an entry of a list.
fn called(item: &Value, keys: &[String]) -> String {
    let text = |key: &String| match item.get(key)? {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    keys.iter().filter_map(text).collect::<Vec<_>>().join("/")
}

fn words(manager: &Manager) -> String {
    match manager.subresource.as_str() {
        "" => manager.name.clone(),
        part => format!("{} (through {part})", manager.name),
    }
}
