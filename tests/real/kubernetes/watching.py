"""What happens is told to those who watch, from where they left off."""

import json
import threading
import time

from asking import MERGE, core
from kubernetes import client, dynamic, watch


def settings(name, **labels):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "labels": labels}}


def events(on, here, changes, **query):
    """All events that a watch is told while changes are made, with some time between them."""
    _, found = on.send("GET", here)
    since, seen = found["metadata"]["resourceVersion"], []

    def look():
        _, text = on.send("GET", here, watch="true", resourceVersion=since, timeoutSeconds="3", **query)
        lines = text.splitlines() if isinstance(text, str) else [json.dumps(text)]
        seen.extend(json.loads(line) for line in lines if line.strip())

    watching = threading.Thread(target=look)
    watching.start()
    for change in changes:
        time.sleep(0.4)
        on.send(*change)
    watching.join()
    return seen


def told(event):
    """An event as a type and a name."""
    it = event["object"]
    return [event["type"], it.get("metadata", {}).get("name", it.get("reason"))]


def what_happens_after_a_list_is_told_in_order(on):
    here = core(on.space, "configmaps")
    on.create(here, settings("before", watched="yes"))
    changes = [
        ("POST", here, settings("one", watched="yes")),
        ("POST", here, settings("other")),
        ("PATCH", f"{here}/one", {"data": {"a": "1"}}, MERGE),
        ("DELETE", f"{here}/one"),
    ]
    seen = events(on, here, changes, labelSelector="watched=yes")
    on.note("events", {"told": [told(it) for it in seen]})
    on.note("the last", {"body": seen[-1]["object"]}, without=["metadata.managedFields"])


def leaving_the_choice_is_told_as_going(on):
    here = core(on.space, "configmaps")
    on.create(here, settings("one", watched="yes"))
    label = lambda value: ("PATCH", f"{here}/one", {"metadata": {"labels": {"watched": value}}}, MERGE)
    seen = events(on, here, [label("no"), label("yes")], labelSelector="watched=yes")
    on.note("events", {"told": [told(it) for it in seen]})


def what_happened_before_the_watch_is_told_too(on):
    here = core(on.space, "configmaps")
    _, found = on.send("GET", here)
    since = found["metadata"]["resourceVersion"]
    on.create(here, settings("one", watched="yes"))
    on.create(here, settings("two", watched="yes"))
    query = {"labelSelector": "watched=yes", "resourceVersion": since}
    _, text = on.send("GET", here, watch="true", timeoutSeconds="1", **query)
    on.note("events", {"told": [told(json.loads(line)) for line in text.splitlines()]})


def without_a_version_all_that_is_there_comes_first(on):
    here = core(on.space, "configmaps")
    on.create(here, settings("one", watched="yes"))
    on.create(here, settings("two", watched="yes"))
    _, text = on.send("GET", here, watch="true", timeoutSeconds="1", labelSelector="watched=yes")
    seen = sorted(told(json.loads(line)) for line in text.splitlines())
    on.note("events", {"told": seen})


def one_object_can_be_watched_by_its_name(on):
    here = core(on.space, "configmaps")
    on.create(here, settings("one"))
    changes = [("POST", here, settings("two")), ("PATCH", f"{here}/one", {"data": {"a": "1"}}, MERGE)]
    seen = events(on, here, changes, fieldSelector="metadata.name=one")
    on.note("events", {"told": [told(it) for it in seen]})


def the_clients_own_watch_sees_a_namespace_go(on):
    space = on.space
    api = client.CoreV1Api(on.api)
    since = api.list_namespace().metadata.resource_version
    seen = []
    threading.Timer(0.5, api.delete_namespace, [space]).start()
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
