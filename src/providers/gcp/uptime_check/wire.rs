//! Between settings and checks as they go over the wire.
//!
//! What has no word here (headers, bodies, passwords, other ways to match) is neither compared nor
//! changed: a change is made in what was read.

use super::{Spec, UptimeCheck};
use crate::providers::gcp::monitoring::{self, Monitored};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How a text must stand in an answer.
const CONTAINS: &str = "CONTAINS_STRING";

impl Monitored for UptimeCheck {
    const COLLECTION: &'static str = "uptimeCheckConfigs";
    const THINGS: &'static str = "uptime checks";

    /// Whether a check asks a web address of the world; others are not ours to declare.
    fn is_one(live: &Value) -> bool {
        live["httpCheck"].is_object() && live["monitoredResource"]["type"] == "uptime_url"
    }

    /// The name that people see.
    fn name(_project: &str, live: &Value) -> String {
        live["displayName"].as_str().unwrap_or_default().to_owned()
    }

    fn read(live: &Value) -> Spec {
        from_wire(live)
    }

    fn write(name: &str, spec: &Spec, live: &Value) -> Value {
        let mut check = to_wire(spec, live);
        check["displayName"] = json!(name);
        check
    }

    fn labels(spec: &Spec) -> &BTreeMap<String, String> {
        &spec.labels
    }

    fn changed(before: &Spec, after: &Spec) -> Vec<&'static str> {
        changed(before, after)
    }
}

/// The settings of a live one.
fn from_wire(live: &Value) -> Spec {
    let http = &live["httpCheck"];
    let tls = http["useSsl"].as_bool().unwrap_or_default();
    let texts = |field: &str| live[field].as_array().into_iter().flatten();
    let matcher = &live["contentMatchers"][0];
    let usual =
        |it: &Value| it.is_null() || it == CONTAINS || it == "CONTENT_MATCHER_OPTION_UNSPECIFIED";
    let content = matcher["content"].as_str().filter(|_| usual(&matcher["matcher"]));
    let statuses = http["acceptedResponseStatusCodes"].as_array().into_iter().flatten();
    let status = |code: &Value| code["statusValue"].as_u64().and_then(|it| it.try_into().ok());
    let port = http["port"].as_u64().and_then(|port| port.try_into().ok());
    Spec {
        host: live["monitoredResource"]["labels"]["host"].as_str().unwrap_or_default().to_owned(),
        path: http["path"].as_str().unwrap_or("/").to_owned(),
        port: port.unwrap_or(if tls { 443 } else { 80 }),
        tls,
        validate_tls: http["validateSsl"].as_bool().unwrap_or_default(),
        period: seconds(&live["period"]).unwrap_or(60),
        timeout: seconds(&live["timeout"]).unwrap_or(10),
        regions: texts("selectedRegions").filter_map(|it| it.as_str().map(str::to_owned)).collect(),
        content: content.unwrap_or_default().to_owned(),
        statuses: statuses.filter_map(status).collect(),
        disabled: live["disabled"].as_bool().unwrap_or_default(),
        labels: monitoring::own_labels(live),
    }
}

/// `60s`, as JSON writes durations.
fn seconds(span: &Value) -> Option<u32> {
    let text = span.as_str()?.strip_suffix('s')?;
    text.split('.').next()?.parse().ok()
}

/// A live check (or nothing) made what the settings say.
fn to_wire(spec: &Spec, live: &Value) -> Value {
    let Spec { host, path, port, tls, validate_tls, period, timeout, regions, .. } = spec;
    let Spec { content, statuses, disabled, .. } = spec;
    let now = from_wire(live);
    // What is asked stays for good, so it is only said when there is nothing yet.
    let fresh = || {
        let resource = json!({ "type": "uptime_url", "labels": { "host": host } });
        json!({ "monitoredResource": resource, "httpCheck": { "requestMethod": "GET" } })
    };
    let mut check = if UptimeCheck::is_one(live) { live.clone() } else { fresh() };
    let http = &mut check["httpCheck"];
    for (field, value) in [
        ("path", json!(path)),
        ("port", json!(port)),
        ("useSsl", json!(tls)),
        ("validateSsl", json!(validate_tls)),
    ] {
        http[field] = value;
    }
    let codes: Vec<Value> = statuses.iter().map(|code| json!({ "statusValue": code })).collect();
    if now.statuses != *statuses {
        http["acceptedResponseStatusCodes"] = json!(codes);
    }
    check["period"] = json!(format!("{period}s"));
    check["timeout"] = json!(format!("{timeout}s"));
    check["selectedRegions"] = json!(regions);
    check["disabled"] = json!(disabled);
    if now.content != *content {
        let matcher = json!({ "content": content, "matcher": CONTAINS });
        check["contentMatchers"] = if content.is_empty() { json!([]) } else { json!([matcher]) };
    }
    check
}

/// The fields of the API in which two settings differ.
fn changed(before: &Spec, after: &Spec) -> Vec<&'static str> {
    let http = |spec: &Spec| {
        let Spec { path, port, tls, validate_tls, statuses, .. } = spec.clone();
        (path, port, tls, validate_tls, statuses)
    };
    let fields = [
        ("httpCheck", http(before) != http(after)),
        ("period", before.period != after.period),
        ("timeout", before.timeout != after.timeout),
        ("selectedRegions", before.regions != after.regions),
        ("contentMatchers", before.content != after.content),
        ("disabled", before.disabled != after.disabled),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> Spec {
        Spec {
            path: "/hub/health".to_owned(),
            regions: ["USA".to_owned()].into(),
            content: "ok".to_owned(),
            statuses: [200, 401].into(),
            labels: [("team".to_owned(), "hubs".to_owned())].into(),
            ..Spec::new("hub.example.org", 300, 10)
        }
    }

    #[test]
    fn what_is_sent_is_read_back() {
        let mut wire = to_wire(&spec(), &Value::Null);
        wire["userLabels"] = json!({ "team": "hubs", "leap-infra-env": "prod" });
        assert_eq!(from_wire(&wire), spec());
        assert!(UptimeCheck::is_one(&wire));
    }

    #[test]
    fn what_has_no_word_here_survives_a_change() {
        let mut live = to_wire(&spec(), &Value::Null);
        live["httpCheck"]["headers"] = json!({ "X-From": "uptime" });
        live["httpCheck"]["acceptedResponseStatusCodes"] =
            json!([{ "statusClass": "STATUS_CLASS_2XX" }]);
        live["contentMatchers"] = json!([{ "content": "^ok", "matcher": "MATCHES_REGEX" }]);
        let now = from_wire(&live);
        let after = Spec { path: "/".to_owned(), ..now.clone() };
        let sent = to_wire(&after, &live);
        assert_eq!(sent["httpCheck"]["headers"], live["httpCheck"]["headers"]);
        assert_eq!(sent["contentMatchers"], live["contentMatchers"]);
        assert_eq!(changed(&now, &after), ["httpCheck"]);
    }
}
