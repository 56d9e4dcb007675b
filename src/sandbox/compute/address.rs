//! Static addresses. Nothing is behind them.
//!
//! <https://cloud.google.com/compute/docs/reference/rest/v1/addresses>

use serde_json::{Value, json};

use super::{Asked, record, rule};
use crate::sandbox::refusal::Refusal;

pub(super) fn insert(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let Asked { path, body, .. } = asked;
    let global = path.scope == "global";
    if !global && !path.scope.starts_with("regions/") {
        return Err(Refusal::not_found("Not Found"));
    }
    let text = |field: &str, usual: &str| body[field].as_str().unwrap_or(usual).to_owned();
    let (kind, tier) = (text("addressType", "EXTERNAL"), text("networkTier", "PREMIUM"));
    if !["EXTERNAL", "INTERNAL"].contains(&kind.as_str()) {
        return Err(rule::field("addressType", &kind, "Must be EXTERNAL or INTERNAL"));
    }
    if !["PREMIUM", "STANDARD"].contains(&tier.as_str()) || global && tier == "STANDARD" {
        return Err(rule::field("networkTier", &tier, "The network tier is not supported here"));
    }
    let version = text("ipVersion", "IPV4");
    let mut address = json!({
        "kind": "compute#address",
        "address": number(&kind, &record::key(path, asked.name)),
        "addressType": kind,
        "networkTier": tier,
    });
    if global {
        address["ipVersion"] = json!(version);
    }
    // Labels are not among them: setLabels alone writes those.
    if let Some(text) = body["description"].as_str() {
        address["description"] = json!(text);
    }
    asked
        .world
        .store
        .transact(|tx| record::insert(asked, tx, address.clone(), ("RESERVING", "RESERVED")))
}

/// An address that is always the same for the same name: one of those for documents, or a private
/// one. <https://www.rfc-editor.org/rfc/rfc5737>, <https://www.rfc-editor.org/rfc/rfc2544>
fn number(kind: &str, key: &str) -> String {
    let [_, a, b, c] = record::number(key).to_be_bytes();
    match kind {
        "INTERNAL" => format!("10.{a}.{b}.{c}"),
        _ => format!("198.{}.{b}.{c}", 18 + (a & 1)),
    }
}
