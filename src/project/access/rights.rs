//! What each category gives, as pairs of a thing and what may be done with it: `hubs/prod` and
//! `login`, `buckets/persistent` and `write`.

use super::roll::{Placed, Roll};
use super::settings::{BucketRight, OnHub};
use crate::project::buckets;
use crate::project::hubs::{self, Per};
use crate::project::layout::Laid;
use crate::project::problem::Range;
use std::collections::{BTreeMap, BTreeSet};

/// Something that a category gives.
#[derive(Clone, Debug)]
pub(crate) struct Right<'a> {
    /// The environment that the thing is in; none for what is the same in all.
    pub(crate) env: Option<&'a str>,
    /// The thing, as in `hubs/prod/profiles/gpu/t4`.
    pub(crate) what: String,
    /// What may be done with it, in a word.
    pub(crate) level: String,
    /// By way of what, if it follows from something else.
    pub(crate) through: Option<String>,
    /// Where that stands.
    pub(crate) at: &'a Range,
}

/// What may be done with the hub.
pub(crate) const LOGIN: &str = "login";
const ADMIN: &str = "admin";
const USE: &str = "use";
const OPEN: &str = "open";

/// Everything that a category gives in an environment.
pub(crate) fn rights<'a>(
    layout: &'a [Laid],
    roll: &Roll<'a>,
    placed: &Placed<'a>,
) -> Vec<Right<'a>> {
    let mut rights = Vec::new();
    for hub in hubs::placed(layout).iter().filter(|hub| hub.laid.env() == roll.laid.env()) {
        if let Some(on_hub) = placed.category.hubs.get(&hub.key.name) {
            rights.extend(on(roll, placed, hub, on_hub));
            rights.extend(shared_buckets(layout, roll, hub, on_hub));
        }
    }
    rights.extend(own_buckets(layout, roll, placed));
    rights.extend(everywhere(roll, placed));
    rights
}

fn on<'a>(
    roll: &Roll<'a>,
    placed: &Placed<'a>,
    hub: &hubs::Placed<'a>,
    on_hub: &OnHub,
) -> Vec<Right<'a>> {
    let (key, env) = (&hub.key.name, roll.laid.env());
    let at = placed.node.at(["hubs", key]).map_or(&placed.key.range, |node| &node.range);
    let right = |what: String, level: &str| Right {
        env: Some(env),
        what,
        level: level.to_owned(),
        through: None,
        at,
    };
    let mut rights = Vec::new();
    rights.extend(on_hub.login.then(|| right(format!("hubs/{key}"), LOGIN)));
    rights.extend(on_hub.admin.then(|| right(format!("hubs/{key}"), ADMIN)));
    for (profile, choices) in profiles(hub, on_hub) {
        let what = format!("hubs/{key}/profiles/{profile}");
        rights.extend(choices.iter().map(|choice| right(format!("{what}/{choice}"), USE)));
        rights.push(right(what, USE));
    }
    for (app, images) in apps(hub, on_hub) {
        let through = Some(format!("the image {}", images.join(", ")));
        rights.push(Right { through, ..right(format!("hubs/{key}/apps/{app}"), OPEN) });
    }
    rights
}

/// What can be opened in the profiles that may be started, each with the images that have it.
fn apps<'a>(hub: &hubs::Placed<'a>, on_hub: &'a OnHub) -> BTreeMap<&'a str, Vec<&'a str>> {
    let mut apps: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (profile, _) in profiles(hub, on_hub) {
        for (app, image) in hub.hub.apps(profile) {
            let images = apps.entry(app).or_default();
            if !images.contains(&image) {
                images.push(image);
            }
        }
    }
    apps
}

/// Profiles that may be started, each with what can be chosen in it.
fn profiles<'a>(hub: &hubs::Placed<'a>, on_hub: &'a OnHub) -> Vec<(&'a str, Vec<&'a str>)> {
    let whole = on_hub.profiles.iter().filter_map(|key| {
        let profile = hub.hub.profiles.get(key)?;
        Some((key.as_str(), profile.choice_names()))
    });
    let some = on_hub
        .choices
        .iter()
        .map(|(key, some)| (key.as_str(), some.iter().map(String::as_str).collect()));
    whole.chain(some).collect()
}

