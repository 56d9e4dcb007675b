//! Quantities of resources, which the server writes in a form of its own: `1024Mi` comes back as `1Gi`,
//! and half a processor as `500m`.
//!
//! <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>

use serde_json::{Value, json};

/// The maps whose values are quantities.
const MAPS: &[&str] =
    &["requests", "limits", "hard", "used", "capacity", "allocatable", "overhead"];

/// Units of a thousand each, from the smallest.
const DECIMAL: &[&str] = &["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

/// Units of 1024 each.
const BINARY: &[&str] = &["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/// What everything is counted in: a billionth.
const ONE: i128 = 1_000_000_000;

/// Writes all quantities of an object as the server does. What is none stays as it is.
pub(super) fn normalise(object: &mut Value) {
    each(object, &mut |value| {
        if let Some(text) = canonical(value) {
            *value = json!(text);
        }
    });
}

/// Something that stands where a quantity must, and is none.
pub(super) fn wrong(object: &Value) -> Option<Value> {
    let mut found = None;
    each(&mut object.clone(), &mut |value| {
        if !value.is_null() && canonical(value).is_none() {
            found = Some(value.clone());
        }
    });
    found
}

fn each(value: &mut Value, look: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner {
                    Value::Object(map) if MAPS.contains(&name.as_str()) => {
                        map.values_mut().for_each(&mut *look);
                    }
                    // People write what they like there.
                    _ if name == "metadata" => {}
                    inner => each(inner, look),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, look)),
        _ => {}
    }
}

/// A quantity as the server writes it; none if it is not one.
fn canonical(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    // A power of ten is written out as it came.
    if digits.contains(['e', 'E']) {
        return digits.parse::<f64>().ok().map(|_| text.clone());
    }
    let number = billionths(digits)?;
    if let Some(power) = BINARY.iter().position(|it| *it == unit).filter(|power| *power > 0) {
        let bytes = number.checked_mul(1024_i128.checked_pow(u32::try_from(power).ok()?)?)?;
        return Some(binary(bytes));
    }
    let power = DECIMAL.iter().position(|it| *it == unit)?;
    let whole = 1000_i128.checked_pow(u32::try_from(power).ok()?)?;
    // The smallest unit of all is what is counted.
    number.checked_mul(whole).map(|it| decimal(it / ONE))
}

/// A number with a point, in billionths.
fn billionths(digits: &str) -> Option<i128> {
    let (sign, digits) = digits.strip_prefix('-').map_or((1, digits), |rest| (-1, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = &part[..part.len().min(9)];
    let all = format!("{whole}{part}");
    if all.is_empty() || !all.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let missing = u32::try_from(9 - part.len()).ok()?;
    Some(sign * all.parse::<i128>().ok()?.checked_mul(10_i128.pow(missing))?)
}

/// Bytes, given in billionths, in the largest unit that leaves no part.
fn binary(billionths: i128) -> String {
    let mut number = (billionths + ONE - 1) / ONE;
    if number.abs() < 1024 {
        return decimal(number * ONE);
    }
    let mut power = 0;
    while number % 1024 == 0 && power + 1 < BINARY.len() {
        number /= 1024;
        power += 1;
    }
    format!("{number}{}", BINARY[power])
}

/// A number, given in billionths, in the largest unit that leaves no part.
fn decimal(mut number: i128) -> String {
    let mut power = 0;
    if number == 0 {
        return "0".to_owned();
    }
    while number % 1000 == 0 && power + 1 < DECIMAL.len() {
        number /= 1000;
        power += 1;
    }
    format!("{number}{}", DECIMAL[power])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_written_in_the_largest_unit_that_leaves_no_part() {
        for (given, expected) in [
            ("0.5", "500m"),
            ("1000m", "1"),
            ("1500m", "1500m"),
            ("2", "2"),
            ("0", "0"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("512Ki", "512Ki"),
            ("1000M", "1G"),
            ("10000", "10k"),
            ("1e3", "1e3"),
            ("0.1Ki", "103"),
        ] {
            assert_eq!(canonical(&json!(given)).as_deref(), Some(expected), "{given}");
        }
        assert_eq!(canonical(&json!(2)).as_deref(), Some("2"));
        for none in ["many", "1Gb", "", "1.2.3", "--1"] {
            assert_eq!(canonical(&json!(none)), None, "{none}");
        }
    }

    #[test]
    fn only_what_is_a_quantity_is_written_anew() {
        let mut object = json!({
            "metadata": { "annotations": { "limits": "1024Mi" } },
            "spec": { "resources": { "requests": { "cpu": 0.5 } }, "size": "1024Mi" },
        });
        normalise(&mut object);
        assert_eq!(
            object["spec"],
            json!({ "resources": { "requests": { "cpu": "500m" } }, "size": "1024Mi" })
        );
        assert_eq!(object["metadata"]["annotations"]["limits"], "1024Mi");
        assert_eq!(wrong(&json!({ "spec": { "hard": { "cpu": "many" } } })), Some(json!("many")));
    }
}
