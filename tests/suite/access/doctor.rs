//! What a token for GitHub may do, held against what is declared.

use super::Desk;
use crate::suite::shell::{Shell, edit};
use leap_infra::sandbox::{self, github};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_may_less_than_is_needed_is_told_so_line_by_line() {
    let desk = Desk::new();
    let to = "access:\n  notices: { to: issue, repository: access }\n";
    edit(&desk.path("stack.yaml"), "access:\n", to);
    let sandbox = sandbox::start(sandbox::Options::default()).await.unwrap();
    let world = sandbox.world();
    github::join(world, "demo-org", "ada", "admin").unwrap();
    let shell = |token: &str| {
        let shell = Shell::new(desk.path("")).with("COLUMNS", "110").towards(&sandbox);
        shell.with("LEAP_INFRA_SANDBOX_GITHUB_TOKEN", token)
    };
    let given = |scopes: &str| github::give_token(world, "ada", scopes).unwrap().unwrap();
    let mut told = String::new();
    for (name, token, code) in [
        ("one that may look", given("read:org"), 5),
        ("one that may all", given("admin:org repo"), 0),
        ("one of which nothing is told", "reader".to_owned(), 0),
        ("one that sees nothing", "blind".to_owned(), 5),
    ] {
        let said = shell(&token).run("doctor --github");
        assert_eq!(said.code, Some(code), "{name}: {}{}", said.stdout, said.stderr);
        told += &format!("# {name}\n{}{}\n", said.stdout, said.stderr);
    }
    insta::assert_snapshot!(told);
}
