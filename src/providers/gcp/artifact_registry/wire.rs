//! The settings of a registry, ours and the API's. Pure.
//!
//! What a spec has no word for (encryption keys, scanning, what a mirror mirrors) is never sent, and
//! updates name the fields that they change, so it stays as it is.

use super::cleanup::{self, Policies};
use super::{ArtifactRegistry, Spec};
use crate::kind::Kind as _;
use crate::model::{Mark, Owner, Version, base32_digest};
use crate::providers::gcp::compute::label;
use google_cloud_artifactregistry_v1::model as api;
use google_cloud_artifactregistry_v1::model::repository::{
    DockerRepositoryConfig, Format, FormatConfig, Mode,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The last part of a path: the name of a registry, as people say it.
pub(super) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The location that a path names.
fn location(path: &str) -> &str {
    path.split('/').skip_while(|part| *part != "locations").nth(1).unwrap_or_default()
}

/// Its labels, as those of other things are read.
fn labelled(live: &api::Repository) -> Value {
    json!({ "name": name(&live.name), "labels": live.labels })
}

/// Whose a registry is.
pub(super) fn owner(live: &api::Repository, stack: &str) -> Owner {
    label::owner(&labelled(live), stack, ArtifactRegistry::NAME)
}

/// Whether Google made it for something of its own, such as the images of functions.
pub(super) fn is_googles(live: &api::Repository) -> bool {
    label::is_googles(&labelled(live))
}

/// All labels of a live registry.
pub(super) fn all_labels(live: &api::Repository) -> BTreeMap<String, String> {
    label::all(&labelled(live))
}

/// What the labels shall be.
pub(super) fn labels(
    spec: &Spec,
    mark: &Mark,
    live: Option<&api::Repository>,
) -> BTreeMap<String, String> {
    let live = live.map(labelled);
    label::wanted(&spec.labels, spec.protect, mark, live.as_ref())
}

/// Everything that a spec says, as the API takes it; `others` are cleanup policies that it has no
/// word for.
pub(super) fn to_wire(
    spec: &Spec,
    labels: BTreeMap<String, String>,
    others: &Policies,
) -> api::Repository {
    let Spec {
        location: _, // where it is made
        format,
        mode,
        description,
        immutable_tags,
        cleanup,
        labels: _,  // come with the mark
        protect: _, // is one of the labels
    } = spec;
    let images = DockerRepositoryConfig::new().set_immutable_tags(*immutable_tags);
    let images = FormatConfig::DockerConfig(Box::new(images));
    api::Repository::new()
        .set_format(Format::from(format.as_str()))
        .set_mode(Mode::from(mode.as_str()))
        .set_description(description)
        .set_format_config((format == "DOCKER").then_some(images))
        .set_cleanup_policies(cleanup::policies(cleanup, others))
        .set_cleanup_policy_dry_run(cleanup.dry_run)
        .set_labels(labels)
}

/// The settings of a live registry, and its cleanup policies for which there is no word.
pub(super) fn from_wire(live: &api::Repository) -> (Spec, Policies) {
    let labels = labelled(live);
    let policies = live.cleanup_policies.clone().into_iter().collect();
    let (cleanup, others) = cleanup::read(policies, live.cleanup_policy_dry_run);
    let mode = match &live.mode {
        Mode::Unspecified => &Mode::StandardRepository,
        mode => mode,
    };
    let spec = Spec {
        location: location(&live.name).to_owned(),
        format: live.format.name().unwrap_or_default().to_owned(),
        mode: mode.name().unwrap_or_default().to_owned(),
        description: live.description.clone(),
        immutable_tags: live.docker_config().is_some_and(|images| images.immutable_tags),
        cleanup,
        labels: label::persons(&labels),
        protect: label::is_protected(&labels),
    };
    (spec, others)
}

/// The fields that an update from one spec to another names, labels aside.
pub(super) fn changed_fields(before: &Spec, after: &Spec) -> Vec<&'static str> {
    let Spec {
        location: _, // cannot be changed, like the next two
        format: _,
        mode: _,
        description,
        immutable_tags,
        cleanup,
        labels: _,
        protect: _,
    } = after;
    let policies = |it: &Spec| cleanup::policies(&it.cleanup, &Policies::new());
    let mut fields = Vec::new();
    if *description != before.description {
        fields.push("description");
    }
    if *immutable_tags != before.immutable_tags {
        fields.push("docker_config");
    }
    if policies(after) != policies(before) {
        fields.push("cleanup_policies");
    }
    if cleanup.dry_run != before.cleanup.dry_run {
        fields.push("cleanup_policy_dry_run");
    }
    fields
}

