//! Lease, history, footprint and intents: memory that may be lost, never the truth.
