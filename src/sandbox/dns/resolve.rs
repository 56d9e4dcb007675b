//! The public resolver, in JSON: answers what the public zones of the sandbox say. What no zone here
//! is for does not exist.
//!
//! <https://developers.google.com/speed/public-dns/docs/doh/json>

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{record, zone};
use crate::sandbox::refusal::Refusal;
use crate::sandbox::rest::Parameters;
use crate::sandbox::{Transaction, World};

/// Types and their numbers. <https://www.iana.org/assignments/dns-parameters>
const TYPES: [(&str, u16); 8] = [
    ("A", 1),
    ("NS", 2),
    ("CNAME", 5),
    ("SOA", 6),
    ("MX", 15),
    ("TXT", 16),
    ("AAAA", 28),
    ("CAA", 257),
];

/// There is no such name. <https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1>
const NO_SUCH_NAME: u16 = 3;

/// So many aliases are followed at most.
const MOST_ALIASES: usize = 8;

pub(super) async fn serve(
    State(world): State<World>,
    Query(parameters): Query<Parameters>,
) -> Response {
    let name = parameters.get("name").map_or("", String::as_str);
    let kind = parameters.get("type").map_or("A", String::as_str);
    let Some(number) = number(kind) else {
        return Refusal::invalid("Invalid type").into_response();
    };
    if name.is_empty() || name.len() > 254 {
        return Refusal::invalid("Invalid name").into_response();
    }
    let name = format!("{}.", name.trim_end_matches('.').to_lowercase());
    let asked = world.store.read(|view| Ok::<_, Refusal>(answers(view, &name, number)));
    let (status, answers) = match asked {
        Ok(found) => found,
        Err(refusal) => return refusal.into_response(),
    };
    let mut answer = json!({
        "Status": status, "TC": false, "RD": true, "RA": true, "AD": false, "CD": false,
        "Question": [{ "name": name, "type": number }],
    });
    if !answers.is_empty() {
        answer["Answer"] = Value::Array(answers);
    }
    Json(answer).into_response()
}

/// A type by its word or its number.
fn number(kind: &str) -> Option<u16> {
    let known = |(word, number): &&(&str, u16)| {
        word.eq_ignore_ascii_case(kind) || kind.parse() == Ok(*number)
    };
    TYPES.iter().find(known).map(|(_, number)| *number)
}

/// What is said of a name, aliases followed.
fn answers(view: &Transaction<'_>, name: &str, kind: u16) -> (u16, Vec<Value>) {
    let (mut name, mut answers) = (name.to_owned(), Vec::new());
    for _ in 0..MOST_ALIASES {
        let sets = sets(view, &name);
        if sets.is_empty() && answers.is_empty() {
            return (NO_SUCH_NAME, answers);
        }
        let of = |wanted: u16| {
            let mut all = sets.iter();
            all.find(|set| set["type"].as_str().and_then(number) == Some(wanted))
        };
        if let Some(set) = of(kind) {
            answers.extend(said(&name, kind, set));
            break;
        }
        let Some(alias) = of(5) else { break };
        answers.extend(said(&name, 5, alias));
        name = alias["rrdatas"][0].as_str().unwrap_or_default().to_owned();
    }
    (0, answers)
}

/// The record sets of a name in the public zone that is nearest to it: its own, or those of a star.
fn sets(view: &Transaction<'_>, name: &str) -> Vec<Value> {
    let holds = |zone: &Value| {
        let domain = zone["dnsName"].as_str().unwrap_or_default();
        zone["visibility"] == "public" && (name == domain || name.ends_with(&format!(".{domain}")))
    };
    let length = |zone: &Value| zone["dnsName"].as_str().map_or(0, str::len);
    let zones = zone::all(view).into_iter().filter(|(_, zone)| holds(zone));
    let Some((project, zone)) = zones.max_by_key(|(_, zone)| length(zone)) else {
        return Vec::new();
    };
    let all = record::of_zone(view, &project, zone["name"].as_str().unwrap_or_default());
    let of = |wanted: &str| -> Vec<Value> {
        all.iter().filter(|set| set["name"] == wanted).cloned().collect()
    };
    let own = of(name);
    let star = name.split_once('.').map(|(_, rest)| format!("*.{rest}"));
    if own.is_empty() { star.map(|star| of(&star)).unwrap_or_default() } else { own }
}

fn said(name: &str, kind: u16, set: &Value) -> Vec<Value> {
    let data = set["rrdatas"].as_array().into_iter().flatten();
    let entry =
        |data: &Value| json!({ "name": name, "type": kind, "TTL": set["ttl"], "data": data });
    data.map(entry).collect()
}
