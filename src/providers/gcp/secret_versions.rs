//! The values in Secret Manager: the only place that reads or writes them.
//!
//! Planning never comes here but to ask for the number of the newest version.

use crate::kind::{ProviderError, Resolved, Retry};
use crate::model::secret::{Imprint, Value};
use crate::providers::gcp::client::Connection;
use crate::providers::gcp::error::{CallFailed, Purpose, Reason, unless_absent};
use crate::providers::gcp::secret::path;
use crate::providers::gcp::secret_access::ACCESSOR;
use google_cloud_gax::error::Error;
use google_cloud_gax::paginator::ItemPaginator as _;
use google_cloud_secretmanager_v1::client::SecretManagerService;
use google_cloud_secretmanager_v1::model::replication::Automatic;
use google_cloud_secretmanager_v1::model::{
    Replication, Secret, SecretPayload, SecretVersion, secret_version,
};

/// The permission to read values, which planning does not have.
const ACCESS: &str = "secretmanager.versions.access";

/// The versions of secrets.
#[derive(Clone, Debug)]
pub struct SecretVersions {
    client: SecretManagerService,
    retry: Retry,
}

/// One version, without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number, from 1.
    pub number: u64,
    /// What can be done with it.
    pub state: State,
    /// When it was made, in RFC 3339.
    pub created: String,
    etag: String,
}

/// What can be done with a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It can be read.
    Enabled,
    /// It cannot be read until it is enabled again.
    Disabled,
    /// It is gone for good.
    Destroyed,
}

impl State {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Destroyed => "destroyed",
        }
    }
}

impl SecretVersions {
    /// The versions of secrets behind a connection.
    pub fn new(connection: &Connection) -> Self {
        Self { client: connection.secrets.clone(), retry: connection.retry.clone() }
    }

    /// Every version of a secret, newest first.
    ///
    /// # Errors
    /// When there is no such secret, or we may not see it.
    pub async fn list(&self, project: &str, name: &str) -> Result<Vec<Version>, ProviderError> {
        let what = format!("listing the versions of secret {name}");
        let list = || async {
            let request = self.client.list_secret_versions().set_parent(path(project, name));
            let (mut pages, mut versions) = (request.by_item(), Vec::new());
            while let Some(version) = pages.next().await {
                versions.push(seen(&version.map_err(|error| read(name, &error))?));
            }
            Ok::<_, CallFailed>(versions)
        };
        Ok(self.retry.run(&what, None, list).await?)
    }

    /// The number of the newest version, for comparison; reads no value.
    ///
    /// # Errors
    /// When there is none, or we may not see it.
    pub async fn newest(&self, project: &str, name: &str) -> Result<u64, ProviderError> {
        let what = format!("looking at the newest version of secret {name}");
        let look = || async {
            let latest = format!("{}/versions/latest", path(project, name));
            let answer = self.client.get_secret_version().set_name(latest).send().await;
            answer.map(|version| seen(&version).number).map_err(|error| read(name, &error))
        };
        Ok(self.retry.run(&what, None, look).await?)
    }

    /// Whether we could read the value; does not read it.
    ///
    /// # Errors
    /// When the secret is not there, or it cannot be told.
    pub async fn may_read(&self, project: &str, name: &str) -> Result<bool, ProviderError> {
        let what = format!("asking what is allowed on secret {name}");
        let ask = || async {
            let request = self.client.test_iam_permissions().set_resource(path(project, name));
            let answer = request.set_permissions([ACCESS]).send().await;
            answer.map(|may| !may.permissions.is_empty()).map_err(|error| read(name, &error))
        };
        Ok(self.retry.run(&what, None, ask).await?)
    }

    /// Who may read the values by the secret's own policy; what its project grants is not seen.
    ///
    /// # Errors
    /// When we may not see it.
    pub async fn readers(&self, project: &str, name: &str) -> Result<Vec<String>, ProviderError> {
        let what = format!("reading the policy of secret {name}");
        let ask = || async {
            let request = self.client.get_iam_policy().set_resource(path(project, name));
            let policy = request.send().await.map_err(|error| read(name, &error))?;
            let bindings = policy.bindings.into_iter().filter(|it| it.role == ACCESSOR);
            Ok::<_, CallFailed>(bindings.flat_map(|it| it.members).collect())
        };
        Ok(self.retry.run(&what, None, ask).await?)
    }

