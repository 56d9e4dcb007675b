//! What the schema cannot say about what a monitoring refers to: secrets, addresses, categories, and
//! where its parts are found.

use crate::project::addresses;
use crate::project::dns;
use crate::project::monitoring::made::Made;
use crate::project::monitoring::settings::{Grafana, GrafanaLogin, Receiver};
use crate::project::problem::{Findings, Problem, Range};
use crate::project::tree::Node;

pub(super) fn check(made: &Made<'_>, findings: &mut Findings) {
    let monitoring = made.placed.monitoring;
    for (key, receiver) in &monitoring.tell {
        let (sort, field, kept) = receiver.secret();
        secret(made, kept, &["tell", key, sort, field], findings);
        findings.extend(mail(made, key, receiver));
    }
    if let Some(settings) = &monitoring.grafana {
        grafana(made, settings, findings);
    }
    readers(made, findings);
    domains(made, findings);
    findings.extend(address(made));
}

/// A secret is declared, and there in the environment.
fn secret(made: &Made<'_>, key: &str, path: &[&str], findings: &mut Findings) {
    let (laid, range) = (made.placed.laid, made.placed.range_at(path));
    let secrets = &laid.declaration.secrets;
    if !secrets.contains_key(key) {
        let known = secrets.keys().map(String::as_str);
        findings.push(Problem::unknown("secret", key, range, known));
    } else if made.inside().reference(key).is_none() {
        let message = format!("the secret `{key}` is not in {}", laid.env());
        let problem = Problem::error("reference", range, message);
        findings.push(problem.expected(format!("`in: [{}]` in `secrets.{key}.make`", laid.env())));
    }
}

/// Mail goes to somebody, through a server with its port.
fn mail(made: &Made<'_>, key: &str, receiver: &Receiver) -> Option<Problem> {
    let Receiver::Mail(mail) = receiver else { return None };
    let at = |field| made.placed.range_at(&["tell", key, "mail", field]);
    let port = mail.server.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    if mail.to.is_empty() {
        let message = format!("`{key}` writes to nobody");
        let problem = Problem::error("alert-nowhere", at("to"), message);
        return Some(problem.expected("an address of electronic mail"));
    }
    port.is_none().then(|| {
        let message = format!("`{}` does not say a port", mail.server);
        let problem = Problem::error("mail-server", at("server"), message);
        problem.expected(format!("`{}:587`", mail.server.trim_end_matches(':')))
    })
}

fn grafana(made: &Made<'_>, settings: &Grafana, findings: &mut Findings) {
    secret(made, &settings.admin_password, &["grafana", "admin_password"], findings);
    let node = made.placed.node.child("grafana");
    let roles = ["viewers", "editors", "admins"];
    let listed = roles.iter().filter_map(|role| node?.child(role));
    let access = made.placed.laid.declaration.access.as_ref();
    let known: Vec<&str> = access
        .map(|access| access.categories.keys().map(String::as_str).collect())
        .unwrap_or_default();
    for item in listed.clone().flat_map(Node::items) {
        let key = item.text().unwrap_or_default();
        if !known.contains(&key) {
            findings.push(Problem::unknown("category", key, &item.range, known.iter().copied()));
        }
    }
    let anybody = listed.clone().any(|list| !list.items().is_empty());
    match &settings.login_with {
        Some(GrafanaLogin::Github { client_secret, .. }) => {
            let path = ["grafana", "login_with", "github", "client_secret"];
            secret(made, client_secret, &path, findings);
            if !anybody {
                let range = made.placed.range_at(&["grafana", "login_with"]);
                let message = "nobody may log in to Grafana with GitHub";
                let problem = Problem::error("grafana-login", range, message);
                findings.push(problem.expected("`viewers: [CATEGORY]`, `editors` or `admins`"));
            }
        }
        None => {
            let first = listed.into_iter().find(|list| !list.items().is_empty());
            findings.extend(first.map(|list| {
                let message = "how these people log in to Grafana is not said";
                let problem = Problem::error("grafana-login", &list.range, message);
                problem.expected("`login_with: { github: { client_id: …, client_secret: KEY } }`")
            }));
        }
    }
}

/// What can be asked from outside asks who asks.
fn readers(made: &Made<'_>, findings: &mut Findings) {
    let Some(settings) = &made.placed.monitoring.prometheus else { return };
    let at = |field| made.placed.range_at(&["prometheus", field]);
    let problem =
        |range: &Range, message: &str| Problem::error("prometheus-readers", range, message);
    match (&settings.domain, &settings.readers) {
        (Some(_), None) => {
            let message = "anybody could read what was measured";
            findings.push(problem(at("domain"), message).expected("`readers: KEY` of a secret"));
        }
        (None, Some(_)) => {
            let message = "Prometheus cannot be asked from outside, and has no `domain`";
            findings.push(problem(at("readers"), message).expected("`domain` beside it"));
        }
        _ => {}
    }
    if let Some(readers) = &settings.readers {
        secret(made, readers, &["prometheus", "readers"], findings);
    }
}

/// No two things are found at one domain.
fn domains(made: &Made<'_>, findings: &mut Findings) {
    let monitoring = made.placed.monitoring;
    let grafana = monitoring.grafana.as_ref().map(|it| ("grafana", it.domain.as_str()));
    let prometheus = monitoring.prometheus.as_ref().and_then(|it| it.domain.as_deref());
    let prometheus = prometheus.map(|domain| ("prometheus", domain));
    let hubs = crate::project::hubs::placed(made.layout);
    for (part, domain) in grafana.into_iter().chain(prometheus) {
        let range = made.placed.range_at(&[part, "domain"]);
        findings.extend(dns::unnamed(made.layout, domain, range));
        let problem = |message: String| {
            let problem = Problem::error("domain-twice", range, message);
            problem.expected("a domain of its own")
        };
        if let Some(hub) = hubs.iter().find(|hub| hub.hub.domain == domain) {
            let message = format!("the hub `{}` is found at `{domain}`", hub.key.name);
            findings.push(problem(message).related(hub.range("domain"), "the hub"));
        }
        if part == "prometheus" && grafana.is_some_and(|(_, other)| other == domain) {
            findings.push(problem(format!("Grafana is found at `{domain}`")));
        }
    }
}

/// The static address is there, and in a region as what is behind it.
fn address(made: &Made<'_>) -> Option<Problem> {
    let key = made.placed.monitoring.ingress.as_ref()?.address.as_deref()?;
    let (laid, range) = (made.placed.laid, made.placed.range_at(&["ingress", "address"]));
    let Some(whole) = addresses::reference(made.layout, laid, key) else {
        let known = laid.declaration.addresses.keys().map(String::as_str);
        return Some(Problem::unknown("address", key, range, known));
    };
    whole.contains("/global/").then(|| {
        let message = format!("the address `{key}` is global, and the ingress is in a region");
        Problem::error("ingress-address", range, message)
            .expected("an address without `global: true`")
    })
}
