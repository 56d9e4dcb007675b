//! Where two values are not the same.

use serde_json::Value;

/// Where two values are first not the same, and what is there in either: nothing of a path if they
/// differ as a whole.
pub fn first_difference<'a>(
    one: &'a Value,
    other: &'a Value,
) -> (Vec<&'a str>, &'a Value, &'a Value) {
    let (mut path, mut one, mut other) = (Vec::new(), one, other);
    while let (Value::Object(some), Value::Object(others)) = (one, other) {
        let keys = some.keys().chain(others.keys());
        let Some(key) = keys.min_by_key(|key| (some.get(*key) == others.get(*key), *key)) else {
            break;
        };
        path.push(key.as_str());
        (one, other) = (&one[key.as_str()], &other[key.as_str()]);
    }
    (path, one, other)
}
