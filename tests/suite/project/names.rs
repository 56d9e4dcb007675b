//! What of records and uptime checks cannot be, each with its place and what to write instead; and
//! what a few words become.

use super::folder::Folder;
use insta::assert_snapshot;
use std::fmt::Write;

const CLOUD: &str = "stack: demo
prefix: demo
cloud: { project: demo-project, region: us-central1, zone: us-central1-c }
";

fn folder(names: &str) -> Folder {
    Folder::stack().file("stack.yaml", CLOUD).file("names.yaml", names)
}

fn expanded(names: &str) -> String {
    let stack = folder(names).project().expand().unwrap();
    let mut told = String::new();
    for resource in stack.resources().values() {
        _ = writeln!(told, "{} at {}: {}", resource.id, resource.source, resource.spec);
        resource.needs.iter().for_each(|need| _ = writeln!(told, "    needs {need}"));
    }
    for (key, ids) in stack.keys().iter().filter(|(key, _)| !key.starts_with("bucket")) {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        _ = writeln!(told, "{key}: {}", ids.join(", "));
    }
    told
}

#[test]
fn a_few_words_become_records_and_checks() {
    let names = "
addresses:
  hub: { in: [prod] }
dns:
  zone: example-org
  records:
    hub.example.org: { in: [prod], to: address:hub }
    mail: { in: [prod], name: example.org, type: MX, to: [20 b.example.org, 10 a.example.org] }
    six: { in: [prod], name: six.example.org, to: '2001:DB8:0::1', ttl: 1 hour }
    all: { in: [prod], name: '*.hub.example.org', zone: hub-example-org, to: hub.example.org }
uptime:
  hub:
    in: [prod]
    url: https://hub.example.org/hub/health
    every: 1 minute
    from: [usa, europe]
    expects: { text: ok, status: [200] }
services: []
";
    assert_snapshot!(expanded(names));
}

#[test]
fn records_that_people_make_have_no_zone() {
    let names = "
addresses:
  hub: { in: [prod] }
dns:
  by_hand: true
  records:
    hub.example.org: { in: [prod], to: address:hub }
    www.example.org: { in: [prod], to: hub.example.org }
";
    assert_snapshot!(expanded(names));
}

#[test]
fn records_that_cannot_be_are_found_with_what_to_write() {
    let names = "
addresses:
  hub: { in: [prod] }
dns:
  zone: example.org
  records:
    Hub.example.org: { in: [prod], to: 192.0.2.1 }
    hub: { in: [prod], to: 192.0.2.1 }
    gone: { in: [prod], name: gone.example.org, to: address:hubb }
    two: { in: [prod], name: two.example.org, to: [address:hub, 192.0.2.1] }
    six: { in: [prod], name: six.example.org, type: AAAA, to: 192.0.2.1 }
    alias: { in: [prod], name: six.example.org, to: hub.example.org }
    twice: { in: [prod], name: alias.example.org, to: [a.example.org, b.example.org] }
    letters: { in: [prod], name: mail.example.org, type: MX, to: mail.example.org }
    again: { in: [prod], name: six.example.org, type: AAAA, to: '2001:db8::1' }
    nowhere: { in: [prd], name: nowhere.example.org, to: 192.0.2.1, ttl: 5m }
";
    assert_snapshot!(folder(names).problems());
}

#[test]
fn it_must_be_said_where_records_are() {
    let nowhere = "
dns:
  records:
    hub.example.org: { in: [prod], to: 192.0.2.1 }
";
    let both = "
dns:
  zone: example-org
  by_hand: true
  records: {}
";
    let told = [nowhere, both].map(|names| folder(names).problems());
    assert_snapshot!(told.join("\n"));
}

#[test]
fn checks_that_cannot_be_are_found_with_what_to_write() {
    let names = "
uptime:
  bare: { in: [prod], url: hub.example.org/health }
  often: { in: [prod], url: https://hub.example.org, every: 30 seconds }
  slow: { in: [prod], url: https://hub.example.org, timeout: 2 minutes }
  near: { in: [prod], url: https://hub.example.org, from: [europe] }
  silent: { in: [prod], url: https://hub.example.org, expects: { text: '' } }
";
    assert_snapshot!(folder(names).problems());
}

#[test]
fn checks_beyond_what_is_free_are_warned_of() {
    let mut names = "uptime:\n".to_owned();
    for number in 0..4 {
        _ = writeln!(
            names,
            "  hub-{number}: {{ in: [prod], url: https://hub-{number}.example.org, every: 1 minute }}"
        );
    }
    assert_snapshot!(folder(&names).warnings());
}
