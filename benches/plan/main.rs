//! How long leap-infra takes, how much memory it needs and what it asks the cloud:
//! `cargo bench --bench plan`. Prints tables in Markdown; takes about two minutes.
//!
//! Everything is measured in a process of its own (this program, started again), and the sandbox
//! runs in yet another, so that its work is not counted as ours. Linux only: it reads `/proc`.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]
#![allow(missing_docs, unreachable_pub)]

mod cloud;
mod meter;
mod other;
mod role;
mod stack;
mod table;

use other::{Calls, Cloud, best_of, run, run_stages, start_time};
use stack::{Access, Stack};
use std::process::ExitCode;
use std::time::Duration;
use table::Table;

/// So many buckets are declared.
const SIZES: [usize; 3] = [100, 1_000, 10_000];

/// What a call takes in the second half: a round trip to another continent's region.
const LATENCY: Duration = Duration::from_millis(50);

/// How often each reading is repeated; the least disturbed counts.
const TIMES: usize = 3;

/// How many questions the client asks at a time: what one HTTP/2 connection to Google carries.
const AT_ONCE: usize = 100;

fn main() -> ExitCode {
    if let Some(exit) = role::play() {
        return exit;
    }
    // `cargo bench --bench plan -- people` measures them alone.
    if std::env::args().any(|argument| argument == "people") {
        people();
        return ExitCode::SUCCESS;
    }
    start();
    cloud::measure();
    people();
    let mut tables = Tables::new();
    for access in [Access::None, Access::Everywhere] {
        for size in SIZES {
            eprintln!("{size} buckets, {access}");
            let stack = Stack::of_buckets(size, access);
            let (mut cloud, once) = measure(&stack, &mut tables);
            from_afar(&stack, &mut cloud, &once, &mut tables);
        }
    }
    let platform = Stack::of_platform();
    eprintln!("{}", platform.what);
    measure(&platform, &mut tables);
    let Tables { plan, apply, far } = tables;
    plan.print("A plan with nothing to do");
    apply.print("The first apply, from nothing (--parallelism 10)");
    far.print("A plan with nothing to do, 50 ms put on every call");
    ExitCode::SUCCESS
}

/// A plan that has nothing to do looks at everybody in every team.
fn people() {
    let stack = Stack::of_people();
    eprintln!("{}", stack.what);
    let mut cloud = Cloud::start();
    let applied = run(&["apply", ".", "--auto-approve"], &stack, &cloud);
    cloud.accept();
    cloud.asked();
    let planned = best_of(TIMES, || run(&["plan", "."], &stack, &cloud), |plan| plan.wall);
    let calls = cloud.asked().0.over(TIMES);
    let mut table = Table::new(&["declared", "first apply", "plan", "questions", "least", "calls"]);
    table.row([
        stack.what.clone(),
        table::time(applied.wall),
        table::time(planned.wall),
        calls.of("POST graphql").to_string(),
        stack::least_questions().to_string(),
        calls.to_string(),
    ]);
    table.print("Who is in teams on GitHub: a plan with nothing to do");
}

struct Tables {
    plan: Table,
    apply: Table,
    far: Table,
}

impl Tables {
    fn new() -> Self {
        Self {
            plan: Table::new(&[
                "declared",
                "load",
                "observe",
                "diff",
                "whole plan",
                "CPU",
                "peak memory",
                "sandbox's share",
                "calls",
            ]),
            apply: Table::new(&[
                "declared",
                "wall",
                "CPU",
                "peak memory",
                "sandbox's share",
                "calls",
            ]),
            far: Table::new(&["declared", "wall", "floor", "wall / floor", "chain"]),
        }
    }
}

fn start() {
    let mut table = Table::new(&["start", "wall"]);
    let stack = Stack::of_buckets(5, Access::Everywhere);
    table.row([String::from("`--help`"), table::time(start_time(&["--help"], stack.folder()))]);
    let wall = start_time(&["validate", "."], stack.folder());
    table.row(["`validate` of five buckets".to_owned(), table::time(wall)]);
    table.print("From the command to its end");
}

/// Applies a stack to an empty cloud and plans it again; tells what was asked for that.
fn measure(stack: &Stack, tables: &mut Tables) -> (Cloud, Calls) {
    let mut cloud = Cloud::start();
    let applied = run(&["apply", ".", "--auto-approve"], stack, &cloud);
    let (asked, its) = cloud.asked();
    tables.apply.row([
        stack.what.clone(),
        table::time(applied.wall),
        table::time(applied.cpu),
        table::memory(applied.peak),
        its.of(applied.wall, 1),
        asked.to_string(),
    ]);

    let stages = best_of(TIMES, || run_stages(stack, &cloud), |stages| stages.total());
    cloud.asked();
    let planned = best_of(TIMES, || run(&["plan", "."], stack, &cloud), |plan| plan.wall);
    let (asked, its) = cloud.asked();
    let once = asked.over(TIMES);
    tables.plan.row([
        stack.what.clone(),
        stages.load.to_string(),
        stages.observe.to_string(),
        stages.diff.to_string(),
        table::time(planned.wall),
        table::time(planned.cpu),
        table::memory(planned.peak),
        its.of(planned.wall, u32::try_from(TIMES).unwrap()),
        once.to_string(),
    ]);
    (cloud, once)
}

/// Plans once more, from far away.
fn from_afar(stack: &Stack, cloud: &mut Cloud, once: &Calls, tables: &mut Tables) {
    cloud.delay(LATENCY);
    let planned = best_of(TIMES, || run(&["plan", "."], stack, cloud), |plan| plan.wall);
    let (pages, policies) = (once.of("ListBuckets"), once.of("GetIamPolicy"));
    let rounds = policies.div_ceil(AT_ONCE);
    // Ledger and lease are read side by side; each page names the next; then the policies.
    let floor = LATENCY * u32::try_from(1 + pages + rounds).unwrap();
    tables.far.row([
        stack.what.clone(),
        table::time(planned.wall),
        table::time(floor),
        format!("{:.2}", planned.wall.as_secs_f64() / floor.as_secs_f64()),
        format!("ledger 1 + pages {pages} + policies {policies} / {AT_ONCE} = {rounds}"),
    ]);
}
