"""How things end: at once, when their finalizers let go, or with their namespace or owner."""

from asking import MERGE, core, group


def settings(name, **metadata):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}}


def a_finalizer_holds_until_it_is_taken_away(on):
    here = core(on.space, "configmaps")
    on.create(here, settings("one", finalizers=["example.org/wait"]))
    on.ask("remove", "DELETE", f"{here}/one")
    found = on.ask("it is going", "GET", f"{here}/one")
    on.note("marked", {"when": "deletionTimestamp" in found["metadata"], "seconds": found["metadata"].get("deletionGracePeriodSeconds")})
    on.ask("a finalizer more", "PATCH", f"{here}/one", {"metadata": {"finalizers": ["example.org/wait", "example.org/x"]}}, MERGE)
    on.ask("remove again", "DELETE", f"{here}/one", only=["kind", "metadata.finalizers"])
    on.ask("let go", "PATCH", f"{here}/one", {"metadata": {"finalizers": None}}, MERGE, only=["kind", "metadata.name"])
    on.ask("gone", "GET", f"{here}/one")


def a_new_object_of_the_old_name_is_another(on):
    here = core(on.space, "configmaps")
    first = on.create(here, settings("one"))
    on.send("DELETE", f"{here}/one")
    second = on.create(here, settings("one"))
    on.note("identities", {"same": first["metadata"]["uid"] == second["metadata"]["uid"]})


def a_namespace_takes_what_is_in_it(on):
    space = on.space
    here = core(space, "configmaps")
    on.create(here, settings("one"))
    on.create(here, settings("held", finalizers=["example.org/wait"]))
    found = on.ask("the namespace", "GET", f"/api/v1/namespaces/{space}", only=["spec", "status.phase"])
    on.note("its own label", {"label": found["metadata"]["labels"].get("kubernetes.io/metadata.name") == space})
    on.ask("remove", "DELETE", f"/api/v1/namespaces/{space}", only=["kind", "spec", "status.phase"])
    on.until(f"{here}/one", lambda status, _: status == 404)
    on.ask("make something in it", "POST", here, settings("two"))
    on.ask("it is going", "GET", f"/api/v1/namespaces/{space}", only=["status.phase"])
    on.ask("remove it again", "DELETE", f"/api/v1/namespaces/{space}", only=["kind", "reason", "code", "status.phase"])
    on.ask("let go", "PATCH", f"{here}/held", {"metadata": {"finalizers": None}}, MERGE, only=["kind"])
    on.until(f"/api/v1/namespaces/{space}", lambda status, _: status == 404)
    on.ask("gone", "GET", f"/api/v1/namespaces/{space}")
    on.ask("what was in it", "GET", f"{here}/one")


def what_kubernetes_needs_is_not_removed(on):
    on.ask("default", "DELETE", "/api/v1/namespaces/default")
    on.ask("its own", "DELETE", "/api/v1/namespaces/kube-system", only=["reason", "code"])


def an_owner_takes_its_own_along(on):
    here = core(on.space, "configmaps")
    owner = on.create(here, settings("owner"))
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"]}
    on.create(here, settings("own", ownerReferences=[reference]))
    on.ask("remove", "DELETE", f"{here}/owner", {"propagationPolicy": "Background"}, only=["kind", "status"])
    on.until(f"{here}/own", lambda status, _: status == 404)
    orphaned = on.create(here, settings("owner"))
    reference["uid"] = orphaned["metadata"]["uid"]
    on.create(here, settings("own", ownerReferences=[reference]))
    on.ask("leave it", "DELETE", f"{here}/owner", {"propagationPolicy": "Orphan"}, only=["kind"])
    on.until(f"{here}/owner", lambda status, _: status == 404)
    on.until(f"{here}/own", lambda _, it: not it["metadata"].get("ownerReferences"))
    on.ask("no policy of that name", "DELETE", f"{here}/own", {"propagationPolicy": "Perhaps"}, only=["reason", "code"])


def a_namespace_comes_with_an_account(on):
    on.until(core(on.space, "serviceaccounts", "default"), lambda status, _: status == 200)
    on.ask("its account", "GET", core(on.space, "serviceaccounts", "default"))
    found = on.until(core(on.space, "configmaps", "kube-root-ca.crt"), lambda status, _: status == 200)
    on.note("its authority", {"keys": list(found["data"])})


def a_deployment_goes_in_the_background(on):
    here = group("apps/v1", on.space, "deployments")
    labels = {"app": "hub"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "hub", "image": "hub:1"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    on.create(here, {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "hub"}, "spec": spec})
    on.ask("remove", "DELETE", f"{here}/hub", only=["kind", "status", "details"])
    on.until(f"{here}/hub", lambda status, _: status == 404)
