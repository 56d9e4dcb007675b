//! Quantities in the one form that the server gives them: `0.5` as `500m`, `1024Mi` as `1Gi`.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>

use serde_json::{Value, json};

/// The fields whose entries are quantities, and those that are one themselves.
const MAPS: &[&str] = &["requests", "limits", "hard", "capacity", "overhead", "allocatable"];
const SINGLE: &[&str] = &["sizeLimit", "divisor"];

/// A billionth, the smallest that is told apart.
const NANO: i128 = 1_000_000_000;

const DECIMAL: &[(&str, i128)] = &[
    ("n", 1),
    ("u", 1_000),
    ("m", 1_000_000),
    ("", NANO),
    ("k", NANO * 1_000),
    ("M", NANO * 1_000_000),
    ("G", NANO * 1_000_000_000),
    ("T", NANO * 1_000_000_000_000),
    ("P", NANO * 1_000_000_000_000_000),
];

const BINARY: &[(&str, u32)] =
    &[("", 0), ("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];

/// Brings all quantities of an object into their own form.
pub(super) fn settle(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(settle),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::Object(entries) if MAPS.contains(&name.as_str()) => {
                        entries.values_mut().for_each(one);
                    }
                    value if SINGLE.contains(&name.as_str()) => one(value),
                    value => settle(value),
                }
            }
        }
        _ => {}
    }
}

fn one(value: &mut Value) {
    let text = match &*value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return,
    };
    if let Some(form) = own_form(&text) {
        *value = json!(form);
    }
}

fn own_form(text: &str) -> Option<String> {
    let end = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    if let Some((_, power)) = BINARY.iter().find(|(name, _)| *name == unit && !name.is_empty()) {
        let nanos = nanos(number, 1 << power)?;
        // What is less than a kibi is written as decimals are.
        return Some(if nanos.abs() < 1024 * NANO { decimal(nanos) } else { binary(nanos) });
    }
    let (_, size) = DECIMAL.iter().find(|(name, _)| *name == unit)?;
    Some(decimal(nanos(number, 1)?.checked_mul(*size)? / NANO))
}

/// A number as so many billionths, times a factor.
fn nanos(number: &str, factor: i128) -> Option<i128> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let whole: i128 = if matches!(whole, "" | "-" | "+") { 0 } else { whole.parse().ok()? };
    let digits: String = part.chars().chain("000000000".chars()).take(9).collect();
    let part: i128 = digits.parse().ok()?;
    whole.checked_mul(NANO)?.checked_add(sign * part)?.checked_mul(factor)
}

fn decimal(nanos: i128) -> String {
    let fits = DECIMAL.iter().rev().find(|(_, size)| nanos % size == 0);
    match fits {
        _ if nanos == 0 => "0".to_owned(),
        Some((unit, size)) => format!("{}{unit}", nanos / size),
        None => nanos.to_string(),
    }
}

fn binary(nanos: i128) -> String {
    let whole = (nanos + NANO - 1) / NANO;
    let fits = BINARY.iter().rev().find(|(_, power)| whole % (1 << power) == 0);
    fits.map_or_else(|| whole.to_string(), |(unit, power)| format!("{}{unit}", whole >> power))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_has_one_form() {
        for (said, form) in [
            ("0.5", "500m"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("2", "2"),
            ("1000m", "1"),
            ("1500M", "1500M"),
            ("10G", "10G"),
            ("0", "0"),
            ("100Ki", "100Ki"),
        ] {
            assert_eq!(own_form(said).as_deref(), Some(form), "{said}");
        }
        assert_eq!(own_form("much"), None);
    }
}
