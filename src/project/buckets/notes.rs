//! What a person should be told in words before a bucket or its access is made.

use super::placed::Placed;
use super::settings::Public;

/// About the bucket itself.
pub(super) fn of_bucket(placed: &Placed<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    if placed.bucket.uniform_access {
        notes.push("uniform access cannot be undone after 90 days".to_owned());
    }
    if let Some(time) = &placed.bucket.retention {
        notes.push(format!("objects cannot be deleted or replaced for {time}"));
    }
    notes
}

/// About who may do what with it.
pub(super) fn of_access(placed: &Placed<'_>, project: &str) -> Vec<String> {
    match (placed.bucket.public, placed.bucket.requester_pays) {
        (None, _) => Vec::new(),
        (Some(Public::Read), true) => vec![
            "anyone with a Google account and a project of their own may read; whoever reads \
             pays for egress"
                .to_owned(),
        ],
        (Some(Public::Read), false) => vec![format!(
            "anyone on the internet may read; egress is paid by the billing account of {project}"
        )],
    }
}
