//! What we may do in a cluster is known before it is needed, and said in so many words.

use super::super::home::Home;

const STACK: &str = "stack: demo
prefix: demo
cloud: { project: demo-project, region: us-central1 }
services: []
kubernetes:
  namespaces:
    hubs: { cluster: context/sandbox-lab }
  objects:
    motd:
      namespace: hubs
      manifest: { apiVersion: v1, kind: ConfigMap, data: { text: Hello } }
";

/// The stack in a cluster in which we may do no more than this.
fn stack_of(who: &str) -> String {
    STACK.replace("sandbox-lab", &format!("sandbox-{who}-lab"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_says_what_is_reached_and_what_we_may_not_do_there() {
    let home = Home::of(&[("stack.yaml", STACK)]).await;
    let said = home.says("doctor --clusters", 0).stdout;
    assert!(said.contains("context/sandbox-lab\n  reached, Kubernetes v1."), "{said}");
    assert!(said.contains("an apply may do all that it needs"), "{said}");

    home.write("stack.yaml", &stack_of("reader"));
    let said = home.says("doctor --clusters", 5).stdout;
    assert!(said.contains("a plan may do all that it needs"), "{said}");
    assert!(said.contains("an apply may not create ConfigMap in hubs, "), "{said}");

    home.write("stack.yaml", &stack_of("blind"));
    let said = home.says("doctor --clusters", 5).stdout;
    assert!(said.contains("a plan may not list ConfigMap in hubs, list Namespace"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_only_look_plans_and_is_told_before_an_apply_changes_anything() {
    let home = Home::of(&[("stack.yaml", &stack_of("reader"))]).await;
    home.says("plan", 0);
    let words = "cannot patch resource \"namespaces\" in API group \"\" at the cluster scope";
    for line in ["apply --auto-approve", "plan --server-check"] {
        let said = home.says(line, 5).stderr;
        assert!(said.contains(words), "{said}");
        assert!(said.contains("nothing was changed"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_not_look_has_no_plan() {
    let home = Home::of(&[("stack.yaml", &stack_of("blind"))]).await;
    let said = home.says("plan", 5).stderr;
    let words = "cannot list resource \"configmaps\" in API group \"\" in the namespace \"hubs\"";
    assert!(said.contains(words), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_can_have_the_server_check_it_and_names_the_line_of_what_is_wrong() {
    let home = Home::of(&[("stack.yaml", STACK)]).await;
    let said = home.says("plan --server-check", 0).stderr;
    assert!(said.contains("server check: 1 change would be accepted"), "{said}");
    assert!(said.contains("1 thing could not be checked beforehand"), "{said}");
    home.says("apply --auto-approve", 0);
    home.declare("data: { text: Hello }", "date: { text: Hello }");
    let said = home.says("plan --server-check", 7);
    assert!(said.stdout.contains("manifest.data"), "the plan is shown:\n{}", said.stdout);
    assert!(
        said.stderr.contains("stack.yaml:9: ") && said.stderr.contains(".date"),
        "{}",
        said.stderr
    );
    home.says("apply --auto-approve", 7);
}
