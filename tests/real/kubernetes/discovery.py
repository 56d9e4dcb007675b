"""What a server says that it has."""

# What the platform's kinds and charts use; other types may be there on either side.
USED = {
    "/api/v1": ["configmaps", "secrets", "services", "serviceaccounts", "namespaces", "pods", "persistentvolumeclaims", "persistentvolumes"],
    "/apis/apps/v1": ["deployments", "statefulsets", "daemonsets"],
    "/apis/batch/v1": ["jobs", "cronjobs"],
    "/apis/networking.k8s.io/v1": ["ingresses", "networkpolicies"],
    "/apis/rbac.authorization.k8s.io/v1": ["roles", "rolebindings", "clusterroles", "clusterrolebindings"],
    "/apis/policy/v1": ["poddisruptionbudgets"],
    "/apis/storage.k8s.io/v1": ["storageclasses"],
    "/apis/scheduling.k8s.io/v1": ["priorityclasses"],
    "/apis/autoscaling/v2": ["horizontalpodautoscalers"],
    "/apis/coordination.k8s.io/v1": ["leases"],
    "/apis/apiextensions.k8s.io/v1": ["customresourcedefinitions"],
}


def it_lists_the_types_of_a_group_with_what_can_be_done_to_them(on):
    for path, used in USED.items():
        status, found = on.send("GET", path)
        resources = {it["name"]: it for it in found.get("resources", [])} if isinstance(found, dict) else {}
        seen = {}
        for name in used:
            it = resources.get(name, {})
            verbs = sorted(it.get("verbs", []))
            seen[name] = {"verbs": verbs, **{key: it.get(key) for key in ("kind", "namespaced", "singularName")}}
        said = {key: found.get(key) for key in ("kind", "groupVersion")}
        on.note(path, {"status": status, "body": {**said, "resources": seen}})


def it_lists_groups_with_the_version_to_use(on):
    status, found = on.send("GET", "/apis")
    groups = {it["name"]: it["preferredVersion"] for it in found["groups"]}
    used = sorted({path.split("/")[2] for path in USED if path.startswith("/apis/")})
    on.note("/apis", {"status": status, "body": {name: groups.get(name) for name in used}})
    on.ask("one group", "GET", "/apis/apps")
    on.ask("the core group", "GET", "/api", only=["kind", "versions"])


def it_says_its_version(on):
    found = on.ask("version", "GET", "/version", only=["major"])
    on.note("version is complete", {"keys": sorted(key for key in ("major", "minor", "gitVersion", "platform") if key in found)})


def what_there_is_not_is_a_status_with_a_reason(on):
    on.ask("a group", "GET", "/apis/nothing.example.org")
    on.ask("a version", "GET", "/apis/apps/v9")
    on.ask("a type", "GET", "/api/v1/namespaces/default/nothings")
    on.ask("an object of a type that is not", "GET", "/apis/apps/v1/namespaces/default/nothings/x")


def a_type_that_somebody_defines_appears_and_goes(on):
    names = {"plural": "gardens", "singular": "garden", "kind": "Garden", "listKind": "GardenList"}
    schema = {
        "type": "object",
        "properties": {
            "spec": {"type": "object", "properties": {"trees": {"type": "integer", "minimum": 1}, "name": {"type": "string"}}}
        },
    }
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "gardens.example.org"},
        "spec": {
            "group": "example.org",
            "scope": "Namespaced",
            "names": names,
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    on.ask("define", "POST", path, definition, only=["kind", "metadata.name", "spec.group", "spec.names", "spec.scope"])
    on.until(
        f"{path}/gardens.example.org",
        lambda _, it: any(c["type"] == "Established" and c["status"] == "True" for c in it.get("status", {}).get("conditions", [])),
    )
    here = f"/apis/example.org/v1/namespaces/{on.space}/gardens"
    on.until(here, lambda status, _: status == 200)
    garden = {"apiVersion": "example.org/v1", "kind": "Garden", "metadata": {"name": "one"}, "spec": {"trees": 3}}
    on.ask("discovery", "GET", "/apis/example.org/v1", only=["kind", "groupVersion", "resources.0.name", "resources.0.kind"])
    on.ask("create", "POST", here, garden)
    on.ask("list", "GET", here, only=["kind", "apiVersion", "items.0.spec"])
    on.apply("apply", f"{here}/one", {**garden, "spec": {"trees": 4}}, force="true")
    on.ask("delete the definition", "DELETE", f"{path}/gardens.example.org", only=["kind", "metadata.name"])
    on.until(here, lambda status, _: status == 404)
    on.ask("gone", "GET", here)
