//! BigQuery as plain JSON over HTTP.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;

const TABLE: &str =
    "/bigquery/v2/projects/leap/datasets/costs/tables/gcp_billing_export_resource_v1_A";
const QUERIES: &str = "/bigquery/v2/projects/leap/queries";

async fn call(bench: &Bench, method: &str, path: &str, body: Value) -> (u16, Value) {
    let url = format!("{}{path}", bench.sandbox.url());
    let request = reqwest::Client::new().request(method.parse().unwrap(), url).json(&body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn row(user: &str, cost: f64, month: &str) -> Value {
    json!({ "json": {
        "labels": [{ "key": "user", "value": user }],
        "cost": cost, "currency": "USD", "credits": [{ "name": "c", "amount": -0.5 }],
        "invoice": { "month": month },
    } })
}

fn question(table: &str, label: &str) -> Value {
    let text = |name: &str, value: &str| {
        json!({ "name": name, "parameterType": { "type": "STRING" },
            "parameterValue": { "value": value } })
    };
    let query = format!(
        "SELECT IFNULL((SELECT ANY_VALUE(l.value) FROM UNNEST(labels) AS l WHERE l.key = @label), \
         '') AS name, currency, SUM(cost) AS cost, 0 AS credits FROM `leap.costs.{table}` \
         WHERE invoice.month = @month GROUP BY name, currency ORDER BY cost DESC"
    );
    json!({ "query": query, "useLegacySql": false, "parameterMode": "NAMED",
        "queryParameters": [text("label", label), text("month", "202610")] })
}

fn cells(answer: &Value) -> Vec<Vec<&str>> {
    let rows = answer["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    rows.iter()
        .map(|row| {
            row["f"].as_array().unwrap().iter().map(|it| it["v"].as_str().unwrap()).collect()
        })
        .collect()
}

#[tokio::test]
async fn costs_of_a_month_are_summed_by_the_value_of_a_label() {
    let bench = Bench::new().await;
    let rows = json!({ "rows": [
        row("ada", 2.0, "202610"), row("bob", 5.0, "202610"), row("ada", 1.5, "202610"),
        row("ada", 99.0, "202609"),
    ] });
    assert_eq!(call(&bench, "POST", &format!("{TABLE}/insertAll"), rows).await.0, 200);
    for table in ["gcp_billing_export_resource_v1_A", "gcp_billing_export_resource_v1_*"] {
        let (code, answer) = call(&bench, "POST", QUERIES, question(table, "user")).await;
        assert_eq!((code, &answer["jobComplete"]), (200, &json!(true)));
        let expected = [["bob", "USD", "5", "-0.5"], ["ada", "USD", "3.5", "-1"]];
        assert_eq!(cells(&answer), expected);
        assert_eq!(answer["totalRows"], "2");
    }
    let (_, unlabelled) =
        call(&bench, "POST", QUERIES, question("gcp_billing_export_resource_v1_A", "hub")).await;
    assert_eq!(cells(&unlabelled), [["", "USD", "8.5", "-1.5"]]);
}

#[tokio::test]
async fn any_other_question_is_refused_and_no_table_is_no_answer() {
    let bench = Bench::new().await;
    let (code, _) = call(&bench, "POST", QUERIES, question("nowhere", "user")).await;
    assert_eq!(code, 404);
    let other = json!({ "query": "SELECT 1", "useLegacySql": false });
    assert_eq!(call(&bench, "POST", QUERIES, other).await.0, 501);
    assert_eq!(call(&bench, "POST", QUERIES, json!({ "query": "SELECT 1" })).await.0, 501);
    assert_eq!(call(&bench, "GET", &format!("{QUERIES}/job_1"), json!({})).await.0, 404);
    assert_eq!(call(&bench, "POST", &format!("{TABLE}/insertAll"), json!({})).await.0, 400);
}

#[tokio::test]
async fn an_answer_that_takes_time_is_asked_for_and_comes_in_pages() {
    let behaviour = Behaviour { operation_time: Duration::from_secs(1), ..Behaviour::instant() };
    let clock = Clock::virtual_at(START);
    let sandbox = start(Options { clock, behaviour, ..Options::default() }).await.unwrap();
    let bench = Bench::at(sandbox).await;
    let rows: Vec<Value> = (0..3).map(|n| row(&format!("u{n}"), 1.0, "202610")).collect();
    call(&bench, "POST", &format!("{TABLE}/insertAll"), json!({ "rows": rows })).await;
    let asked = question("gcp_billing_export_resource_v1_A", "user");
    let (_, begun) = call(&bench, "POST", QUERIES, asked).await;
    assert_eq!((&begun["jobComplete"], begun.get("rows")), (&json!(false), None));
    let job = begun["jobReference"]["jobId"].as_str().unwrap();
    let (_, first) = call(&bench, "GET", &format!("{QUERIES}/{job}?maxResults=2"), json!({})).await;
    let token = first["pageToken"].as_str().unwrap();
    let more = format!("{QUERIES}/{job}?maxResults=2&pageToken={token}");
    let (_, second) = call(&bench, "GET", &more, json!({})).await;
    assert_eq!((cells(&first).len(), cells(&second).len()), (2, 1));
    assert!(second.get("pageToken").is_none());
}
