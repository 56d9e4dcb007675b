//! All integration tests in one binary: each file in `tests/` would be linked anew.
#![allow(clippy::unwrap_used)]

mod suite {
    mod project;
}
