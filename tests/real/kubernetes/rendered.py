"""Everything that the platform of `stacks/leap` puts into clusters, as a real Kubernetes would take it.

The platform is built in the sandbox; then each object that is there is applied to the real server as a
dry run, with strict validation: a field that Kubernetes does not know, or a value that it refuses, fails.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.request

import yaml

from asking import APPLY, Conversation, connect
from compare import real

ROOT = pathlib.Path(__file__).resolve().parents[3]
SANDBOX = os.environ["SANDBOX_URL"]
# What a cluster has by itself, and what no declaration says.
ITS_OWN = {"kube-root-ca.crt", "default", "kube-system", "kube-public", "kube-node-lease", "kubernetes"}
SERVERS = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink")
# Types that only a chart brings, which no bare server has.
BROUGHT = ("/apis/cert-manager.io/", "/apis/acme.cert-manager.io/")
# Made by controllers or by Helm for its own books, in forms of their own.
DERIVED = {"Pod", "ReplicaSet", "ControllerRevision", "Endpoints", "EndpointSlice", "Event", "Lease", "Node", "PersistentVolume"}


def build():
    """Applies the platform to the sandbox; returns the clusters that are there."""
    folder = pathlib.Path(tempfile.mkdtemp())
    for name in ("stacks", "environments"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(".leap-infra"))
    command = [os.environ["LEAP_INFRA"], "apply", "stacks/leap", "--auto-approve"]
    environment = {**os.environ, "LEAP_INFRA_SANDBOX_URL": SANDBOX}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    shutil.rmtree(folder)
    if done.returncode:
        sys.exit(f"apply ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-3000:]}")


def clusters(project):
    with urllib.request.urlopen(f"{SANDBOX}/v1/projects/{project}/locations/-/clusters", timeout=30) as answer:
        found = json.load(answer).get("clusters", [])
    return [f"projects/{project}/locations/{it['location']}/clusters/{it['name']}" for it in found]


def types(on):
    """Every listable type, with the path of its group and version."""
    _, groups = on.send("GET", "/apis")
    paths = ["/api/v1", *(f"/apis/{it['preferredVersion']['groupVersion']}" for it in groups["groups"])]
    for path in paths:
        if path.startswith(BROUGHT):
            continue
        _, found = on.send("GET", path)
        for it in found["resources"]:
            if "/" not in it["name"] and "list" in it["verbs"] and it["kind"] not in DERIVED:
                yield path, found["groupVersion"], it


def objects(on):
    """Everything that somebody put there, as it would be declared, with its path."""
    for path, version, kind in types(on):
        _, found = on.send("GET", f"{path}/{kind['name']}")
        for it in found["items"]:
            metadata = it["metadata"]
            if metadata["name"] in ITS_OWN or it.get("type") == "helm.sh/release.v1":
                continue
            it.pop("status", None)
            for key in SERVERS:
                metadata.pop(key, None)
            if kind["kind"] == "Service":  # whose addresses each cluster gives from its own
                for key in ("clusterIP", "clusterIPs"):
                    it["spec"].pop(key, None)
            space = f"/namespaces/{metadata['namespace']}" if kind["namespaced"] else ""
            body = {"apiVersion": version, "kind": kind["kind"], **it}
            yield f"{path}{space}/{kind['name']}/{metadata['name']}", body


def main():
    project = yaml.safe_load((ROOT / "stacks/leap/stack.yaml").read_text())["cloud"]["project"]
    build()
    there, wrong, tried = Conversation(real(), "rendered"), 0, 0
    for place in clusters(project):
        here = Conversation(connect(f"{SANDBOX}/kubernetes/{place}", "sandbox"), "rendered")
        all_of_it = list(objects(here))
        # A dry run needs the namespace to be there.
        for space in sorted({body["metadata"]["namespace"] for _, body in all_of_it if "namespace" in body["metadata"]}):
            there.send("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}})
        for path, body in all_of_it:
            query = {"dryRun": "All", "fieldValidation": "Strict", "fieldManager": "leap-infra", "force": "true"}
            status, said = there.send("PATCH", path, body, APPLY, **query)
            tried += 1
            if status not in (200, 201):
                wrong += 1
                print(f"  {path}: {said.get('message', said) if isinstance(said, dict) else said}")
    print(f"  {tried} objects of stacks/leap")
    print(f"{tried - wrong} passed, {wrong} failed")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
