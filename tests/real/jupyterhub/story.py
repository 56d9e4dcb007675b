"""A real JupyterHub with the values of LEAP's hub, and people of every category who log in to it.

What they see must be what `leap-infra access preview` says of them, and who is turned away must be told why.
Other hubs are declared otherwise: GitHub fails them, their servers act as accounts by category on a real
Kubernetes, people log in without GitHub. The values are those that a plan says. Reads the sandbox's address
from SANDBOX_URL, the program from LEAP_INFRA, the proxy's command from PROXY, the real cluster's from KUBECONFIG.
"""

import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import requests

import accounts
import declared
import door
import hub
import others
import outages
import teams

ROOT = pathlib.Path(__file__).parents[3]
SANDBOX = os.environ["SANDBOX_URL"]
CLUSTER = f"{SANDBOX}/kubernetes/context/sandbox-hub"
SECRET = {"OAUTH_CLIENT_SECRET": teams.SECRET}

folder = pathlib.Path(tempfile.mkdtemp())
stack = declared.stack(ROOT, folder)
values = declared.releases(declared.planned(stack, SANDBOX))["prod/prod"]
github = teams.GitHub(f"{SANDBOX}/github", values["hub"]["config"]["GitHubOAuthenticator"]["client_id"])


def leap_infra(*words):
    """What leap-infra says of the declaration, offline."""
    command = [os.environ["LEAP_INFRA"], *words, str(stack.folder), "--format", "json"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def previewed(login, category=None):
    """The profiles and their choices that somebody has, as the declaration says; none if they cannot log in.

    Of a team that is only read, GitHub alone knows who is in it: what it gives counts for who is known to be."""
    every = leap_infra("access", "preview", login)["has"]
    has = [it for it in every if it["verdict"] == "yes" or category in it["by"]]
    if not any(it["what"] == "hubs/prod" and it["level"] == "login" for it in has):
        return None
    seen = {}
    for it in has:
        parts = it["what"].split("/")
        if parts[:3] == ["hubs", "prod", "profiles"]:
            choices = seen.setdefault(parts[3], set())
            choices.update(re.sub(r"[^a-z0-9]+", "-", choice.lower()) for choice in parts[4:])
    return seen


def causes(login):
    """What `access why-403` says of somebody, by how certain it is."""
    return [(it["found"], it["what"]) for it in leap_infra("access", "why-403", login, "prod")["causes"]]


def everybody_sees_what_the_declaration_gives_them(address):
    for category, login in stack.people():
        person, expected = hub.Person(address, login), previewed(login, category)
        page = person.log_in()
        if expected is None:
            assert page.status_code == 403, f"{login} was let in: {page.url}"
            print(f"    {category}: turned away")
            continue
        assert page.ok, f"{login}: {page.status_code} {hub.said(page.text)[:600]}"
        offered = {
            profile: set().union(*(choices for option, choices in options.items() if option != "image"))
            for profile, options in person.offered().items()
        }
        assert offered == expected, f"{login} sees {offered}; the declaration gives {expected}"
        told = [f"{profile} ({len(choices)})" for profile, choices in sorted(offered.items())]
        print(f"    {category}: {', '.join(told)}", flush=True)


def an_outsider_is_turned_away_and_told_why(address):
    assert previewed("stranger") is None
    assert not any(found == "no" for found, _ in causes("stranger")[:1]), causes("stranger")
    page = hub.Person(address, "stranger").log_in()
    assert page.status_code == 403, page.status_code
    assert values["custom"]["leap_infra"]["refused"] in hub.said(html.unescape(page.text)), hub.said(page.text)


def whoever_has_not_accepted_is_turned_away_and_let_in_after(address):
    team = "/orgs/leap-stc/teams/leap-pangeo-full-access/memberships/late"
    assert github.call("PUT", team)["state"] == "pending"
    assert hub.Person(address, "late").log_in().status_code == 403
    assert ("possible", "late was invited to leap-stc and has not accepted yet") in causes("late")
    github.accept("leap-stc", "late")
    assert hub.Person(address, "late").log_in().ok


def an_application_that_is_not_approved_lets_nobody_in(address):
    policy = "/organizations/leap-stc/settings/oauth_application_policy"
    github.post(policy, action="restrict")
    assert hub.Person(address, "in-research").log_in().status_code == 403
    assert any("has not approved the hub's app" in what for _, what in causes("in-research")), causes("in-research")
    github.post(policy, action="approve", client_id=github.application)
    assert hub.Person(address, "in-research").log_in().ok


def a_choice_that_is_not_offered_is_not_given(address):
    person = hub.Person(address, "in-education")
    person.log_in()
    answer = person.start("gpu", size="a100")
    assert answer.status_code >= 400, answer.status_code
    person = hub.Person(address, "in-research")
    person.log_in()
    assert person.start("gpu", size="a100", image="ml").status_code >= 400
    assert pods("jupyter-in-") == []


def people_find_their_home_and_the_folder_of_their_category(address):
    for login, folders in (("in-education", []), ("in-climatematch", ["_shared-group"])):
        person = hub.Person(address, login)
        person.log_in()
        person.start("cpu", size="8-gb", image="notebook")
        [pod] = hub.waited(lambda: pods(f"jupyter-{login}"))
        [container] = pod["spec"]["containers"]
        mounts = {it.get("subPath"): it for it in container["volumeMounts"] if it["name"] == "home"}
        own = next(path for path in mounts if path and not path.startswith("_"))
        assert mounts[own]["mountPath"] == "/home/jovyan", mounts
        assert mounts["_shared"]["readOnly"], mounts
        assert [it for it in mounts if it not in (own, "_shared")] == folders, mounts


def pods(prefix):
    """The pods in the hub's namespace whose names begin so."""
    items = requests.get(f"{CLUSTER}/api/v1/namespaces/hub/pods", timeout=30).json()["items"]
    return [pod for pod in items if pod["metadata"]["name"].startswith(prefix)]


def edited(*edits):
    """A copy of the stack with other words in some places, and what it would make."""
    place = pathlib.Path(tempfile.mkdtemp(dir=folder))
    other = declared.stack(ROOT, place)
    for edit in edits:
        edit(other)
    return other, declared.planned(other, SANDBOX)


def short_spans(other):
    """Has teams read again after seconds."""
    spans = f"refresh: {outages.REFRESH} seconds, stale_after: {outages.STALE_AFTER} seconds"
    other.edit("hubs.yaml", "client_secret: hub-login } }", f"client_secret: hub-login, {spans} }} }}")


def tell(story, *given):
    story(*given)
    print(f"  {story.__name__.replace('_', ' ')}", flush=True)


def usual_hub():
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hub"}}
    assert requests.post(f"{CLUSTER}/api/v1/namespaces", json=namespace, timeout=30).ok
    kubeconfig = hub.kubeconfig(folder, CLUSTER)
    with hub.running(values, folder / "usual", github.address, kubeconfig, **SECRET) as address:
        tell(everybody_sees_what_the_declaration_gives_them, address)
        tell(an_outsider_is_turned_away_and_told_why, address)
        tell(whoever_has_not_accepted_is_turned_away_and_let_in_after, address)
        tell(an_application_that_is_not_approved_lets_nobody_in, address)
        tell(a_choice_that_is_not_offered_is_not_given, address)
        tell(people_find_their_home_and_the_folder_of_their_category, address)


def hub_behind_a_door():
    _, planned = edited(short_spans)
    through, place = door.Door(github.address), folder / "door"
    kubeconfig = hub.kubeconfig(folder, CLUSTER)
    short = declared.releases(planned)["prod/prod"]
    with hub.running(short, place, through.address, kubeconfig, **SECRET) as address:
        for story in outages.STORIES:
            tell(story, address, through, github, place / "hub.log")


def hub_by_category():
    other, planned = edited(accounts.declare)
    releases = declared.releases(planned)
    cluster = accounts.Cluster("prod")
    for account in declared.accounts(planned, "prod"):
        cluster.run("create", "-f", "-", manifest=account)
    kubeconfig = os.environ["KUBECONFIG"]
    here = folder / "by-category"
    with hub.running(releases["prod/prod"], here, github.address, kubeconfig, "prod", **SECRET) as address:
        tell(accounts.servers_of_two_categories_act_as_two_accounts, address, cluster)
    tell(accounts.their_workers_act_as_the_same, releases["prod/dask-gateway"], other.teams_of)


def hubs_without_github():
    kubeconfig = hub.kubeconfig(folder, CLUSTER)
    _, planned = edited(others.declare_dummy)
    dummy = declared.releases(planned)["prod/prod"]
    with hub.running(dummy, folder / "dummy", github.address, kubeconfig, DUMMY_PASSWORD="open") as address:
        tell(others.whoever_knows_the_password_is_let_in_and_may_start_everything, address, dummy)
    _, planned = edited(others.declare_cilogon)
    cilogon = declared.releases(planned)["prod/prod"]
    with hub.running(cilogon, folder / "cilogon", github.address, kubeconfig, **SECRET) as address:
        tell(others.people_are_sent_to_cilogon_for_their_university, address, cilogon)
    tell(others.only_people_of_declared_universities_are_let_in, cilogon)


github.populate(stack.teams())
usual_hub()
hub_behind_a_door()
hub_by_category()
hubs_without_github()
shutil.rmtree(folder)
