//! `billing`: who pays, and where Google writes down what for.

use crate::project::cloud::google_project;
use crate::project::format::Wrong;
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use schemars::JsonSchema;
use serde::Deserialize;

/// Who pays, and where Google writes down what for.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Billing {
    /// Who pays, as in `Columbia University`. For people only.
    #[serde(default)]
    pub payer: Option<String>,
    /// The billing account, as in `012345-6789AB-CDEF01`; whichever is in the export when not
    /// said.
    #[serde(default)]
    #[schemars(extend("format" = "billing-account", "examples" = ["012345-6789AB-CDEF01"]))]
    pub account: Option<String>,
    /// The data set of BigQuery that Google exports detailed costs to, as in
    /// `leap-pangeo.cloud_costs`, or `cloud_costs` in the project of the stack.
    #[serde(default)]
    #[schemars(extend("format" = "dataset", "examples" = ["leap-pangeo.cloud_costs"]))]
    pub export: Option<String>,
    /// By which labels costs are told apart.
    #[serde(default)]
    pub labels: Labels,
}

/// By which labels costs are told apart, as the export names them: those of GKE's cost allocation
/// are `k8s-namespace` and `k8s-label/KEY` for the label KEY of a pod.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Labels {
    /// Of a hub: each has a namespace of its own.
    pub hub: String,
    /// Of a category of access: a hub labels the servers of people with it.
    pub category: String,
    /// Of a person: a hub labels each server with whose it is.
    pub user: String,
}

impl Default for Labels {
    fn default() -> Self {
        Self {
            hub: "k8s-namespace".to_owned(),
            category: "k8s-label/leap-infra-category".to_owned(),
            // <https://jupyterhub-kubespawner.readthedocs.io/en/latest/spawner.html>
            user: "k8s-label/hub.jupyter.org/username".to_owned(),
        }
    }
}

/// Where Google writes down what is paid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// The project of the data set, in which questions are asked.
    pub project: String,
    /// The data set.
    pub dataset: String,
    /// The table with the costs of single resources; ends in `*` for every account.
    pub table: String,
}

/// Whether a text is a billing account.
/// <https://cloud.google.com/billing/docs/how-to/find-billing-account-id>
///
/// # Errors
/// When it is not; what is wrong with it.
pub fn billing_account(text: &str) -> Result<(), Wrong> {
    let part = |part: &str| {
        part.len() == 6 && part.chars().all(|c| c.is_ascii_digit() || ('A'..='F').contains(&c))
    };
    let parts: Vec<&str> = text.split('-').collect();
    if parts.len() == 3 && parts.iter().all(|text| part(text)) {
        return Ok(());
    }
    let bare = text.trim_start_matches("billingAccounts/").to_uppercase();
    let meant = (bare != text && billing_account(&bare).is_ok()).then(|| format!("write `{bare}`"));
    Err(Wrong::expected("a billing account, as in `012345-6789AB-CDEF01`").suggest(meant))
}

/// Whether a text is a data set, with or without its project.
/// <https://cloud.google.com/bigquery/docs/datasets#dataset-naming>
///
/// # Errors
/// When it is not; what is wrong with it.
pub fn dataset(text: &str) -> Result<(), Wrong> {
    let (project, dataset) = parts(text);
    let good = !dataset.is_empty()
        && dataset.len() <= 1024
        && dataset.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if good && project.is_none_or(|project| google_project(project).is_ok()) {
        return Ok(());
    }
    let meant = text.replacen(':', ".", 1);
    let meant = (meant != text && dataset_is(&meant)).then(|| format!("write `{meant}`"));
    Err(Wrong::expected("a data set, as in `leap-pangeo.cloud_costs`").suggest(meant))
}

fn dataset_is(text: &str) -> bool {
    dataset(text).is_ok()
}

fn parts(text: &str) -> (Option<&str>, &str) {
    match text.rsplit_once('.') {
        Some((project, dataset)) => (Some(project), dataset),
        None => (None, text),
    }
}

/// Where what an environment costs is written down.
pub(crate) fn export(laid: &Laid) -> Option<Export> {
    let Billing { account, export, .. } = &laid.declaration.billing;
    let (project, dataset) = parts(export.as_deref()?);
    let account = account.as_ref().map(|account| account.replace('-', "_"));
    // <https://cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/detailed-usage>
    let table = format!("gcp_billing_export_resource_v1_{}", account.unwrap_or("*".to_owned()));
    let project = project.unwrap_or(&laid.declaration.cloud.project).to_owned();
    Some(Export { project, dataset: dataset.to_owned(), table })
}

/// Without an export nobody asks for labels.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    for laid in layout.iter().filter(|laid| laid.declaration.billing.export.is_none()) {
        let Some(section) = laid.tree.child("billing") else { continue };
        let Some((key, _)) = section.entry("labels") else { continue };
        let message = "these labels are looked for in the export, and no `export` is declared";
        findings.push(Problem::warning("billing", &key.range, message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_and_a_data_set_are_known_by_their_form() {
        assert!(billing_account("012345-6789AB-CDEF01").is_ok());
        let wrong = billing_account("billingAccounts/012345-6789ab-cdef01").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("write `012345-6789AB-CDEF01`"));
        for good in ["cloud_costs", "leap-pangeo.cloud_costs"] {
            assert!(dataset(good).is_ok(), "{good}");
        }
        let wrong = dataset("leap-pangeo:cloud_costs").unwrap_err();
        assert_eq!(wrong.suggestion.as_deref(), Some("write `leap-pangeo.cloud_costs`"));
        assert!(dataset("cloud`costs").is_err());
    }
}
