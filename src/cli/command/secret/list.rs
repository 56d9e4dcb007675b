//! What there is in Secret Manager of what is declared.

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::machine;
use crate::cli::planning::LookArgs;
use crate::cli::session;
use crate::cli::ui::Ui;
use crate::kind::ProviderError;
use crate::model::secret::Reference;
use crate::providers::gcp::SecretVersions;
use serde_json::{Value, json};

/// Prints every declared secret of the chosen environments.
pub(super) async fn run(look: &LookArgs, ui: &Ui) -> Result<Exit, Failure> {
    let session = match session::open(look, ui).await? {
        Ok(session) => session,
        Err(exit) => return Ok(exit),
    };
    let versions = SecretVersions::new(&session.connection);
    let mut entries = Vec::new();
    for env in &session.environments {
        for (key, reference) in session.project.secrets(env) {
            let mut entry =
                json!({ "environment": env, "key": key, "kept_in": reference.to_string() });
            if let Reference::Google { project, name } = &reference {
                match seen(&versions, project, name).await {
                    Ok((list, readers)) => {
                        entry["versions"] = list;
                        entry["readers"] = json!(readers);
                    }
                    Err(ProviderError::NotFound { .. }) => entry["missing"] = json!(true),
                    Err(error) => entry["error"] = json!(error.to_string()),
                }
            }
            entries.push(entry);
        }
    }
    if ui.json {
        ui.say(json!(entries).to_string());
    } else if entries.is_empty() {
        ui.say("No secret is declared here.");
    } else {
        entries.iter().for_each(|entry| ui.say(text(entry)));
    }
    Ok(Exit::Ok)
}

async fn seen(
    versions: &SecretVersions,
    project: &str,
    name: &str,
) -> Result<(Value, Vec<String>), ProviderError> {
    let list = versions.list(project, name).await?;
    let list = list.iter().map(|version| {
        json!({
            "version": version.number,
            "state": version.state.word(),
            "created": version.created,
            "age_days": machine::days_since(&version.created),
        })
    });
    Ok((list.collect(), versions.readers(project, name).await?))
}

fn text(entry: &Value) -> String {
    let of = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut text = format!(
        "{}: {}   {}\n",
        of(&entry["environment"]),
        of(&entry["key"]),
        of(&entry["kept_in"])
    );
    let mut line = |line: String| text += &format!("  {line}\n");
    if entry.get("missing").is_some() {
        line("not there yet: leap-infra apply makes it, if it says `make:`".to_owned());
    }
    if let Some(error) = entry["error"].as_str() {
        line(error.to_owned());
    }
    let Some(versions) = entry["versions"].as_array() else { return text };
    for version in versions {
        let days = version["age_days"].as_i64().unwrap_or_default();
        line(format!("version {} {}, {days} days old", version["version"], of(&version["state"])));
    }
    if versions.is_empty() {
        line(format!("no value yet: leap-infra secret set {}", of(&entry["key"])));
    }
    let readers: Vec<String> = entry["readers"].as_array().into_iter().flatten().map(of).collect();
    if !readers.is_empty() {
        line(format!("read by {}", readers.join(", ")));
    }
    text
}
