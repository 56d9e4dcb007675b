"""Two who want the same: what each is told."""

from asking import MERGE, core, group


def settings(name, data, **metadata):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, "data": data}


def one_field_of_one_manager(on):
    there = core(on.space, "configmaps", "one")
    on.apply("theirs", there, settings("one", {"a": "1"}), manager="other", only=["data"])
    on.apply("mine", there, settings("one", {"a": "2"}))
    on.apply("mine, dry", there, settings("one", {"a": "2"}), dryRun="All")
    on.apply("the same value", there, settings("one", {"a": "1"}))


def several_fields_of_several_managers(on):
    there = core(on.space, "configmaps", "one")
    on.apply("first", there, settings("one", {"a": "1", "b": "1"}, labels={"team": "x"}), manager="first", only=["data"])
    on.apply("second", there, settings("one", {"c": "1"}), manager="second", only=["data"])
    on.apply("mine", there, settings("one", {"a": "2", "b": "2", "c": "2"}, labels={"team": "y"}))


def a_field_that_an_edit_set(on):
    there = core(on.space, "configmaps", "one")
    on.apply("mine", there, settings("one", {"a": "1"}), only=["data"])
    on.ask("an edit", "PATCH", there, {"data": {"a": "9"}}, MERGE, fieldManager="kubectl-edit", only=["data"])
    found = on.apply("mine again", there, settings("one", {"a": "1"}), only=["reason", "code", "details.causes.0.field"])
    # An edit's conflict says when it was, so its words are held against a pattern.
    cause = found["details"]["causes"][0]["message"]
    on.note("words", {"begins": cause.split(" at ")[0], "has time": " at " in cause})


def an_image_of_a_container(on):
    there = group("apps/v1", on.space, "deployments", "hub")
    labels = {"app": "hub"}

    def body(image, replicas):
        container = {"name": "hub", "image": image, "ports": [{"containerPort": 80, "protocol": "TCP"}]}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
        spec = {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template}
        return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "hub"}, "spec": spec}

    on.apply("theirs", there, body("hub:1", 1), manager="helm", only=["metadata.generation"])
    on.apply("mine", there, body("hub:2", 2))


def a_stale_version_is_refused(on):
    here = core(on.space, "configmaps")
    first = on.create(here, settings("one", {"a": "1"}))
    on.send("PATCH", f"{here}/one", {"data": {"a": "2"}}, MERGE)
    first["data"]["a"] = "3"
    on.ask("replace", "PUT", f"{here}/one", first)
    stale = {"metadata": {"resourceVersion": first["metadata"]["resourceVersion"]}, "data": {"a": "3"}}
    on.ask("merge", "PATCH", f"{here}/one", stale, MERGE)
    applied = settings("one", {"z": "3"}, resourceVersion=first["metadata"]["resourceVersion"])
    on.apply("apply", f"{here}/one", applied)
    nothing = {**first, "metadata": {"name": "one"}}
    on.ask("replace without a version", "PUT", f"{here}/one", nothing, only=["data"])


def deleting_holds_its_preconditions(on):
    here = core(on.space, "configmaps")
    first = on.create(here, settings("one", {"a": "1"}))
    other = {"preconditions": {"uid": "00000000-0000-0000-0000-000000000000"}}
    on.ask("another identity", "DELETE", f"{here}/one", other, only=["reason", "code", "details"])
    on.send("PATCH", f"{here}/one", {"data": {"a": "2"}}, MERGE)
    stale = {"preconditions": {"resourceVersion": first["metadata"]["resourceVersion"]}}
    on.ask("a stale version", "DELETE", f"{here}/one", stale, only=["reason", "code", "details"])
    exact = {"preconditions": {"uid": first["metadata"]["uid"]}}
    on.ask("its own", "DELETE", f"{here}/one", exact, only=["status", "details"])


def what_exists_is_not_made_again(on):
    here = core(on.space, "configmaps")
    on.create(here, settings("one", {"a": "1"}))
    on.ask("again", "POST", here, settings("one", {"a": "1"}))
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": on.space}}
    on.ask("the namespace", "POST", "/api/v1/namespaces", space)
