//! What the schema cannot say about what a hub refers to: login, admins, buckets, Dask, builds and
//! seats.

use super::{homes, images};
use crate::project::buckets;
use crate::project::clusters::Role;
use crate::project::dns;
use crate::project::hubs::format::time_of;
use crate::project::hubs::made::Made;
use crate::project::hubs::releases::{chart_names, releases};
use crate::project::hubs::settings::{Login, Per};
use crate::project::problem::{Findings, Problem, Range};
use crate::project::releases::{self, Deployed, check_values};
use crate::project::tree::Node;
use std::collections::BTreeSet;

/// Checks what a hub that is made here refers to.
pub(super) fn check(made: &Made<'_>, findings: &mut Findings) {
    let (domain, range) = (&made.placed.hub.domain, made.placed.range("domain"));
    findings.extend(dns::unnamed(made.layout, domain, range));
    findings.extend(let_in(made));
    findings.extend(login(made));
    findings.extend(admitted(made));
    accounts(made, findings);
    homes::check(made, findings);
    images::check(made, findings);
    environment(made, findings);
    pools(made, findings);
    warm(made, findings);
    findings.extend(builds(made));
    charts(made, findings);
}

/// Somebody lets people in and signs the certificate: what is declared, a release of the same charts,
/// or somebody else, who is named.
fn let_in(made: &Made<'_>) -> Option<Problem> {
    let (front, releases) = (made.front(), releases::charts(made.layout, &made.cluster));
    let wants = |chart: &str, there: bool| !there && !releases.contains(chart);
    let lacks = match (wants("ingress-nginx", front.lets_in), wants("cert-manager", front.signs)) {
        (true, true) => "lets people in to it, and who signs its certificate",
        (true, false) => "lets people in to it",
        (false, true) => "signs its certificate",
        (false, false) => return None,
    };
    let message =
        format!("it is not said who {lacks}: `{}` and `{}` are assumed", front.class, front.issuer);
    let problem = Problem::warning("hub-front", made.placed.range("cluster"), message);
    let help = format!(
        "write `ingress` and `certificates` into `monitoring`; where others run them, \
         `through: {{ class: {}, issuer: {} }}` into the hub",
        front.class, front.issuer
    );
    made.placed.hub.deploy.then(|| problem.suggest(help))
}

fn login(made: &Made<'_>) -> Option<Problem> {
    let Some(login) = made.login() else {
        let message = format!("how people log in to `{}` is not said", made.placed.key.name);
        let problem = Problem::error("no-login-with", &made.placed.key.range, message);
        return Some(
            problem.expected("`login_with: { github: { client_id: …, client_secret: KEY } }`"),
        );
    };
    let (key, name) = match login {
        Login::Github(_) => (login.secret().0, ["login_with", "github", "client_secret"]),
        Login::Cilogon(_) => (login.secret().0, ["login_with", "cilogon", "client_secret"]),
        Login::Dummy(_) => (login.secret().0, ["login_with", "dummy", "password"]),
    };
    secret(made, key, made.placed.range_at(&name))
}

fn secret(made: &Made<'_>, key: &str, range: &Range) -> Option<Problem> {
    let secrets = &made.placed.laid.declaration.secrets;
    let known = secrets.keys().map(String::as_str);
    (!secrets.contains_key(key)).then(|| Problem::unknown("secret", key, range, known))
}

/// Somebody may log in.
fn admitted(made: &Made<'_>) -> Option<Problem> {
    let nobody = made.given.matters() && made.given.login().is_empty();
    let key = &made.placed.key.name;
    nobody.then(|| {
        let message = format!("no category of `access` may log in to `{key}`");
        let help = format!("write `hubs: {{ {key}: {{ login: true, … }} }}` in one");
        Problem::warning("nobody", &made.placed.key.range, message).suggest(help)
    })
}

/// Accounts are those of the cluster, and let the servers act as them.
fn accounts(made: &Made<'_>, findings: &mut Findings) {
    let range = made.placed.range("identity");
    let accounts = made.accounts();
    if !accounts.is_empty() && !made.cluster.has_identities() {
        let message = "nothing in this cluster can be an account of the cloud";
        let problem = Problem::error("hub-identity", range, message);
        findings.push(problem.expected("`workload_identity: true` in the cluster"));
    }
    for it in accounts.iter().filter(|it| !it.bound) {
        let (space, name) = (made.namespace(), &it.name);
        let message =
            format!("`{}` lets no server in the namespace `{space}` act as it", it.identity);
        let help =
            format!("write `kubernetes: [{space}/{name}]` in the identity `{}`", it.identity);
        findings.push(Problem::error("hub-identity", range, message).suggest(help));
    }
}

