//! What a public resolver says of a name. It is not told who asks.
//!
//! <https://developers.google.com/speed/public-dns/docs/doh/json>

use crate::providers::gcp::Reader;
use crate::providers::gcp::dns_record::read;
use crate::providers::gcp::error::{CallFailed, Purpose, Reason};
use crate::providers::gcp::rest::RestCall;
use serde_json::Value;
use std::collections::BTreeSet;

/// The resolver.
const HOST: &str = "dns.google";

/// All went well. <https://www.rfc-editor.org/rfc/rfc1035#section-4.1.1>
const NO_ERROR: u64 = 0;
/// There is no such name.
const NO_SUCH_NAME: u64 = 3;

/// Numbers of types. <https://www.iana.org/assignments/dns-parameters>
const NUMBERS: [(&str, u64); 6] =
    [("A", 1), ("CNAME", 5), ("MX", 15), ("TXT", 16), ("AAAA", 28), ("CAA", 257)];

/// What the world sees of a name and type, as a person writes it; nothing if there is no such record.
/// It is asked once: nobody waits long for what only tells people what to do.
pub(super) async fn resolve(
    reader: &Reader,
    domain: &str,
    kind: &str,
) -> Result<BTreeSet<String>, CallFailed> {
    let what = format!("looking up {domain}");
    let call = RestCall::get(&what, "resolve").with("name", domain).with("type", kind);
    said(&what, kind, &reader.rest.ask_openly(HOST, &call).await?)
}

fn said(what: &str, kind: &str, answer: &Value) -> Result<BTreeSet<String>, CallFailed> {
    match answer["Status"].as_u64() {
        Some(NO_ERROR | NO_SUCH_NAME) => {}
        status => {
            let status = status.map_or("no status".to_owned(), |it| format!("status {it}"));
            let why = format!("the resolver answered {status}");
            return Err(CallFailed::because(Reason::ForNow, Purpose::Read, what, &why));
        }
    }
    let number = NUMBERS.iter().find(|(word, _)| *word == kind).map(|(_, number)| *number);
    let all = answer["Answer"].as_array().into_iter().flatten();
    // Aliases on the way are told as well.
    let of_kind = all.filter(|one| one["type"].as_u64() == number);
    let data = of_kind.filter_map(|one| one["data"].as_str());
    Ok(data.map(|data| read(kind, data)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn aliases_on_the_way_do_not_count_as_what_a_name_says() {
        let answer = json!({ "Status": 0, "Answer": [
            { "name": "hub.example.org.", "type": 5, "data": "lb.example.org." },
            { "name": "lb.example.org.", "type": 1, "data": "192.0.2.1" },
        ]});
        let seen = |kind: &str| said("x", kind, &answer).unwrap().into_iter().collect::<Vec<_>>();
        assert_eq!(seen("A"), ["192.0.2.1"]);
        assert_eq!(seen("CNAME"), ["lb.example.org"]);
        assert!(seen("TXT").is_empty());
    }

    #[test]
    fn a_name_that_is_not_there_is_no_error_and_a_server_that_fails_is() {
        assert!(said("x", "A", &json!({ "Status": 3 })).unwrap().is_empty());
        let failed = said("x", "A", &json!({ "Status": 2 })).unwrap_err();
        assert_eq!(failed.to_string(), "the resolver answered status 2");
    }
}
