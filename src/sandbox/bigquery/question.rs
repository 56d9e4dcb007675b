//! The one question: what a month cost, by the value of a label.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Refusal;

/// What must be in a query for it to be that question, blanks aside.
const SIGNS: [&str; 5] = [
    "SUM(cost) AS cost",
    "FROM UNNEST(labels)",
    "= @label",
    "WHERE invoice.month = @month",
    "GROUP BY name, currency ORDER BY cost DESC",
];

/// The question.
pub(super) struct Question {
    pub(super) project: String,
    pub(super) dataset: String,
    pub(super) table: String,
    label: String,
    month: String,
}

/// What everything with one value of the label comes to, in one currency.
pub(super) struct Group {
    name: String,
    currency: String,
    cost: f64,
    credits: f64,
}

impl Question {
    /// Reads the body of a call.
    pub(super) fn read(body: &Value) -> Result<Self, Refusal> {
        if body["useLegacySql"] != Value::Bool(false) {
            // It is true when nobody says.
            return Err(Refusal::unimplemented("the sandbox knows no legacy SQL"));
        }
        let query = body["query"].as_str().unwrap_or_default();
        let query = query.split_whitespace().collect::<Vec<_>>().join(" ");
        let table = query.split('`').nth(1).filter(|_| SIGNS.iter().all(|it| query.contains(it)));
        // A project of a domain has dots of its own.
        let parts: Vec<&str> = table.unwrap_or_default().rsplitn(3, '.').collect();
        let [table, dataset, project] = parts[..] else {
            return Err(Refusal::unimplemented(
                "the sandbox answers one question: the costs of a month by the value of a label",
            ));
        };
        let parameter = |name: &str| {
            let all = body["queryParameters"].as_array().into_iter().flatten();
            let mut named = all.filter(|it| it["name"] == name);
            let value = named.next().and_then(|it| it["parameterValue"]["value"].as_str());
            let lost = || format!("Query parameter '{name}' not found");
            value.map(str::to_owned).ok_or_else(|| Refusal::invalid(lost()))
        };
        Ok(Self {
            project: project.to_owned(),
            dataset: dataset.to_owned(),
            table: table.to_owned(),
            label: parameter("label")?,
            month: parameter("month")?,
        })
    }

    /// What rows come to, the most expensive first.
    pub(super) fn groups(&self, rows: &[Value]) -> Vec<Group> {
        let mut sums: BTreeMap<(String, String), (f64, f64)> = BTreeMap::new();
        for row in rows.iter().filter(|row| row["invoice"]["month"] == self.month) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let labels = row["labels"].as_array().into_iter().flatten();
            let label = labels.filter(|it| it["key"] == self.label).map(|it| text(&it["value"]));
            let name = label.into_iter().next().unwrap_or_default();
            let credits = row["credits"].as_array().into_iter().flatten();
            let credits: f64 = credits.filter_map(|credit| credit["amount"].as_f64()).sum();
            let sum = sums.entry((name, text(&row["currency"]))).or_default();
            *sum = (sum.0 + row["cost"].as_f64().unwrap_or_default(), sum.1 + credits);
        }
        let group = |((name, currency), (cost, credits))| Group { name, currency, cost, credits };
        let mut groups: Vec<Group> = sums.into_iter().map(group).collect();
        groups.sort_by(|a, b| b.cost.total_cmp(&a.cost).then_with(|| a.name.cmp(&b.name)));
        groups
    }
}

impl Group {
    /// As a row of an answer: numbers are texts.
    pub(super) fn row(&self) -> Value {
        let Self { name, currency, cost, credits } = self;
        let values = [name.clone(), currency.clone(), cost.to_string(), credits.to_string()];
        json!({ "f": values.map(|value| json!({ "v": value })) })
    }
}

/// What the columns of an answer are.
pub(super) fn schema() -> Value {
    let field = |name: &str, kind: &str| json!({ "name": name, "type": kind, "mode": "NULLABLE" });
    json!({ "fields": [
        field("name", "STRING"), field("currency", "STRING"),
        field("cost", "FLOAT"), field("credits", "FLOAT"),
    ] })
}
