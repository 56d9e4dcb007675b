//! Stories about the project file: what is said about mistakes, and what a stack becomes.

#[path = "project/environments.rs"]
mod environments;
#[path = "project/folder.rs"]
mod folder;
#[path = "project/leap.rs"]
mod leap;
#[path = "project/mistakes.rs"]
mod mistakes;
#[path = "project/overlays.rs"]
mod overlays;
#[path = "project/rules.rs"]
mod rules;
#[path = "project/schemas.rs"]
mod schemas;
