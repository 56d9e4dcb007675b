"""How a question is put to a server, and its answer written down so that two servers' can be compared."""

import json
import re
import time

from kubernetes import client
from kubernetes.client.exceptions import ApiException

from answers import Normal

APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"


def core(space, plural, name=None):
    """The path of a type of the core group."""
    return f"/api/v1/namespaces/{space}/{plural}" + (f"/{name}" if name else "")


def group(group, space, plural, name=None):
    """The path of a type of another group, which is written with its version."""
    return f"/apis/{group}/namespaces/{space}/{plural}" + (f"/{name}" if name else "")


class Conversation:
    """One story told to one server: what was asked in order, and what was answered.

    `space` is a namespace of the story's own, made at the first use.
    """

    def __init__(self, api, name):
        self.api, self.name, self.answers = api, name, []
        self.normal = Normal()
        self.made = None

    @property
    def space(self):
        """The story's namespace; its name is the story's first letters and so the same everywhere."""
        if self.made is None:
            self.made = "s-" + re.sub(r"[^a-z]+", "-", self.name)[:40].strip("-")
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.made}}
            self.send("POST", "/api/v1/namespaces", body)
        return self.made

    def send(self, method, path, body=None, content=None, **query):
        """Calls the server; returns the status and the body, and writes nothing down."""
        headers = {"Accept": "application/json"}
        if content:
            headers["Content-Type"] = content
        try:
            answer = self.api.call_api(
                path,
                method,
                query_params=list(query.items()),
                header_params=headers,
                body=body,
                auth_settings=["BearerToken"],
                _preload_content=False,
                _request_timeout=30,
            )
            status, text = answer.status, answer.data
        except ApiException as error:
            status, text = error.status, error.body
        return status, read(text)

    def ask(self, label, method, path, body=None, content=None, only=None, without=(), **query):
        """Calls the server and writes its answer down; returns the body as it came.

        `only` names the paths of the body that count, `without` those that do not: dotted, `*` for any.
        """
        status, found = self.send(method, path, body, content, **query)
        self.note(label, {"status": status, "body": found}, only, without)
        return found

    def note(self, label, answer, only=None, without=()):
        """Writes down something that was seen."""
        self.answers.append((label, self.normal.of(answer, only, without)))

    def create(self, path, body, **query):
        """Makes something that the story needs; it must be possible."""
        status, found = self.send("POST", path, body, **query)
        if status not in (200, 201):
            raise AssertionError(f"POST {path} answered {status}: {found}")
        return found

    def apply(self, label, path, body, manager="leap-infra", only=None, without=(), **query):
        """Applies a body as a manager of fields, and writes the answer down."""
        query = {"fieldManager": manager, **query}
        return self.ask(label, "PATCH", path, body, APPLY, only, without, **query)

    def until(self, path, done, patience=60):
        """Asks again and again until `done` says yes of status and body; returns the last body."""
        deadline = time.monotonic() + patience
        while True:
            status, found = self.send("GET", path)
            if done(status, found):
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"{path} never came to be: {status} {json.dumps(found)[:800]}")
            time.sleep(0.1)


def read(text):
    """What a server answered: JSON, or the text itself."""
    text = text.decode() if isinstance(text, bytes) else text or ""
    try:
        return json.loads(text)
    except ValueError:
        return text


def connect(url, token, trust=None):
    """The official client, for one server."""
    settings = client.Configuration()
    settings.host = url
    settings.api_key = {"BearerToken": f"Bearer {token}"}
    settings.retries = False
    if trust:
        settings.ssl_ca_cert = trust
    return client.ApiClient(settings)
