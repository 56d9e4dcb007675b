"""GitHub, driven by PyGithub: teams, people, variables, sealed secrets, environments, pages and limits.

PyGithub knows the API from GitHub's reference and follows the addresses in answers, so what the sandbox
says of itself must be true. Reads the sandbox's address from SANDBOX_URL and the program from LEAP_INFRA.
"""

import contextlib
import json
import os
import subprocess
import tempfile
import time

from github import Auth, Github, GithubException, UnknownObjectException
from github.EnvironmentProtectionRuleReviewer import ReviewerParams

from stories import refused, run

url = os.environ["SANDBOX_URL"]


def client(address=url, token="anything", **more):
    return Github(base_url=f"{address}/github", auth=Auth.Token(token), seconds_between_writes=0, **more)


github = client()
leap = github.get_organization("leap-stc")
hub = github.get_repo("leap-stc/hub")


def a_team_is_made_changed_and_taken_away():
    team = leap.create_team("Field Course", privacy="closed", description="Summer 2026")
    assert (team.slug, team.privacy, team.members_count) == ("field-course", "closed", 1)
    taken = refused(GithubException, lambda: leap.create_team("field course"))
    assert taken.status == 422 and "must be unique" in str(taken.data), taken
    below = leap.create_team("Group", parent_team_id=team.id, privacy="closed")
    assert below.parent.slug == "field-course"
    team.edit("Field Course 2026", description="Autumn")
    assert leap.get_team_by_slug("field-course-2026").description == "Autumn"
    team.delete()
    refused(UnknownObjectException, lambda: leap.get_team_by_slug("group"))


def people_are_invited_and_taken_out_again():
    team, ada = leap.create_team("Research", privacy="closed"), github.get_user("ada")
    team.add_membership(ada, role="maintainer")
    place = team.get_team_membership(ada)
    assert (place.state, place.role) == ("pending", "maintainer")
    assert [it.login for it in team.invitations()] == ["ada"]
    assert "ada" in [it.login for it in leap.invitations()]
    assert not team.has_in_members(ada) and not leap.has_in_members(ada)
    team.remove_membership(ada)
    assert list(team.invitations()) == []
    team.delete()


def many_teams_come_in_pages():
    made = [leap.create_team(f"Page {number:02}", privacy="closed") for number in range(35)]
    few = client(per_page=10).get_organization("leap-stc").get_teams()
    slugs = [team.slug for team in few]
    assert [slug for slug in slugs if slug.startswith("page-")] == [team.slug for team in made]
    assert few.totalCount == len(slugs)
    for team in made:
        team.delete()


def a_team_is_given_a_repository():
    team = leap.create_team("Developers", privacy="closed")
    assert team.update_team_repository(hub, "push")
    assert [it.full_name for it in team.get_repos()] == ["leap-stc/hub"]
    team.remove_from_repos(hub)
    assert list(team.get_repos()) == []
    team.delete()


def variables_are_listed_changed_and_deleted():
    hub.create_variable("CLUSTER", "leap")
    assert refused(GithubException, lambda: hub.create_variable("CLUSTER", "other")).status == 409
    variable = hub.get_variable("CLUSTER")
    variable.edit("leap-2")
    assert {it.name: it.value for it in hub.get_variables()} == {"CLUSTER": "leap-2"}
    variable.delete()
    assert list(hub.get_variables()) == []


def a_secret_is_sealed_with_the_key_of_its_repository():
    hub.create_secret("REGISTRY", "canary")
    assert [it.name for it in hub.get_secrets()] == ["REGISTRY"]
    assert "canary" not in str(hub.get_secret("REGISTRY").raw_data)
    other = github.get_repo("leap-stc/other").get_public_key()
    sealed = {"key_id": hub.get_public_key().key_id, "encrypted_value": other.encrypt("canary")}
    path = "/repos/leap-stc/hub/actions/secrets/REGISTRY"
    wrong = refused(GithubException, lambda: github.requester.requestJsonAndCheck("PUT", path, input=sealed))
    assert wrong.status == 422, wrong
    hub.get_secret("REGISTRY").delete()
    refused(UnknownObjectException, lambda: hub.get_secret("REGISTRY").created_at)


def an_environment_has_reviewers():
    team = leap.create_team("Reviewers", privacy="closed")
    made = hub.create_environment("production", wait_timer=10, reviewers=[ReviewerParams("Team", team.id)])
    rules = {rule.type: rule for rule in made.protection_rules}
    assert rules["wait_timer"].wait_timer == 10
    assert [it.reviewer.slug for it in rules["required_reviewers"].reviewers] == ["reviewers"]
    assert [it.name for it in hub.get_environments()] == ["production"]
    hub.delete_environment("production")
    team.delete()


def what_is_not_there_and_what_may_not_be_seen_look_alike():
    refused(UnknownObjectException, lambda: github.get_user("vanished-bob"))
    refused(UnknownObjectException, lambda: client(token="blind").get_organization("leap-stc"))
    assert refused(GithubException, lambda: client(token="bad").get_user().login).status == 401
    assert refused(GithubException, lambda: client(token="reader", retry=None).get_organization("leap-stc").create_team("x")).status == 403


@contextlib.contextmanager
def sandbox_with(faults):
    """A sandbox of its own, in which this goes wrong."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(faults, file)
        file.flush()
        command = [os.environ["LEAP_INFRA"], "sandbox", "serve", "--faults", file.name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            try:
                yield process.stdout.readline().strip()
            finally:
                process.terminate()


def both_limits_are_waited_out():
    asks = {"method": "GET /github/users/{username}"}
    primary = {"on": {**asks, "nth": 1}, "then": {"status_until": {"code": 403, "seconds": 2}}}
    said = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    limit = {"code": 403, "message": said, "retry_after_seconds": 1}
    secondary = {"on": {**asks, "nth": 3}, "then": {"status": limit}}
    with sandbox_with([primary, secondary]) as address:
        patient, began = client(address), time.monotonic()
        assert patient.get_user("ada").login == "ada"
        assert patient.get_user("bob").login == "bob"
        assert 2 <= time.monotonic() - began < 30
    assert github.get_rate_limit().resources.core.remaining > 0


run(globals())
