//! The kinds against the sandbox.