/// There is no version but the content: the time of the last change moves when images come.
pub(super) fn version(live: &api::Repository) -> Version {
    let (spec, others) = from_wire(live);
    let others: Vec<String> = others.values().map(|policy| format!("{policy:?}")).collect();
    let content = json!([spec, all_labels(live), others]).to_string();
    Version(base32_digest(content.as_bytes()))
}

/// What lies in a registry, in words: `packages` of it, of which `more` are not named.
pub(super) fn contents(packages: &[String], more: bool, bytes: i64) -> Option<String> {
    const NAMED: usize = 3;
    let names = packages.iter().take(NAMED).map(|path| name(path).replace("%2F", "/"));
    let names: Vec<String> = names.collect();
    let count = packages.len();
    let things = match (count, more) {
        (0, _) => return None,
        (1, false) => "1 package".to_owned(),
        (count, false) => format!("{count} packages"),
        (count, true) => format!("more than {count} packages"),
    };
    let rest = if count > NAMED || more { ", …" } else { "" };
    Some(format!("holds {things} ({}{rest}){}", names.join(", "), size(bytes)))
}

fn size(bytes: i64) -> String {
    const GB: f64 = 1_073_741_824.0;
    match bytes {
        ..=0 => String::new(),
        bytes => format!(", {:.1} GB", bytes as f64 / GB),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Cleanup;
    use super::*;

    fn spec() -> Spec {
        Spec {
            description: "Images of the hub".into(),
            immutable_tags: true,
            cleanup: Cleanup { keep: Some(10), ..Cleanup::default() },
            labels: [("team".to_owned(), "hub".to_owned())].into(),
            ..Spec::new("us-central1")
        }
    }

    fn live(spec: &Spec) -> api::Repository {
        let live = to_wire(spec, spec.labels.clone(), &Policies::new());
        live.set_name("projects/leap/locations/us-central1/repositories/images")
    }

    #[test]
    fn a_spec_survives_the_wire() {
        assert_eq!(from_wire(&live(&spec())), (spec(), Policies::new()));
        let python = Spec { format: "PYTHON".into(), ..Spec::new("us-central1") };
        assert_eq!(from_wire(&live(&python)).0, python);
    }

    #[test]
    fn only_what_differs_is_named() {
        let mut after = spec();
        assert_eq!(changed_fields(&spec(), &after), Vec::<&str>::new());
        after.cleanup.dry_run = true;
        assert_eq!(changed_fields(&spec(), &after), ["cleanup_policy_dry_run"]);
        after.cleanup.keep = None;
        after.immutable_tags = false;
        let fields = ["docker_config", "cleanup_policies", "cleanup_policy_dry_run"];
        assert_eq!(changed_fields(&spec(), &after), fields);
    }

    #[test]
    fn the_version_does_not_move_when_images_come() {
        let time = |seconds| google_cloud_wkt::Timestamp::clamp(seconds, 0);
        let before = live(&spec()).set_update_time(time(1)).set_size_bytes(0);
        let after = live(&spec()).set_update_time(time(2)).set_size_bytes(5);
        assert_eq!(version(&before), version(&after));
        assert_ne!(version(&before), version(&after.set_description("else")));
    }

    #[test]
    fn what_a_registry_holds_is_said_in_words() {
        let path = |name: &str| format!("projects/p/locations/l/repositories/r/packages/{name}");
        let some = ["hub", "dask%2Fworker", "gpu", "old"].map(path);
        assert_eq!(contents(&[], false, 0), None);
        assert_eq!(contents(&some[..1], false, 0).unwrap(), "holds 1 package (hub)");
        let words = "holds 4 packages (hub, dask/worker, gpu, …), 2.0 GB";
        assert_eq!(contents(&some, false, 2_147_483_648).unwrap(), words);
    }
}
