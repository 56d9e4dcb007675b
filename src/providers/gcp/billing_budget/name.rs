//! The mark of a budget, which has neither labels nor a description: the end of the name that people
//! see, in as few characters as will do.
//!
//! `leap-budget [li shared xsomrk 4tqgva 1-mfzxpo5k]`: environment, then digests of the stack, of the
//! budget's own name and of what was applied. A name has 60 characters at most:
//! <https://cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets>.

use super::BillingBudget;
use crate::kind::Kind as _;
use crate::model::{Mark, Owner, SpecMark, base32_digest};

/// The longest name that people see of a budget, in characters.
const LONGEST: usize = 60;

/// What the mark begins with.
const OPEN: &str = " [li ";

/// How many characters are kept of the digests of a stack and of a name.
const TAG: usize = 6;

/// How many characters are kept of what was applied, `1-mfzxpo5k`: as many as `unfinished` has.
const APPLIED: usize = 10;

/// How many characters a mark leaves to the name itself, in an environment.
pub fn room(env: &str) -> usize {
    LONGEST.saturating_sub(OPEN.len() + env.len() + 2 * TAG + APPLIED + 4)
}

/// The name of a budget of a billing account.
pub fn budget_name(account: &str, text: &str) -> String {
    format!("{account}/{text}")
}

fn tag(text: &str) -> String {
    base32_digest(text.as_bytes())[..TAG].to_owned()
}

fn short(applied: &str) -> &str {
    applied.get(..APPLIED).unwrap_or(applied)
}

/// A name with the mark of the budget `name`.
pub(crate) fn marked(text: &str, name: &str, mark: &Mark) -> String {
    let (stack, id, spec) = (tag(&mark.stack), tag(name), short(mark.spec.as_label()));
    format!("{text}{OPEN}{} {stack} {id} {spec}]", mark.env)
}

/// What people see, without the mark.
pub(crate) fn text(shown: &str) -> &str {
    split(shown).map_or(shown, |(text, _)| text)
}

fn split(shown: &str) -> Option<(&str, [&str; 4])> {
    let (text, inside) = shown.rsplit_once(OPEN)?;
    let parts: Vec<&str> = inside.strip_suffix(']')?.split(' ').collect();
    Some((text, parts.try_into().ok()?))
}

/// Whose the budget `name` is. What was applied is known by its whole digest if that is among
/// `digests`. Another stack is known by its digest only.
pub(crate) fn owner(stack: &str, name: &str, shown: &str, digests: &[String]) -> Owner {
    let Some((_, [env, of, id, applied])) = split(shown) else { return Owner::Foreign };
    if id != tag(name) {
        return Owner::Foreign;
    }
    if of != tag(stack) {
        return Owner::OtherStack(of.to_owned());
    }
    let whole = digests.iter().find(|digest| short(digest) == applied);
    let spec = SpecMark::from_label(Some(whole.map_or(applied, String::as_str)));
    let (stack, env) = (stack.to_owned(), env.to_owned());
    Owner::Ours(Mark { stack, env, id: Mark::id_of(BillingBudget::NAME, name), spec })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ResourceId;

    const NAME: &str = "012345-6789AB-CDEF01/leap-budget";

    fn mark(stack: &str, spec: SpecMark) -> Mark {
        Mark::new(stack, &ResourceId::new("shared", BillingBudget::NAME, NAME), spec)
    }

    #[test]
    fn a_mark_survives_in_the_name_that_people_see() {
        let whole = format!("1-{}", base32_digest(b"spec"));
        for spec in [SpecMark::Unfinished, SpecMark::Applied(whole.clone())] {
            let mark = mark("leap", spec);
            let shown = marked("leap-budget", NAME, &mark);
            assert!(shown.len() <= LONGEST, "{shown}");
            assert_eq!(text(&shown), "leap-budget");
            assert_eq!(
                owner("leap", NAME, &shown, std::slice::from_ref(&whole)),
                Owner::Ours(mark)
            );
        }
    }

    #[test]
    fn another_stack_and_a_copied_mark_are_told_apart() {
        let shown = marked("leap-budget", NAME, &mark("other", SpecMark::Unfinished));
        assert_eq!(owner("leap", NAME, &shown, &[]), Owner::OtherStack(tag("other")));
        let copied = marked("copy", NAME, &mark("leap", SpecMark::Unfinished));
        let owner = owner("leap", "012345-6789AB-CDEF01/copy", &copied, &[]);
        assert_eq!(owner, Owner::Foreign);
    }

    #[test]
    fn a_name_has_just_the_room_that_a_mark_leaves() {
        for env in ["shared", "an-environment-so-lon"] {
            let mark = Mark { env: env.to_owned(), ..mark("leap", SpecMark::Unfinished) };
            assert_eq!(marked(&"b".repeat(room(env)), NAME, &mark).len(), LONGEST);
        }
    }
}
