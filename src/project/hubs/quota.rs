//! How much each home may hold. What is said of a person is the last word; without it, what the hub
//! says holds for everybody; without that, each has the most that a category of theirs gives.

use super::made::Made;
use super::settings::Home;
use super::share::plain;
use crate::project::format::volume_gb;
use std::collections::BTreeMap;
use std::fmt::Write as _;

impl Made<'_> {
    /// How much a home may hold, in GB, of whom nothing else is said.
    pub(super) fn quota(&self) -> Option<f64> {
        let home = self.placed.hub.home.as_ref()?;
        match home.quota.as_deref() {
            Some(said) => volume_gb(said).ok(),
            None => self.given.home_quota(),
        }
    }

    /// How much the homes of some people may hold, by their logins in small letters, where it is
    /// not what everybody has.
    pub(super) fn quotas(&self) -> BTreeMap<String, f64> {
        let Some(home) = &self.placed.hub.home else { return BTreeMap::new() };
        let mut all = match home.quota {
            Some(_) => BTreeMap::new(),
            None => self.given.home_quotas(),
        };
        all.extend(self.quotas_said(home));
        let usual = self.quota();
        all.retain(|_, quota| Some(*quota) != usual);
        all
    }

    fn quotas_said(&self, home: &Home) -> BTreeMap<String, f64> {
        let people = &self.placed.laid.declaration.people;
        let said = home.quota_of.iter().filter_map(|(key, quota)| {
            let login = &people.get(key)?.github.as_ref()?.login;
            Some((login.to_lowercase(), volume_gb(quota).ok()?))
        });
        said.collect()
    }
}

/// The folder of somebody's home on the disk, as the hub escapes logins: `ada-2dlovelace`.
/// <https://jupyterhub-kubespawner.readthedocs.io/en/latest/templates.html>
pub(crate) fn folder_of(login: &str) -> String {
    let mut folder = String::new();
    for byte in login.to_lowercase().bytes() {
        if byte.is_ascii_lowercase() || byte.is_ascii_digit() {
            folder.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(folder, "-{byte:02x}");
        }
    }
    folder
}

/// What `explain` says of homes beside what was written.
pub(super) fn told(made: &Made<'_>) -> Vec<String> {
    let Some(usual) = made.quota() else {
        return vec!["a home may hold as much as the disk has".to_owned()];
    };
    let everybody = format!("a home may hold {} GB", plain(usual));
    let others = made.quotas().into_iter();
    let others = others.map(|(login, quota)| format!("that of {login}: {} GB", plain(quota)));
    std::iter::once(everybody).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_home_is_the_login_as_the_hub_escapes_it() {
        assert_eq!(folder_of("ada"), "ada");
        assert_eq!(folder_of("Ada-Lovelace2"), "ada-2dlovelace2");
        assert_eq!(folder_of("é"), "-c3-a9");
    }
}
