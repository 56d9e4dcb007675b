//! What was paid for, as Google exports it to BigQuery: one question, asked by label.
//!
//! <https://cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/detailed-usage>,
//! <https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/query>. Planning never comes here.

use crate::kind::{ProviderError, Retry};
use crate::providers::gcp::client::Connection;
use crate::providers::gcp::error::CallFailed;
use crate::providers::gcp::rest::{Rest, RestApi, RestCall};
use http::Method;
use serde_json::{Value, json};

const BIGQUERY: RestApi = RestApi { host: "bigquery.googleapis.com", version: "bigquery/v2" };

/// How long the service holds an answer back while it works, in milliseconds: less than a call may
/// take.
const PATIENCE_MS: u32 = 20_000;

/// How often an answer is asked for: a quarter of an hour in all.
const ASKED_AT_MOST: usize = 45;

/// How much a question may read, in bytes: 100 GiB, which costs less than a dollar.
const READ_AT_MOST: u64 = 100 << 30;

/// The export.
#[derive(Clone, Debug)]
pub struct BillingExport {
    rest: Rest,
    retry: Retry,
}

/// Where the export of an account lies.
#[derive(Clone, Copy, Debug)]
pub struct ExportTable<'a> {
    /// The project, in which the question is asked as well.
    pub project: &'a str,
    /// The data set.
    pub dataset: &'a str,
    /// The table; with `*` at its end every table that begins so.
    pub table: &'a str,
}

/// What was paid for everything with one value of a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Spent {
    /// The value; empty where there is no such label.
    pub name: String,
    /// The currency, `USD`.
    pub currency: String,
    /// What it costs before credits.
    pub cost: f64,
    /// What is given back, as a negative number.
    pub credits: f64,
}

impl BillingExport {
    /// The export behind a connection.
    pub fn new(connection: &Connection) -> Self {
        Self { rest: connection.rest.clone(), retry: connection.retry.clone() }
    }

    /// What was paid in a month (`202610`), by the value of a label, the most first.
    ///
    /// # Errors
    /// When there is no such table, we may not ask, or the question is too large.
    pub async fn by_label(
        &self,
        table: ExportTable<'_>,
        label: &str,
        month: &str,
    ) -> Result<Vec<Spent>, ProviderError> {
        let what = format!("the costs in {}.{}.{}", table.project, table.dataset, table.table);
        let mut answer = self.ask(&what, table, label, month).await?;
        let mut spent = Vec::new();
        for _ in 0..ASKED_AT_MOST {
            let complete = answer["jobComplete"] == Value::Bool(true);
            let rows = answer["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
            spent.extend(rows.iter().filter(|_| complete).map(row));
            let token = answer["pageToken"].as_str().unwrap_or_default().to_owned();
            if complete && token.is_empty() {
                return Ok(spent);
            }
            answer = self.go_on(&what, table.project, &answer["jobReference"], &token).await?;
        }
        let why = "BigQuery was not ready with it in a quarter of an hour".to_owned();
        Err(ProviderError::Unexpected { what, why })
    }

    async fn ask(
        &self,
        what: &str,
        table: ExportTable<'_>,
        label: &str,
        month: &str,
    ) -> Result<Value, CallFailed> {
        let body = json!({
            "query": query(table),
            "useLegacySql": false,
            "parameterMode": "NAMED",
            "queryParameters": [text("label", label), text("month", month)],
            "maximumBytesBilled": READ_AT_MOST.to_string(),
            "timeoutMs": PATIENCE_MS,
        });
        let call = || {
            let path = format!("projects/{}/queries", table.project);
            let call = RestCall { method: Method::POST, ..RestCall::get(what, path) };
            let call = call.sending(body.clone());
            async move { self.rest.call(BIGQUERY, &call).await }
        };
        self.retry.run(what, None, call).await
    }

    /// More of an answer, or the beginning of it where it was not ready.
    async fn go_on(
        &self,
        what: &str,
        project: &str,
        job: &Value,
        token: &str,
    ) -> Result<Value, CallFailed> {
        let id = job["jobId"].as_str().unwrap_or_default();
        let call = || {
            let mut call = RestCall::get(what, format!("projects/{project}/queries/{id}"))
                .with("timeoutMs", PATIENCE_MS.to_string());
            if let Some(location) = job["location"].as_str() {
                call = call.with("location", location);
            }
            if !token.is_empty() {
                call = call.with("pageToken", token);
            }
            async move { self.rest.call(BIGQUERY, &call).await }
        };
        self.retry.run(what, None, call).await
    }
}

/// Costs and credits by the value of the label `@label` in the month `@month`. The names in it come
/// from a declaration whose form was checked.
fn query(ExportTable { project, dataset, table }: ExportTable<'_>) -> String {
    format!(
        "SELECT IFNULL((SELECT ANY_VALUE(l.value) FROM UNNEST(labels) AS l WHERE l.key = @label), \
         '') AS name, currency, SUM(cost) AS cost, \
         SUM(IFNULL((SELECT SUM(c.amount) FROM UNNEST(credits) AS c), 0)) AS credits \
         FROM `{project}.{dataset}.{table}` WHERE invoice.month = @month \
         GROUP BY name, currency ORDER BY cost DESC, name, currency"
    )
}

fn text(name: &str, value: &str) -> Value {
    json!({
        "name": name,
        "parameterType": { "type": "STRING" },
        "parameterValue": { "value": value },
    })
}

/// A row: its columns are in the order of the question, and numbers are texts.
fn row(row: &Value) -> Spent {
    let cell = |at: usize| row["f"][at]["v"].as_str().unwrap_or_default();
    let number = |at: usize| cell(at).parse().unwrap_or_default();
    Spent {
        name: cell(0).to_owned(),
        currency: cell(1).to_owned(),
        cost: number(2),
        credits: number(3),
    }
}
