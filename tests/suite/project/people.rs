//! People and hubs: the mistakes that are found before anybody is let in.

use super::folder::Folder;
use insta::assert_snapshot;

#[test]
fn nobody_is_taken_for_somebody_else() {
    let folder = Folder::stack().file(
        "people.yaml",
        "people:
  ada: { name: Ada, github: { login: ada, id: 1 }, orcid: 0000-0002-1825-0097 }
  adah: { name: Adah, github: { login: Ada, id: 1 }, orcid: 0000-0002-1825-0097 }
  grace:
    name: Grace
    roles: [{ role: lead, since: 2026-05-01, until: 2026-04-30 }]
",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn what_says_who_somebody_is_has_its_form() {
    let folder = Folder::stack().file(
        "people.yaml",
        "people:
  ada: { name: Ada, github: { login: 'https://github.com/ada' }, orcid: 0000-0002-1825-0079 }
  grace: { name: Grace, github: { login: 'grace@example.org' }, roles: [{ role: lead, since: soon }] }
  nobody: {}
",
    );
    assert_snapshot!(folder.problems());
}

#[test]
fn a_hub_says_whose_account_its_people_act_as() {
    let folder = Folder::stack()
        .file("identities.yaml", "identities: { hub: { in: [staging, prod] } }\n")
        .file(
            "hubs.yaml",
            "hubs:
  none: { domain: none.example.org, identity: { per: hub } }
  both: { domain: both.example.org, identity: { per: hub, account: hub, accounts: { x: hub } } }
  wrong: { domain: wrong.example.org, identity: { per: hub, account: hubs } }
  each: { domain: each.example.org, identity: { per: category, accounts: { research: hub } } }
",
        );
    assert_snapshot!(folder.problems());
    let folder = Folder::stack()
        .file("hubs.yaml", "hubs: { main: { domain: 'https://Hub.example.org/' } }\n");
    assert!(folder.problems().contains("write `hub.example.org`"), "{}", folder.problems());
}
