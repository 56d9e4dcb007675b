//! References to declared things: `bucket:usage-logs`, or the key alone where only one type can
//! stand. On the command line (`--target`, `hold`) the type is always there.

use crate::project::format::Wrong;

/// The types that can be referred to.
const TYPES: [&str; 17] = [
    "address",
    "bucket",
    "cluster",
    "cluster-secret",
    "disk",
    "hub",
    "identity",
    "monitoring",
    "namespace",
    "object",
    "pool",
    "record",
    "registry",
    "release",
    "secret",
    "service",
    "uptime",
];

/// The key in a reference to an identity, if a member is one: `identity:KEY`.
pub(crate) fn identity(member: &str) -> Option<&str> {
    member.strip_prefix("identity:")
}

/// A reference with its type.
pub(crate) fn written(of: &str, key: &str) -> String {
    format!("{of}:{key}")
}

/// The key in a reference to a thing of one type.
///
/// # Errors
/// When the text refers to something else; what is wrong with it.
pub(crate) fn key<'a>(text: &'a str, of: &str) -> Result<&'a str, Wrong> {
    match text.split_once(':') {
        None => Ok(text),
        Some((found, key)) if found == of => Ok(key),
        Some((found, key)) => {
            let wrong = Wrong::expected(format!("a reference to a {of}, as in `{of}:KEY`"));
            let meant = !TYPES.contains(&found);
            Err(wrong.suggest(meant.then(|| format!("did you mean `{of}:{key}`?"))))
        }
    }
}
