//! The GraphQL API, as far as it is asked here: the members of a team, with their roles.
//!
//! Only fields that a question names are answered, in whatever order and with whatever spaces; a
//! question with anything else in it is refused, as GitHub does with fields that it does not have.
//! <https://docs.github.com/en/graphql/reference/objects#team>

mod question;

use axum::extract::State;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::answer::{self, Answer, Failure};
use super::membership;
use super::record::{self, Team};
use crate::sandbox::{Transaction, World};
use question::Field;

pub(super) async fn ask(State(world): State<World>, bytes: Bytes) -> Answer {
    let body = answer::body(&bytes)?;
    let text = body["query"].as_str().unwrap_or_default();
    let Some(fields) = question::read(text, &body["variables"]) else {
        return Ok(wrong("A query attribute must be specified and must be a string.", None));
    };
    let answered = world.store.read(|view| {
        Ok::<_, Failure>(each(&fields, |field| match field.name.as_str() {
            "organization" => organization(view, field),
            _ => Err(Wrong::unknown(field, "Query")),
        }))
    })?;
    Ok(match answered {
        Ok(data) => answer::changed(&json!({ "data": data })),
        Err(Wrong { message, kind }) => wrong(&message, kind),
    })
}

/// What is wrong with a question.
struct Wrong {
    message: String,
    kind: Option<&'static str>,
}

impl Wrong {
    fn unknown(field: &Field, on: &str) -> Self {
        let message = format!("Field '{}' doesn't exist on type '{on}'", field.name);
        Self { message, kind: Some("undefinedField") }
    }
}

fn wrong(message: &str, kind: Option<&str>) -> axum::response::Response {
    let mut error = json!({ "message": message });
    if let Some(kind) = kind {
        error["type"] = json!(kind);
    }
    answer::changed(&json!({ "data": null, "errors": [error] }))
}

fn each(fields: &[Field], answer: impl Fn(&Field) -> Result<Value, Wrong>) -> Result<Value, Wrong> {
    let answered = fields.iter().map(|field| Ok((field.name.clone(), answer(field)?)));
    Ok(Value::Object(answered.collect::<Result<Map<_, _>, _>>()?))
}

fn organization(view: &Transaction<'_>, field: &Field) -> Result<Value, Wrong> {
    let login = field.text("login");
    if record::exists(login).is_err() {
        let message = format!("Could not resolve to an Organization with the login of '{login}'.");
        return Err(Wrong { message, kind: Some("NOT_FOUND") });
    }
    each(&field.fields, |field| match field.name.as_str() {
        "login" => Ok(json!(login)),
        "team" => match Team::find(view, login, field.text("slug")) {
            Ok(team) => of_team(view, &team, field),
            Err(_) => Ok(Value::Null),
        },
        _ => Err(Wrong::unknown(field, "Organization")),
    })
}

fn of_team(view: &Transaction<'_>, team: &Team, field: &Field) -> Result<Value, Wrong> {
    each(&field.fields, |field| match field.name.as_str() {
        "slug" => Ok(json!(team.slug())),
        "databaseId" => Ok(json!(team.id)),
        "members" if field.text("membership") == "IMMEDIATE" => members(view, team, field),
        _ => Err(Wrong::unknown(field, "Team")),
    })
}

fn members(view: &Transaction<'_>, team: &Team, field: &Field) -> Result<Value, Wrong> {
    let all = membership::immediate(view, team).unwrap_or_default();
    let first = field.argument("first").as_u64().unwrap_or_default();
    if !(1..=100).contains(&first) {
        let message = "Requesting more records than the limit of 100 on the `members` connection.";
        let kind = Some("EXCESSIVE_PAGINATION");
        return Err(Wrong { message: message.to_owned(), kind });
    }
    let start: usize = field.text("after").parse().unwrap_or_default();
    let shown: Vec<_> = all.iter().skip(start).take(first as usize).collect();
    let end = start + shown.len();
    each(&field.fields, |field| match field.name.as_str() {
        "totalCount" => Ok(json!(all.len())),
        "pageInfo" => each(&field.fields, |field| match field.name.as_str() {
            "hasNextPage" => Ok(json!(end < all.len())),
            "endCursor" => Ok(json!(end.to_string())),
            _ => Err(Wrong::unknown(field, "PageInfo")),
        }),
        "edges" => shown
            .iter()
            .map(|(account, role)| {
                each(&field.fields, |field| match field.name.as_str() {
                    "role" => Ok(json!(role.to_ascii_uppercase())),
                    "node" => each(&field.fields, |field| match field.name.as_str() {
                        "login" => Ok(json!(account.login)),
                        "databaseId" => Ok(json!(account.id)),
                        _ => Err(Wrong::unknown(field, "User")),
                    }),
                    _ => Err(Wrong::unknown(field, "TeamMemberEdge")),
                })
            })
            .collect(),
        _ => Err(Wrong::unknown(field, "TeamMemberConnection")),
    })
}
