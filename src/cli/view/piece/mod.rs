//! What differs between two values, in the smallest pieces that can be told apart: one for each
//! setting that came, left or changed. Items of lists are known by their names and not by where
//! they stand. Draws nothing.

mod items;

pub use items::{name, naming};

use crate::model::path::join;
use serde_json::Value;
use std::collections::BTreeSet;

/// One difference, and where it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece<'a> {
    /// Where, `hub.extraConfig` or `profileList[cpu].display_name`.
    pub path: String,
    /// What.
    pub what: What<'a>,
}

/// How two values differ.
#[derive(Clone, Debug, PartialEq)]
pub enum What<'a> {
    /// It was not there.
    Came(&'a Value),
    /// It will not be there.
    Left(&'a Value),
    /// It was not in the list; its name is in the path.
    ItemCame(&'a Value),
    /// It will not be in the list; its name is in the path.
    ItemLeft(&'a Value),
    /// It was one value and will be another.
    Changed(&'a Value, &'a Value),
    /// A list whose items have no names: what left it, and what came into it.
    Items {
        /// What left, in its order.
        left: Vec<&'a Value>,
        /// What came, in its order.
        came: Vec<&'a Value>,
    },
    /// The items of a list, by name where they have one, stand in another order. What came, left
    /// or changed in it has pieces of its own.
    Order {
        /// The order that it was.
        before: Vec<&'a Value>,
        /// The order that it will be.
        after: Vec<&'a Value>,
    },
}

/// Every difference exactly once, in the order of names. Nothing when nothing differs.
pub fn pieces<'a>(
    path: &str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
) -> Vec<Piece<'a>> {
    let mut found = Vec::new();
    collect(path, before, after, &mut found);
    found
}

fn collect<'a>(
    path: &str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    found: &mut Vec<Piece<'a>>,
) {
    let what = match (before, after) {
        _ if before == after => return,
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for key in keys {
                collect(&join(path, key), old.get(key), new.get(key), found);
            }
            return;
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            return items::collect(path, old, new, found);
        }
        (None, None) => return,
        (None, Some(after)) => What::Came(after),
        (Some(before), None) => What::Left(before),
        (Some(before), Some(after)) => What::Changed(before, after),
    };
    found.push(Piece { path: path.to_owned(), what });
}
