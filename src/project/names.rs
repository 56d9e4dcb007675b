//! Names in the cloud that sections share the rules of: what Compute Engine and its like take, that
//! no two things have the same one, and that none is another environment's by mistake.

use crate::project::layout::Laid;
use crate::project::managed::naming_key;
use crate::project::problem::{Findings, Problem, Range};
use std::collections::BTreeMap;

/// The longest name of a thing of Compute Engine.
/// <https://cloud.google.com/compute/docs/naming-resources>
pub(crate) const LONGEST: usize = 63;

/// Names that are taken, and where that was said.
pub(crate) type Taken<'a> = BTreeMap<String, &'a Range>;

/// The name of a thing: the one that is said, or what its key makes.
pub(crate) fn final_name(
    laid: &Laid,
    key: &str,
    name: Option<&str>,
    previously: Option<&str>,
) -> String {
    let key = naming_key(key, previously);
    let derived = || format!("{}-{key}{}", laid.declaration.prefix, laid.environment.suffix);
    name.map_or_else(derived, str::to_owned)
}

/// What is wrong with the name of a `what`, if anything is.
pub(crate) fn fault(
    code: &'static str,
    what: &str,
    name: &str,
    longest: usize,
    range: &Range,
) -> Option<Problem> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let length = name.chars().count();
    let (message, expected) = if length > longest {
        let words = format!("the {what}'s name `{name}` is too long: {length} characters");
        (words, format!("at most {longest} characters, everything derived included"))
    } else if let Some(bad) = name.chars().find(|c| !allowed(*c)) {
        let words = format!("the {what}'s name `{name}` has `{bad}` in it");
        (words, "lower case letters, digits and hyphens".to_owned())
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) || name.ends_with('-') {
        let words = format!("the {what}'s name `{name}` begins or ends wrongly");
        (words, "a letter first, and no hyphen last".to_owned())
    } else {
        return None;
    };
    let fixed: String =
        name.to_lowercase().chars().map(|c| if allowed(c) { c } else { '-' }).collect();
    let fixed = (fixed != name && length <= longest).then(|| format!("write `{fixed}`"));
    Some(Problem::error(code, range, message).expected(expected).suggest(fixed))
}

/// A name that ends as another environment's do is a copy that was not changed.
pub(crate) fn suffix(laid: &Laid, name: &str, range: &Range) -> Option<Problem> {
    let own = &laid.environment.suffix;
    let all = laid.suffixes.iter().filter(|(_, suffix)| !suffix.is_empty());
    let mut foreign = all.filter(|(_, suffix)| *suffix != own && name.ends_with(suffix.as_str()));
    let (env, suffix) = foreign.next()?;
    let message = format!("`{name}` is in {} and ends as the names of {env} do", laid.env());
    let kept = name.trim_end_matches(suffix.as_str());
    Some(Problem::warning("foreign-suffix", range, message).suggest(format!("write `{kept}`")))
}

/// Takes a name, which nothing else may have.
pub(crate) fn twice<'a>(
    taken: &mut Taken<'a>,
    name: &str,
    range: &'a Range,
    findings: &mut Findings,
) {
    let Some(first) = taken.insert(name.to_owned(), range) else { return };
    let message = format!("two things are called `{name}`");
    let problem = Problem::error("name-collision", range, message).expected("a name of its own");
    findings.push(if first == range {
        problem.suggest("write `${env}` or `${suffix}` into the name".to_owned())
    } else {
        problem.related(first, "the other one")
    });
}
