//! The number of a project. The sandbox has no projects, so it makes one of the id: always the same,
//! twelve digits, and not that of the real one.

/// The number of a project by its id; a number is its own.
pub(super) fn number(project: &str) -> String {
    match project.parse::<u64>() {
        Ok(number) => number.to_string(),
        Err(_) => (100_000_000_000 + u64::from(crc32c::crc32c(project.as_bytes()))).to_string(),
    }
}
