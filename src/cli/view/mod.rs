//! From plain values to what a person or a program reads. Nothing here decides.

pub mod problems;
