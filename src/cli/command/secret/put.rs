//! New versions, and the end of old ones.

use super::source::{FormArgs, SourceArgs};
use super::{Kept, Which, failed, open};
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ui::Ui;
use crate::model::Stack;
use crate::model::secret::{Reference, Value};
use crate::providers::gcp::{SecretVersion, VersionState};
use serde_json::{Value as Json, json};

/// Adds a version.
pub(super) async fn set(which: &Which, source: &SourceArgs, ui: &Ui) -> Result<Exit, Failure> {
    let kept = match open(which, ui).await? {
        Ok(kept) => kept,
        Err(exit) => return Ok(exit),
    };
    let number = kept.add(&source.value(&which.key, ui)?).await?;
    kept.told(number, &[], ui);
    Ok(Exit::Ok)
}

/// Adds the first version.
pub(super) async fn generate(which: &Which, form: &FormArgs, ui: &Ui) -> Result<Exit, Failure> {
    let kept = match open(which, ui).await? {
        Ok(kept) => kept,
        Err(exit) => return Ok(exit),
    };
    let enabled = kept.list().await?;
    if let Some(version) = enabled.iter().find(|it| it.state == VersionState::Enabled) {
        let summary = format!("`{}` has a value already: version {}", which.key, version.number);
        return Err(Failure::new(Exit::Refused, summary)
            .hint(format!("leap-infra secret rotate {} --generate puts in another", which.key)));
    }
    let number = kept.add(&form.value()).await?;
    kept.told(number, &[], ui);
    Ok(Exit::Ok)
}

/// Adds a version and disables all but the newest `keep` before it.
pub(super) async fn rotate(
    which: &Which,
    source: &SourceArgs,
    keep: usize,
    ui: &Ui,
) -> Result<Exit, Failure> {
    let kept = match open(which, ui).await? {
        Ok(kept) => kept,
        Err(exit) => return Ok(exit),
    };
    let before = kept.list().await?;
    let number = kept.add(&source.value(&which.key, ui)?).await?;
    let enabled = before.iter().filter(|it| it.state == VersionState::Enabled);
    let mut disabled = Vec::new();
    for version in enabled.skip(keep) {
        let done = kept.versions.disable(&kept.project, &kept.name, version).await;
        done.map_err(|error| {
            let summary = format!(
                "version {number} is there, but version {} of {} is still enabled",
                version.number, kept.name
            );
            failed(summary, &error)
        })?;
        disabled.push(version.number);
    }
    kept.told(number, &disabled, ui);
    Ok(Exit::Ok)
}

impl Kept {
    async fn list(&self) -> Result<Vec<SecretVersion>, Failure> {
        let list = self.versions.list(&self.project, &self.name).await;
        list.map_err(|error| failed(format!("secret {} cannot be looked at", self.name), &error))
    }

    async fn add(&self, value: &Value) -> Result<u64, Failure> {
        let added = self.versions.add(&self.project, &self.name, value).await;
        added.map_err(|error| failed(format!("secret {} has no new value", self.name), &error))
    }

    /// Says what was done, and what must be applied again; never the value.
    fn told(&self, number: u64, disabled: &[u64], ui: &Ui) {
        let users = users(&self.session.stack, &self.reference);
        if ui.json {
            ui.say(
                json!({
                    "secret": self.reference.to_string(),
                    "version": number,
                    "disabled": disabled,
                    "apply_again": users,
                })
                .to_string(),
            );
            return;
        }
        ui.say(format!("Version {number} of {} is there.", self.name));
        for old in disabled {
            ui.say(format!("Version {old} was disabled."));
        }
        if users.is_empty() {
            ui.say("Nothing that is declared here takes it. What reads it by itself sees it at its next look.");
        } else {
            ui.say(format!("It is used by {}: run leap-infra apply.", users.join(", ")));
        }
    }
}

/// The declared resources whose settings name a secret.
fn users(stack: &Stack, reference: &Reference) -> Vec<String> {
    let wanted = json!(reference);
    let names = stack.resources().values().filter(|resource| holds(&resource.spec, &wanted));
    names.map(|resource| resource.id.to_string()).collect()
}

fn holds(spec: &Json, wanted: &Json) -> bool {
    spec == wanted
        || match spec {
            Json::Object(fields) => fields.values().any(|field| holds(field, wanted)),
            Json::Array(items) => items.iter().any(|item| holds(item, wanted)),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, Resource, ResourceId, Source};

    #[test]
    fn what_takes_a_secret_is_found_wherever_its_settings_name_it() {
        let reference =
            |name: &str| Reference::Google { project: "p".into(), name: name.to_owned() };
        let resource = |name: &str, secret: &str| Resource {
            id: ResourceId::new("prod", "kubernetes-secret", name),
            place: Place::project("p"),
            spec: json!({ "data": [{ "key": "oauth", "from": reference(secret) }] }),
            needs: Default::default(),
            manage: Default::default(),
            source: Source::default(),
            notes: Vec::new(),
        };
        let resources = [resource("hub", "hub-oauth"), resource("other", "other")];
        let stack = Stack::new("leap", vec!["prod".to_owned()], resources).unwrap();
        assert_eq!(users(&stack, &reference("hub-oauth")), ["prod:kubernetes-secret/hub"]);
    }
}
