//! The rules of alerts, read and held against measures by the real `promtool`: each alert is told when
//! it should be, and not when not. `.ci/run alerts` builds the program.

use super::WATCHED;
use super::firing::{CASES, Case};
use super::rules::rules;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The program, which the stage of `.ci/run` names.
const PROGRAM: &str = "LEAP_INFRA_PROMTOOL";

/// Runs the program in a folder; what it says where it finds something wrong.
fn promtool(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let program = std::env::var_os(PROGRAM).expect("`.ci/run alerts` says where promtool is");
    let ran = Command::new(program).args(arguments).current_dir(folder).output().unwrap();
    let said = [ran.stdout, ran.stderr].concat();
    if ran.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&said).into_owned()) }
}

/// A case as promtool takes it: what was measured every minute, and how many alerts are told then.
fn test(case: &Case, at: usize, pool: &str) -> Value {
    let series = case.measured.iter().map(
        |(series, values)| json!({ "series": series.replace("POOL", pool), "values": values }),
    );
    let firing = format!("count(ALERTS{{alertname=\"{}\", alertstate=\"firing\"}})", case.alert);
    let told = json!([{ "labels": "{}", "value": case.told }]);
    json!({
        "name": format!("{at}: {}", case.story),
        "interval": "1m",
        "input_series": series.collect::<Vec<_>>(),
        "promql_expr_test": [{
            "expr": firing,
            "eval_time": case.at,
            "exp_samples": if case.told == 0 { json!([]) } else { told },
        }],
    })
}

/// What the machines of the core pool are called.
fn pool(rules: &[Value]) -> String {
    let core = |rule: &&Value| rule["labels"]["pool"] == "core";
    let expression = rules.iter().find(core).unwrap()["expr"].as_str().unwrap();
    expression.split('"').nth(1).unwrap().to_owned()
}

#[test]
#[ignore = "needs promtool: `.ci/run alerts`"]
fn every_alert_is_told_when_it_should_be_and_not_when_not() {
    let folder = tempfile::tempdir().unwrap();
    let all = WATCHED.replace("      disk-busy: { off: true }\n", "");
    let rules = rules(&all);
    let file = json!({ "groups": [{ "name": "leap-infra", "rules": rules }] });
    fs::write(folder.path().join("rules.yaml"), file.to_string()).unwrap();
    promtool(folder.path(), &["check", "rules", "--lint=all", "--lint-fatal", "rules.yaml"])
        .unwrap();
    let pool = pool(&rules);
    let cases = CASES.iter().enumerate();
    let tests: Vec<Value> = cases.map(|(at, case)| test(case, at, &pool)).collect();
    let file = json!({
        "rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": tests,
    });
    fs::write(folder.path().join("tests.yaml"), file.to_string()).unwrap();
    promtool(folder.path(), &["test", "rules", "tests.yaml"])
        .unwrap_or_else(|said| panic!("{said}"));
    let titles: BTreeSet<&str> = rules.iter().filter_map(|rule| rule["alert"].as_str()).collect();
    for title in titles {
        let told = |told: bool| CASES.iter().any(|it| it.alert == title && (it.told > 0) == told);
        assert!(told(true) && told(false), "{title} is not held against both");
    }
}
