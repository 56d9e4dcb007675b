//! The thin binary around [`leap_infra::cli`].

fn main() {}
