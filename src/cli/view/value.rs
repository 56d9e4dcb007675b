//! Values and texts on one line, for people.

use serde_json::Value;

/// Strings in quotes, lists and maps in a compact form, nothing as `none`.
pub fn inline(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Array(items) => format!("[{}]", joined(items.iter().map(inline))),
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            joined(fields.iter().map(|(name, value)| format!("{name} {}", bare(value))))
        }
        other => other.to_string(),
    }
}

/// The same without quotes around a single word.
fn bare(value: &Value) -> String {
    match value {
        Value::String(word) if !word.is_empty() && !word.contains([' ', ',']) => word.clone(),
        Value::Object(_) => format!("{{{}}}", inline(value)),
        other => inline(other),
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// A text without anything that a terminal would obey.
pub(crate) fn printable(text: &str) -> String {
    let one = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_read_like_a_sentence() {
        assert_eq!(inline(&json!(null)), "none");
        assert_eq!(inline(&json!("US")), "\"US\"");
        assert_eq!(
            inline(&json!({ "role": "roles/storage.admin", "member": "group:a@b" })),
            "member group:a@b, role roles/storage.admin"
        );
        assert_eq!(inline(&json!({ "delete": { "age": 3 } })), "delete {age 3}");
    }
}
