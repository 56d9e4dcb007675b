//! What differs, piece by piece: whatever the values are, every difference is told exactly once.

use leap_infra::cli::view::piece::{What, name, naming, pieces};
use leap_infra::model::path::steps;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Values with few keys and names, so that two of them have much in common.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..4).prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::from),
        "[ab\n]{3,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let key = prop_oneof!["[ab]", Just("a.b".to_owned()), Just("8 GB".to_owned())];
        let named =
            ("[abc]", inner.clone()).prop_map(|(name, it)| json!({ "name": name, "x": it }));
        prop_oneof![
            btree_map(key, inner.clone(), 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
            vec(inner, 0..4).prop_map(Value::from),
            vec(named, 0..4).prop_map(Value::from),
        ]
    })
}

/// What stands at a path, and what is left when that is taken away.
fn take(from: &mut Value, path: &[String], other: &Value) -> Option<Value> {
    let (step, rest) = path.split_first()?;
    match from {
        Value::Object(map) if rest.is_empty() => map.remove(step),
        Value::Object(map) => {
            take(map.get_mut(step)?, rest, other.get(step).unwrap_or(&Value::Null))
        }
        Value::Array(list) => {
            let others = other.as_array().map_or(&[][..], Vec::as_slice);
            let field = naming(&[list, others]);
            let called = |it: &Value| field.and_then(|field| name(it, field));
            let at = match field {
                Some(_) => list.iter().position(|it| called(it).as_ref() == Some(step))?,
                None => step.parse().ok()?,
            };
            if rest.is_empty() {
                return Some(list.remove(at));
            }
            let other = match field {
                Some(_) => others.iter().find(|it| called(it).as_ref() == Some(step)),
                None => others.get(at),
            };
            take(list.get_mut(at)?, rest, other.unwrap_or(&Value::Null))
        }
        _ => None,
    }
}

/// Items by their names, so that their order is no difference.
fn in_order_of_names(value: &mut Value) {
    match value {
        Value::Array(list) => {
            list.iter_mut().for_each(in_order_of_names);
            if let Some(field) = naming(&[list]) {
                list.sort_by_key(|it| name(it, field));
            }
        }
        Value::Object(map) => map.values_mut().for_each(in_order_of_names),
        _ => {}
    }
}

/// A value at a path.
fn at(value: &Value, path: &str, other: &Value) -> Option<Value> {
    take(&mut value.clone(), &steps(path), other)
}

proptest! {
    #[test]
    fn equal_values_show_nothing_and_others_something(one in value(), other in value()) {
        prop_assert_eq!(pieces("x", Some(&one), Some(&one)), []);
        let found = pieces("x", Some(&one), Some(&other));
        prop_assert_eq!(found.is_empty(), one == other);
    }

    #[test]
    fn no_piece_is_inside_of_another(one in value(), other in value()) {
        let found = pieces("x", Some(&one), Some(&other));
        for (position, piece) in found.iter().enumerate() {
            let inside = |path: &str| steps(path).starts_with(&steps(&piece.path));
            let mut rest = found[position + 1..].iter().chain(&found[..position]);
            let ordered = matches!(piece.what, What::Order { .. });
            prop_assert!(ordered || !rest.any(|other| inside(&other.path)), "{found:?}");
        }
    }

    #[test]
    fn a_piece_tells_what_is_there(one in value(), other in value()) {
        let (one, other) = (json!({ "x": one }), json!({ "x": other }));
        for piece in pieces("", Some(&one), Some(&other)) {
            let (before, after) = (at(&one, &piece.path, &other), at(&other, &piece.path, &one));
            match piece.what {
                What::Came(value) | What::ItemCame(value) => prop_assert_eq!((before, after), (None, Some(value.clone()))),
                What::Left(value) | What::ItemLeft(value) => prop_assert_eq!((before, after), (Some(value.clone()), None)),
                What::Changed(old, new) => {
                    prop_assert_eq!((before, after), (Some(old.clone()), Some(new.clone())));
                }
                What::Items { .. } | What::Order { .. } => {
                    prop_assert!(before.is_some_and(|list| list.is_array()));
                    prop_assert!(after.is_some_and(|list| list.is_array()));
                }
            }
        }
    }

    #[test]
    fn without_the_pieces_nothing_differs(one in value(), other in value()) {
        let (mut left, mut right) = (json!({ "x": one }), json!({ "x": other }));
        let (before, after) = (left.clone(), right.clone());
        let found = pieces("", Some(&before), Some(&after));
        let (order, rest): (Vec<_>, Vec<_>) =
            found.iter().partition(|piece| matches!(piece.what, What::Order { .. }));
        // From behind, so that the numbers of items stay what they were.
        for piece in rest.iter().rev() {
            let path = steps(&piece.path);
            let (one, other) = (left.clone(), right.clone());
            take(&mut left, &path, &other);
            take(&mut right, &path, &one);
        }
        if !order.is_empty() {
            in_order_of_names(&mut left);
            in_order_of_names(&mut right);
        }
        prop_assert!(left == right || !order.is_empty(), "{found:?}\n{left}\n{right}");
    }

    #[test]
    fn the_pieces_stand_in_the_same_order_whatever_the_order_of_the_keys(one in value(), other in value()) {
        let again: Value = serde_json::from_str(&other.to_string()).unwrap();
        let there = pieces("x", Some(&one), Some(&other));
        prop_assert_eq!(there, pieces("x", Some(&one), Some(&again)));
    }
}
