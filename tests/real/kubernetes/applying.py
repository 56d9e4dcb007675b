"""Server-side apply: who owns which field, and what becomes of fields that nobody declares any more."""

from asking import APPLY, MERGE, core, group


def settings(name, data=None, **metadata):
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}
    return body if data is None else {**body, "data": data}


def applying_makes_and_is_written_down(on):
    there = core(on.space, "configmaps", "one")
    on.apply("first", there, settings("one", {"a": "1", "b": "2"}, labels={"team": "data"}))
    on.apply("the same again", there, settings("one", {"a": "1", "b": "2"}, labels={"team": "data"}))
    on.ask("read", "GET", there)


def nothing_changes_no_version(on):
    there = core(on.space, "configmaps", "one")
    _, first = on.send("PATCH", there, settings("one", {"a": "1"}), APPLY, fieldManager="leap-infra")
    _, again = on.send("PATCH", there, settings("one", {"a": "1"}), APPLY, fieldManager="leap-infra")
    versions = [it["metadata"]["resourceVersion"] for it in (first, again)]
    on.note("versions", {"same": versions[0] == versions[1]})


def what_is_declared_no_more_is_removed(on):
    there = core(on.space, "configmaps", "one")
    on.apply("two", there, settings("one", {"a": "1", "b": "2"}, labels={"team": "data", "more": "yes"}))
    on.apply("one", there, settings("one", {"a": "1"}, labels={"team": "data"}))
    on.apply("none", there, settings("one"))


def what_another_owns_too_stays(on):
    there = core(on.space, "configmaps", "one")
    on.apply("mine", there, settings("one", {"a": "1", "b": "2"}))
    on.apply("theirs", there, settings("one", {"b": "2", "c": "3"}), manager="other")
    on.apply("mine is less", there, settings("one", {"a": "1"}))
    on.apply("theirs is less", there, settings("one", {"c": "3"}), manager="other")


def taking_a_field_by_force_takes_it_from_the_other(on):
    there = core(on.space, "configmaps", "one")
    on.apply("theirs", there, settings("one", {"a": "1"}), manager="other")
    on.apply("mine", there, settings("one", {"a": "2"}), force="true")
    on.apply("theirs again", there, settings("one", {"a": "1"}), manager="other", force="true")


def an_edit_by_hand_takes_the_field_from_the_applier(on):
    there = core(on.space, "configmaps", "one")
    on.apply("mine", there, settings("one", {"a": "1", "b": "2"}))
    on.ask("an edit", "PATCH", there, {"data": {"a": "9"}}, MERGE, fieldManager="kubectl-edit")
    on.apply("mine by force", there, settings("one", {"a": "1", "b": "2"}), force="true")


def containers_ports_and_variables_are_owned_one_by_one(on):
    there = group("apps/v1", on.space, "deployments", "hub")
    only = ["metadata.managedFields", "metadata.generation"]
    on.apply("mine", there, deployment([container("hub", env=[("A", "1"), ("B", "2")], ports=[8081])]), only=only)
    on.apply("fewer", there, deployment([container("hub", env=[("A", "1")], ports=[8081])]), only=only)
    env = [{"name": "C", "value": "3"}]
    theirs = deployment([{"name": "hub", "env": env}])
    theirs["spec"] = {"template": {"spec": {"containers": [{"name": "hub", "env": env}]}}}
    found = on.apply("theirs", there, theirs, manager="other", only=only)
    [seen] = found["spec"]["template"]["spec"]["containers"]
    on.note("variables", {"env": seen["env"], "ports": [it["containerPort"] for it in seen["ports"]]})
    found = on.apply("mine without", there, deployment([container("hub", ports=[8082])]), only=only)
    [seen] = found["spec"]["template"]["spec"]["containers"]
    on.note("what is left", {"env": seen.get("env"), "ports": [it["containerPort"] for it in seen["ports"]]})


def container(name, env=(), ports=()):
    made = {"name": name, "image": f"{name}:1"}
    if env:
        made["env"] = [{"name": key, "value": value} for key, value in env]
    if ports:
        made["ports"] = [{"containerPort": port, "protocol": "TCP"} for port in ports]
    return made


def deployment(containers):
    labels = {"app": "hub"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    spec = {"replicas": 1, "selector": {"matchLabels": labels}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "hub"}, "spec": spec}


def volumes_tolerations_and_rules_are_owned_as_their_lists_are(on):
    there = group("apps/v1", on.space, "deployments", "hub")
    body = deployment([container("hub")])
    pod = body["spec"]["template"]["spec"]
    pod["volumes"] = [{"name": "config", "configMap": {"name": "hub"}}, {"name": "scratch", "emptyDir": {}}]
    pod["tolerations"] = [{"key": "hub.jupyter.org/dedicated", "operator": "Equal", "value": "user", "effect": "NoSchedule"}]
    pod["nodeSelector"] = {"hub.jupyter.org/node-purpose": "core"}
    pod["containers"][0]["volumeMounts"] = [{"name": "config", "mountPath": "/etc/hub"}, {"name": "scratch", "mountPath": "/tmp"}]
    pod["containers"][0]["args"] = ["jupyterhub", "--debug"]
    on.apply("deployment", there, body, only=["metadata.managedFields"])
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "hub"},
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}],
    }
    on.apply("role", group("rbac.authorization.k8s.io/v1", on.space, "roles", "hub"), role)


def finalizers_and_owners_are_sets(on):
    there = core(on.space, "configmaps", "one")
    on.apply("mine", there, settings("one", finalizers=["example.org/a"]))
    on.apply("theirs", there, settings("one", finalizers=["example.org/b"]), manager="other")
    on.apply("mine is none", there, settings("one"))
    on.apply("theirs is none", there, settings("one"), manager="other")


def a_namespace_and_a_service_are_applied(on):
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "applied-space", "labels": {"team": "data"}}}
    on.apply("namespace", "/api/v1/namespaces/applied-space", space)
    port = {"name": "http", "port": 80, "targetPort": 8000, "protocol": "TCP"}
    spec = {"selector": {"app": "hub"}, "ports": [port]}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "hub"}, "spec": spec}
    there = core("applied-space", "services", "hub")
    volatile = ["spec.clusterIP", "spec.clusterIPs"]
    on.apply("service", there, service, without=volatile)
    port["port"] = 81
    on.apply("another port", there, service, without=volatile)


def applying_needs_a_manager_and_the_right_name(on):
    there = core(on.space, "configmaps", "one")
    on.ask("no manager", "PATCH", there, settings("one"), APPLY)
    on.apply("another name", there, settings("two"))
    on.apply("no kind", there, {"metadata": {"name": "one"}}, only=["reason", "code"])
    on.apply("another kind", there, {**settings("one"), "kind": "Secret"}, only=["reason", "code"])
    on.apply("fields of managers", there, settings("one", managedFields=[{"manager": "x", "operation": "Apply"}]))
    on.ask("force without apply", "PATCH", there, {}, MERGE, force="true", only=["reason", "code"])
    space = "/api/v1/namespaces/nowhere/configmaps/one"
    on.apply("in a namespace that is not", space, settings("one"))
