//! What a profile offers on its pools: every choice with the share of a machine that it is.

use super::placed::Placed;
use super::settings::{Choices, Profile};
use super::share::{Machine, Share};
use crate::project::clusters::{Found, Room};
use crate::project::format::volume_gb;
use crate::project::tree::Node;
use std::collections::BTreeMap;

/// One thing that can be chosen.
pub(super) struct Offer {
    /// What `access` and the hub call it.
    pub(super) key: String,
    /// What people see.
    pub(super) title: String,
    /// The pool.
    pub(super) room: Room,
    /// Its machines.
    pub(super) machine: Machine,
    /// What a server has of one.
    pub(super) share: Share,
    /// How many accelerators.
    pub(super) gpus: u32,
    /// Whether it is chosen unless somebody chooses another.
    pub(super) default: bool,
    /// Variables beside the others.
    pub(super) environment: BTreeMap<String, String>,
}

/// Everything that can be chosen in a profile, as it was written. What cannot be told is left out:
/// the checks say why.
pub(super) fn offers(
    placed: &Placed<'_>,
    cluster: &Found<'_>,
    key: &str,
    profile: &Profile,
) -> Vec<Offer> {
    let sizes = profile.sizes.iter().map(|size| of_size(cluster, profile, size));
    let written = placed.node.at(["profiles", key, "choices"]).map(Node::entries);
    let names = written.unwrap_or_default().iter().map(|(key, _)| key.name.as_str());
    let choices = names.map(|name| of_choice(cluster, profile, name));
    let mut all: Vec<Offer> = sizes.chain(choices).flatten().collect();
    if profile.sizes.is_empty() && profile.choices.names().is_empty() {
        all.extend(whole(cluster, profile));
    }
    if !all.iter().any(|offer| offer.default) {
        all.first_mut().into_iter().for_each(|first| first.default = true);
    }
    all
}

fn of_size(cluster: &Found<'_>, profile: &Profile, size: &str) -> Option<Offer> {
    let room = cluster.room(profile.on.as_deref()?)?;
    let machine = Machine::of(&room)?;
    let share = machine.share(volume_gb(size).ok()?, profile.limit)?;
    Some(Offer {
        key: size.to_owned(),
        title: size.to_owned(),
        room,
        machine,
        share,
        gpus: 0,
        default: false,
        environment: BTreeMap::new(),
    })
}

fn of_choice(cluster: &Found<'_>, profile: &Profile, key: &str) -> Option<Offer> {
    let Choices::Described(all) = &profile.choices else { return None };
    let choice = all.get(key)?;
    let room = cluster.room(choice.on.as_deref().or(profile.on.as_deref())?)?;
    let machine = Machine::of(&room)?;
    let share = match &choice.size {
        Some(size) => machine.share(volume_gb(size).ok()?, profile.limit),
        None => machine.whole(),
    };
    Some(Offer {
        key: key.to_owned(),
        title: choice.title.clone().unwrap_or_else(|| key.to_owned()),
        share: share?,
        room,
        machine,
        gpus: choice.gpus.unwrap_or(0),
        default: choice.default,
        environment: choice.environment.clone(),
    })
}

/// A profile in which nothing can be chosen is a whole machine.
fn whole(cluster: &Found<'_>, profile: &Profile) -> Option<Offer> {
    let room = cluster.room(profile.on.as_deref()?)?;
    let machine = Machine::of(&room)?;
    Some(Offer {
        key: String::new(),
        title: String::new(),
        share: machine.whole()?,
        gpus: room.gpus,
        room,
        machine,
        default: true,
        environment: BTreeMap::new(),
    })
}

/// What `explain` says of a profile beside what was written.
pub(super) fn told(placed: &Placed<'_>, cluster: &Found<'_>, key: &str) -> Vec<String> {
    let Some(profile) = placed.hub.profiles.get(key) else { return Vec::new() };
    let (mut lines, mut machines) = (Vec::new(), Vec::new());
    for offer in offers(placed, cluster, key, profile) {
        if !machines.contains(&offer.machine.kind) {
            lines.push(offer.machine.told());
            machines.push(offer.machine.kind.clone());
        }
        let name = if offer.key.is_empty() { "a whole machine" } else { &offer.key };
        lines.push(format!("{name}: {}", offer.share.told(&offer.machine.kind)));
    }
    lines
}
