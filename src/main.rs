//! The thin binary around [`leap_infra::cli`].

use std::process::ExitCode;

/// Enough for an unoptimised build to read what a cluster is made of: a type of several hundred
/// fields. It is taken only where it is used.
const STACK: usize = 16 * 1024 * 1024;

fn main() -> std::io::Result<ExitCode> {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().thread_stack_size(STACK).build()?;
    Ok(runtime.block_on(leap_infra::cli::run()).into())
}
