//! The list of profiles, as KubeSpawner takes it, with who may see what. What a size means on its
//! machines is `share.rs`.

use crate::project::hubs::made::{Made, keys};
use crate::project::hubs::offer::Offer;
use crate::project::hubs::settings::{Image, Profile};
use crate::project::hubs::share::plain;
use crate::project::hubs::who::Who;
use crate::providers::gcp::gke_node_pool::{RETIRING, Taint};
use serde_json::{Map, Value, json};

/// The label by which machines say which pool they are of.
/// <https://cloud.google.com/kubernetes-engine/docs/how-to/node-pools>
pub(crate) const POOL: &str = "cloud.google.com/gke-nodepool";
/// What pods ask for to have an accelerator.
const GPU: &str = "nvidia.com/gpu";

/// Every profile with what can be chosen in it.
pub(super) fn profile_list(made: &Made<'_>) -> Value {
    let one = |(key, offers): (&str, Vec<Offer>)| {
        let profile = made.placed.hub.profiles.get(key)?;
        Some(profile_of(made, key, profile, &offers))
    };
    made.profiles().into_iter().filter_map(one).collect()
}

fn profile_of(made: &Made<'_>, key: &str, profile: &Profile, offers: &[Offer]) -> Value {
    let who = made.given.profile(key);
    let mut options = Map::new();
    let single = matches!(offers, [offer] if offer.key.is_empty());
    if !single {
        options.insert("size".to_owned(), sizes(made, key, offers, &who));
    }
    if let Some(images) = images(made, profile) {
        options.insert("image".to_owned(), images);
    }
    let mut value = json!({
        "slug": key,
        "display_name": profile.title.as_deref().unwrap_or(key),
        "description": profile.description.as_deref().unwrap_or_default(),
        "profile_options": options,
    });
    if profile.default {
        super::lay(&mut value, json!({ "default": true }));
    }
    if made.given.matters() {
        super::lay(&mut value, json!({ "who": who }));
    }
    if let Some(opens) = &profile.opens {
        let opened = json!({ "default_url": address(opens) });
        super::lay(&mut value, json!({ "kubespawner_override": opened }));
    }
    if let ([offer], true) = (offers, single) {
        super::lay(&mut value, json!({ "kubespawner_override": started(offer) }));
    }
    value
}

fn sizes(made: &Made<'_>, key: &str, offers: &[Offer], all: &Who) -> Value {
    let choice = |(at, offer): (usize, &Offer)| {
        let share = &offer.share;
        let cpus = format!("up to {} CPUs", plain(share.cpu_limit));
        let memory = plain(share.memory_limit);
        let title = if offer.title.ends_with('B') {
            format!("{}, {cpus}", offer.title)
        } else {
            format!("{}: {memory} GB, {cpus}", offer.title)
        };
        let mut value = json!({
            "order": at,
            "display_name": title,
            "kubespawner_override": started(offer),
        });
        if offer.default {
            super::lay(&mut value, json!({ "default": true }));
        }
        let who = made.given.choice(key, &offer.key);
        if made.given.matters() && who != *all {
            super::lay(&mut value, json!({ "who": who }));
        }
        (slug(&offer.key), value)
    };
    let choices: Map<String, Value> = offers.iter().enumerate().map(choice).collect();
    json!({ "display_name": "Size", "choices": choices })
}

/// What a server of a choice is started with.
fn started(offer: &Offer) -> Value {
    let share = &offer.share;
    let mut value = json!({
        "mem_guarantee": gigabytes(share.memory),
        "mem_limit": gigabytes(share.memory_limit),
        "cpu_guarantee": share.cpu,
        "cpu_limit": share.cpu_limit,
        "node_selector": { POOL: offer.room.name },
        "tolerations": tolerations(&offer.room.spec.taints),
    });
    if offer.gpus > 0 {
        let gpus = json!({ "extra_resource_limits": { GPU: offer.gpus.to_string() } });
        super::lay(&mut value, gpus);
    }
    if !offer.environment.is_empty() {
        super::lay(&mut value, json!({ "environment": offer.environment }));
    }
    value
}

/// JupyterHub's G is 2^30 bytes.
/// <https://jupyterhub.readthedocs.io/en/stable/reference/api/spawner.html>
fn gigabytes(gb: f64) -> String {
    format!("{}G", plain(gb))
}

/// What lets pods on machines that keep others away; on machines that are on their way out, nothing
/// does.
pub(crate) fn tolerations(taints: &[Taint]) -> Value {
    let one = |taint: &Taint| {
        let effect = match taint.effect.as_str() {
            "NO_EXECUTE" => "NoExecute",
            "PREFER_NO_SCHEDULE" => "PreferNoSchedule",
            _ => "NoSchedule",
        };
        json!({ "key": taint.key, "operator": "Equal", "value": taint.value, "effect": effect })
    };
    taints.iter().filter(|taint| taint.key != RETIRING).map(one).collect()
}

/// The images of a profile, as they were written; nothing where there is none to choose.
fn images(made: &Made<'_>, profile: &Profile) -> Option<Value> {
    let all = &made.placed.hub.images;
    let here =
        |key: &&str| profile.images.as_ref().is_none_or(|some| some.iter().any(|it| it == key));
    let written = keys(made.placed.node, "images");
    let chosen: Vec<(&str, &Image)> = written
        .iter()
        .map(|key| key.name.as_str())
        .filter(here)
        .filter_map(|key| Some((key, all.get(key)?)))
        .collect();
    if chosen.is_empty() {
        return None;
    }
    let named = chosen.iter().filter(|(_, image)| image.image.is_some()).enumerate();
    let choices: Map<String, Value> =
        named.map(|(at, (key, it))| (slug(key), image(at, key, it))).collect();
    let own = chosen.iter().find_map(|(_, image)| image.pattern.as_deref().zip(Some(*image)));
    let mut option = json!({ "display_name": "Image", "choices": choices });
    if let Some((pattern, image)) = own {
        super::lay(&mut option, json!({ "unlisted_choice": own_image(pattern, image) }));
    }
    if profile.builds_images {
        super::lay(&mut option, json!({ "dynamic_image_building": { "enabled": true } }));
    }
    Some(option)
}

fn image(at: usize, key: &str, image: &Image) -> Value {
    let mut started = json!({ "image": image.image });
    if let Some(opens) = &image.opens {
        super::lay(&mut started, json!({ "default_url": address(opens) }));
    }
    let title = image.title.as_deref().unwrap_or(key);
    let mut value = json!({ "order": at, "display_name": title, "kubespawner_override": started });
    if image.default {
        super::lay(&mut value, json!({ "default": true }));
    }
    value
}

/// An image that people name themselves.
fn own_image(pattern: &str, image: &Image) -> Value {
    json!({
        "enabled": true,
        "display_name": image.title.as_deref().unwrap_or("Another image"),
        "display_name_in_choices": "Another image",
        "validation_regex": pattern,
        "validation_message": "The name of an image with its tag, as in pangeo/pangeo-notebook:2026.06.04",
        "kubespawner_override": { "image": "{value}" },
    })
}

fn address(opens: &str) -> String {
    if opens.starts_with('/') { opens.to_owned() } else { format!("/{opens}") }
}

/// What the hub calls a choice: small letters, digits and hyphens.
fn slug(key: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    key.chars().map(plain).collect()
}
