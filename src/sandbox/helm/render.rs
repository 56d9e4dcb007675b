//! Charts that lie in a folder, as far as a few lines go: `{{ .Values.a.b }}`, `{{ .Release.Name }}`,
//! `{{ .Release.Namespace }}`, `{{ .Chart.Name }}` and its versions, each with `| quote` if
//! need be. Anything else in braces is refused, and never left out.

use serde_json::Value;
use std::fs;
use std::path::Path;

/// Name and version of a chart, and its objects.
type Rendered = (String, String, Vec<Value>);

/// Renders the chart in a folder.
pub(super) fn folder(
    folder: &str,
    release: &str,
    namespace: &str,
    said: &Value,
) -> Result<Rendered, String> {
    let folder = Path::new(folder);
    let chart = one(&read(&folder.join("Chart.yaml"))?)?;
    let word = |key: &str| chart[key].as_str().unwrap_or_default().to_owned();
    let (name, version) = (word("name"), word("version"));
    let mut values = match read(&folder.join("values.yaml")) {
        Ok(text) => one(&text)?,
        Err(_) => Value::Null,
    };
    lay(&mut values, said);
    let known = serde_json::json!({
        "Values": values,
        "Release": { "Name": release, "Namespace": namespace },
        "Chart": { "Name": name, "Version": version, "AppVersion": chart["appVersion"] },
    });
    let mut objects = Vec::new();
    for file in templates(&folder.join("templates"))? {
        let text = filled(&read(&file)?, &known)
            .map_err(|why| format!("template: {}: {why}", file.display()))?;
        objects.extend(documents(&text)?);
    }
    Ok((name, version, objects))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn templates(folder: &Path) -> Result<Vec<std::path::PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
    files.sort();
    Ok(files)
}

fn one(text: &str) -> Result<Value, String> {
    Ok(documents(text)?.into_iter().next().unwrap_or_default())
}

fn documents(text: &str) -> Result<Vec<Value>, String> {
    let all: Vec<Value> =
        serde_saphyr::from_multiple(text).map_err(|error| format!("YAML parse error: {error}"))?;
    Ok(all.into_iter().filter(|document| !document.is_null()).collect())
}

/// Lays what was said over what the chart says itself.
fn lay(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                match value {
                    Value::Null => _ = under.remove(key),
                    value => lay(under.entry(key.clone()).or_insert(Value::Null), value),
                }
            }
        }
        (under, over) => *under = over.clone(),
    }
}

fn filled(text: &str, known: &Value) -> Result<String, String> {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (inside, after) = after.split_once("}}").ok_or("unclosed action")?;
        done.push_str(before);
        done.push_str(&value(inside.trim(), known)?);
        rest = after;
    }
    done.push_str(rest);
    Ok(done)
}

fn value(inside: &str, known: &Value) -> Result<String, String> {
    let (path, quoted) = match inside.split_once('|') {
        Some((path, after)) if after.trim() == "quote" => (path.trim(), true),
        Some(_) => return Err(not_known(inside)),
        None => (inside, false),
    };
    let path = path.strip_prefix('.').ok_or_else(|| not_known(inside))?;
    let found = path.split('.').try_fold(known, |value, step| value.get(step));
    let found = found.ok_or_else(|| format!("there is no value .{path}"))?;
    let plain = match found {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Ok(if quoted { Value::String(plain).to_string() } else { plain })
}

fn not_known(inside: &str) -> String {
    format!("the sandbox renders plain values only, and not `{{{{ {inside} }}}}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn plain_values_are_filled_in_and_all_else_is_refused() {
        let known = json!({ "Values": { "a": { "b": 3 } }, "Release": { "Name": "hub" } });
        let text = filled("n: {{ .Release.Name }}-x\nb: {{ .Values.a.b | quote }}", &known);
        assert_eq!(text.unwrap(), "n: hub-x\nb: \"3\"");
        assert!(filled("{{ if .Values.a }}", &known).unwrap_err().contains("plain values only"));
        assert_eq!(filled("{{ .Values.c }}", &known).unwrap_err(), "there is no value .Values.c");
    }
}
