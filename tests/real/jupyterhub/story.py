"""A real JupyterHub with the values of LEAP's hub, and people of every category who log in to it.

What they see must be what `leap-infra access preview` says of them, and who is turned away must be told why.
The values are those that the tests hold to be the declaration's. Reads the sandbox's address from
SANDBOX_URL, the program from LEAP_INFRA and the proxy's command from PROXY.
"""

import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import requests

import declared
import hub

ROOT = pathlib.Path(__file__).parents[3]
SANDBOX = os.environ["SANDBOX_URL"]
GITHUB = f"{SANDBOX}/github"
CLUSTER = f"{SANDBOX}/kubernetes/context/sandbox-hub"
SECRET = "the secret of an application that is made for this run"

folder = pathlib.Path(tempfile.mkdtemp())
stack = declared.stack(ROOT, folder)
values = declared.values(ROOT, "prod")
application = values["hub"]["config"]["GitHubOAuthenticator"]["client_id"]
tokens = {}


def github(method, path, token="owner", **body):
    """Asks the sandbox's GitHub, as an owner of everything or with somebody's token."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = requests.request(method, f"{GITHUB}{path}", json=body or None, headers=headers, timeout=30)
    assert answer.ok, f"{method} {path}: {answer.text}"
    return answer.json() if answer.content else None


def post(path, **fields):
    """Fills in a form of the sandbox's GitHub."""
    answer = requests.post(f"{GITHUB}{path}", data=fields, headers={"Accept": "application/json"}, allow_redirects=False, timeout=30)
    assert answer.status_code < 400, answer.text
    return answer


def token_of(login):
    """A token with which somebody may accept an invitation, by the device flow."""
    begun = post("/login/device/code", client_id=application, scope="write:org").json()
    post("/login/device", user_code=begun["user_code"], login=login, authorize="1")
    grant = "urn:ietf:params:oauth:grant-type:device_code"
    return post("/login/oauth/access_token", client_id=application, device_code=begun["device_code"], grant_type=grant).json()["access_token"]


def populate():
    """Registers the hub with GitHub, makes the teams, lets everybody accept their invitation, and makes the
    namespace for their servers."""
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "hub"}}
    assert requests.post(f"{CLUSTER}/api/v1/namespaces", json=namespace, timeout=30).ok
    callback = "http://127.0.0.1/hub/oauth_callback"
    post("/settings/applications/new", name="hub", client_id=application, client_secret=SECRET, callback_url=callback)
    for organization, team, people in stack.teams():
        github("POST", f"/orgs/{organization}/teams", name=team, privacy="closed")
        for login in people:
            github("PUT", f"/orgs/{organization}/teams/{team}/memberships/{login}")
            github("PATCH", f"/user/memberships/orgs/{organization}", token_of(login), state="active")


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
    assert github("PUT", team)["state"] == "pending"
    assert hub.Person(address, "late").log_in().status_code == 403
    assert ("possible", "late was invited to leap-stc and has not accepted yet") in causes("late")
    github("PATCH", "/user/memberships/orgs/leap-stc", token_of("late"), state="active")
    assert hub.Person(address, "late").log_in().ok


def an_application_that_is_not_approved_lets_nobody_in(address):
    policy = "/organizations/leap-stc/settings/oauth_application_policy"
    post(policy, action="restrict")
    assert hub.Person(address, "in-research").log_in().status_code == 403
    assert any("has not approved the hub's app" in what for _, what in causes("in-research")), causes("in-research")
    post(policy, action="approve", client_id=application)
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
        [pod] = waited(lambda: pods(f"jupyter-{login}"))
        [container] = pod["spec"]["containers"]
        mounts = {it.get("subPath"): it for it in container["volumeMounts"] if it["name"] == "home"}
        own = next(path for path in mounts if path and not path.startswith("_"))
        assert mounts[own]["mountPath"] == "/home/jovyan", mounts
        assert mounts["_shared"]["readOnly"], mounts
        assert [it for it in mounts if it not in (own, "_shared")] == folders, mounts


def servers_of_two_categories_act_as_two_accounts(address):
    for login, account in (("in-education", "education-sa"), ("in-research", "research-sa")):
        person = hub.Person(address, login)
        person.log_in()
        person.start("cpu", size="8-gb", image="notebook")
        [pod] = waited(lambda: pods(f"jupyter-{login}"))
        assert pod["spec"]["serviceAccountName"] == account, pod["spec"]
        [container] = pod["spec"]["containers"]
        assert container["image"] == "pangeo/pangeo-notebook:2026.06.04", container
        selector = pod["spec"]["nodeSelector"]
        assert "cloud.google.com/gke-nodepool" in selector, selector


def pods(prefix):
    """The pods in the hub's namespace whose names begin so."""
    items = requests.get(f"{CLUSTER}/api/v1/namespaces/hub/pods", timeout=30).json()["items"]
    return [pod for pod in items if pod["metadata"]["name"].startswith(prefix)]


def waited(ask):
    """Asks until there is an answer."""
    for _ in range(150):
        found = ask()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("it never came")


def by_category(whole):
    """The values of a hub whose servers act as the account of their owner's category."""
    changed = json.loads(json.dumps(whole))
    categories = (("education", "leap-pangeo-base-access"), ("research", "leap-pangeo-full-access"))
    changed["custom"]["leap_infra"]["accounts"] = [
        {"name": f"{category}-sa", "who": [[f"leap-stc:{team}"]], "environment": {}}
        for category, team in categories
    ]
    return changed


def tell(story, address):
    story(address)
    print(f"  {story.__name__.replace('_', ' ')}", flush=True)


populate()
with hub.running(values, folder / "hub", SANDBOX, SECRET) as address:
    tell(everybody_sees_what_the_declaration_gives_them, address)
    tell(an_outsider_is_turned_away_and_told_why, address)
    tell(whoever_has_not_accepted_is_turned_away_and_let_in_after, address)
    tell(an_application_that_is_not_approved_lets_nobody_in, address)
    tell(a_choice_that_is_not_offered_is_not_given, address)
    tell(people_find_their_home_and_the_folder_of_their_category, address)
with hub.running(by_category(values), folder / "by-category", SANDBOX, SECRET) as address:
    tell(servers_of_two_categories_act_as_two_accounts, address)
shutil.rmtree(folder)
