//! Arguments, one file per command, views and progress. The only place that prints.

pub mod view;
