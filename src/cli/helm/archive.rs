//! What an archive of a chart says that its values may be. Nothing is unpacked onto the disk.

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Read as _;

/// No chart is larger than this when it is unpacked.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The unit of which an archive is made.
/// <https://www.gnu.org/software/tar/manual/html_node/Standard.html>
const BLOCK: usize = 512;

/// The schema of a chart's values, with those of the charts in it below the keys where they take
/// theirs; none if no chart says anything.
pub(super) fn schema(archive: &[u8]) -> Result<Option<Value>, String> {
    let mut bytes = Vec::new();
    let read = GzDecoder::new(archive).take(LARGEST).read_to_end(&mut bytes);
    read.map_err(|error| format!("it cannot be unpacked: {error}"))?;
    let files = files(&bytes);
    let root = files.keys().filter_map(|name| name.strip_suffix("/Chart.yaml"));
    let root = root.min_by_key(|name| name.len()).ok_or("there is no chart in it")?.to_owned();
    of(&files, &root)
}

type Files<'a> = BTreeMap<String, &'a [u8]>;

/// What is said of the dependencies of a chart.
#[derive(Default, Deserialize)]
struct Meta {
    #[serde(default)]
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    #[serde(default)]
    alias: Option<String>,
}

/// The schema of the chart in a folder of the archive.
fn of(files: &Files<'_>, folder: &str) -> Result<Option<Value>, String> {
    let own = files.get(&format!("{folder}/values.schema.json"));
    let own = own.map(|bytes| serde_json::from_slice::<Value>(bytes));
    let own = own.transpose().map_err(|error| format!("its schema is no JSON: {error}"))?;
    let meta = files.get(&format!("{folder}/Chart.yaml")).copied().unwrap_or_default();
    let meta: Meta = serde_saphyr::from_slice(meta).unwrap_or_default();
    let mut inner = Map::new();
    for Dependency { name, alias } in meta.dependencies {
        if let Some(schema) = of(files, &format!("{folder}/charts/{name}"))? {
            let key = alias.unwrap_or(name);
            let schema = moved(schema, &format!("#/properties/{key}"));
            inner.insert(key, schema);
        }
    }
    if inner.is_empty() {
        return Ok(own);
    }
    let mut whole = own.unwrap_or_else(|| json!({ "type": "object" }));
    for (key, schema) in inner {
        whole["properties"][key] = schema;
    }
    Ok(Some(whole))
}

/// A schema that stands below another one: what it refers to is below that as well.
fn moved(schema: Value, to: &str) -> Value {
    match schema {
        Value::Object(fields) => {
            let below = |(key, value): (String, Value)| match (key.as_str(), &value) {
                ("$ref", Value::String(target)) => {
                    let target = target.replacen('#', to, 1);
                    (key, target.into())
                }
                _ => (key, moved(value, to)),
            };
            Value::Object(fields.into_iter().map(below).collect())
        }
        Value::Array(items) => items.into_iter().map(|item| moved(item, to)).collect(),
        other => other,
    }
}

/// The files of an archive that matter here, by name.
fn files(bytes: &[u8]) -> Files<'_> {
    let mut files = Files::new();
    let mut rest = bytes;
    while let Some((header, after)) = rest.split_at_checked(BLOCK) {
        let Some(size) = octal(&header[124..136]) else { break };
        let Some(content) = after.get(..size) else { break };
        let name = format!("{}{}", prefix(header), text(&header[..100]));
        if name.ends_with("/Chart.yaml") || name.ends_with("/values.schema.json") {
            files.insert(name, content);
        }
        rest = after.get(size.div_ceil(BLOCK) * BLOCK..).unwrap_or_default();
    }
    files
}

fn prefix(header: &[u8]) -> String {
    match (&header[257..262], text(&header[345..500])) {
        (b"ustar", prefix) if !prefix.is_empty() => format!("{prefix}/"),
        _ => String::new(),
    }
}

fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(&field[..end]).into_owned()
}

fn octal(field: &[u8]) -> Option<usize> {
    usize::from_str_radix(text(field).trim(), 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;

    fn packed(files: &[(&str, &str)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, content) in files {
            let mut header = vec![0; BLOCK];
            header[..name.len()].copy_from_slice(name.as_bytes());
            header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
            bytes.extend(header);
            bytes.extend(content.as_bytes());
            bytes.resize(bytes.len().div_ceil(BLOCK) * BLOCK, 0);
        }
        bytes.resize(bytes.len() + 2 * BLOCK, 0);
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&bytes).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn what_an_inner_chart_says_of_its_values_holds_below_its_key() {
        let archive = packed(&[
            ("outer/Chart.yaml", "name: outer\ndependencies:\n- { name: inner, alias: hub }\n"),
            ("outer/charts/inner/Chart.yaml", "name: inner\n"),
            (
                "outer/charts/inner/values.schema.json",
                r##"{"properties":{"a":{"$ref":"#/definitions/a"}},"definitions":{"a":{}}}"##,
            ),
            ("outer/templates/x.yaml", "a: b"),
        ]);
        let schema = schema(&archive).unwrap().unwrap();
        let reference = &schema["properties"]["hub"]["properties"]["a"]["$ref"];
        assert_eq!(reference, "#/properties/hub/definitions/a");
    }

    #[test]
    fn a_chart_that_says_nothing_has_no_schema() {
        assert_eq!(schema(&packed(&[("x/Chart.yaml", "name: x")])), Ok(None));
        assert_eq!(schema(&packed(&[])), Err("there is no chart in it".to_owned()));
    }
}
