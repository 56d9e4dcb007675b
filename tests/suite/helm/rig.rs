//! The programs of other people that `.ci/run releases` starts these stories with: a real Kubernetes, and
//! `kubectl` and `helm` at the keyboard of somebody else.

use leap_infra::plan::Plan;
use serde_json::Value;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// What the kubeconfig calls the cluster.
pub(super) const CONTEXT: &str = "rig";

/// The kubeconfig of the cluster.
pub(super) fn kubeconfig() -> PathBuf {
    std::env::var_os("KUBECONFIG").unwrap().into()
}

fn kubectl() -> String {
    format!("{}/kubectl", std::env::var("PROGRAMS").unwrap())
}

/// Somebody at work in a namespace of the cluster.
pub(super) struct Rig {
    pub(super) space: &'static str,
}

impl Rig {
    /// Runs a program; how it ended.
    fn ended(&self, program: &str, arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new(program);
        command.args(["-n", self.space]).args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Runs a program, and expects it to go well; what it said.
    fn run(&self, program: &str, arguments: &[&str], input: &str) -> String {
        let output = self.ended(program, arguments, input);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(super) fn kubectl(&self, arguments: &[&str], input: &str) -> String {
        self.run(&kubectl(), arguments, input)
    }

    /// The same, of what may be gone by then.
    pub(super) fn perhaps(&self, arguments: &[&str]) {
        self.ended(&kubectl(), arguments, "");
    }

    /// What `kubectl get` shows, as JSON.
    pub(super) fn get(&self, what: &[&str]) -> Value {
        let arguments = [&["get", "-o", "json"], what].concat();
        serde_json::from_str(&self.kubectl(&arguments, "")).unwrap()
    }

    pub(super) fn helm(&self, arguments: &[&str], input: &str) -> Value {
        let helm = std::env::var(leap_infra::cli::helm::HELM).unwrap();
        let said = self.run(&helm, arguments, input);
        serde_json::from_str(&said).unwrap_or(Value::Null)
    }

    /// How Helm says that its releases are.
    pub(super) fn listed(&self) -> Vec<String> {
        let list = self.helm(&["list", "--deployed", "--failed", "--pending", "-o", "json"], "");
        let one = |it: &Value| format!("{} {} {}", it["name"], it["revision"], it["status"]);
        list.as_array().unwrap().iter().map(|it| one(it).replace('"', "")).collect()
    }
}

/// The fields in which things differ, by their paths.
pub(super) fn paths(plan: &Plan) -> Vec<String> {
    let changes = plan.steps.iter().flat_map(|step| &step.changes);
    changes.map(|change| change.path.clone()).collect()
}
