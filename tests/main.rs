//! Every story that needs more than one module: one binary, so that there is one link.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, unreachable_pub)]
#![allow(clippy::print_stdout)] // what was measured, with --nocapture

mod suite {
    mod adoption;
    mod applies;
    mod architecture;
    mod bench;
    mod canary;
    mod clusters;
    mod commands;
    mod compute;
    mod crash;
    mod dependencies;
    mod desk;
    mod events;
    mod examples;
    mod guards;
    mod handover;
    mod hands;
    mod hostile;
    mod identities;
    mod kill;
    mod laws;
    mod looks;
    mod markdown;
    mod memory;
    mod parts;
    mod plans;
    mod project;
    mod saved;
    mod selftest;
    mod shell;
    mod source;
    mod stale;
    mod toy;
    mod turns;
    mod unlock;
    mod weather;
}
