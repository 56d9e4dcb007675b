//! The arguments of the commands that are known.

use std::collections::BTreeMap;

/// A command and where it goes.
#[derive(Debug)]
pub(super) struct Arguments {
    pub(super) command: Command,
    pub(super) namespace: String,
}

/// A command.
#[derive(Debug)]
pub(super) enum Command {
    Upgrade(Upgrade),
    Rollback { release: String, revision: u64 },
    Uninstall { release: String },
}

/// `upgrade --install RELEASE CHART`.
#[derive(Debug)]
pub(super) struct Upgrade {
    pub(super) release: String,
    /// The chart's name, its address, or the folder that it is in.
    pub(super) chart: String,
    pub(super) version: Option<String>,
    /// What becomes of each label; `None` takes it off.
    pub(super) labels: BTreeMap<String, Option<String>>,
    pub(super) history: usize,
}

/// Flags with a value.
const VALUED: [&str; 7] =
    ["--history-max", "--labels", "--namespace", "--repo", "--timeout", "--values", "--version"];

/// Flags without one.
const BARE: [&str; 3] = ["--force-conflicts", "--install", "--reset-values"];

/// Reads the arguments of a call.
pub(super) fn read(arguments: &[String]) -> Result<Arguments, String> {
    let (mut flags, mut words) = (BTreeMap::new(), Vec::new());
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(argument) = rest.next() {
        if VALUED.contains(&argument) {
            let value = rest.next().ok_or_else(|| format!("flag needs an argument: {argument}"))?;
            flags.insert(argument, value);
        } else if BARE.contains(&argument) {
            flags.insert(argument, "");
        } else if argument.starts_with('-') {
            return Err(format!("unknown flag: {argument}"));
        } else {
            words.push(argument.to_owned());
        }
    }
    let namespace = (*flags.get("--namespace").unwrap_or(&"default")).to_owned();
    let command = match words.as_slice() {
        [command, release, chart] if command == "upgrade" => {
            Command::Upgrade(upgrade(release, chart, &flags)?)
        }
        [command, release, revision] if command == "rollback" => {
            let wrong = |_| format!("could not convert revision to a number: {revision}");
            Command::Rollback {
                release: release.clone(),
                revision: revision.parse().map_err(wrong)?,
            }
        }
        [command, release] if command == "uninstall" => {
            Command::Uninstall { release: release.clone() }
        }
        _ => return Err(format!("the sandbox does not know `helm {}`", words.join(" "))),
    };
    Ok(Arguments { command, namespace })
}

fn upgrade(release: &str, chart: &str, flags: &BTreeMap<&str, &str>) -> Result<Upgrade, String> {
    if flags.get("--values") != Some(&"-") || !flags.contains_key("--install") {
        return Err("the sandbox knows only `helm upgrade --install --values -`".to_owned());
    }
    let history = flags.get("--history-max").and_then(|most| most.parse().ok()).unwrap_or(10);
    let labels = flags.get("--labels").copied().unwrap_or_default();
    let label = |pair: &str| {
        let (key, value) = pair.split_once('=')?;
        Some((key.to_owned(), (value != "null").then(|| value.to_owned())))
    };
    Ok(Upgrade {
        release: release.to_owned(),
        chart: chart.to_owned(),
        version: flags.get("--version").map(|version| (*version).to_owned()),
        labels: labels.split(',').filter_map(label).collect(),
        history,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Arguments, String> {
        read(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn flags_may_stand_anywhere() {
        let line = "upgrade --install --namespace prod --labels a=1,b=null --values - hub jupyterhub \
                    --repo https://charts.example.org --version 4.2.0";
        let Arguments { command: Command::Upgrade(upgrade), namespace } = words(line).unwrap()
        else {
            panic!("it is an upgrade")
        };
        assert_eq!((namespace.as_str(), upgrade.chart.as_str()), ("prod", "jupyterhub"));
        assert_eq!(upgrade.labels["a"].as_deref(), Some("1"));
        assert_eq!(upgrade.labels["b"], None);
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert_eq!(words("upgrade --wait hub x").unwrap_err(), "unknown flag: --wait");
        assert!(words("template hub x").unwrap_err().contains("does not know"));
    }
}
