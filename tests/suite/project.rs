//! Stories about the project file: what is said about mistakes, and what a stack becomes.

mod access;
mod budget;
mod clusters;
mod disks;
mod environments;
pub(crate) mod folder;
mod hubs;
mod identities;
mod kubernetes;
mod leap;
mod mistakes;
mod monitoring;
mod names;
mod overlays;
mod people;
mod registries;
mod releases;
mod robust;
mod rules;
mod schemas;
