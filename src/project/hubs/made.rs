//! A hub that is made here, with everything that what is made of it is told from.

use super::offer::{Offer, offers};
use super::placed::Placed;
use super::settings::{Account, Login, Per, Through};
use super::who::Given;
use crate::model::ResourceId;
use crate::project::clusters::{self, Found};
use crate::project::identities;
use crate::project::inside::Inside;
use crate::project::layout::Laid;
use crate::project::monitoring::{self, Front};
use crate::project::tree::{Key, Node};
use crate::project::{address, buckets};
use crate::render::hub::{Failed, Page, Templates};
use serde::Serialize;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The service account of Kubernetes of people's servers, where the identity names none.
const SERVERS: &str = "user-sa";

/// A hub that is made here.
pub(super) struct Made<'a> {
    /// The hub.
    pub(super) placed: &'a Placed<'a>,
    /// All environments.
    pub(super) layout: &'a [Laid],
    /// The cluster that it runs in.
    pub(super) cluster: Found<'a>,
    /// What `access` gives on it.
    pub(super) given: Given<'a>,
    /// Templates that gave no text.
    pub(super) failed: RefCell<Vec<(&'static str, Failed)>>,
}

/// An account that servers act as.
pub(super) struct Acting {
    /// The service account of Kubernetes.
    pub(super) name: String,
    /// The address of the account of the cloud.
    pub(super) email: String,
    /// The account of the cloud.
    pub(super) id: ResourceId,
    /// The key of the identity.
    pub(super) identity: String,
    /// The category whose it is, if not everybody's.
    pub(super) category: Option<String>,
    /// Whether the identity lets the service account act as it.
    pub(super) bound: bool,
}

impl<'a> Made<'a> {
    /// The hub, if it is made here and its cluster is there.
    pub(super) fn of(placed: &'a Placed<'a>, layout: &'a [Laid]) -> Option<Self> {
        let key = placed.hub.cluster.as_deref()?;
        let cluster = clusters::find(layout, key, placed.laid.env())?;
        let given = Given::on(placed);
        Some(Self { placed, layout, cluster, given, failed: RefCell::default() })
    }

    /// The same, if it is deployed from here.
    pub(super) fn deployed(placed: &'a Placed<'a>, layout: &'a [Laid]) -> Option<Self> {
        Self::of(placed, layout).filter(|_| placed.hub.deploy)
    }

