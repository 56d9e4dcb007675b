//! This machine: who runs us, where, and which other processes there are.

use crate::ledger::{Holder, Presence};
use crate::model::secret::Value;
use crate::providers::gcp::credentials::{CredentialSource, Environment, Machine};
use crate::providers::github;
use rustix::process::{Pid, test_kill_process};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// This process as the holder of a lease.
pub fn holder(purpose: &str) -> Holder {
    let process = std::process::id();
    let nanos = since_1970().as_nanos();
    Holder {
        apply: format!("{nanos:x}-{process:x}"),
        user: ["USER", "LOGNAME", "USERNAME"]
            .iter()
            .find_map(|name| std::env::var(name).ok())
            .unwrap_or_else(|| "someone".to_owned()),
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        process,
        started: started(process).unwrap_or_default(),
        purpose: purpose.to_owned(),
    }
}

/// Whether the process that holds a lease still runs, where that can be told.
pub fn presence(holder: &Holder) -> Presence {
    let here = rustix::system::uname().nodename().to_string_lossy() == holder.host;
    if !here {
        return Presence::PerhapsAlive;
    }
    let process = i32::try_from(holder.process).ok().and_then(Pid::from_raw);
    let runs = process
        .is_some_and(|process| !matches!(test_kill_process(process), Err(rustix::io::Errno::SRCH)));
    // The number may have been given to another process since.
    let same = started(holder.process).is_none_or(|started| started == holder.started);
    if runs && same { Presence::Alive } else { Presence::Dead }
}

/// When a process started, in clock ticks since the machine did: field 22 of
/// `/proc/PID/stat`, where there is one (proc(5)).
fn started(process: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(") ")?;
    after_name.split(' ').nth(19).map(str::to_owned)
}

/// Which credentials for Google Cloud this machine has.
pub fn credentials() -> CredentialSource {
    let path = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let home = || path("HOME").map(|home| home.join(".config").join("gcloud"));
    CredentialSource::detect(&Environment {
        application_credentials: path("GOOGLE_APPLICATION_CREDENTIALS"),
        gcloud_folder: path("CLOUDSDK_CONFIG").or_else(home),
        machine: machine(),
    })
}

/// Who this machine is on GitHub: a token in the variable in which Actions and `gh` keep it, or else
/// an App.
pub fn github() -> github::Identity {
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
    let secret = |bytes: Vec<u8>| Arc::new(Value::new(bytes));
    if let Some(token) = variable("GITHUB_TOKEN").or_else(|| variable("GH_TOKEN")) {
        return github::Identity::Token(secret(token.into_bytes()));
    }
    let app = || {
        let id = variable("LEAP_INFRA_GITHUB_APP_ID")?;
        let installation = variable("LEAP_INFRA_GITHUB_INSTALLATION_ID")?.trim().parse().ok()?;
        let key = std::fs::read(variable("LEAP_INFRA_GITHUB_APP_KEY_FILE")?).ok()?;
        Some(github::App { id, installation, key: secret(key), clock: since_1970 })
    };
    app().map_or(github::Identity::Nobody, github::Identity::App)
}

/// Who we are to GitHub in a sandbox, if not somebody who may do everything there.
pub fn github_in_sandbox() -> Option<github::Identity> {
    let token = std::env::var("LEAP_INFRA_SANDBOX_GITHUB_TOKEN").ok()?;
    Some(github::Identity::Token(Arc::new(Value::new(token.into_bytes()))))
}

/// Where this machine keeps how to reach clusters.
/// <https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/>
pub fn kubeconfigs() -> Vec<PathBuf> {
    if let Some(paths) = std::env::var_os("KUBECONFIG") {
        return std::env::split_paths(&paths).filter(|it| !it.as_os_str().is_empty()).collect();
    }
    let home = std::env::var_os("HOME").map(PathBuf::from);
    home.map(|home| home.join(".kube").join("config")).into_iter().collect()
}

/// Whose machine this is, told without asking anybody, as Google's own libraries tell it:
/// <https://github.com/googleapis/gcp-metadata/blob/main/src/gcp-residency.ts>
fn machine() -> Machine {
    if std::env::var("NO_GCE_CHECK").is_ok_and(|text| text == "true") {
        return Machine::Other;
    }
    let said = ["GCE_METADATA_HOST", "K_SERVICE", "CLOUD_RUN_JOB", "FUNCTION_NAME"];
    let said = said.iter().any(|name| std::env::var_os(name).is_some());
    let vendor = std::fs::read_to_string("/sys/class/dmi/id/bios_vendor").unwrap_or_default();
    if said || vendor.starts_with("Google") { Machine::Google } else { Machine::Other }
}

/// The time of day, counted from 1970.
pub fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Now.
pub fn moment() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// Now, as RFC 3339 in whole seconds.
pub fn now() -> String {
    in_hours(0)
}

/// So many hours from now, as RFC 3339 in whole seconds.
pub fn in_hours(hours: u32) -> String {
    let then = OffsetDateTime::now_utc().checked_add(time::Duration::hours(hours.into()));
    let then = then.and_then(|then| then.replace_nanosecond(0).ok());
    // Beyond the year 9999 is as good as never.
    then.and_then(|then| then.format(&Rfc3339).ok()).unwrap_or("9999-12-31T23:59:59Z".to_owned())
}

/// Whether a time in RFC 3339 has come; none if it is no such time.
pub fn is_past(time: &str) -> Option<bool> {
    Some(OffsetDateTime::parse(time, &Rfc3339).ok()? <= OffsetDateTime::now_utc())
}

/// How many whole days ago a time in RFC 3339 was; none if it is no such time.
pub fn days_since(time: &str) -> Option<i64> {
    Some((OffsetDateTime::now_utc() - OffsetDateTime::parse(time, &Rfc3339).ok()?).whole_days())
}

/// The commit that is checked out around a folder, where git is there to tell.
pub fn commit(folder: &Path) -> Option<String> {
    let git = std::process::Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .current_dir(folder)
        .stderr(std::process::Stdio::null())
        .output();
    let text = String::from_utf8(git.ok().filter(|output| output.status.success())?.stdout).ok()?;
    Some(text.trim().to_owned())
}