/// Variables name buckets that servers may use.
fn environment(made: &Made<'_>, findings: &mut Findings) {
    let hub = made.placed.hub;
    let written = made.placed.node.child("environment").map(Node::entries).unwrap_or_default();
    let identities: BTreeSet<String> = made.accounts().into_iter().map(|it| it.identity).collect();
    let env = made.placed.laid.env();
    let all = buckets::placed(made.layout);
    for (key, node) in written {
        let Some(text) = hub.environment.get(&key.name) else { continue };
        let named = text.strip_prefix("bucket:").map(str::to_owned);
        let path = text.strip_prefix("gs://").and_then(|path| path.split('/').next());
        let by_name = path.and_then(|name| all.list.iter().find(|it| it.name == name));
        let Some(bucket) = named.or(by_name.map(|it| it.key.name.clone())) else { continue };
        let declared = &made.placed.laid.declaration.buckets;
        if !declared.contains_key(&bucket) {
            findings.push(Problem::unknown(
                "bucket",
                &bucket,
                &node.range,
                declared.keys().map(String::as_str),
            ));
            continue;
        }
        let granted = |identity: &String| {
            buckets::granted(made.layout, identity, env).iter().any(|(key, ..)| *key == bucket)
        };
        if !identities.iter().any(granted) {
            let message = format!(
                "`{}` names the bucket `{bucket}`, on which this hub has no right",
                key.name
            );
            let help = match hub.identity.as_ref().map(|it| it.per) {
                Some(Per::Hub) => {
                    format!("grant it to the hub's identity at the bucket `{bucket}`")
                }
                _ => "give the hub an `identity`, and grant it to that at the bucket".to_owned(),
            };
            findings.push(Problem::error("bucket-variable", &node.range, message).suggest(help));
        }
    }
}

fn pools(made: &Made<'_>, findings: &mut Findings) {
    let hub = made.placed.hub;
    let dask = hub.dask.as_ref().map(|it| (&it.workers_on, ["dask", "workers_on"]));
    let builds = hub.builds.as_ref().map(|it| (&it.on, ["builds", "on"]));
    for (key, path) in dask.into_iter().chain(builds) {
        let range = made.placed.range_at(&path);
        let Some(room) = made.cluster.room(key) else {
            let known = made.cluster.pools();
            findings.push(Problem::unknown("pool", key, range, known.iter().map(String::as_str)));
            continue;
        };
        if path[0] == "dask" && room.role != Role::DaskWorker {
            let message = format!("the machines of `{key}` are not for workers of Dask");
            let problem =
                Problem::error("dask-pool", range, message).related(&room.range, "the pool");
            findings.push(problem.expected("a pool with the role `dask-worker`"));
        }
    }
}

fn builds(made: &Made<'_>) -> Option<Problem> {
    let builds = made.placed.hub.builds.as_ref()?;
    let known = &made.placed.laid.declaration.registries;
    if known.contains_key(&builds.registry) {
        return secret(made, &builds.credentials, made.placed.range_at(&["builds", "credentials"]));
    }
    let range = made.placed.range_at(&["builds", "registry"]);
    Some(Problem::unknown("registry", &builds.registry, range, known.keys().map(String::as_str)))
}

fn warm(made: &Made<'_>, findings: &mut Findings) {
    let hub = made.placed.hub;
    let nodes = made.placed.node.child("warm").map(Node::items).unwrap_or_default();
    for (warm, node) in hub.warm.iter().zip(nodes) {
        let range = |key: &str| node.child(key).map_or(&node.range, |node| &node.range);
        let known = hub.profiles.keys().map(String::as_str);
        let Some(profile) = hub.profiles.get(&warm.profile) else {
            findings.push(Problem::unknown("profile", &warm.profile, range("profile"), known));
            continue;
        };
        let names = profile.choice_names();
        if let Some(choice) = warm.choice.as_deref().filter(|choice| !names.contains(choice)) {
            findings.push(Problem::unknown(
                "choice",
                choice,
                range("choice"),
                names.iter().copied(),
            ));
        }
        if time_of(&warm.from).zip(time_of(&warm.until)).is_some_and(|(from, until)| until <= from)
        {
            let message = format!("`{}` ends before it begins", warm.event);
            findings.push(Problem::error("warm", range("until"), message).expected("a later time"));
        }
    }
}

/// Versions are those of charts that a hub is made of, and what is said to the hub's chart is what it
/// takes.
fn charts(made: &Made<'_>, findings: &mut Findings) {
    let written = made.placed.node.child("charts").map(Node::entries).unwrap_or_default();
    for (key, _) in written {
        if !chart_names().any(|name| name == key.name) {
            findings.push(Problem::unknown("chart", &key.name, &key.range, chart_names()));
        }
    }
    let all = releases(made);
    let hub = all.iter().find(|release| release.hub);
    let (Some(hub), Some(values)) = (hub, made.placed.node.child("values")) else { return };
    let path = format!("hubs.{}.values", made.placed.key.name);
    let (laid, chart) = (made.placed.laid, &hub.chart);
    check_values(Deployed { laid, chart, under: None, path: &path }, values, findings);
}
