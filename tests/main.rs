//! Every story that needs more than one module: one binary, so that there is one link.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, unreachable_pub)]
#![allow(clippy::print_stdout)] // what was measured, with --nocapture

mod suite {
    mod access;
    mod adoption;
    mod applies;
    mod architecture;
    mod bench;
    mod budget;
    mod canary;
    mod clusters;
    mod commands;
    mod compute;
    mod crash;
    mod cue;
    mod declared;
    mod dependencies;
    mod desk;
    mod discovery;
    mod edits;
    mod events;
    mod examples;
    mod farms;
    mod fates;
    mod garden;
    mod github;
    mod guards;
    mod handover;
    mod hands;
    mod helm;
    mod home;
    mod hostile;
    mod hubs;
    mod identities;
    mod kill;
    mod knock;
    mod kubernetes;
    mod law;
    mod laws;
    mod life;
    mod looks;
    mod markdown;
    mod memory;
    mod money;
    mod mutate;
    mod names;
    mod parallel;
    mod parts;
    mod past;
    mod people;
    mod plans;
    mod project;
    mod registries;
    mod renames;
    mod saved;
    mod selftest;
    mod shell;
    mod shelter;
    mod source;
    mod stale;
    mod toy;
    mod turns;
    mod unlock;
    mod uptime;
    mod weather;
}
