"""A hub configured from the values of Zero to JupyterHub's chart, as the chart's own configuration does it.

That one is not to be had from a package index, so this says the part of it on which our values rest: what
is below `hub.config` goes to the classes of that name, servers get what `singleuser` says, and the texts
of `hub.extraConfig` run last, in order. What the rig needs to stand on this machine comes before those.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from z2jh import get_config  # noqa: E402

GITHUB = os.environ["GITHUB_URL"]
HUB = os.environ["HUB_URL"]
FOLDER = os.environ["HUB_FOLDER"]

# Traits of servers, by what the chart calls them.
SERVERS = {
    "start_timeout": "startTimeout",
    "default_url": "defaultUrl",
    "environment": "extraEnv",
    "service_account": "serviceAccountName",
    "node_selector": "nodeSelector",
    "tolerations": "extraTolerations",
    "init_containers": "initContainers",
    "cpu_guarantee": "cpu.guarantee",
    "cpu_limit": "cpu.limit",
    "mem_guarantee": "memory.guarantee",
    "mem_limit": "memory.limit",
    "profile_list": "profileList",
}

c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.JupyterHub.allow_named_servers = get_config("hub.allowNamedServers", False)
c.JupyterHub.concurrent_spawn_limit = get_config("hub.concurrentSpawnLimit", 64)
for trait, value in SERVERS.items():
    if get_config(f"singleuser.{value}") is not None:
        setattr(c.KubeSpawner, trait, get_config(f"singleuser.{value}"))
if get_config("singleuser.storage.type") == "static":
    static = get_config("singleuser.storage.static")
    home = {"name": "home", "persistentVolumeClaim": {"claimName": static["pvcName"]}}
    mount = {"name": "home", "mountPath": "/home/jovyan", "subPath": static["subPath"]}
    c.KubeSpawner.volumes = [home, *get_config("singleuser.storage.extraVolumes", [])]
    c.KubeSpawner.volume_mounts = [mount, *get_config("singleuser.storage.extraVolumeMounts", [])]
for name, traits in get_config("hub.config", {}).items():
    for trait, value in traits.items():
        setattr(c[name], trait, value)

# Where it stands here: on loopback, with the sandbox for GitHub and for Kubernetes.
c.JupyterHub.bind_url = HUB
c.JupyterHub.hub_bind_url = os.environ["HUB_API_URL"]
c.JupyterHub.db_url = f"sqlite:///{FOLDER}/hub.sqlite"
c.JupyterHub.cookie_secret_file = f"{FOLDER}/cookie-secret"
c.JupyterHub.template_paths = [f"{FOLDER}/templates"]
c.ConfigurableHTTPProxy.api_url = os.environ["PROXY_API_URL"]
c.ConfigurableHTTPProxy.command = os.environ["PROXY"].split()
c.ConfigurableHTTPProxy.pid_file = f"{FOLDER}/proxy.pid"
c.GitHubOAuthenticator.github_url = GITHUB
c.GitHubOAuthenticator.github_api = GITHUB
c.GitHubOAuthenticator.oauth_callback_url = f"{HUB}/hub/oauth_callback"
c.KubeSpawner.namespace = os.environ["HUB_NAMESPACE"]
c.KubeSpawner.k8s_api_request_timeout = 10

for name, text in sorted(get_config("hub.extraConfig", {}).items()):
    exec(compile(text, f"hub.extraConfig.{name}", "exec"))
