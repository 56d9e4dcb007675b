//! Values of a chart: held against what the chart says that they may be, and against what must not be
//! in them.

use super::settings::Chart;
use crate::project::check;
use crate::project::layout::Laid;
use crate::project::problem::{Findings, Problem};
use crate::project::tree::{Key, Node, Value};
use crate::providers::helm::helm_release::looks_secret;
use serde_json::{Map, Value as Json};

/// What is deployed with values.
#[derive(Clone, Copy)]
pub(crate) struct Deployed<'a> {
    /// The environment.
    pub(crate) laid: &'a Laid,
    /// The chart.
    pub(crate) chart: &'a Chart,
    /// The keys below which the chart takes the values.
    pub(crate) under: Option<&'a str>,
    /// Where the values were written, `releases.hub.values`.
    pub(crate) path: &'a str,
}

/// Checks values as a person wrote them.
pub(crate) fn check_values(of: Deployed<'_>, values: &Node, findings: &mut Findings) {
    secrets(of, values, findings);
    let locked = of.laid.lock.of(of.chart).and_then(|locked| locked.schema.as_ref());
    let Some(schema) = locked else { return };
    let at = steps(of.under).try_fold(schema, |schema, step| schema.get("properties")?.get(step));
    if let Some(at) = at {
        let path: Vec<String> = of.path.split('.').map(str::to_owned).collect();
        check::check_values(schema, at, values, path, findings);
    }
}

/// Values below the keys where a chart takes them.
pub(crate) fn nested(values: Json, under: Option<&str>) -> Json {
    let steps: Vec<&str> = steps(under).collect();
    steps
        .into_iter()
        .rev()
        .fold(values, |values, step| Json::Object(Map::from_iter([(step.to_owned(), values)])))
}

/// Lays values over others: maps key by key, everything else takes the place of what was there.
pub(crate) fn lay(below: &mut Json, above: Json) {
    match (below, above) {
        (Json::Object(below), Json::Object(above)) => {
            for (key, value) in above {
                lay(below.entry(key).or_insert(Json::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}

fn steps(under: Option<&str>) -> impl Iterator<Item = &str> {
    under.into_iter().flat_map(|under| under.split('.'))
}

/// Refuses references to secrets, and warns of what looks like a secret itself.
fn secrets(of: Deployed<'_>, values: &Node, findings: &mut Findings) {
    let declared = &of.laid.declaration.secrets;
    values.visit(&mut |node| {
        if let Some(key) = reference(node).filter(|key| declared.contains_key(*key)) {
            let message = format!("the secret `{key}` would lie in the values of a release");
            let problem = Problem::error("secret-in-values", &node.range, message);
            let expected = "the name of a Secret in the cluster: Helm keeps values readable for \
                            whoever reads releases";
            findings.push(problem.expected(expected));
        }
        for (key, node) in node.entries() {
            if let Value::String(text) = &node.value
                && looks_secret(&key.name, text)
                && reference(node).is_none()
            {
                let message = format!("`{}` looks like a secret in clear text", key.name);
                let problem = Problem::warning("secret-in-values", &node.range, message);
                let help = "keep it in a Secret, and tell the chart its name; if it is none, let \
                            this be";
                findings.push(problem.suggest(help.to_owned()));
            }
        }
    });
}

/// The key of a secret that a value refers to, `secret:KEY` or `{ secret: KEY }`.
fn reference(node: &Node) -> Option<&str> {
    match &node.value {
        Value::String(text) => text.strip_prefix("secret:"),
        Value::Map(entries) => match entries.as_slice() {
            [(Key { name, .. }, node)] if name == "secret" => node.text(),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_go_where_a_chart_that_wraps_another_takes_them() {
        let values = nested(json!({ "hub": {} }), Some("basehub.jupyterhub"));
        assert_eq!(values, json!({ "basehub": { "jupyterhub": { "hub": {} } } }));
        assert_eq!(nested(json!({ "hub": {} }), None), json!({ "hub": {} }));
    }
    #[test]
    fn the_last_word_changes_what_it_names_and_nothing_else() {
        let mut values = json!({ "hub": { "a": 1, "list": [1, 2] }, "proxy": true });
        lay(&mut values, json!({ "hub": { "list": [3], "b": { "c": 4 } } }));
        assert_eq!(
            values,
            json!({ "hub": { "a": 1, "list": [3], "b": { "c": 4 } }, "proxy": true })
        );
    }
}
