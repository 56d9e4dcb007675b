//! What the schema cannot say about profiles: that machines have room for them, and that somebody
//! sees them.

use crate::project::clusters::{Role, Room};
use crate::project::format::volume_gb;
use crate::project::hubs::made::Made;
use crate::project::hubs::settings::{Choices, Profile};
use crate::project::hubs::share::{Machine, plain};
use crate::project::problem::{Findings, Problem, Range};
use crate::project::tree::Node;

/// Checks the profiles of a hub that is made here.
pub(super) fn check(made: &Made<'_>, findings: &mut Findings) {
    let written = made.placed.node.child("profiles").map(Node::entries).unwrap_or_default();
    if written.is_empty() {
        let message = format!("nothing can be started on `{}`", made.placed.key.name);
        let problem = Problem::error("no-profiles", &made.placed.key.range, message);
        findings.push(problem.expected("`profiles: { cpu: { on: POOL, sizes: [8 GB] } }`"));
    }
    for (key, node) in written {
        let Some(profile) = made.placed.hub.profiles.get(&key.name) else { continue };
        sizes(made, profile, node, findings);
        choices(made, profile, node, findings);
        seen(made, &key.name, profile, (&key.range, node), findings);
        images(made, profile, node, findings);
    }
    defaults(written, findings);
}

fn sizes(made: &Made<'_>, profile: &Profile, node: &Node, findings: &mut Findings) {
    if !profile.sizes.is_empty() && !profile.choices.names().is_empty() {
        let range = node.child("choices").map_or(&node.range, |node| &node.range);
        let message = "a profile has sizes or choices, not both";
        findings
            .push(Problem::error("profile", range, message).expected("a `size` in each choice"));
    }
    if profile.on.is_none() && !matches!(profile.choices, Choices::Described(_)) {
        let message = "which machines this runs on is not said";
        let problem = Problem::error("profile-pool", &node.range, message);
        findings.push(problem.expected("`on: POOL`, a pool of the cluster"));
        return;
    }
    let Some(room) = pool(made, node, findings) else { return };
    for item in node.child("sizes").map(Node::items).unwrap_or_default() {
        findings.extend(fits(&room, item.text(), profile, &item.range));
    }
}

fn choices(made: &Made<'_>, profile: &Profile, node: &Node, findings: &mut Findings) {
    let Some(written) = node.child("choices") else { return };
    if let Choices::Named(names) = &profile.choices {
        if !names.is_empty() {
            let message = "what these choices are is not said";
            let problem = Problem::error("profile", &written.range, message);
            findings.push(problem.expected("`{ t4: { on: POOL, gpus: 1 } }`"));
        }
        return;
    }
    for (key, child) in written.entries() {
        let Some(choice) = profile.choices.find(&key.name) else { continue };
        let own = child.child("on").is_some();
        let room = if own { pool(made, child, findings) } else { pool_of(made, node) };
        let Some(room) = room else {
            if !own && node.child("on").is_none() {
                let message = "which machines this runs on is not said";
                let problem = Problem::error("profile-pool", &key.range, message);
                findings.push(problem.expected("`on: POOL`, a pool of the cluster"));
            }
            continue;
        };
        let range = child.child("size").map_or(&key.range, |node| &node.range);
        findings.extend(fits(&room, choice.size.as_deref(), profile, range));
        let gpus = child.child("gpus").map_or(&key.range, |node| &node.range);
        findings.extend(accelerators(&room, choice.gpus.unwrap_or(0), gpus));
    }
}

/// The pool that a node names, if servers can be there.
fn pool(made: &Made<'_>, node: &Node, findings: &mut Findings) -> Option<Room> {
    let on = node.child("on")?;
    let key = on.text()?;
    let Some(room) = made.cluster.room(key) else {
        let known = made.cluster.pools();
        findings.push(Problem::unknown("pool", key, &on.range, known.iter().map(String::as_str)));
        return None;
    };
    findings.extend(usable(key, &room, &on.range));
    Some(room)
}

fn pool_of(made: &Made<'_>, node: &Node) -> Option<Room> {
    made.cluster.room(node.child("on")?.text()?)
}

