//! One folder per cloud: its client and its kinds.
