"""The sandbox's GitHub as people use it: teams, invitations, and applications that ask for somebody's consent."""

import requests

SECRET = "the secret of an application that is made for this run"


class GitHub:
    """GitHub at an address, with the application of a hub."""

    def __init__(self, address, application):
        self.address, self.application = address, application

    def call(self, method, path, token="owner", **body):
        """Asks as an owner of everything, or with somebody's token."""
        headers = {"Authorization": f"Bearer {token}"}
        answer = requests.request(method, f"{self.address}{path}", json=body or None, headers=headers, timeout=30)
        assert answer.ok, f"{method} {path}: {answer.text}"
        return answer.json() if answer.content else None

    def post(self, path, **fields):
        """Fills in a form."""
        headers = {"Accept": "application/json"}
        answer = requests.post(f"{self.address}{path}", data=fields, headers=headers, allow_redirects=False, timeout=30)
        assert answer.status_code < 400, answer.text
        return answer

    def token_of(self, login):
        """A token with which somebody may accept an invitation, by the device flow."""
        begun = self.post("/login/device/code", client_id=self.application, scope="write:org").json()
        self.post("/login/device", user_code=begun["user_code"], login=login, authorize="1")
        grant = "urn:ietf:params:oauth:grant-type:device_code"
        said = {"client_id": self.application, "device_code": begun["device_code"], "grant_type": grant}
        return self.post("/login/oauth/access_token", **said).json()["access_token"]

    def accept(self, organization, login):
        """Somebody accepts the invitation to an organization."""
        self.call("PATCH", f"/user/memberships/orgs/{organization}", self.token_of(login), state="active")

    def populate(self, teams):
        """Registers the hub, makes the teams, and lets everybody accept their invitation."""
        callback = "http://127.0.0.1/hub/oauth_callback"
        said = {"client_id": self.application, "client_secret": SECRET, "callback_url": callback}
        self.post("/settings/applications/new", name="hub", **said)
        for organization, team, people in teams:
            self.call("POST", f"/orgs/{organization}/teams", name=team, privacy="closed")
            for login in people:
                self.call("PUT", f"/orgs/{organization}/teams/{team}/memberships/{login}")
                self.accept(organization, login)
