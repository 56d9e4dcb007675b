//! Values as YAML that a person would write and every reader reads back as it was. Only ever
//! writes: what is read is read by a library.

use serde_json::Value;
use std::fmt::Write;

/// Texts that some reader of YAML takes for something else.
const WORDS: [&str; 11] =
    ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "inf", "nan"];

/// A field and whatever stands in it.
pub(super) fn field(out: &mut String, indent: usize, name: &str, value: &Value) {
    let name = text(name);
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            _ = writeln!(out, "{:indent$}{name}:", "");
            fields.iter().for_each(|(name, value)| field(out, indent + 2, name, value));
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            _ = writeln!(out, "{:indent$}{name}:", "");
            items.iter().for_each(|item| _ = writeln!(out, "{:indent$}  - {}", "", flow(item)));
        }
        other => _ = writeln!(out, "{:indent$}{name}: {}", "", flow(other)),
    }
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::String(string) => text(&string.replace("${", "$${")),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let field =
                |(name, value): (&String, &Value)| format!("{}: {}", text(name), flow(value));
            format!("{{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        plain => plain.to_string(),
    }
}

/// A text, in quotes where it could be taken for something else.
pub(super) fn text(text: &str) -> String {
    let inside = |c: char| c.is_ascii_alphanumeric() || "-_./@".contains(c);
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(inside)
        && !WORDS.contains(&text.to_lowercase().as_str());
    if plain { text.to_owned() } else { quoted(text) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => _ = write!(out, "\\{c}"),
            ' '..='~' => out.push(c),
            c if c.is_alphanumeric() => out.push(c),
            c => _ = write!(out, "\\U{:08X}", u32::from(c)),
        }
    }
    out.push('"');
    out
}

/// Every text in a value.
pub(super) fn texts(value: &Value) -> Box<dyn Iterator<Item = &str> + '_> {
    match value {
        Value::String(text) => Box::new(std::iter::once(text.as_str())),
        Value::Array(items) => Box::new(items.iter().flat_map(texts)),
        Value::Object(fields) => Box::new(fields.values().flat_map(texts)),
        _ => Box::new(std::iter::empty()),
    }
}

/// A comment cannot end and become something else.
pub(super) fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || "\u{2028}\u{2029}".contains(c) { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read_back_as_it_was() {
        for text in
            ["scratch", "no", "7", "a: b", "# x", "", "é\u{85}\n\"\\", "group:a@b", "-", "~"]
        {
            let value =
                json!({ "field": text, "list": [text, { "in": text }], text: { "deep": text } });
            let mut out = String::new();
            for (name, value) in value.as_object().unwrap() {
                field(&mut out, 0, name, value);
            }
            let back: Value = serde_saphyr::from_str(&out).unwrap();
            assert_eq!(back, value, "{out}");
        }
    }
}
