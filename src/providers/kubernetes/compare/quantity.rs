//! Quantities: many ways to write one amount, `1Gi` and `1024Mi`, `0.5` and `500m`.
//!
//! A server writes them in its own way, so they are compared by what they mean, and only where a
//! field holds a quantity: elsewhere `1` and `1.0` are different texts.

use serde_json::Value;

/// The maps whose values are quantities.
const MAPS: &[&str] = &[
    "requests",
    "limits",
    "capacity",
    "allocatable",
    "hard",
    "min",
    "max",
    "default",
    "defaultRequest",
    "overhead",
    "podFixed",
];

/// The fields that are quantities by themselves.
const FIELDS: &[&str] = &["sizeLimit", "averageValue", "divisor"];

/// Whether the field at the end of a path holds a quantity.
pub(super) fn is_at(path: &[String]) -> bool {
    // What people write themselves is text, whatever it is called.
    let text = path.iter().any(|it| matches!(it.as_str(), "data" | "annotations" | "labels"));
    let (field, map) = (path.last(), path.len().checked_sub(2).and_then(|at| path.get(at)));
    let is =
        |names: &[&str], it: Option<&String>| it.is_some_and(|it| names.contains(&it.as_str()));
    !text && (is(MAPS, map) || is(FIELDS, field))
}

/// Whether two values are the same amount.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (amount(one), amount(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

/// Whether one amount is less than another.
pub(crate) fn is_less(one: &Value, other: &Value) -> bool {
    matches!((amount(one), amount(other)), (Some(one), Some(other)) if one < other)
}

/// How much a quantity is, as good as it can be said; none if the value is none.
#[expect(clippy::cast_precision_loss, reason = "what is priced is never exact")]
pub(crate) fn units(value: &Value) -> Option<f64> {
    amount(value).map(|count| count as f64 / 1e9)
}

/// How many times 10⁻⁹ a quantity is; none if the value is none, or too large to count.
fn amount(value: &Value) -> Option<i128> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c)));
    let (number, suffix) = text.split_at(end.unwrap_or(text.len()));
    let nanos = decimal(number)?;
    let scaled = |factor: i128| nanos.checked_mul(factor);
    let binary = |power: u32| scaled(1024_i128.pow(power));
    match suffix {
        "" => Some(nanos),
        "n" => Some(nanos / 1_000_000_000),
        "u" => Some(nanos / 1_000_000),
        "m" => Some(nanos / 1000),
        "k" => scaled(10_i128.pow(3)),
        "M" => scaled(10_i128.pow(6)),
        "G" => scaled(10_i128.pow(9)),
        "T" => scaled(10_i128.pow(12)),
        "P" => scaled(10_i128.pow(15)),
        "E" => scaled(10_i128.pow(18)),
        "Ki" => binary(1),
        "Mi" => binary(2),
        "Gi" => binary(3),
        "Ti" => binary(4),
        "Pi" => binary(5),
        "Ei" => binary(6),
        _ => scaled_by_exponent(nanos, suffix),
    }
}

/// `1e3`, `5E-1`.
fn scaled_by_exponent(nanos: i128, suffix: &str) -> Option<i128> {
    let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    let factor = 10_i128.checked_pow(exponent.unsigned_abs())?;
    if exponent < 0 { Some(nanos / factor) } else { nanos.checked_mul(factor) }
}

/// A decimal number times 10⁹. What is smaller is rounded up, as a server does it.
fn decimal(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || !plain(whole) || !plain(part) {
        return None;
    }
    let nine: String = part.chars().chain("000000000".chars()).take(9).collect();
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let nanos = whole.checked_mul(1_000_000_000)?.checked_add(nine.parse().ok()?)?;
    let more = part.chars().skip(9).any(|c| c != '0');
    let nanos = if more { nanos + 1 } else { nanos };
    Some(if negative { -nanos } else { nanos })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_amount_has_many_writings() {
        for (one, other) in [
            (json!("1Gi"), json!("1024Mi")),
            (json!("0.5"), json!("500m")),
            (json!(1), json!("1")),
            (json!(1.5), json!("1500m")),
            (json!("1e3"), json!("1k")),
            (json!("100Ei"), json!("102400Pi")),
        ] {
            assert!(same(&one, &other), "{one} and {other}");
        }
        for (one, other) in
            [(json!("1G"), json!("1Gi")), (json!("1"), json!("1m")), (json!("x"), json!("x"))]
        {
            assert!(!same(&one, &other), "{one} and {other}");
        }
    }

    #[test]
    fn only_some_fields_hold_quantities() {
        let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        assert!(is_at(&path("spec/containers/0/resources/limits/memory")));
        assert!(is_at(&path("spec/hard/requests.nvidia.com~1gpu")));
        assert!(!is_at(&path("data/limits/memory")));
        assert!(!is_at(&path("spec/replicas")));
    }
}
