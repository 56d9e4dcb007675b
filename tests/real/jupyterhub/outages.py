"""Who works while GitHub is unwell, and for how long: teams are read again every `refresh`, and what was read
last holds for `stale_after`."""

import html
import time

import hub

# As declared for this hub, in seconds: less than people have, and enough for a busy machine.
REFRESH, STALE_AFTER = 2, 25
TEAM = "/orgs/leap-stc/teams/leap-pangeo-full-access/memberships"


def works(person):
    """Whether the hub still takes somebody for who they are."""
    page = person.browser.get(f"{person.hub}/hub/home", allow_redirects=False)
    assert page.status_code in (200, 302), f"{page.status_code}: {hub.said(page.text)[:400]}"
    return page.status_code == 200


def later(seconds=REFRESH + 1):
    time.sleep(seconds)


def whoever_works_keeps_working_while_github_is_unwell(address, door, _github, _log):
    person = hub.Person(address, "in-research")
    assert person.log_in().ok and works(person)
    with door.shut():
        later()
        assert works(person)
        later()
        assert works(person)
    later()
    assert works(person)


def not_for_longer_than_what_was_read_holds(address, door, _github, log):
    person = hub.Person(address, "in-research")
    assert person.log_in().ok
    with door.shut():
        later(STALE_AFTER + 1)
        assert not works(person)
        told = [line for line in log.read_text().splitlines() if "GitHub did not answer for in-research" in line]
        assert "503" in told[-1], told
    assert person.log_in().ok and works(person)


def whoever_leaves_the_team_is_out_with_the_next_look_and_told_why(address, _door, github, _log):
    person = hub.Person(address, "leaving")
    github.call("PUT", f"{TEAM}/leaving")
    github.accept("leap-stc", "leaving")
    assert person.log_in().ok and works(person)
    github.call("DELETE", f"{TEAM}/leaving")
    later()
    assert not works(person)
    page = person.log_in()
    assert page.status_code == 403, page.status_code
    assert "You are in no team that may use this hub" in hub.said(html.unescape(page.text))


STORIES = (
    whoever_works_keeps_working_while_github_is_unwell,
    not_for_longer_than_what_was_read_holds,
    whoever_leaves_the_team_is_out_with_the_next_look_and_told_why,
)