    /// What Helm calls it.
    pub(super) fn release(&self) -> &'a str {
        self.placed.release()
    }

    /// Where its things are.
    pub(super) fn inside(&self) -> Inside<'a> {
        Inside {
            layout: self.layout,
            laid: self.placed.laid,
            cluster: self.cluster.place(),
            namespace: self.namespace(),
            source: &self.placed.key.range,
        }
    }

    /// The namespace that it is in.
    pub(super) fn namespace(&self) -> &'a str {
        self.placed.namespace()
    }

    /// What can be chosen in each profile, as they were written.
    pub(super) fn profiles(&self) -> Vec<(&'a str, Vec<Offer>)> {
        let keys = keys(self.placed.node, "profiles");
        let offered = |key: &'a Key| {
            let profile = self.placed.hub.profiles.get(&key.name)?;
            Some((key.name.as_str(), offers(self.placed, &self.cluster, &key.name, profile)))
        };
        keys.into_iter().filter_map(offered).collect()
    }

    /// The accounts that servers act as, as they were written.
    pub(super) fn accounts(&self) -> Vec<Acting> {
        let Some(account) = &self.placed.hub.identity else { return Vec::new() };
        if account.per == Per::Hub {
            return account.account.iter().filter_map(|key| self.acting(key, None)).collect();
        }
        let written = self.placed.node.at(["identity", "accounts"]).map(Node::entries);
        let written = written.unwrap_or_default().iter();
        let acting = |(key, _): &(Key, Node)| {
            let Account { accounts, .. } = account;
            self.acting(accounts.get(&key.name)?, Some(&key.name))
        };
        written.filter_map(acting).collect()
    }

    fn acting(&self, identity: &str, category: Option<&str>) -> Option<Acting> {
        let identities = identities::placed(self.layout);
        let found = identities.find(identity, self.placed.laid.env())?;
        let here = found.identity.kubernetes.iter();
        let mut here = here.filter_map(|it| it.strip_prefix(&format!("{}/", self.namespace())));
        let bound = here.next();
        let usual = || match category {
            Some(_) => format!("{SERVERS}-{identity}"),
            None => SERVERS.to_owned(),
        };
        Some(Acting {
            name: bound.map_or_else(usual, str::to_owned),
            email: found.email(),
            id: identities::account_of(found),
            identity: identity.to_owned(),
            category: category.map(str::to_owned),
            bound: bound.is_some(),
        })
    }

    /// The variables that name the buckets of an identity. In those that it can write, everybody
    /// begins in a place of their own.
    pub(super) fn bucket_variables(&self, identity: &str) -> BTreeMap<String, String> {
        let mut variables: BTreeMap<String, String> = BTreeMap::new();
        for (key, level, _) in buckets::granted(self.layout, identity, self.placed.laid.env()) {
            let name = format!("{}_BUCKET", key.to_uppercase().replace('-', "_"));
            let Some(address) = self.bucket(&key, level != "read") else { continue };
            let known = variables.entry(name).or_default();
            // Who can write as well as read can write.
            if known.len() < address.len() {
                *known = address;
            }
        }
        variables
    }

    /// The address of a bucket, or of somebody's place in it.
    fn bucket(&self, key: &str, own_place: bool) -> Option<String> {
        let all = buckets::placed(self.layout);
        let name = &all.find(key, self.placed.laid.env()).ok()?.name;
        let place = if own_place { "/$(JUPYTERHUB_USER)" } else { "" };
        Some(format!("gs://{name}{place}"))
    }

    /// The variables of every server that acts as an identity, or as none: those of its buckets,
    /// and those that are written.
    pub(super) fn variables(&self, identity: Option<&str>) -> BTreeMap<String, String> {
        let buckets = identity.map(|key| self.bucket_variables(key)).unwrap_or_default();
        let written = self.placed.hub.environment.iter().filter_map(|(name, text)| {
            let value = match text.strip_prefix("bucket:") {
                None => text.clone(),
                Some(_) => self.named(identity?, text)?,
            };
            Some((name.clone(), value))
        });
        let written: BTreeMap<_, _> = written.collect();
        buckets.into_iter().chain(written).collect()
    }

    fn named(&self, identity: &str, text: &str) -> Option<String> {
        let key = address::key(text, "bucket").ok()?;
        let granted = buckets::granted(self.layout, identity, self.placed.laid.env());
        let mut levels = granted.iter().filter(|(bucket, ..)| bucket == key).peekable();
        levels.peek()?;
        self.bucket(key, levels.any(|(_, level, _)| level != "read"))
    }

    /// A text of the hub; empty where the template gives none, which the checks tell.
    pub(super) fn text(&self, template: &'static str, values: &impl Serialize) -> String {
        let templates: &Templates = &self.placed.laid.templates.texts;
        templates.render(template, values).unwrap_or_else(|failed| {
            self.failed.borrow_mut().push((template, failed));
            String::new()
        })
    }

    /// What people read on its pages.
    pub(super) fn page(&self) -> Page {
        let (declaration, page) = (&self.placed.laid.declaration, &self.placed.hub.page);
        let usual = declaration.institution.as_ref().unwrap_or(&declaration.stack);
        let quota = self.quota().map(|gb| format!("{} GB", super::share::plain(gb)));
        let home = self.placed.hub.home.is_some();
        let accounts = self.accounts();
        let buckets = accounts.iter().flat_map(|it| self.bucket_variables(&it.identity));
        Page {
            heading: page.heading.as_ref().unwrap_or(usual).clone(),
            text: page.text.clone(),
            links: page.links.clone(),
            contact: declaration.contact.clone(),
            home_quota: home.then(|| quota.unwrap_or_else(|| "as much as the disk has".to_owned())),
            apps: self.apps(),
            buckets: buckets.collect(),
        }
    }

    /// Who lets people in: what the hub says, what is declared of its cluster, or what is usual.
    pub(super) fn front(&self) -> Front {
        let env = self.placed.laid.env();
        let front = monitoring::front(self.layout, &self.cluster, env).unwrap_or_default();
        match self.placed.hub.through.clone() {
            Some(Through { class, issuer }) => {
                Front { class, issuer, lets_in: true, signs: true, needs: BTreeSet::new() }
            }
            None => front,
        }
    }

    /// What can be opened beside JupyterLab, with the titles of the images that have it.
    fn apps(&self) -> BTreeMap<String, String> {
        let images = keys(self.placed.node, "images").into_iter().filter_map(|key| {
            let image = self.placed.hub.images.get(&key.name)?;
            Some((image.title.as_ref().unwrap_or(&key.name), image))
        });
        let mut apps: BTreeMap<String, String> = BTreeMap::new();
        for (title, app) in
            images.flat_map(|(title, it)| it.apps.iter().map(move |app| (title, app)))
        {
            let titles = apps.entry(app.clone()).or_default();
            *titles = if titles.is_empty() { title.clone() } else { format!("{titles}, {title}") };
        }
        apps
    }

    /// How people log in.
    pub(super) fn login(&self) -> Option<&'a Login> {
        self.placed.hub.login_with.as_ref()
    }
}

/// The keys of a map of a hub, as they were written.
pub(super) fn keys<'a>(node: &'a Node, setting: &str) -> Vec<&'a Key> {
    let entries = node.child(setting).map(Node::entries).unwrap_or_default();
    entries.iter().map(|(key, _)| key).collect()
}
