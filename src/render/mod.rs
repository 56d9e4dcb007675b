//! Handlebars templates plus values to text. Pure: the templates are part of the binary.
//!
//! Only for what is text by nature; data (Helm values, manifests) is serialised, not templated.

pub mod hub;
pub mod page;

use handlebars::{Handlebars, no_escape};
use serde::Serialize;

/// A template, by name and text.
struct Template {
    name: &'static str,
    text: &'static str,
}

const ROLE: Template =
    Template { name: "gcp-role.yaml", text: include_str!("../../templates/gcp-role.yaml.hbs") };

const CLUSTER_ROLE: Template = Template {
    name: "cluster-role.yaml",
    text: include_str!("../../templates/cluster-role.yaml.hbs"),
};

/// Why a template gave no text.
#[derive(Debug, thiserror::Error)]
#[error("template {template} gave no text")]
pub struct RenderError {
    template: &'static str,
    source: Box<handlebars::RenderError>,
}

/// A custom role of Google Cloud.
#[derive(Clone, Debug, Serialize)]
pub struct Role<'a> {
    /// What it is called.
    pub title: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// What it allows.
    pub permissions: Vec<&'a str>,
}

/// The file that `gcloud iam roles create --file` takes.
///
/// # Errors
/// When the template is wrong.
pub fn role(role: &Role<'_>) -> Result<String, RenderError> {
    render(&ROLE, role)
}

/// A role of a Kubernetes cluster, over objects of all types.
#[derive(Clone, Debug, Serialize)]
pub struct ClusterRole<'a> {
    /// What it is called.
    pub name: &'a str,
    /// What may be done.
    pub verbs: Vec<&'a str>,
}

/// The file that `kubectl apply --filename` takes.
///
/// # Errors
/// When the template is wrong.
pub fn cluster_role(role: &ClusterRole<'_>) -> Result<String, RenderError> {
    render(&CLUSTER_ROLE, role)
}

/// Nothing is escaped: this is not HTML.
fn render(template: &Template, values: &impl Serialize) -> Result<String, RenderError> {
    written(template, values, no_escape)
}

/// Strict: a name that has no value is an error. (Not so for the conditions of blocks, so
/// templates use none that may be absent.)
fn written(
    template: &Template,
    values: &impl Serialize,
    escape: fn(&str) -> String,
) -> Result<String, RenderError> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(escape);
    handlebars.render_template(template.text, values).map_err(|source| {
        let (template, source) = (template.name, Box::new(source));
        RenderError { template, source }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_missing_is_an_error_and_not_an_empty_line() {
        let error = render(&ROLE, &serde_json::json!({ "title": "t" })).unwrap_err();
        assert_eq!(error.to_string(), "template gcp-role.yaml gave no text");
    }

    #[test]
    fn nothing_is_escaped_as_if_it_were_html() {
        let values = Role { title: "a & b", description: "<c>", permissions: vec!["d"] };
        let text = role(&values).unwrap();
        assert!(text.contains("title: a & b\ndescription: <c>\n"), "{text}");
    }
}
