//! What looks like the same thing under another name. A protected kind is not made beside the one
//! that runs, nor anew while the old one goes, before a person has said that they are two.

use crate::model::{Naming, Owner, ResourceId};
use crate::plan::compare::{Parts, refusal};
use crate::plan::{Action, Origin, Refused, Request, Step, diff};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How many settings beyond the necessary ones must agree before two things that have different
/// names are called alike: one or two are the same on half of the buckets of a project.
const TELLING: usize = 3;

/// The length from which a word with one letter changed is the same word.
const LONG_WORD: usize = 5;

/// Words in names that tell nothing of what a thing is.
const NOISE: [&str; 3] = ["bucket", "new", "old"];

/// A thing, as far as it takes to know it again.
struct Likeness {
    id: ResourceId,
    words: Vec<String>,
    told: Map<String, Value>,
    /// How many of the told settings might as well not have been told.
    optional: usize,
}

/// Takes creations out of the steps that are probably of something which is there already.
pub(crate) fn question(request: &Request<'_>, parts: &mut Parts) {
    let new: Vec<Likeness> = parts.steps.iter().filter_map(|step| made(request, step)).collect();
    if new.is_empty() {
        return;
    }
    let mut questioned = renamed(request, &new);
    for new in new.iter().filter(|new| !questioned.contains_key(&new.id)).collect::<Vec<_>>() {
        questioned.extend(beside(request, new).map(|why| (new.id.clone(), why)));
    }
    parts.steps.retain(|step| !questioned.contains_key(&step.id));
    for (id, why) in questioned {
        let resource = request.stack.resources().get(&id);
        parts.refusals.extend(resource.map(|resource| refusal(resource, why)));
    }
}

fn made(request: &Request<'_>, step: &Step) -> Option<Likeness> {
    let id = &step.id;
    let questioned = step.action == Action::Create
        && step.origin == Origin::Missing
        && request.rules.is_protected(&id.kind)
        && !request.allowances.create.contains(id);
    questioned.then(|| Likeness::of(request, id, step.after.as_ref().unwrap_or(&Value::Null)))
}

/// Pairs what would be made with what is no longer declared, each with one other, the most alike
/// first.
fn renamed(request: &Request<'_>, new: &[Likeness]) -> BTreeMap<ResourceId, Refused> {
    let gone = request.ours().filter(|(id, ..)| {
        request.rules.is_protected(&id.kind)
            && !request.stack.leaving().contains_key(id)
            && !request.stack.resources().keys().any(|it| it.kind == id.kind && it.name == id.name)
    });
    let gone: Vec<Likeness> =
        gone.map(|(id, found, _)| Likeness::of(request, &id, &found.spec)).collect();
    let mut pairs = Vec::new();
    for old in &gone {
        let same = |new: &&Likeness| new.id.kind == old.id.kind && new.id.env == old.id.env;
        for new in new.iter().filter(same) {
            let (names, settings) = (new.is_named_like(old), new.told == old.told);
            if names || settings {
                pairs.push(((!(names && settings), !names), &old.id, &new.id));
            }
        }
    }
    pairs.sort();
    let (mut questioned, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for (_, from, to) in pairs {
        if !questioned.contains_key(to) && taken.insert(from) {
            let key =
                request.stack.naming(&from.env).and_then(|naming| naming.key(from.short_name()));
            let (from, key) = (from.clone(), key.map(str::to_owned));
            questioned.insert(to.clone(), Refused::Renamed { from, key });
        }
    }
    questioned
}

/// What lies unmarked beside the place of something new and looks like it.
fn beside(request: &Request<'_>, new: &Likeness) -> Option<Refused> {
    let place = request.stack.resources().get(&new.id).map(|resource| &resource.place);
    let strangers = request.world.kinds.get(&new.id.kind).into_iter().flat_map(|it| &it.strangers);
    let here = strangers.filter(|it| it.owner == Owner::Foreign && Some(&it.place) == place);
    let like = here.map(|found| {
        let id = ResourceId::new(&new.id.env, &new.id.kind, &found.name);
        Likeness::of(request, &id, &found.spec)
    });
    let telling = |old: &Likeness| new.optional >= TELLING && new.told == old.told;
    let mut like = like.filter(|old| new.is_named_like(old) || telling(old));
    like.next().map(|old| Refused::LooksLike(old.id))
}

impl Likeness {
    fn of(request: &Request<'_>, id: &ResourceId, spec: &Value) -> Self {
        let defaults = request.rules.defaults(&id.kind, spec);
        let told = diff::told(spec, &defaults).into_iter();
        let naming = request.stack.naming(&id.env);
        let own = own_names(naming, id);
        let told: Map<String, Value> =
            told.map(|change| (change.path, nameless(change.after, &own))).collect();
        let optional = told.keys().filter(|field| defaults.contains_key(*field)).count();
        let words = words(naming, id.short_name());
        Self { id: id.clone(), words, told, optional }
    }

    fn is_named_like(&self, other: &Self) -> bool {
        alike(&self.words, &other.words, &self.id.env)
    }
}

/// What a thing calls itself: its name, the part of it that is said, and the key that this is
/// made of.
fn own_names<'a>(naming: Option<&Naming>, id: &'a ResourceId) -> Vec<&'a str> {
    let short = id.short_name();
    let key = naming.and_then(|naming| naming.key(short));
    [id.name.as_str(), short].into_iter().chain(key).collect()
}

