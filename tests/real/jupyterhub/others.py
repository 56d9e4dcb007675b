"""Hubs to which people log in without GitHub: with a password for all, or through CILogon."""

import asyncio
from urllib.parse import parse_qs, urlsplit

import requests
from oauthenticator.cilogon import CILogonOAuthenticator
from traitlets.config import Config

import hub

GITHUB = "login_with: { github: { client_id: Ov23liLeapHubProd, client_secret: hub-login } }"
UNIVERSITY = "https://idp.columbia.edu/idp/shibboleth"


def declare(stack, login):
    """Has people log in otherwise; also on the hub that is like this one."""
    stack.edit("hubs.yaml", GITHUB, f"login_with: {login}")
    stack.edit("hubs.yaml", "    login_with: { github: { client_id: Ov23liLeapHubStaging } }\n", "")


def declare_dummy(stack):
    declare(stack, "{ dummy: { password: hub-login } }")


def declare_cilogon(stack):
    said = f'client_id: "cilogon:/client_id/1", client_secret: hub-login, providers: {{ "{UNIVERSITY}": columbia.edu }}'
    declare(stack, f"{{ cilogon: {{ {said} }} }}")


def whoever_knows_the_password_is_let_in_and_may_start_everything(address, values):
    person = hub.Person(address, "anybody")
    for word, status in (("shut", 403), ("open", 200)):
        page = person.browser.get(f"{address}/hub/login?next=/hub/spawn")
        said = {**hub.Form(page.text).fields, "username": "anybody", "password": word}
        page = person.browser.post(f"{address}/hub/login?next=/hub/spawn", data=said)
        assert page.status_code == status, f"{word}: {page.status_code}"
    declared = {it["slug"] for it in values["singleuser"]["profileList"]}
    assert set(person.offered()) == declared, person.offered()


def people_are_sent_to_cilogon_for_their_university(address, values):
    sent = requests.get(f"{address}/hub/oauth_login", allow_redirects=False, timeout=30)
    there = urlsplit(sent.headers["Location"])
    asked = parse_qs(there.query)
    assert there.netloc == "cilogon.org", there
    assert asked["client_id"] == [values["hub"]["config"]["CILogonOAuthenticator"]["client_id"]], asked
    assert asked["selected_idp"] == [UNIVERSITY], asked
    assert "email" in asked["scope"][0].split(), asked


def only_people_of_declared_universities_are_let_in(values):
    """Asks CILogon's own class about people, configured as the hub is."""
    said = values["hub"]["config"]
    config = Config({name: dict(traits) for name, traits in said.items()})
    authenticator = CILogonOAuthenticator(config=config)

    def let_in(provider, email):
        person = {"idp": provider, "email": email, "sub": "1", "eppn": email}
        state = {authenticator.user_auth_state_key: person, "scope": []}
        try:
            name = authenticator.user_info_to_username(person)
            return asyncio.run(authenticator.check_allowed(name, {"name": name, "admin": None, "auth_state": state}))
        except Exception as refused:
            if getattr(refused, "status_code", None) == 403:
                return False
            raise

    assert let_in(UNIVERSITY, "ada@columbia.edu")
    assert not let_in(UNIVERSITY, "ada@example.org")
    assert not let_in("https://idp.example.org", "ada@columbia.edu")
