"""Under `per: category`, what people's servers and their workers of Dask act as, on a real Kubernetes."""

import asyncio
import json
import os
import re
import subprocess

from dask_gateway_server.backends.kubernetes import KubeBackend
from dask_gateway_server.models import User
from traitlets.config import Config

import hub

# A person of each category, the account of their servers, and the buckets that only one of the two has.
PEOPLE = {"in-education": "user-sa-learners", "in-research": "user-sa"}
IDENTITY = "identity: { per: hub, account: hub }"
BY_CATEGORY = "identity: { per: category, accounts: { research: hub, education: learners } }"
LEARNERS = 'identities:\n  learners: { in: [staging, prod], kubernetes: ["${env}/user-sa-learners"] }\n'


def declare(stack):
    """Declares that learners act as an account of their own, which may use scratch space only."""
    stack.edit("hubs.yaml", IDENTITY, BY_CATEGORY)
    stack.edit("identities.yaml", "identities:\n", LEARNERS)
    stack.edit("buckets.yaml", 'admin: ["identity:hub"]', 'admin: ["identity:hub", "identity:learners"]')


class Cluster:
    """A namespace of the real Kubernetes that KUBECONFIG leads to."""

    def __init__(self, namespace):
        self._kubectl = [f"{os.environ['PROGRAMS']}/kubectl", "-n", namespace]
        self.run("create", "namespace", namespace)

    def run(self, *words, manifest=None):
        """What kubectl says."""
        given = manifest and json.dumps(manifest)
        return subprocess.run([*self._kubectl, *words], input=given, check=True, stdout=subprocess.PIPE, text=True).stdout

    def pods(self, name):
        """The pods that are called so."""
        items = json.loads(self.run("get", "pods", "-o", "json"))["items"]
        return [pod for pod in items if pod["metadata"]["name"].startswith(name)]


def expanded(declared):
    """What a container's program finds: a variable may stand in the values of those that come after it."""
    found = {}
    for it in declared:
        found[it["name"]] = re.sub(r"\$\((\w+)\)", lambda of: found.get(of[1], of[0]), it.get("value") or "")
    return found


def servers_of_two_categories_act_as_two_accounts(address, cluster):
    seen = {}
    for login, account in PEOPLE.items():
        person = hub.Person(address, login)
        assert person.log_in().ok
        person.start("cpu", size="8-gb", image="notebook")
        [pod] = hub.waited(lambda login=login: cluster.pods(f"jupyter-{login}"))
        assert pod["spec"]["serviceAccountName"] == account, pod["spec"]
        [container] = pod["spec"]["containers"]
        assert container["image"] == "pangeo/pangeo-notebook:2026.06.04", container
        assert "cloud.google.com/gke-nodepool" in pod["spec"]["nodeSelector"], pod["spec"]
        variables = expanded(container["env"])
        seen[login] = {name for name in variables if name.endswith("_BUCKET")}
        assert variables["SCRATCH_BUCKET"] == f"gs://leap-scratch/{login}", variables
        assert variables["PANGEO_SCRATCH"] == f"gs://leap-scratch/{login}", variables
    assert seen["in-education"] == {"SCRATCH_BUCKET"}, seen
    assert seen["in-research"] >= {"SCRATCH_BUCKET", "PERSISTENT_BUCKET", "PERSISTENT_RO_BUCKET"}, seen


def their_workers_act_as_the_same(gateway, teams):
    """The gateway of Dask, configured as its chart has it, is asked for a cluster by either person."""
    config = Config()
    for text in gateway["gateway"]["extraConfig"].values():
        exec(compile(text, "gateway.extraConfig", "exec"), {"c": config})
    backend = KubeBackend(config=config)
    for login, account in PEOPLE.items():
        person = User(login, groups=teams(login))
        size = backend.cluster_options(person).get_specification()[0]["spec"]["options"][0]
        wanted = {"worker": size, "image": "pangeo/pangeo-notebook:2026.06.04"}
        _, configured = asyncio.run(backend.process_cluster_options(person, wanted))
        assert configured.image == wanted["image"]
        for pod in (configured.worker_extra_pod_config, configured.scheduler_extra_pod_config):
            assert pod["serviceAccountName"] == account, pod
        assert configured.worker_extra_pod_config["nodeSelector"], configured