/// A value in which a thing's own names are no longer told.
fn nameless(value: Value, own: &[&str]) -> Value {
    match value {
        Value::String(text) if own.contains(&text.as_str()) => Value::Null,
        Value::Object(fields) => {
            fields.into_iter().map(|(key, value)| (key, nameless(value, own))).collect()
        }
        other => other,
    }
}

/// The words of a name without those that every derived name begins and ends with.
fn words(naming: Option<&Naming>, name: &str) -> Vec<String> {
    let (start, end) = naming.map_or(("", ""), |it| (&it.start, &it.end));
    let (name, start, end) = (split(name), split(start), split(end));
    let core = name.strip_prefix(start.as_slice()).unwrap_or(&name);
    core.strip_suffix(end.as_slice()).unwrap_or(core).to_vec()
}

fn split(name: &str) -> Vec<String> {
    let words = name.split(['-', '_', '.']).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Whether two names say the same: the same words, however they are put together; one of them
/// with a word more that tells nothing; or one long word with a single letter changed.
fn alike(one: &[String], other: &[String], env: &str) -> bool {
    if one.is_empty() || other.is_empty() {
        return false;
    }
    let (fewer, more) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let mut rest = more.to_vec();
    let within = fewer.iter().all(|word| {
        let at = rest.iter().position(|other| other == word);
        at.map(|at| rest.remove(at)).is_some()
    });
    let misspelt = |(one, other): (&String, &String)| one == other || is_misspelt(one, other);
    one.concat() == other.concat()
        || within && rest.iter().all(|word| is_noise(word, env))
        || one.len() == other.len() && one.iter().zip(other).all(misspelt)
}

fn is_misspelt(one: &str, other: &str) -> bool {
    let long = |word: &str| word.len() >= LONG_WORD && !word.contains(|c: char| c.is_ascii_digit());
    long(one) && long(other) && strsim::damerau_levenshtein(one, other) == 1
}

/// `prod` and `production` say nothing of a thing in the environment `prod`.
fn is_noise(word: &str, env: &str) -> bool {
    let environment = word.len() >= 3 && (word.starts_with(env) || env.starts_with(word));
    environment || NOISE.contains(&word) || word.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_when_they_say_the_same() {
        let naming = Naming { start: "leap-".into(), end: String::new() };
        let alike = |one: &str, other: &str| {
            alike(&words(Some(&naming), one), &words(Some(&naming), other), "prod")
        };
        for same in
            ["leap-scratch-prod", "scratch", "leap_scratch", "leap-scratch-2", "leap-scrach"]
        {
            assert!(alike("leap-scratch", same) && alike(same, "leap-scratch"), "{same}");
        }
        for other in ["leap-scratch-staging", "leap-scratch-logs", "leap", "leap-results", "tmp"] {
            assert!(!alike("leap-scratch", other), "{other}");
        }
        assert!(!alike("leap-data-1", "leap-data-2") && !alike("leap-a-data", "leap-b-data"));
    }
}
