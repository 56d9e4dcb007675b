# Optional: each line is a plain command, and CONTRIBUTING.md names them all.

# What a change must pass
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

# All tests; no network, no credentials
test:
    cargo test

# Accept what golden files and snapshots have become; read the difference before you commit it
bless:
    INSTA_UPDATE=always LEAP_INFRA_BLESS=1 cargo test

# The LEAP stack on the sandbox: make it, see that nothing is left, plan once more
demo:
    cargo run -- apply stacks/leap --auto-approve
    cargo run -- apply stacks/leap --auto-approve
    cargo run -- plan stacks/leap

# Time and memory for 100, 1,000 and 10,000 buckets, release profile
bench:
    cargo bench

# What runs for each pull request
ci:
    .ci/run
