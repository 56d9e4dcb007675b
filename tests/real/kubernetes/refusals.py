"""What a server does not take, and in which words."""

from asking import MERGE, core, group


def settings(name, **more):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **more}


def names_and_labels_have_rules(on):
    here = core(on.space, "configmaps")
    on.ask("capital letters", "POST", here, settings("Not_Valid"))
    on.ask("no name", "POST", here, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}})
    labelled = settings("one")
    labelled["metadata"]["labels"] = {"a b": "c", "good": "no good!"}
    on.ask("labels", "POST", here, labelled)
    on.ask("a namespace", "POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a.b"}})
    on.ask("a key of data", "POST", here, settings("one", data={"a b": "c"}))


def the_body_must_fit_the_path(on):
    here = core(on.space, "configmaps")
    on.ask("another kind", "POST", here, {**settings("one"), "kind": "Secret"}, only=["reason", "code"])
    on.ask("another version", "POST", here, {**settings("one"), "apiVersion": "v2"}, only=["reason", "code"])
    elsewhere = settings("one")
    elsewhere["metadata"]["namespace"] = "default"
    on.ask("another namespace", "POST", here, elsewhere)
    on.create(here, settings("one"))
    on.ask("another name", "PUT", f"{here}/one", settings("two"))
    on.ask("a namespace that is not", "POST", core("nowhere", "configmaps"), settings("one"))
    on.ask("replace what is not", "PUT", f"{here}/three", settings("three"), only=["reason", "code", "message"])


def unknown_fields_are_refused_warned_of_or_dropped(on):
    here = core(on.space, "configmaps")
    wrong = settings("one", dota={"a": "1"})
    on.ask("strict", "POST", here, wrong, fieldValidation="Strict")
    on.ask("ignored", "POST", here, wrong, fieldValidation="Ignore", without=["metadata.managedFields"])
    on.apply("strict apply", f"{here}/two", settings("two", dota={"a": "1"}), fieldValidation="Strict", only=["reason", "code"])
    deep = deployment("hub")
    deep["spec"]["template"]["spec"]["containers"][0]["imagee"] = "x"
    on.ask("deep", "POST", group("apps/v1", on.space, "deployments"), deep, fieldValidation="Strict")
    on.ask("another word", "POST", here, settings("three"), fieldValidation="Maybe", only=["reason", "code"])


def types_of_values_are_held(on):
    here = core(on.space, "configmaps")
    on.ask("a number", "POST", here, settings("one", data={"a": 1}), only=["reason", "code"])
    wrong = deployment("hub", replicas="two")
    on.ask("a word for a number", "POST", group("apps/v1", on.space, "deployments"), wrong, only=["reason", "code"])


def deployment(name, **spec):
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": name, "image": f"{name}:1"}]}}
    spec = {"selector": {"matchLabels": labels}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def selectors_cannot_change_and_must_match(on):
    here = group("apps/v1", on.space, "deployments")
    on.create(here, deployment("hub", replicas=0))
    other = {"spec": {"selector": {"matchLabels": {"app": "other"}}, "template": {"metadata": {"labels": {"app": "other"}}}}}
    on.ask("another selector", "PATCH", f"{here}/hub", other, MERGE, only=["reason", "code", "details.name", "details.kind", "details.causes.0.field"])
    wrong = deployment("lab")
    wrong["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
    on.ask("a selector that does not match", "POST", here, wrong, only=["reason", "code", "details.causes.0.field"])
    no = deployment("lab")
    del no["spec"]["selector"]
    on.ask("no selector", "POST", here, no, only=["reason", "code"])


def a_claim_a_service_and_a_binding_keep_what_they_are(on):
    claims = core(on.space, "persistentvolumeclaims")
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "homes"}, "spec": spec}
    on.create(claims, claim)
    only = ["reason", "code", "details.causes.0.field"]
    on.ask("another class", "PATCH", f"{claims}/homes", {"spec": {"accessModes": ["ReadWriteMany"]}}, MERGE, only=only)
    services = core(on.space, "services")
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "hub"}, "spec": {"ports": [{"port": 80}], "clusterIP": "10.0.0.77"}}
    on.create(services, service)
    on.ask("another address", "PATCH", f"{services}/hub", {"spec": {"clusterIP": "10.0.0.78"}}, MERGE, only=only)
    bindings = group("rbac.authorization.k8s.io/v1", on.space, "rolebindings")
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"}
    on.create(bindings, {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "all"}, "roleRef": role, "subjects": []})
    on.ask("another role", "PATCH", f"{bindings}/all", {"roleRef": {**role, "name": "edit"}}, MERGE, only=only)


def what_is_immutable_stays(on):
    here = core(on.space, "configmaps")
    on.create(here, settings("one", data={"a": "1"}, immutable=True))
    on.ask("data", "PATCH", f"{here}/one", {"data": {"a": "2"}}, MERGE)
    on.ask("a label", "PATCH", f"{here}/one", {"metadata": {"labels": {"a": "b"}}}, MERGE, only=["metadata.labels"])
    on.ask("its name", "PATCH", f"{here}/one", {"metadata": {"name": "two"}}, MERGE)


def a_content_type_that_nobody_reads(on):
    here = core(on.space, "configmaps")
    on.create(here, settings("one"))
    on.ask("text", "PATCH", f"{here}/one", "a: b", "text/plain")
    on.ask("json for a patch", "PATCH", f"{here}/one", {}, "application/json")
    on.ask("no json", "POST", here, "{", "application/x-no-json", only=["reason", "code"])
    on.ask("a method", "PUT", here, settings("one"), only=["reason", "code", "message"])


def a_spec_without_what_it_needs(on):
    only = ["reason", "code"]
    no = deployment("hub")
    no["spec"]["template"]["spec"]["containers"] = []
    on.ask("no container", "POST", group("apps/v1", on.space, "deployments"), no, only=only)
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "hub"}, "spec": {}}
    on.ask("no port", "POST", core(on.space, "services"), service, only=[*only, "details.causes.0.field"])
    many = deployment("hub", replicas=-1)
    on.ask("fewer than none", "POST", group("apps/v1", on.space, "deployments"), many, only=[*only, "details.causes.0.field"])
