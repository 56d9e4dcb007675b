//! BigQuery: rows that are streamed into a table, and the one question that is asked of a billing
//! export: costs and credits of a month by the value of a label. It knows no SQL: any other question
//! is refused.
//!
//! <https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/query>,
//! <https://cloud.google.com/bigquery/docs/reference/rest/v2/tabledata/insertAll>

mod question;

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::request::Parts;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::rest::{self, Answer, Parameters};
use super::serviceusage;
use super::{Api, Label, World};
use question::{Group, Question};

/// The API.
#[derive(Clone, Copy, Debug, Default)]
pub struct BigQuery;

const NAME: &str = "bigquery.googleapis.com";
const QUERIES: &str = "/bigquery/v2/projects/{project}/queries";
const QUERY: &str = "/bigquery/v2/projects/{project}/queries/{job}";
const INSERT: &str = "/bigquery/v2/projects/{project}/datasets/{dataset}/tables/{table}/insertAll";

/// How many rows a page has if nobody says: fewer than the real one, so that pages are met.
const PAGE: usize = 100;

impl Api for BigQuery {
    fn name(&self) -> &'static str {
        "bigquery"
    }

    fn router(&self, world: World) -> Router {
        Router::new()
            .route(QUERIES, post(ask))
            .route(QUERY, get(answer))
            .route(INSERT, post(insert))
            .with_state(world)
    }

    fn label(&self, parts: &Parts, _: &[u8]) -> Label {
        let label = rest::label(parts, &[QUERIES, QUERY, INSERT]);
        // A question changes nothing but the list of jobs.
        let mutating = label.mutating && label.method.ends_with("/insertAll");
        Label { mutating, ..label }
    }
}

fn rows_of(project: &str, dataset: &str, table: &str) -> String {
    format!("bigquery/row/{project}/{dataset}/{table}")
}

/// Keeps rows; a table is there once it has some.
async fn insert(
    State(world): State<World>,
    Path((project, dataset, table)): Path<(String, String, String)>,
    Json(body): Json<Value>,
) -> Answer {
    serviceusage::needs(&world, &project, NAME)?;
    let rows = body["rows"].as_array().filter(|rows| !rows.is_empty());
    let rows = rows.ok_or_else(|| Refusal::invalid("No rows present in the request."))?;
    world.store.transact(|transaction| {
        let prefix = format!("{}/", rows_of(&project, &dataset, &table));
        let there = transaction.scan(&prefix, "").count();
        for (number, row) in rows.iter().enumerate() {
            let key = format!("{prefix}{:08}", there + number);
            transaction.put(key, row["json"].clone());
        }
        Ok::<_, Refusal>(())
    })?;
    Ok(Json(json!({ "kind": "bigquery#tableDataInsertAllResponse" })))
}

/// Begins a job. Its answer is there at once, unless operations take time: then it is asked for.
async fn ask(
    State(world): State<World>,
    Path(project): Path<String>,
    Json(body): Json<Value>,
) -> Answer {
    serviceusage::needs(&world, &project, NAME)?;
    let question = Question::read(&body)?;
    let groups = groups(&world, &question)?;
    let job = format!("job_{}", world.clock.now().0);
    let rows: Vec<Value> = groups.iter().map(Group::row).collect();
    world.store.transact(|transaction| {
        transaction.put(job_key(&project, &job), json!(rows));
        Ok::<_, Refusal>(())
    })?;
    let waits = world.behaviour.operation_time.as_nanos() > 0;
    let asked = body["maxResults"].as_u64().and_then(|most| usize::try_from(most).ok());
    let kind = "bigquery#queryResponse";
    Ok(Json(match waits {
        true => json!({ "kind": kind, "jobReference": reference(&project, &job),
            "jobComplete": false }),
        false => page(kind, &project, &job, rows, asked, "")?,
    }))
}

/// The answer of a job, or the next page of it. The real one holds it back until the job is done.
async fn answer(
    State(world): State<World>,
    Path((project, job)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
) -> Answer {
    let key = job_key(&project, &job);
    let rows = world.store.read(|view| Ok::<_, Refusal>(view.value(&key)))?;
    let rows = rows
        .and_then(|rows| rows.as_array().cloned())
        .ok_or_else(|| Refusal::not_found(format!("Not found: Job {project}:{job}")))?;
    let asked = parameters.get("maxResults").and_then(|most| most.parse().ok());
    let token = parameters.get("pageToken").map_or("", String::as_str);
    let kind = "bigquery#getQueryResultsResponse";
    Ok(Json(page(kind, &project, &job, rows, asked, token)?))
}

fn job_key(project: &str, job: &str) -> String {
    format!("bigquery/job/{project}/{job}")
}

fn reference(project: &str, job: &str) -> Value {
    json!({ "projectId": project, "jobId": job, "location": "US" })
}

fn page(
    kind: &str,
    project: &str,
    job: &str,
    rows: Vec<Value>,
    asked: Option<usize>,
    token: &str,
) -> Result<Value, Refusal> {
    let total = rows.len();
    let size = asked.filter(|asked| *asked > 0).unwrap_or(PAGE);
    let mut page = rest::page("rows", rows, size, token)?;
    if let Some(next) = page.as_object_mut().and_then(|page| page.remove("nextPageToken")) {
        page["pageToken"] = next;
    }
    page["kind"] = json!(kind);
    page["schema"] = question::schema();
    page["jobReference"] = reference(project, job);
    page["jobComplete"] = json!(true);
    page["totalRows"] = json!(total.to_string());
    Ok(page)
}

/// What the rows of the tables come to that a question is about.
fn groups(world: &World, question: &Question) -> Result<Vec<Group>, Refusal> {
    let Question { project, dataset, table, .. } = question;
    let (begin, every) = match table.strip_suffix('*') {
        Some(begin) => (rows_of(project, dataset, begin), true),
        None => (format!("{}/", rows_of(project, dataset, table)), false),
    };
    let rows: Vec<Value> = world.store.read(|view| {
        Ok::<_, Refusal>(view.scan(&begin, "").map(|(_, row)| row.clone()).collect())
    })?;
    if rows.is_empty() {
        let message = if every {
            format!("{project}:{dataset}.{table} does not match any table.")
        } else {
            format!("Not found: Table {project}:{dataset}.{table} was not found in location US")
        };
        return Err(Refusal::not_found(message));
    }
    Ok(question.groups(&rows))
}
