//! Between settings and record sets as they go over the wire: names with their last dot, data in
//! the form of its type, and the record that carries the mark.
//!
//! <https://cloud.google.com/dns/docs/reference/rest/v1/resourceRecordSets>

use super::{DnsRecord, Spec};
use crate::kind::{Kind as _, StepContext};
use crate::model::Owner;
use crate::providers::description;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::Ipv6Addr;

/// The types that can be declared.
pub const TYPES: [&str; 6] = ["A", "AAAA", "CAA", "CNAME", "MX", "TXT"];

/// What the name of a record that carries a mark begins with.
const MARKS: &str = "_leap-infra-";

/// What stands in the name of a mark for the star of the record that it is for: a star may only
/// stand in front.
const STAR: &str = "_any";

/// How long others may remember a mark, in seconds. Nobody asks for it.
const MARK_TTL: u32 = 300;

/// The most bytes of one string of a text record.
/// <https://www.rfc-editor.org/rfc/rfc1035#section-3.3>
const LONGEST_STRING: usize = 255;

/// The parts of a resource's name, `ZONE/NAME/TYPE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub(crate) zone: &'a str,
    /// Without its last dot.
    pub(crate) domain: &'a str,
    pub(crate) kind: &'a str,
}

impl<'a> Name<'a> {
    pub(crate) fn of(name: &'a str) -> Self {
        let (zone, rest) = name.split_once('/').unwrap_or(("", name));
        let (domain, kind) = rest.rsplit_once('/').unwrap_or((rest, ""));
        Self { zone, domain, kind }
    }

    /// The name of the record that carries the mark.
    pub(crate) fn of_mark(&self) -> String {
        let kind = self.kind.to_lowercase();
        let below = match self.domain.strip_prefix("*.") {
            Some(rest) => format!("{STAR}.{rest}"),
            None => self.domain.to_owned(),
        };
        format!("{MARKS}{kind}.{below}")
    }
}

/// What a record of this name in a zone is called.
pub fn record_name(zone: &str, domain: &str, kind: &str) -> String {
    format!("{zone}/{domain}/{kind}")
}

/// The name in `zone` of what carries its mark in a record of this name, if that is one.
pub(super) fn marked_by(zone: &str, domain: &str) -> Option<String> {
    let (kind, below) = domain.strip_prefix(MARKS)?.split_once('.')?;
    let kind = TYPES.into_iter().find(|known| known.eq_ignore_ascii_case(kind))?;
    let domain = match below.strip_prefix(STAR).and_then(|rest| rest.strip_prefix('.')) {
        Some(rest) => format!("*.{rest}"),
        None => below.to_owned(),
    };
    Some(record_name(zone, &domain, kind))
}

/// A name without its last dot.
pub(super) fn bare(name: &Value) -> &str {
    let name = name.as_str().unwrap_or_default();
    name.strip_suffix('.').unwrap_or(name)
}

/// The record set of these settings; `number` is that of the address which they point at.
pub(super) fn to_wire(name: Name<'_>, spec: &Spec, number: Option<&str>) -> Value {
    let Spec { data, address: _, ttl } = spec;
    let data: Vec<String> = match number {
        Some(number) => vec![number.to_owned()],
        None => data.iter().map(|data| written(name.kind, data)).collect(),
    };
    set(name.domain, name.kind, *ttl, &data)
}

fn set(domain: &str, kind: &str, ttl: u32, data: &[String]) -> Value {
    json!({ "name": format!("{domain}."), "type": kind, "ttl": ttl, "rrdatas": data })
}

