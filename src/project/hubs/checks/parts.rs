//! What the schema cannot say about what a hub refers to: login, admins, homes, images, buckets,
//! Dask, builds and seats.

use crate::project::buckets;
use crate::project::clusters::Role;
use crate::project::dns;
use crate::project::hubs::format::time_of;
use crate::project::hubs::made::Made;
use crate::project::hubs::releases::{chart_names, releases};
use crate::project::hubs::settings::{Login, Per};
use crate::project::hubs::share::plain;
use crate::project::hubs::values::home;
use crate::project::problem::{Findings, Problem, Range};
use crate::project::releases::{Deployed, check_values};
use crate::project::tree::Node;
use std::collections::BTreeSet;

/// Tags that mean another image every so often.
const MOVING: [&str; 7] = ["latest", "main", "master", "stable", "dev", "edge", "nightly"];

/// Checks what a hub that is made here refers to.
pub(super) fn check(made: &Made<'_>, findings: &mut Findings) {
    findings.extend(named(made));
    findings.extend(login(made));
    findings.extend(admitted(made));
    accounts(made, findings);
    homes(made, findings);
    images(made, findings);
    environment(made, findings);
    pools(made, findings);
    warm(made, findings);
    findings.extend(builds(made));
    charts(made, findings);
}

/// Where the stack says which names lead to it, those of its hubs are among them.
fn named(made: &Made<'_>) -> Option<Problem> {
    let names = dns::names(made.layout);
    let domain = made.placed.hub.domain.as_str();
    let any = domain.split_once('.').map(|(_, above)| format!("*.{above}"));
    let known = names.contains(domain) || any.is_some_and(|any| names.contains(&any));
    (!names.is_empty() && !known).then(|| {
        let message = format!("no record of `dns` is named `{domain}`");
        let problem = Problem::warning("hub-name", made.placed.range("domain"), message);
        problem.suggest(format!("write `{domain}: {{ to: … }}` among the records of `dns`"))
    })
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

fn homes(made: &Made<'_>, findings: &mut Findings) {
    let Some(written) = &made.placed.hub.home else { return };
    let range = made.placed.range_at(&["home", "disk"]);
    let Some(disk) = home::disk(made, written) else {
        let known = made.placed.laid.declaration.disks.keys().map(String::as_str);
        findings.push(Problem::unknown("disk", &written.disk, range, known));
        return;
    };
    let rooms = made.cluster.rooms();
    let core = rooms.iter().filter(|(_, room)| room.role == Role::Core);
    let zones: BTreeSet<&str> =
        core.flat_map(|(_, room)| room.spec.zones.iter()).map(String::as_str).collect();
    if !zones.is_empty() && !disk.zones.iter().any(|zone| zones.contains(zone.as_str())) {
        let message = format!(
            "the disk is in {}, where no machine of the role `core` is that could serve it",
            disk.zones.join(" and ")
        );
        let problem = Problem::error("home-zone", range, message);
        findings.push(problem.expected("a disk in a zone of such a pool"));
    }
    let (Some(quota), Some(people)) = (made.quota(), written.people) else { return };
    let needed = quota * f64::from(people);
    if needed > f64::from(disk.size_gb) {
        let message = format!(
            "{people} people with {} GB each are {} GB, and the disk has {}",
            plain(quota),
            plain(needed),
            disk.size_gb
        );
        let problem = Problem::warning("home-room", made.placed.range("home"), message);
        let help = format!("watch it, or make the disk {} GB", needed.ceil());
        findings.push(problem.related(disk.range, "the disk").suggest(help));
    }
}

fn images(made: &Made<'_>, findings: &mut Findings) {
    let written = made.placed.node.child("images").map(Node::entries).unwrap_or_default();
    super::profiles::defaults(written, findings);
    for (key, node) in written {
        let Some(image) = made.placed.hub.images.get(&key.name) else { continue };
        if image.image.is_some() == image.pattern.is_some() {
            let message = "an image is named, or any that fits a pattern";
            let problem = Problem::error("image", &key.range, message);
            findings.push(problem.expected("`image: NAME:TAG` or `pattern: ^.+:.+$`"));
        }
        let range = node.child("image").map_or(&key.range, |node| &node.range);
        findings.extend(image.image.as_deref().and_then(|name| moving(name, range)));
    }
}

fn moving(image: &str, range: &Range) -> Option<Problem> {
    if image.contains("@sha256:") {
        return None;
    }
    let last = image.rsplit('/').next().unwrap_or(image);
    let tag = last.split_once(':').map_or("latest", |(_, tag)| tag);
    MOVING.contains(&tag).then(|| {
        let message = format!("the tag `{tag}` is another image every so often");
        let problem = Problem::warning("moving-tag", range, message);
        problem.suggest("name a tag that stays, or a digest".to_owned())
    })
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
