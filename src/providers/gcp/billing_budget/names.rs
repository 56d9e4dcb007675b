//! What the server calls projects and channels, and what people call them.

use super::Spec;
use super::calls::Books;
use crate::kind::{Kind as _, ProviderError};
use crate::model::Owner;
use crate::providers::gcp::monitoring::{self, Monitored};
use crate::providers::gcp::notification_channel::Channel;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Both directions of it, as far as it takes for some projects.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// The ids of projects by their numbers.
    ids: BTreeMap<String, String>,
    /// Channels `PROJECT/ADDRESS` by what the server calls them.
    channels: BTreeMap<String, String>,
    /// What the server calls the channel to use, ours if there is one.
    chosen: BTreeMap<String, String>,
}

/// Whether a channel has no other name than the one that the server gave it.
pub(super) fn is_raw(channel: &str) -> bool {
    channel.starts_with("projects/")
}

impl Names {
    /// Learns what there is to know of projects, if a budget names any.
    pub(super) async fn learn(
        &mut self,
        books: &impl Books,
        project: &str,
        stack: &str,
        wanted: Wanted,
    ) -> Result<(), ProviderError> {
        if wanted.numbers
            && !is_number(project)
            && let Some(number) = books.number(project).await?
        {
            self.ids.insert(number, project.to_owned());
        }
        if wanted.channels {
            for live in books.channels(project).await?.iter() {
                self.take(project, stack, live);
            }
        }
        Ok(())
    }

    fn take(&mut self, project: &str, stack: &str, live: &Value) {
        if !Channel::is_one(live) {
            return;
        }
        let name = Channel::name(project, live);
        let given = live["name"].as_str().unwrap_or_default().to_owned();
        self.channels.insert(given.clone(), name.clone());
        let ours = matches!(monitoring::owner::<Channel>(project, live, stack), Owner::Ours(_));
        if ours || !self.chosen.contains_key(&name) {
            self.chosen.insert(name, given);
        }
    }

    /// A project in the words of people; a number stays one if nobody knows it.
    pub(super) fn project(&self, given: &str) -> String {
        let number = given.strip_prefix("projects/").unwrap_or(given);
        self.ids.get(number).cloned().unwrap_or_else(|| number.to_owned())
    }

    /// A project in the words of the server.
    pub(super) fn number(&self, project: &str) -> String {
        let known = self.ids.iter().find(|(_, id)| *id == project);
        format!("projects/{}", known.map_or(project, |(number, _)| number))
    }

    /// A channel in the words of people.
    pub(super) fn channel(&self, given: &str) -> String {
        self.channels.get(given).cloned().unwrap_or_else(|| given.to_owned())
    }

    /// A channel in the words of the server.
    ///
    /// # Errors
    /// When there is none of this address.
    pub(super) fn given(&self, channel: &str) -> Result<String, ProviderError> {
        if is_raw(channel) {
            return Ok(channel.to_owned());
        }
        let what = || format!("{}/{channel}", Channel::NAME);
        self.chosen.get(channel).cloned().ok_or_else(|| ProviderError::NotFound { what: what() })
    }
}

/// What is to be learnt.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    /// Numbers of projects.
    pub(super) numbers: bool,
    /// Channels.
    pub(super) channels: bool,
}

impl Wanted {
    /// What live budgets name.
    pub(super) fn of<'a>(budgets: impl IntoIterator<Item = &'a Value>) -> Self {
        let some = |list: &Value| list.as_array().is_some_and(|list| !list.is_empty());
        budgets.into_iter().fold(Self::default(), |wanted, live| Self {
            numbers: wanted.numbers || some(&live["budgetFilter"]["projects"]),
            channels: wanted.channels
                || some(&live["notificationsRule"]["monitoringNotificationChannels"]),
        })
    }

    /// What settings name as well.
    pub(super) fn and(self, specs: &[&Spec]) -> Self {
        Self {
            numbers: self.numbers || specs.iter().any(|spec| !spec.projects.is_empty()),
            channels: self.channels || specs.iter().any(|spec| !spec.channels.is_empty()),
        }
    }
}

/// The projects that settings speak of.
pub(super) fn projects<'a>(specs: impl IntoIterator<Item = &'a Spec>) -> BTreeSet<String> {
    let of = |spec: &'a Spec| {
        let channels = spec.channels.iter().filter(|channel| !is_raw(channel));
        let theirs = channels.filter_map(|channel| channel.split('/').next());
        spec.projects.iter().map(String::as_str).chain(theirs)
    };
    specs.into_iter().flat_map(of).filter(|it| !is_number(it)).map(str::to_owned).collect()
}

fn is_number(project: &str) -> bool {
    project.chars().all(|c| c.is_ascii_digit())
}