/// The settings of a record set. `target` is the address that it is said to point at, with its
/// number; if it does, that is what it says.
pub(super) fn from_wire(live: &Value, target: Option<(&str, &str)>) -> Spec {
    let kind = live["type"].as_str().unwrap_or_default();
    let data = live["rrdatas"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut data: BTreeSet<String> = data.map(|data| read(kind, data)).collect();
    data.extend(routed(live));
    let ttl = live["ttl"].as_u64().and_then(|ttl| ttl.try_into().ok()).unwrap_or_default();
    match target {
        Some((address, number)) if data.len() == 1 && data.contains(number) => {
            Spec { data: BTreeSet::new(), address: address.to_owned(), ttl }
        }
        _ => Spec { data, address: String::new(), ttl },
    }
}

/// That whoever asks is answered by a policy and not alike, which cannot be declared: it shows as
/// what the record says, so that no plan replaces it unseen.
/// <https://cloud.google.com/dns/docs/routing-policies-overview>
fn routed(live: &Value) -> Option<String> {
    let kinds = ["wrr", "geo", "primaryBackup"];
    let kind = kinds.into_iter().find(|kind| live["routingPolicy"][kind].is_object())?;
    Some(format!("(answers by a routing policy, {kind})"))
}

/// A record set that says nothing: what is left where somebody took it away from its mark.
pub(super) fn nothing(name: Name<'_>) -> Value {
    set(name.domain, name.kind, 0, &[])
}

/// What a zone is told where a record set is: without what only the server says of it.
pub(super) fn told(live: &Value) -> Value {
    let mut told = live.clone();
    if let Some(fields) = told.as_object_mut() {
        fields.retain(|field, _| field != "kind" && field != "signatureRrdatas");
    }
    told
}

/// The record that carries the mark of a step: beside the mark, the address that is pointed at.
pub(super) fn mark(name: Name<'_>, spec: &Spec, step: &StepContext) -> Value {
    let text = description::marked(&spec.address, &step.mark);
    set(&name.of_mark(), "TXT", MARK_TTL, &[written("TXT", &text)])
}

/// What a record says that should carry the mark of the thing `name`: the address that is pointed
/// at, and whose it is.
pub(super) fn owner(mark: &Value, name: &str, stack: &str) -> (String, Owner) {
    let text = mark["rrdatas"][0].as_str().map(|text| read("TXT", text)).unwrap_or_default();
    description::read(stack, DnsRecord::NAME, name, &text)
}

/// Data as the zone has it.
fn written(kind: &str, data: &str) -> String {
    match kind {
        "CNAME" | "MX" if !data.ends_with('.') => format!("{data}."),
        "TXT" => quoted(data),
        _ => data.to_owned(),
    }
}

/// Data as a person writes it: names without their last dot, texts without quotes, numbers in
/// their usual form.
pub(crate) fn read(kind: &str, data: &str) -> String {
    match kind {
        "CNAME" | "MX" => data.strip_suffix('.').unwrap_or(data).to_owned(),
        "TXT" => unquoted(data),
        "AAAA" => data.parse::<Ipv6Addr>().map_or_else(|_| data.to_owned(), |it| it.to_string()),
        _ => data.to_owned(),
    }
}

fn quoted(text: &str) -> String {
    let mut strings = vec![String::new()];
    let mut length = 0;
    for letter in text.chars() {
        if length + letter.len_utf8() > LONGEST_STRING {
            strings.push(String::new());
            length = 0;
        }
        length += letter.len_utf8();
        if let Some(last) = strings.last_mut() {
            if ['"', '\\'].contains(&letter) {
                last.push('\\');
            }
            last.push(letter);
        }
    }
    let strings: Vec<String> = strings.iter().map(|text| format!("\"{text}\"")).collect();
    strings.join(" ")
}

fn unquoted(data: &str) -> String {
    if !data.starts_with('"') {
        return data.to_owned();
    }
    let (mut text, mut inside) = (String::new(), false);
    let mut letters = data.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => inside = !inside,
            '\\' if inside => text.extend(letters.next()),
            letter if inside => text.push(letter),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_of_a_record_has_a_name_that_leads_back_to_it() {
        for name in ["hubs/hub.example.org/A", "hubs/*.hub.example.org/CNAME", "hubs/org/TXT"] {
            let mark = Name::of(name).of_mark();
            assert_eq!(marked_by("hubs", &mark).as_deref(), Some(name));
        }
        assert_eq!(Name::of("z/*.a.org/A").of_mark(), "_leap-infra-a._any.a.org");
        assert_eq!(marked_by("hubs", "hub.example.org"), None);
    }

    #[test]
    fn a_text_survives_its_quotes_however_long_it_is() {
        let long = "x".repeat(300);
        for text in ["v=spf1 -all", "with \"quotes\" and \\", &long, ""] {
            assert_eq!(read("TXT", &written("TXT", text)), text);
        }
        assert_eq!(written("TXT", &long).matches('"').count(), 4);
    }

    #[test]
    fn a_record_with_a_routing_policy_says_so() {
        let live = serde_json::json!({
            "name": "hub.org.", "type": "A", "ttl": 300, "rrdatas": [],
            "routingPolicy": { "wrr": { "items": [] } },
        });
        let said = from_wire(&live, None).data;
        assert_eq!(said.first().unwrap(), "(answers by a routing policy, wrr)");
    }

    #[test]
    fn data_is_read_as_a_person_writes_it() {
        assert_eq!(read("AAAA", "2001:DB8:0:0::1"), "2001:db8::1");
        assert_eq!(read("MX", &written("MX", "10 mail.example.org")), "10 mail.example.org");
        assert_eq!(written("CNAME", "hub.example.org"), "hub.example.org.");
    }

    #[test]
    fn a_record_that_points_where_it_was_said_to_says_so() {
        let live = json!({ "type": "A", "ttl": 300, "rrdatas": ["192.0.2.1"] });
        let spec = from_wire(&live, Some(("p/us-central1/hub", "192.0.2.1")));
        assert_eq!((spec.address.as_str(), spec.data.len()), ("p/us-central1/hub", 0));
        let spec = from_wire(&live, Some(("p/us-central1/hub", "192.0.2.2")));
        assert_eq!((spec.address.as_str(), spec.data.len()), ("", 1));
    }
}
