//! The scheduler: runs a plan against the clouds, and decides nothing.
