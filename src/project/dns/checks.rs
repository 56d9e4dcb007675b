//! What the schema cannot say about records.

use super::format::{data, domain_name};
use super::placed::{Placed, names, placed, refers};
use super::settings::Kind;
use crate::project::environments::members;
use crate::project::format::{Wrong, seconds};
use crate::project::layout::Laid;
use crate::project::managed::check_previously;
use crate::project::names::{Taken, twice};
use crate::project::problem::{Findings, Problem, Range};
use std::collections::BTreeMap;

/// The longest time for which a record may be remembered: a week is long, and this is the most.
/// <https://www.rfc-editor.org/rfc/rfc2181#section-8>
const LONGEST_TTL: u64 = i32::MAX as u64;

/// Checks the records of all environments.
pub(crate) fn check(layout: &[Laid], findings: &mut Findings) {
    members(layout, "dns.records", "record", findings);
    layout.iter().for_each(|laid| findings.extend(zone(laid)));
    let records = placed(layout);
    let mut taken = Taken::new();
    for placed in &records {
        findings.extend(name(placed));
        twice(&mut taken, &placed.name(), placed.range("name"), findings);
        let previously = placed.record.previously.as_deref();
        let mut all = records.iter().filter(|it| it.laid.env() == placed.laid.env());
        let still = all.find(|it| Some(it.key.name.as_str()) == previously).map(|it| it.key);
        check_previously(placed.node, previously, still, findings);
        said(layout, placed, findings);
        let ttl = seconds(&placed.record.ttl).unwrap_or_default();
        if ttl > LONGEST_TTL {
            let problem = Problem::error("record-ttl", placed.range("ttl"), "that is too long");
            findings.push(problem.expected("some hours, or days at most"));
        }
    }
    aliases(&records, findings);
}

/// Records are in a zone, or people make them.
fn zone(laid: &Laid) -> Option<Problem> {
    let dns = &laid.declaration.dns;
    let (key, node) = laid.tree.entry("dns")?;
    let homeless = dns.records.values().any(|record| record.zone.is_none());
    let problem = |range: &Range, message: &str| Problem::error("record-zone", range, message);
    match (&dns.zone, dns.by_hand) {
        (Some(_), true) => {
            let range = node.child("by_hand").map_or(&key.range, |node| &node.range);
            let message = "records are made in a zone or by hand, not both";
            Some(problem(range, message).suggest("leave out `zone` or `by_hand`".to_owned()))
        }
        (None, false) if homeless => {
            let message = "it is not said where the records are";
            let expected = "`zone`, the managed zone of Cloud DNS, or `by_hand: true`";
            Some(problem(&key.range, message).expected(expected))
        }
        _ => None,
    }
}

fn name(placed: &Placed<'_>) -> Option<Problem> {
    // One that is written as `name` is checked with its form.
    if placed.record.name.is_some() {
        return None;
    }
    let Wrong { expected, suggestion } = domain_name(&placed.domain).err()?;
    let message = format!("`{}` cannot be the name of a record", placed.domain);
    let problem = Problem::error("record-name", &placed.key.range, message);
    let else_say = "say it as `name`, and the key is yours to choose".to_owned();
    Some(problem.expected(expected).suggest(suggestion.unwrap_or(else_say)))
}

/// What a record says has the form of its type, and the address that it points at is declared.
fn said(layout: &[Laid], placed: &Placed<'_>, findings: &mut Findings) {
    let range = placed.range("to");
    let all = placed.record.to.all();
    let problem = |message: String| Problem::error("record-data", range, message);
    if all.is_empty() || all.len() > 1 && placed.kind == Kind::Cname {
        let count = if all.is_empty() { "nowhere" } else { "to several names" };
        findings.push(problem(format!("it leads {count}")).expected("one name, or number"));
    }
    if let Some(key) = placed.address_key() {
        if all.len() > 1 || placed.kind != Kind::A {
            let message = "an address of this stack stands alone, in a record of type A";
            findings.push(problem(message.to_owned()));
        } else if placed.address(layout).is_none() {
            let message = format!("there is no address `{key}` for {}", placed.laid.env());
            let expected = "the key of an entry of `addresses`, in this environment or `shared`";
            findings.push(problem(message).expected(expected));
        }
        return;
    }
    for text in all {
        if refers(text) {
            let message = "an address of this stack stands alone, in a record of type A";
            findings.push(problem(message.to_owned()));
        } else if let Err(Wrong { expected, suggestion }) = data(placed.kind, text) {
            let message = format!("a record of type {} cannot say `{text}`", placed.kind.word());
            findings.push(problem(message).expected(expected).suggest(suggestion));
        }
    }
}

/// An alias stands alone. <https://www.rfc-editor.org/rfc/rfc1034#section-3.6.2>
fn aliases(records: &[Placed<'_>], findings: &mut Findings) {
    let place = |placed: &Placed<'_>| (placed.zone.map(str::to_owned), placed.domain.clone());
    let is_alias = |placed: &&Placed<'_>| placed.kind == Kind::Cname;
    let aliases: BTreeMap<_, _> =
        records.iter().filter(is_alias).map(|placed| (place(placed), placed)).collect();
    for other in records.iter().filter(|placed| !is_alias(placed)) {
        if let Some(alias) = aliases.get(&place(other)) {
            let message = format!("`{}` is an alias, beside which nothing can stand", other.domain);
            let problem = Problem::error("record-alias", &other.key.range, message);
            findings.push(problem.related(&alias.key.range, "the alias"));
        }
    }
}

/// Where a stack says which names lead to it, that of what people find is among them.
pub(crate) fn unnamed(layout: &[Laid], domain: &str, range: &Range) -> Option<Problem> {
    let names = names(layout);
    let any = domain.split_once('.').map(|(_, above)| format!("*.{above}"));
    let known = names.contains(domain) || any.is_some_and(|any| names.contains(&any));
    (!names.is_empty() && !known).then(|| {
        let message = format!("no record of `dns` is named `{domain}`");
        let problem = Problem::warning("hub-name", range, message);
        problem.suggest(format!("write `{domain}: {{ to: … }}` among the records of `dns`"))
    })
}
