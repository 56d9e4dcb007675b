"""One object's life: made, read, changed in each way, and removed."""

from asking import JSON_PATCH, MERGE, STRATEGIC, core, group


def settings(name, data, **metadata):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **metadata}, "data": data}


def a_config_map_is_made_read_replaced_and_removed(on):
    here = core(on.space, "configmaps")
    on.ask("create", "POST", here, settings("one", {"a": "1"}, labels={"team": "data"}, annotations={"note": "yes"}))
    there = on.ask("read", "GET", f"{here}/one")
    there["data"]["b"] = "2"
    changed = on.ask("replace", "PUT", f"{here}/one", there)
    on.note("the version moves", {"moved": changed["metadata"]["resourceVersion"] != there["metadata"]["resourceVersion"]})
    again = on.ask("replace with the same", "PUT", f"{here}/one", changed)
    on.note("and stays", {"moved": again["metadata"]["resourceVersion"] != changed["metadata"]["resourceVersion"]})
    on.ask("remove", "DELETE", f"{here}/one")
    on.ask("gone", "GET", f"{here}/one")
    on.ask("remove what is gone", "DELETE", f"{here}/one")


def the_name_of_the_manager_comes_from_the_call_or_the_client(on):
    here = core(on.space, "configmaps")
    on.ask("named", "POST", here, settings("one", {"a": "1"}), fieldManager="somebody")
    on.ask("another", "PATCH", f"{here}/one", {"data": {"b": "2"}}, MERGE, fieldManager="other")
    on.ask("takes over", "PATCH", f"{here}/one", {"data": {"a": "3"}}, MERGE, fieldManager="other")
    on.ask("takes away", "PATCH", f"{here}/one", {"data": {"a": None}}, MERGE, fieldManager="third")


def a_name_is_made_up_from_its_beginning(on):
    here = core(on.space, "configmaps")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "part-"}}
    found = on.create(here, body)
    name = found["metadata"]["name"]
    on.note("made up", {"begins": name.startswith("part-"), "length": len(name), "kept": found["metadata"].get("generateName")})


def a_merge_patch_changes_adds_and_takes_away(on):
    here = core(on.space, "configmaps")
    on.create(here, settings("one", {"a": "1", "b": "2"}, labels={"team": "data"}))
    on.ask("merge", "PATCH", f"{here}/one", {"data": {"a": None, "c": "3"}, "metadata": {"labels": {"more": "yes"}}}, MERGE)
    on.ask("to nothing", "PATCH", f"{here}/one", {}, MERGE)
    on.ask("of what is not there", "PATCH", f"{here}/two", {"data": {"a": "1"}}, MERGE)


def a_json_patch_is_done_step_by_step_or_not_at_all(on):
    here = core(on.space, "configmaps")
    on.create(here, settings("one", {"a": "1", "b": "2"}))
    steps = [
        {"op": "test", "path": "/data/a", "value": "1"},
        {"op": "replace", "path": "/data/a", "value": "9"},
        {"op": "remove", "path": "/data/b"},
        {"op": "add", "path": "/data/c", "value": "3"},
    ]
    on.ask("steps", "PATCH", f"{here}/one", steps, JSON_PATCH)
    failing = [{"op": "add", "path": "/data/d", "value": "4"}, {"op": "test", "path": "/data/a", "value": "1"}]
    on.ask("a test that fails", "PATCH", f"{here}/one", failing, JSON_PATCH, only=["reason", "code", "status"])
    on.ask("nothing happened", "GET", f"{here}/one", only=["data"])


def a_strategic_patch_merges_containers_by_name(on):
    here = group("apps/v1", on.space, "deployments")
    container = {"name": "hub", "image": "hub:1", "env": [{"name": "A", "value": "1"}]}
    on.create(here, deployment("hub", [container]))
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "hub", "env": [{"name": "B", "value": "2"}]}]}}}}
    only = ["spec.template.spec.containers.0.image", "spec.template.spec.containers.0.env", "metadata.generation"]
    on.ask("merge", "PATCH", f"{here}/hub", patch, STRATEGIC, only=only)
    more = {"spec": {"template": {"spec": {"containers": [{"name": "side", "image": "side:1"}]}}}}
    found = on.ask("add", "PATCH", f"{here}/hub", more, STRATEGIC, only=["metadata.generation"])
    names = [it["name"] for it in found["spec"]["template"]["spec"]["containers"]]
    on.note("which containers", {"names": sorted(names)})
    gone = {"spec": {"template": {"spec": {"containers": [{"name": "side", "$patch": "delete"}]}}}}
    found = on.ask("take away", "PATCH", f"{here}/hub", gone, STRATEGIC, only=["metadata.generation"])
    on.note("which are left", {"names": [it["name"] for it in found["spec"]["template"]["spec"]["containers"]]})


def deployment(name, containers, **spec):
    labels = {"app": name}
    template = {"metadata": {"labels": labels}, "spec": {"containers": containers}}
    spec = {"selector": {"matchLabels": labels}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def a_secret_takes_text_and_gives_base64(on):
    here = core(on.space, "secrets")
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "key"}, "stringData": {"word": "open"}, "data": {"other": "eWVz"}}
    on.ask("create", "POST", here, body)
    on.ask("merge", "PATCH", f"{here}/key", {"stringData": {"word": "shut"}}, MERGE)
    on.ask("another type", "PATCH", f"{here}/key", {"type": "kubernetes.io/tls"}, MERGE)
    on.ask("not base64", "PATCH", f"{here}/key", {"data": {"word": "%%%"}}, MERGE, only=["reason", "code"])


def dry_runs_answer_as_if_and_change_nothing(on):
    here = core(on.space, "configmaps")
    on.ask("create", "POST", here, settings("one", {"a": "1"}), dryRun="All")
    on.ask("not there", "GET", f"{here}/one")
    on.create(here, settings("one", {"a": "1"}))
    on.ask("merge", "PATCH", f"{here}/one", {"data": {"a": "2"}}, MERGE, dryRun="All")
    on.apply("apply", f"{here}/one", settings("one", {"b": "2"}), dryRun="All")
    on.ask("as it was", "GET", f"{here}/one")
    on.ask("remove", "DELETE", f"{here}/one", dryRun="All")
    on.ask("still there", "GET", f"{here}/one", only=["data"])
    on.ask("another kind of dry run", "POST", here, settings("two", {}), dryRun="Some")


def generation_counts_what_is_wanted(on):
    here = group("apps/v1", on.space, "deployments")
    made = on.create(here, deployment("hub", [{"name": "hub", "image": "hub:1"}], replicas=0))
    on.note("first", {"generation": made["metadata"]["generation"]})
    on.ask("a label", "PATCH", f"{here}/hub", {"metadata": {"labels": {"a": "b"}}}, MERGE, only=["metadata.generation"])
    on.ask("a number", "PATCH", f"{here}/hub", {"spec": {"paused": True}}, MERGE, only=["metadata.generation"])
