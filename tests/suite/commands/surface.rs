//! Help, colours and pipes.

use super::Terminal;
use insta::assert_snapshot;

const COMMANDS: [&str; 17] = [
    "validate",
    "plan",
    "apply",
    "destroy",
    "adopt",
    "disown",
    "discover",
    "home",
    "show",
    "explain",
    "schema",
    "sandbox",
    "conformance",
    "selftest",
    "doctor",
    "cost",
    "buckets",
];

#[test]
fn help_says_what_there_is() {
    let mut terminal = Terminal::new();
    terminal.runs("--help");
    terminal.runs("apply --help");
    assert_snapshot!(terminal.transcript);
}

#[test]
fn the_help_of_every_command_fits_on_a_screen_and_begins_with_what_it_does() {
    let terminal = Terminal::new();
    let all = terminal.shell.succeed("--help").stdout;
    for command in COMMANDS {
        let help = terminal.shell.succeed(&format!("{command} --help")).stdout;
        let first = help.lines().next().unwrap();
        let about =
            |line: &str| line.trim_start().strip_prefix(command).map(str::trim) == Some(first);
        assert!(all.lines().any(about), "{command}: {first}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
}

#[test]
fn colour_is_there_when_asked_for_and_never_otherwise() {
    let coloured = |terminal: &Terminal, line: &str| {
        let said = terminal.shell.run(line);
        said.stdout.contains('\u{1b}') || said.stderr.contains('\u{1b}')
    };
    let terminal = Terminal::new();
    assert!(!coloured(&terminal, "plan"));
    let terminal = terminal.with("CLICOLOR_FORCE", "1");
    assert!(coloured(&terminal, "plan"));
    assert!(!coloured(&terminal, "plan --no-color"));
    std::fs::write(terminal.path("stacks/leap/more.yaml"), "bukets: {}\n").unwrap();
    assert!(coloured(&terminal, "validate"));
    assert!(!coloured(&terminal, "validate --no-color"));
    let terminal = Terminal::new().with("CLICOLOR_FORCE", "1").with("NO_COLOR", "1");
    assert!(!coloured(&terminal, "plan"));
}

#[test]
fn a_reader_that_goes_away_is_no_reason_to_panic() {
    let terminal = Terminal::new();
    for line in ["plan", "schema", "--help", "apply --auto-approve", "plan --json"] {
        let mut child = terminal.shell.start(line);
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("panicked"), "{line}: {stderr}");
    }
}
