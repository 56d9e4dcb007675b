//! What people asked to leave alone for a while: an object for each environment, written with a
//! precondition, so that of two at once none is lost.

use crate::kind::ProviderError;
use crate::ledger::{Condition, Ledger, Written, decode, encode};
use crate::model::Hold;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// How often a change is tried when others change holds at the same time.
const TRIES: usize = 8;

/// What the object holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Holds {
    holds: Vec<Hold>,
    /// What a newer release keeps here as well; it is written back as it was read.
    #[serde(flatten)]
    newer: BTreeMap<String, Value>,
}

impl Ledger {
    /// The holds of an environment, also those that have ended; none when there is no ledger.
    ///
    /// # Errors
    /// When it cannot be told.
    pub async fn holds(&self, env: &str) -> Result<Vec<Hold>, ProviderError> {
        Ok(self.read_holds(env).await?.0.holds)
    }

    /// Adds a hold, in the place of one on the same address. Those that have ended go.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn add_hold(&self, hold: &Hold, as_of: OffsetDateTime) -> Result<(), ProviderError> {
        let change = |holds: &mut Vec<Hold>| {
            holds.retain(|known| known.address != hold.address && known.is_in_force(as_of));
            holds.push(hold.clone());
        };
        self.change_holds(&hold.env, change).await
    }

    /// Ends the hold on an address.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn end_hold(&self, env: &str, address: &str) -> Result<(), ProviderError> {
        self.change_holds(env, |holds| holds.retain(|known| known.address != address)).await
    }

    async fn read_holds(&self, env: &str) -> Result<(Holds, Condition), ProviderError> {
        let path = path(env);
        let Some(object) = self.read(&path).await? else {
            return Ok((Holds::default(), Condition::Absent));
        };
        let holds = decode(&path, &object.bytes)?;
        Ok((holds, Condition::Generation(object.generation)))
    }

    /// A write whose answer was lost is found done, and changes nothing a second time.
    async fn change_holds(
        &self,
        env: &str,
        change: impl Fn(&mut Vec<Hold>),
    ) -> Result<(), ProviderError> {
        for _ in 0..TRIES {
            let (before, condition) = self.read_holds(env).await?;
            let mut holds = before.clone();
            change(&mut holds.holds);
            if holds == before {
                return Ok(());
            }
            let content = encode(&holds);
            if let Written::Done { .. } = self.write(&path(env), &content, condition).await? {
                return Ok(());
            }
        }
        Err(ProviderError::Unexpected {
            what: format!("the ledger's {}", path(env)),
            why: "others change it all the time".to_owned(),
        })
    }
}

fn path(env: &str) -> String {
    format!("{env}/holds.json")
}
