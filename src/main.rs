//! The thin binary around [`leap_infra::cli`].

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    leap_infra::cli::run().await.into()
}
