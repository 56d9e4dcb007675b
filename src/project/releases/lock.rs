//! `stack.lock`: what was behind the version of each chart when it was looked at, and the schema of
//! its values. It is written by `leap-infra lock`, committed with the stack, and read without a
//! network.

use super::settings::Chart;
use crate::project::files::shown;
use crate::project::problem::{Findings, Problem, Range, Sources};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// The name of the file.
pub const FILE: &str = "stack.lock";

/// All charts that were looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Each chart, by its name, version and place.
    #[serde(default)]
    pub charts: Vec<LockedChart>,
}

/// A version of a chart as it was when it was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedChart {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it is: a repository, a registry or a folder.
    pub source: String,
    /// The SHA-256 of its archive, `sha256:…`.
    pub digest: String,
    /// What its values may be, with those of the charts in it; none if it does not say.
    #[serde(default)]
    pub schema: Option<Value>,
}

impl Lock {
    /// What is locked of a chart.
    pub fn find(&self, name: &str, version: &str, source: &str) -> Option<&LockedChart> {
        let it = |chart: &&LockedChart| {
            chart.name == name && chart.version == version && chart.source == source
        };
        self.charts.iter().find(it)
    }

    /// What is locked of a declared chart.
    pub(crate) fn of(&self, chart: &Chart) -> Option<&LockedChart> {
        self.find(&chart.name, &chart.version, chart.locked(None).source())
    }

    /// The file's text.
    ///
    /// # Errors
    /// Never, unless a schema is no JSON.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let mut charts = self.charts.clone();
        charts.sort_by(|a, b| {
            (&a.name, &a.version, &a.source).cmp(&(&b.name, &b.version, &b.source))
        });
        serde_json::to_string_pretty(&Self { charts }).map(|text| format!("{text}\n"))
    }
}

/// What is locked in the folder of a stack; nothing if there is no such file.
pub(crate) fn load(
    folder: &Path,
    seen: &Path,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Lock {
    let path = folder.join(FILE);
    let name = shown(seen, &path);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Lock::default(),
        Err(error) => {
            let message = format!("the file cannot be read: {error}");
            findings.push(Problem::error("lock", &Range::file(&name), message));
            return Lock::default();
        }
    };
    let lock = serde_json::from_str(&text);
    sources.insert(name.as_str().into(), text.into());
    lock.unwrap_or_else(|error| {
        let message = format!("it is not as `leap-infra lock` writes it: {error}");
        let problem = Problem::error("lock", &Range::file(&name), message);
        findings.push(problem.suggest("let `leap-infra lock` write it anew".to_owned()));
        Lock::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_locked_is_found_by_name_version_and_place() {
        let chart = |version: &str| LockedChart {
            name: "hub".to_owned(),
            version: version.to_owned(),
            source: "https://charts.example.org".to_owned(),
            digest: format!("sha256:{version}"),
            schema: None,
        };
        let lock = Lock { charts: vec![chart("2"), chart("1")] };
        let found = lock.find("hub", "1", "https://charts.example.org");
        assert_eq!(found.map(|chart| chart.digest.as_str()), Some("sha256:1"));
        assert_eq!(lock.find("hub", "1", "oci://elsewhere"), None);
        let read: Lock = serde_json::from_str(&lock.text().unwrap()).unwrap();
        assert_eq!(read.charts, [chart("1"), chart("2")]);
    }
}
