"""What happens is told to those who watch, from where they left off."""

import json

from asking import MERGE, core
from kubernetes import client, dynamic, watch


def settings(name, **labels):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}}


def events(on, here, since, **query):
    """All events after a version, as the server writes them within two seconds."""
    _, text = on.send("GET", here, watch="true", resourceVersion=since, timeoutSeconds="2", **query)
    lines = text.splitlines() if isinstance(text, str) else [json.dumps(text)]
    return [json.loads(line) for line in lines if line.strip()]


def told(event):
    """An event as a type and a name."""
    it = event["object"]
    return [event["type"], it.get("metadata", {}).get("name", it.get("reason"))]


def what_happened_since_a_list_is_told_in_order(on):
    here = core(on.space, "configmaps")
    on.create(here, settings("before", watched="yes"))
    _, found = on.send("GET", here, labelSelector="watched=yes")
    since = found["metadata"]["resourceVersion"]
    on.create(here, settings("one", watched="yes"))
    on.create(here, settings("other"))
    on.send("PATCH", f"{here}/one", {"data": {"a": "1"}}, MERGE)
    on.send("DELETE", f"{here}/one")
    seen = events(on, here, since, labelSelector="watched=yes")
    on.note("events", {"told": [told(it) for it in seen]})
    on.note("the last", {"body": seen[-1]["object"]}, without=["metadata.managedFields"])


def leaving_the_choice_is_told_as_going(on):
    here = core(on.space, "configmaps")
    made = on.create(here, settings("one", watched="yes"))
    since = made["metadata"]["resourceVersion"]
    on.send("PATCH", f"{here}/one", {"metadata": {"labels": {"watched": "no"}}}, MERGE)
    on.send("PATCH", f"{here}/one", {"metadata": {"labels": {"watched": "yes"}}}, MERGE)
    on.note("events", {"told": [told(it) for it in events(on, here, since, labelSelector="watched=yes")]})


def without_a_version_all_that_is_there_comes_first(on):
    here = core(on.space, "configmaps")
    on.create(here, settings("one", watched="yes"))
    on.create(here, settings("two", watched="yes"))
    _, text = on.send("GET", here, watch="true", timeoutSeconds="1", labelSelector="watched=yes")
    seen = sorted(told(json.loads(line)) for line in text.splitlines())
    on.note("events", {"told": seen})


def one_object_can_be_watched_by_its_name(on):
    here = core(on.space, "configmaps")
    made = on.create(here, settings("one"))
    on.create(here, settings("two"))
    on.send("PATCH", f"{here}/one", {"data": {"a": "1"}}, MERGE)
    since = made["metadata"]["resourceVersion"]
    on.note("events", {"told": [told(it) for it in events(on, here, since, fieldSelector="metadata.name=one")]})


def the_clients_own_watch_sees_a_namespace_go(on):
    space = on.space
    api = client.CoreV1Api(on.api)
    since = api.list_namespace().metadata.resource_version
    api.delete_namespace(space)
    seen = []
    for event in watch.Watch().stream(
        api.list_namespace, resource_version=since, field_selector=f"metadata.name={space}", timeout_seconds=60
    ):
        seen.append((event["type"], event["object"].status.phase))
        if event["type"] == "DELETED":
            break
    on.note("first and last", {"first": seen[0], "last": seen[-1][0]})


def the_clients_own_discovery_applies_and_finds(on):
    them = dynamic.DynamicClient(on.api)
    maps = them.resources.get(api_version="v1", kind="ConfigMap")
    body = {**settings("one", made="so"), "data": {"a": "1"}}
    made = maps.server_side_apply(body=body, name="one", namespace=on.space, field_manager="leap-infra")
    on.note("applied", {"data": made.data.to_dict(), "manager": made.metadata.managedFields[0].manager})
    on.note("found", {"names": [it.metadata.name for it in maps.get(namespace=on.space, label_selector="made=so").items]})
    deployments = them.resources.get(api_version="apps/v1", kind="Deployment")
    on.note("a type", {"path": deployments.path("hub", on.space).replace(on.space, "S"), "namespaced": deployments.namespaced})


def the_clients_models_read_what_is_there(on):
    api = client.CoreV1Api(on.api)
    spec = client.V1ServiceSpec(ports=[client.V1ServicePort(port=80, target_port="http")], selector={"app": "hub"})
    service = client.V1Service(metadata=client.V1ObjectMeta(name="hub"), spec=spec)
    made = api.create_namespaced_service(on.space, service)
    on.note("service", {"type": made.spec.type, "ports": [it.to_dict() for it in made.spec.ports], "has address": bool(made.spec.cluster_ip)})
    refused = None
    try:
        api.read_namespaced_service("lab", on.space)
    except client.ApiException as error:
        refused = json.loads(error.body)
    on.note("refused", {"body": refused})