/// What everybody on a hub may do with buckets, since all act as one account.
fn shared_buckets<'a>(
    layout: &'a [Laid],
    roll: &Roll<'a>,
    hub: &hubs::Placed<'a>,
    on_hub: &OnHub,
) -> Vec<Right<'a>> {
    let account = hub.hub.identity.as_ref().filter(|it| it.per == Per::Hub && on_hub.login);
    let Some(account) = account.and_then(|it| it.account.as_deref()) else { return Vec::new() };
    let env = roll.laid.env();
    let through = format!("hubs/{}, where all act as `{account}`", hub.key.name);
    let granted = buckets::granted(layout, account, env).into_iter();
    let right = |(bucket, level, at): (String, String, &'a Range)| Right {
        env: Some(env),
        what: format!("buckets/{bucket}"),
        level,
        through: Some(through.clone()),
        at,
    };
    granted.map(right).collect()
}

/// What a category may do with buckets by itself.
fn own_buckets<'a>(layout: &'a [Laid], roll: &Roll<'a>, placed: &Placed<'a>) -> Vec<Right<'a>> {
    let env = roll.laid.env();
    let right = |(key, right): (&String, &BucketRight)| {
        let account = accounts(layout, placed.key.name.as_str(), env).into_iter().next()?;
        Some(Right {
            env: Some(env),
            what: format!("buckets/{key}"),
            level: right.word().to_owned(),
            through: Some(format!("the category's account `{account}`")),
            at: placed.node.at(["buckets", key]).map_or(&placed.key.range, |node| &node.range),
        })
    };
    placed.category.buckets.iter().filter_map(right).collect()
}

/// The accounts of a category on the hubs of an environment, by the keys of identities.
pub(super) fn accounts<'a>(layout: &'a [Laid], category: &str, env: &str) -> BTreeSet<&'a str> {
    let here = hubs::placed(layout).into_iter().filter(|hub| hub.laid.env() == env);
    let account = |hub: hubs::Placed<'a>| {
        let identity = hub.hub.identity.as_ref().filter(|it| it.per == Per::Category)?;
        identity.accounts.get(category).map(String::as_str)
    };
    here.filter_map(account).collect()
}

/// What is the same in every environment.
fn everywhere<'a>(roll: &Roll<'a>, placed: &Placed<'a>) -> Vec<Right<'a>> {
    let right = |what: String, level: &str, at: &'a Range| Right {
        env: None,
        what,
        level: level.to_owned(),
        through: None,
        at,
    };
    let category = placed.category;
    let folders = category.folders.iter().map(|folder| {
        right(format!("folders/{}", folder.path), folder.mode.word(), placed.range("folders"))
    });
    let organization = &roll.access.organization;
    let repositories = category.repositories.iter().map(|(name, role)| {
        let at = placed.node.at(["repositories", name]);
        let at = at.map_or(&placed.key.range, |node| &node.range);
        right(format!("repositories/{organization}/{name}"), role, at)
    });
    let quota = category.home_quota.iter();
    let quota = quota.map(|quota| right("home".to_owned(), quota, placed.range("home_quota")));
    folders.chain(repositories).chain(quota).collect()
}

impl Right<'_> {
    /// Whether it allows to change the thing.
    pub(crate) fn writes(&self) -> bool {
        ["write", "admin", "create", "read-write", "maintain"].contains(&self.level.as_str())
    }
}

/// Every thing that anything is said of, to find what was meant.
pub(crate) fn things(layout: &[Laid]) -> BTreeSet<String> {
    let mut things = BTreeSet::new();
    for hub in hubs::placed(layout) {
        let name = format!("hubs/{}", hub.key.name);
        for (profile, settings) in &hub.hub.profiles {
            let what = format!("{name}/profiles/{profile}");
            let choices = settings.choice_names().into_iter();
            things.extend(choices.map(|choice| format!("{what}/{choice}")));
            things.insert(what);
        }
        let apps = hub.hub.images.values().flat_map(|image| &image.apps);
        things.extend(apps.map(|app| format!("{name}/apps/{app}")));
        things.insert(name);
    }
    for laid in layout {
        things.extend(laid.declaration.buckets.keys().map(|key| format!("buckets/{key}")));
        let Some(roll) = Roll::of(laid) else { continue };
        for placed in &roll.list {
            things.extend(everywhere(&roll, placed).into_iter().map(|right| right.what));
        }
    }
    things
}
