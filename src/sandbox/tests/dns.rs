//! Cloud DNS and the public resolver as plain JSON over HTTP.

use serde_json::{Value, json};

use super::*;

const ZONES: &str = "/dns/v1/projects/leap/managedZones";

fn set(name: &str, kind: &str, data: &[&str]) -> Value {
    json!({ "name": name, "type": kind, "ttl": 300, "rrdatas": data })
}

async fn with_zone() -> Bench {
    let bench = Bench::new().await;
    let zone = json!({ "name": "hubs", "dnsName": "example.org.", "description": "" });
    assert_eq!(bench.call("POST", ZONES, zone).await.0, 200);
    bench
}

async fn change(bench: &Bench, deletions: &[Value], additions: &[Value]) -> (u16, Value) {
    let body = json!({ "deletions": deletions, "additions": additions });
    bench.call("POST", &format!("{ZONES}/hubs/changes"), body).await
}

async fn resolved(bench: &Bench, question: &str) -> Value {
    bench.call("GET", &format!("/resolve?{question}"), json!({})).await.1
}

fn reason(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"]["errors"][0]["reason"].as_str().unwrap_or_default())
}

fn message(answer: &(u16, Value)) -> &str {
    answer.1["error"]["message"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_zone_is_born_with_two_records_and_goes_when_it_has_no_others() {
    let bench = with_zone().await;
    let (_, list) = bench.call("GET", &format!("{ZONES}/hubs/rrsets"), json!({})).await;
    let kinds: Vec<&str> =
        list["rrsets"].as_array().unwrap().iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["NS", "SOA"]);
    let hub = set("hub.example.org.", "A", &["192.0.2.1"]);
    assert_eq!(change(&bench, &[], std::slice::from_ref(&hub)).await.0, 200);
    let kept = bench.call("DELETE", &format!("{ZONES}/hubs"), json!({})).await;
    assert_eq!(reason(&kept), (400, "containerNotEmpty"));
    assert_eq!(change(&bench, &[hub], &[]).await.0, 200);
    assert_eq!(bench.call("DELETE", &format!("{ZONES}/hubs"), json!({})).await.0, 200);
    let gone = bench.call("GET", &format!("{ZONES}/hubs/rrsets"), json!({})).await;
    assert_eq!(reason(&gone), (404, "notFound"));
    let again = json!({ "name": "hubs", "dnsName": "example.org" });
    assert_eq!(reason(&bench.call("POST", ZONES, again).await), (400, "invalid"));
}

#[tokio::test]
async fn a_change_is_made_whole_or_not_at_all_and_what_goes_must_be_exactly_as_it_is() {
    let bench = with_zone().await;
    let old = set("hub.example.org.", "A", &["192.0.2.1"]);
    let new = set("hub.example.org.", "A", &["192.0.2.2"]);
    let other = set("lab.example.org.", "A", &["192.0.2.3"]);
    assert_eq!(change(&bench, &[], std::slice::from_ref(&old)).await.0, 200);
    let twice = change(&bench, &[], &[other.clone(), new.clone()]).await;
    assert_eq!(reason(&twice), (409, "alreadyExists"));
    assert_eq!(
        message(&twice),
        "The resource 'entity.change.additions[1]' named 'hub.example.org. (A)' already exists"
    );
    let stale = change(&bench, std::slice::from_ref(&new), std::slice::from_ref(&other)).await;
    assert_eq!(reason(&stale), (412, "conditionNotMet"));
    assert_eq!(message(&stale), "Precondition not met for 'entity.change.deletions[0]'");
    let absent = change(&bench, std::slice::from_ref(&other), &[]).await;
    assert_eq!(reason(&absent), (404, "notFound"));
    assert_eq!(change(&bench, &[old], &[new]).await.0, 200);
    let (_, list) =
        bench.call("GET", &format!("{ZONES}/hubs/rrsets?name=lab.example.org."), json!({})).await;
    assert_eq!(list["rrsets"], Value::Null, "none of the refused changes left anything");
}

#[tokio::test]
async fn an_alias_and_other_records_of_one_name_refuse_each_other() {
    let bench = with_zone().await;
    let number = set("hub.example.org.", "A", &["192.0.2.1"]);
    let alias = set("hub.example.org.", "CNAME", &["lb.example.org."]);
    assert_eq!(change(&bench, &[], std::slice::from_ref(&number)).await.0, 200);
    let refused = change(&bench, &[], std::slice::from_ref(&alias)).await;
    assert_eq!(reason(&refused), (400, "cnameResourceRecordSetConflict"));
    assert_eq!(change(&bench, &[number], &[alias]).await.0, 200, "the one for the other");
}

#[tokio::test]
async fn records_that_are_none_are_refused() {
    let bench = with_zone().await;
    for wrong in [
        set("hub.example.com.", "A", &["192.0.2.1"]),
        set("hub.example.org", "A", &["192.0.2.1"]),
        set("hub.example.org.", "A", &["hub"]),
        set("hub.example.org.", "A", &[]),
        set("hub.example.org.", "CNAME", &["a.org.", "b.org."]),
        set("hub.example.org.", "HINFO", &["x"]),
        json!({ "name": "hub.example.org.", "type": "A", "rrdatas": ["192.0.2.1"] }),
    ] {
        assert_eq!(change(&bench, &[], std::slice::from_ref(&wrong)).await.0, 400, "{wrong}");
    }
    assert_eq!(reason(&change(&bench, &[], &[]).await), (400, "required"));
}

#[tokio::test]
async fn a_change_is_pending_until_all_servers_have_it_and_can_be_read_at_once() {
    let clock = Clock::virtual_at(START);
    let behaviour = Behaviour { operation_time: Duration::from_secs(5), ..Behaviour::instant() };
    let options = Options { clock, behaviour, ..Options::default() };
    let bench = Bench::at(start(options).await.unwrap()).await;
    crate::sandbox::dns::put_zone(bench.sandbox.world(), "leap", "hubs", "example.org.").unwrap();
    let hub = set("hub.example.org.", "A", &["192.0.2.1"]);
    let (_, begun) = change(&bench, &[], &[hub]).await;
    assert_eq!(begun["status"], "pending");
    let question = format!("{ZONES}/hubs/rrsets?name=hub.example.org.&type=A");
    let (_, seen) = bench.call("GET", &question, json!({})).await;
    assert_eq!(seen["rrsets"][0]["rrdatas"], json!(["192.0.2.1"]));
    bench.sandbox.clock().advance(Duration::from_secs(6));
    let path = format!("{ZONES}/hubs/changes/{}", begun["id"].as_str().unwrap());
    assert_eq!(bench.call("GET", &path, json!({})).await.1["status"], "done");
    let (_, all) = bench.call("GET", &format!("{ZONES}/hubs/changes"), json!({})).await;
    assert_eq!(all["changes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn lists_of_records_come_in_pages() {
    let bench = with_zone().await;
    let sets: Vec<Value> = (0..5)
        .map(|number| set(&format!("hub-{number}.example.org."), "A", &["192.0.2.1"]))
        .collect();
    assert_eq!(change(&bench, &[], &sets).await.0, 200);
    let path = format!("{ZONES}/hubs/rrsets?maxResults=4");
    let (_, first) = bench.call("GET", &path, json!({})).await;
    let token = first["nextPageToken"].as_str().unwrap();
    let (_, second) = bench.call("GET", &format!("{path}&pageToken={token}"), json!({})).await;
    assert_eq!(first["rrsets"].as_array().unwrap().len(), 4);
    assert_eq!(second["rrsets"].as_array().unwrap().len(), 3);
    assert!(second.get("nextPageToken").is_none());
}

#[tokio::test]
async fn the_resolver_tells_what_zones_say_and_follows_aliases() {
    let bench = with_zone().await;
    let sets = [
        set("hub.example.org.", "A", &["192.0.2.1"]),
        set("www.example.org.", "CNAME", &["hub.example.org."]),
        set("*.hub.example.org.", "TXT", &["\"any\""]),
    ];
    assert_eq!(change(&bench, &[], &sets).await.0, 200);
    let answer = resolved(&bench, "name=WWW.example.org&type=A").await;
    assert_eq!((&answer["Status"], &answer["Question"][0]["type"]), (&json!(0), &json!(1)));
    let told: Vec<(u64, &str)> = answer["Answer"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["type"].as_u64().unwrap(), one["data"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [(5, "hub.example.org."), (1, "192.0.2.1")]);
    let star = resolved(&bench, "name=lab.hub.example.org&type=16").await;
    assert_eq!(star["Answer"][0]["data"], "\"any\"");
    let none = resolved(&bench, "name=hub.example.org&type=AAAA").await;
    assert_eq!((&none["Status"], none.get("Answer")), (&json!(0), None));
    assert_eq!(resolved(&bench, "name=nobody.example.com").await["Status"], 3);
    assert_eq!(bench.call("GET", "/resolve?name=a.org&type=XYZ", json!({})).await.0, 400);
}