fn usable(key: &str, room: &Room, range: &Range) -> Option<Problem> {
    let problem = if room.role != Role::User {
        let message = format!("the machines of `{key}` are not for people's servers");
        Problem::error("profile-pool", range, message).expected("a pool with the role `user`")
    } else if room.retiring {
        let message = format!("the pool `{key}` is on its way out: nothing new starts there");
        Problem::warning("profile-pool", range, message).expected("another pool")
    } else if room.nominal.is_none() {
        let message = format!("how large a `{}` is is not known", room.spec.machine);
        let help = "say it in `tables/machines.json` beside the stack".to_owned();
        Problem::error("profile-machine", range, message).suggest(help)
    } else {
        return None;
    };
    Some(problem.related(&room.range, "the pool"))
}

/// Whether a machine has room for a server; without a size, for one that has it all.
fn fits(room: &Room, size: Option<&str>, profile: &Profile, range: &Range) -> Option<Problem> {
    let machine = Machine::of(room)?;
    let share = match size {
        Some(size) => machine.share(volume_gb(size).ok()?, profile.limit),
        None => machine.whole(),
    };
    if share.is_some() {
        return None;
    }
    let (size, kind) = (size.unwrap_or("a whole machine"), &machine.kind);
    let message =
        format!("{size} does not fit on a `{kind}`, which has {} GB", plain(machine.memory));
    let problem = Problem::error("profile-size", range, message).related(&room.range, "the pool");
    Some(problem.expected(format!("at most {} GB, or larger machines", plain(machine.memory))))
}

fn accelerators(room: &Room, asked: u32, range: &Range) -> Option<Problem> {
    let (kind, has) = (&room.spec.machine, room.gpus);
    if asked > has {
        let message = format!("{asked} GPUs are asked for, and a `{kind}` here has {has}");
        let problem = Problem::error("profile-gpu", range, message);
        return Some(problem.related(&room.range, "the pool").expected(format!("at most {has}")));
    }
    (has > 0 && asked == 0).then(|| {
        let message = "this runs on machines with a GPU, and asks for none";
        let problem = Problem::warning("profile-gpu", range, message);
        problem.related(&room.range, "the pool").suggest("write `gpus: 1`".to_owned())
    })
}

/// What nobody may start need not be there.
fn seen(
    made: &Made<'_>,
    key: &str,
    profile: &Profile,
    (range, node): (&Range, &Node),
    findings: &mut Findings,
) {
    if !made.given.matters() {
        return;
    }
    let hub = &made.placed.key.name;
    if made.given.profile(key).is_empty() {
        let message = format!("nobody can see the profile `{key}` of `{hub}`");
        let help = format!("give it to a category: `hubs: {{ {hub}: {{ profiles: [{key}] }} }}`");
        findings.push(Problem::warning("unseen", range, message).suggest(help));
        return;
    }
    let names = profile.choice_names();
    for name in names.into_iter().filter(|name| made.given.choice(key, name).is_empty()) {
        let message = format!("nobody can choose `{name}` in the profile `{key}` of `{hub}`");
        let help = format!("give it to a category: `choices: {{ {key}: [{name}] }}`");
        let written = node.at(["choices", name]).map_or(range, |node| &node.range);
        findings.push(Problem::warning("unseen", written, message).suggest(help));
    }
}

fn images(made: &Made<'_>, profile: &Profile, node: &Node, findings: &mut Findings) {
    let all = &made.placed.hub.images;
    let known = || all.keys().map(String::as_str);
    for item in node.child("images").map(Node::items).unwrap_or_default() {
        let name = item.text().unwrap_or_default();
        if !all.contains_key(name) {
            findings.push(Problem::unknown("image", name, &item.range, known()));
        }
    }
    if profile.builds_images && made.placed.hub.builds.is_none() {
        let range = node.child("builds_images").map_or(&node.range, |node| &node.range);
        let message = "this hub builds no images";
        let problem = Problem::error("profile", range, message);
        findings.push(problem.expected("`builds: { on: POOL, registry: KEY, credentials: KEY }`"));
    }
}

/// Only one thing can be what is chosen unless somebody chooses another.
pub(super) fn defaults(entries: &[(crate::project::tree::Key, Node)], findings: &mut Findings) {
    let said = |node: &&Node| node.child("default").is_some_and(|it| it.json() == true);
    let mut all = entries.iter().map(|(_, node)| node).filter(said);
    let (Some(first), Some(second)) = (all.next(), all.next()) else { return };
    let range =
        |node: &Node| node.child("default").map_or(node.range.clone(), |it| it.range.clone());
    let problem = Problem::error("default-twice", &range(second), "two of these are the default");
    findings.push(problem.related(&range(first), "the other one").expected("one `default: true`"));
}