    /// The newest value.
    ///
    /// # Errors
    /// When there is none that can be read, or it was damaged on its way.
    pub async fn access(&self, project: &str, name: &str) -> Result<Resolved, ProviderError> {
        let what = format!("reading the value of secret {name}");
        let call = || async {
            let latest = format!("{}/versions/latest", path(project, name));
            let answer = self.client.access_secret_version().set_name(latest).send().await;
            answer.map_err(|error| read(name, &error))
        };
        let answer = self.retry.run(&what, None, call).await?;
        let unexpected =
            |why: &str| ProviderError::Unexpected { what: what.clone(), why: why.to_owned() };
        let payload = answer.payload.ok_or_else(|| unexpected("the answer has no value"))?;
        let value = Value::new(payload.data.to_vec());
        if payload.data_crc32c.is_some_and(|sum| sum != checksum(&value)) {
            return Err(unexpected("the value does not fit its checksum"));
        }
        let version = number(&answer.name);
        let imprint =
            Imprint::Google { project: project.to_owned(), name: name.to_owned(), version };
        Ok(Resolved { value, imprint })
    }

    /// Adds a version, and returns its number. Not tried again: a lost answer would make two.
    ///
    /// # Errors
    /// When there is no such secret, or the value is refused.
    pub async fn add(
        &self,
        project: &str,
        name: &str,
        value: &Value,
    ) -> Result<u64, ProviderError> {
        let payload = SecretPayload::new().set_data(value.expose().to_vec());
        let payload = payload.set_data_crc32c(checksum(value));
        let request = self.client.add_secret_version().set_parent(path(project, name));
        let answer = request.set_payload(payload).send().await;
        let what = format!("adding a version to secret {name}");
        let failed = |error| CallFailed::new(Purpose::Write, what, &error).hiding(value);
        let version = answer.map_err(failed).map_err(|failed| match failed.reason {
            Reason::Absent => ProviderError::NotFound { what: format!("secret {name}") },
            _ => failed.into(),
        })?;
        Ok(number(&version.name))
    }

    /// Puts a value where there is none, with a secret around it that nobody owns where there is no
    /// secret either. Whether that had to be done.
    ///
    /// # Errors
    /// When it cannot be told whether there is a value, or the secret or the value is refused.
    pub async fn supply(
        &self,
        project: &str,
        name: &str,
        value: &Value,
    ) -> Result<bool, ProviderError> {
        let what = || format!("looking at the newest version of secret {name}");
        let look = || async {
            let latest = format!("{}/versions/latest", path(project, name));
            let answer = self.client.get_secret_version().set_name(latest).send().await;
            unless_absent(answer, what)
        };
        if self.retry.run(&what(), None, look).await?.is_some() {
            return Ok(false);
        }
        let secret =
            Secret::new().set_replication(Replication::new().set_automatic(Automatic::new()));
        let request = self.client.create_secret().set_parent(format!("projects/{project}"));
        let answer = request.set_secret_id(name).set_secret(secret).send().await;
        let what = format!("making secret {name}");
        let made = answer.map_err(|error| CallFailed::new(Purpose::Write, what, &error));
        if let Err(failed) = made.map(drop)
            && failed.reason != Reason::Exists
        {
            return Err(failed.into());
        }
        self.add(project, name, value).await?;
        Ok(true)
    }

    /// Disables a version that is still as it was seen.
    ///
    /// # Errors
    /// When somebody changed it since, or it may not be disabled.
    pub async fn disable(
        &self,
        project: &str,
        name: &str,
        version: &Version,
    ) -> Result<(), ProviderError> {
        let full = format!("{}/versions/{}", path(project, name), version.number);
        let request = self.client.disable_secret_version().set_name(full);
        let what = format!("disabling version {} of secret {name}", version.number);
        let answer = request.set_etag(&version.etag).send().await;
        answer.map(drop).map_err(|error| CallFailed::new(Purpose::Write, what, &error).into())
    }
}

fn read(name: &str, error: &Error) -> CallFailed {
    CallFailed::new(Purpose::Read, format!("secret {name}"), error)
}

fn checksum(value: &Value) -> i64 {
    i64::from(crc32c::crc32c(value.expose()))
}

fn seen(version: &SecretVersion) -> Version {
    Version {
        number: number(&version.name),
        state: match version.state {
            secret_version::State::Enabled => State::Enabled,
            secret_version::State::Destroyed => State::Destroyed,
            _ => State::Disabled,
        },
        created: version.create_time.map(String::from).unwrap_or_default(),
        etag: version.etag.clone(),
    }
}

/// The last part of a version's name; 0, which no version has, when that is no number.
fn number(name: &str) -> u64 {
    name.rsplit('/').next().and_then(|last| last.parse().ok()).unwrap_or(0)
}
