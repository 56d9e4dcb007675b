//! What the schema cannot say about images: that they stay what they are, and have what is opened.

use crate::project::hubs::made::Made;
use crate::project::hubs::settings::Image;
use crate::project::problem::{Findings, Problem, Range};
use crate::project::tree::Node;

/// Tags that mean another image every so often.
const MOVING: [&str; 7] = ["latest", "main", "master", "stable", "dev", "edge", "nightly"];

/// What every image has.
const ALWAYS: [&str; 2] = ["lab", "tree"];

/// Checks the images of a hub that is made here.
pub(super) fn check(made: &Made<'_>, findings: &mut Findings) {
    let written = made.placed.node.child("images").map(Node::entries).unwrap_or_default();
    super::profiles::defaults(written, findings);
    for (key, node) in written {
        let Some(image) = made.placed.hub.images.get(&key.name) else { continue };
        if image.image.is_some() == image.pattern.is_some() {
            let message = "an image is named, or any that fits a pattern";
            let problem = Problem::error("image", &key.range, message);
            findings.push(problem.expected("`image: NAME:TAG` or `pattern: ^.+:.+$`"));
        }
        let range = node.child("image").map_or(&key.range, |node| &node.range);
        findings.extend(image.image.as_deref().and_then(|name| moving(name, range)));
        let range = node.child("opens").map_or(&key.range, |node| &node.range);
        findings.extend(
            image.opens.as_deref().and_then(|opens| opened(opens, &key.name, image, range)),
        );
    }
    profiles(made, findings);
}

/// What a profile opens is in each of its images that opens nothing else.
fn profiles(made: &Made<'_>, findings: &mut Findings) {
    let hub = made.placed.hub;
    for (key, profile) in &hub.profiles {
        let Some(opens) = profile.opens.as_deref() else { continue };
        let range = made.placed.range_at(&["profiles", key, "opens"]);
        let lacks = hub.images_of(profile).filter(|(_, image)| image.opens.is_none());
        findings.extend(lacks.filter_map(|(key, image)| opened(opens, key, image, range)));
    }
}

/// An image has what is opened. What people name themselves has what they say.
fn opened(opens: &str, key: &str, image: &Image, range: &Range) -> Option<Problem> {
    let known = opens.starts_with('/') || ALWAYS.contains(&opens) || image.pattern.is_some();
    if known || image.apps.iter().any(|app| app == opens) {
        return None;
    }
    let message = format!("the image `{key}` has no `{opens}` to open");
    let help = match image.apps.is_empty() {
        true => format!("write `apps: [{opens}]` in the image, if it is there"),
        false => format!("it has {}", image.apps.join(", ")),
    };
    Some(Problem::error("opens", range, message).suggest(help))
}

fn moving(image: &str, range: &Range) -> Option<Problem> {
    if image.contains("@sha256:") {
        return None;
    }
    let last = image.rsplit('/').next().unwrap_or(image);
    let tag = last.split_once(':').map_or("latest", |(_, tag)| tag);
    MOVING.contains(&tag).then(|| {
        let message = format!("the tag `{tag}` is another image every so often");
        let problem = Problem::warning("moving-tag", range, message);
        problem.suggest("name a tag that stays, or a digest".to_owned())
    })
}
