//! Changing our grants on one thing, in one read-modify-write.

use super::{Grant, Spec, change};
use crate::kind::{Applied, Change, ProviderError, StepContext};
use crate::providers::gcp::error::{CallFailed, Reason};
use crate::providers::stale;
use google_cloud_iam_v1::model::Policy;
use std::collections::BTreeSet;

/// How often a change is tried when others keep changing the same policy.
const TRIES: usize = 8;

/// Something that has a policy.
pub(crate) trait Holder: Sync {
    /// What it is, `bucket leap-data`.
    fn what(&self) -> String;

    /// Its policy as it is now; none if it is gone.
    fn read(&self) -> impl Future<Output = Result<Option<Policy>, CallFailed>> + Send;

    /// Replaces its policy, if it is still the one that `policy` was read from.
    fn write(&self, policy: Policy) -> impl Future<Output = Result<Policy, CallFailed>> + Send;
}

/// Carries out a step that is nothing but a change of a policy.
pub(crate) async fn apply(
    holder: &impl Holder,
    step: &StepContext,
    change: Change<Spec>,
) -> Result<Applied, ProviderError> {
    let (before, after) = match change {
        Change::Adopt { spec, .. } => return adopt(holder, &spec).await,
        // Nothing carries a mark; which grants are ours the ledger forgets after this.
        Change::Disown { version, .. } => return Ok(Applied::at(version)),
        Change::Create { after } => (Spec::default(), Some(after)),
        Change::Update { before, after, .. } => (before, Some(after)),
        Change::Delete { before, .. } => (before, None),
        Change::Wait { .. } => return Err(step.nothing_to_wait_for("policies")),
    };
    let shift = Shift::new(&before, after.as_ref().unwrap_or(&Spec::default()));
    match (shift.carry_out(holder, step).await?, after) {
        (Some(policy), Some(_)) => Ok(Applied::at(super::version(&policy))),
        (_, None) => Ok(Applied::gone()),
        (None, Some(_)) => Err(ProviderError::NotFound { what: holder.what() }),
    }
}

/// A grant that a plan saw is not there any more.
fn no_longer_granted(what: &str, lost: &Grant) -> ProviderError {
    ProviderError::Stale {
        what: format!("the access on {what}"),
        field: lost.role.clone(),
        before: format!("granted to {}", lost.member),
        now: "not granted".to_owned(),
    }
}

/// Makes grants that are there already ours: the policy stays as it is, the ledger remembers them.
async fn adopt(holder: &impl Holder, spec: &Spec) -> Result<Applied, ProviderError> {
    granting(holder, spec).await.map(|policy| Applied::at(super::version(&policy)))
}

/// The policy as it is now, which must have these grants.
pub(crate) async fn granting(holder: &impl Holder, spec: &Spec) -> Result<Policy, ProviderError> {
    let what = holder.what();
    let policy = holder.read().await?;
    let policy = policy.ok_or_else(|| ProviderError::NotFound { what: what.clone() })?;
    let live = change::grants(&policy);
    match spec.grants.iter().find(|grant| !live.contains(grant)) {
        Some(lost) => Err(no_longer_granted(&what, lost)),
        None => Ok(policy),
    }
}

/// From which grants of ours to which.
pub(crate) struct Shift {
    before: BTreeSet<Grant>,
    after: BTreeSet<Grant>,
}

impl Shift {
    pub(crate) fn new(before: &Spec, after: &Spec) -> Self {
        Self { before: before.set(), after: after.set() }
    }

    /// Changes the policy; none if what has it is gone.
    pub(crate) async fn carry_out(
        &self,
        holder: &impl Holder,
        step: &StepContext,
    ) -> Result<Option<Policy>, ProviderError> {
        let what = holder.what();
        let mut last = None;
        for _ in 0..TRIES {
            let Some(mut policy) = holder.read().await? else { return Ok(None) };
            if let Some((etag, failed)) = last.take()
                && policy.etag == etag
            {
                // Nobody was faster: the policy itself is refused.
                return Err(failed);
            }
            if !self.adjust(&what, &mut policy)? {
                return Ok(Some(policy));
            }
            let etag = policy.etag.clone();
            step.ensure_held(&format!("changing the access on {what}"))?;
            match holder.write(policy).await {
                Ok(policy) => return Ok(Some(policy)),
                Err(failed) if failed.reason == Reason::Absent => return Ok(None),
                Err(failed) if failed.may_be_outrun() => last = Some((etag, failed.into())),
                Err(failed) => return Err(self.unknown_account(failed)),
            }
        }
        Err(stale::busy(format!("changing the access on {what}")))
    }

    /// Changes a policy as it was just read; false if it is as it shall be.
    fn adjust(&self, what: &str, policy: &mut Policy) -> Result<bool, ProviderError> {
        let live = change::grants(policy);
        let add: BTreeSet<Grant> = self.after.difference(&live).cloned().collect();
        let leaving = self.before.difference(&self.after);
        let remove: BTreeSet<Grant> = leaving.filter(|it| live.contains(it)).cloned().collect();
        if add.is_empty() && remove.is_empty() {
            return Ok(false);
        }
        // What leaves and is gone already, with its account perhaps, is nothing to overwrite.
        if let Some(lost) = self.before.intersection(&self.after).find(|it| !live.contains(it)) {
            return Err(no_longer_granted(what, lost));
        }
        change::change(policy, &add, &remove);
        Ok(true)
    }

    /// A refused policy in which an account is not known (yet): for some time after it was made,
    /// an account does not exist as far as policies are concerned.
    /// <https://cloud.google.com/iam/docs/service-accounts-create#creating>
    fn unknown_account(&self, failed: CallFailed) -> ProviderError {
        let mut accounts = self.after.iter().filter_map(Grant::account);
        let missing = failed.reason == Reason::Refused && failed.why().contains("does not exist");
        match accounts.find(|email| missing && failed.why().contains(*email)) {
            Some(email) => ProviderError::NotFound { what: format!("service account {email}") },
            None => failed.into(),
        }
    }
}
