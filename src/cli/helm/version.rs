//! Which `helm` this is, and whether it is new enough.

use super::{Errand, Helm, Which, finish};
use crate::kind::ProviderError;
use std::fmt;
use std::time::Duration;

/// The oldest that does what we need: labels on what it keeps of a release.
const OLDEST: Version = Version { major: 3, minor: 14 };

/// A version of Helm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// Reads what `helm version` says, `v3.14.2`.
    fn read(text: &str) -> Option<Self> {
        let mut numbers = text.trim().trim_start_matches('v').split('.');
        let mut next = || numbers.next()?.parse().ok();
        Some(Self { major: next()?, minor: next()? })
    }

    /// Whether it applies on the server's side, and can take over fields that others own.
    pub(super) fn takes_over_fields(self) -> bool {
        self.major >= 4
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl Helm {
    /// Which version this is; asked for once.
    ///
    /// # Errors
    /// When the program is not there, cannot be run, or is too old.
    pub async fn version(&self) -> Result<Version, ProviderError> {
        self.version.get_or_try_init(|| self.ask()).await.copied()
    }

    async fn ask(&self) -> Result<Version, ProviderError> {
        let refused = |why: String| ProviderError::Refused { what: "running `helm`".into(), why };
        let Which::Real(program) = &self.which else { return Ok(OLDEST) };
        let what = "asking helm for its version";
        let errand = Errand { what, input: None, patience: Duration::from_secs(20) };
        let mut command = self.command();
        command.args(["version", "--template", "{{.Version}}"]);
        let said = finish(command, errand).await.map_err(|error| match error {
            ProviderError::Unexpected { why, .. } => {
                let program = program.to_string_lossy();
                refused(format!("the program `{program}` cannot be run ({why}): {INSTALL}"))
            }
            other => other,
        })?;
        match Version::read(&said) {
            Some(version) if version >= OLDEST => Ok(version),
            Some(version) => Err(refused(format!(
                "it is version {version}, and at least {OLDEST} is needed: {INSTALL}"
            ))),
            None => Err(refused(format!("`{}` is no version of Helm", said.trim()))),
        }
    }
}

const INSTALL: &str = "see https://helm.sh/docs/intro/install/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_with_whatever_stands_behind_it() {
        assert_eq!(Version::read("v3.14.2\n"), Some(Version { major: 3, minor: 14 }));
        assert!(Version::read("v3.9.0").is_some_and(|version| version < OLDEST));
        assert!(Version::read("v4.2.3+g1234").is_some_and(Version::takes_over_fields));
        assert_eq!(Version::read("unreleased"), None);
    }
}
