"""A JupyterHub of one's own on loopback, and people who come to it with a browser."""

import contextlib
import json
import os
import pathlib
import re
import secrets
import socket
import subprocess
import sys
import time
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

HERE = pathlib.Path(__file__).parent


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def running(values, folder, github, kubeconfig, namespace="hub", **variables):
    """Starts a hub with these values, and yields its address; its log is in the folder, as `hub.log`."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in values["hub"].get("extraFiles", {}).values():
        if file["mountPath"].endswith(".html"):
            page = folder / "templates" / pathlib.Path(file["mountPath"]).name
            page.parent.mkdir(exist_ok=True)
            page.write_text(file["stringData"])
    (folder / "values.json").write_text(json.dumps(values))
    address = f"http://127.0.0.1:{free_port()}"
    environment = {
        **os.environ,
        "VALUES": str(folder / "values.json"),
        "HUB_URL": address,
        "HUB_API_URL": f"http://127.0.0.1:{free_port()}",
        "PROXY_API_URL": f"http://127.0.0.1:{free_port()}",
        "HUB_FOLDER": str(folder),
        "HUB_NAMESPACE": namespace,
        "GITHUB_URL": github,
        "KUBECONFIG": str(kubeconfig),
        "JUPYTERHUB_CRYPT_KEY": secrets.token_hex(32),
        "PYTHONDONTWRITEBYTECODE": "1",
        **variables,
    }
    log = folder / "hub.log"
    command = [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "jupyterhub_config.py")]
    with log.open("w") as output:
        hub = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
    try:
        ready(hub, address, log)
        yield address
    finally:
        hub.terminate()  # it stops its proxy itself
        hub.wait(60)


def kubeconfig(folder, server):
    """Names a cluster without certificates, of which the sandbox has many."""
    cluster = {"server": server}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "hub",
        "clusters": [{"name": "hub", "cluster": cluster}],
        "contexts": [{"name": "hub", "context": {"cluster": "hub", "user": "hub"}}],
        "users": [{"name": "hub", "user": {"token": "anything"}}],
    }
    path = folder / "kubeconfig"
    path.write_text(json.dumps(config))
    return path


def ready(hub, address, log):
    """Waits until the hub answers."""
    for _ in range(600):
        if hub.poll() is not None:
            break
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(f"{address}/hub/api", timeout=5).ok:
                return
        time.sleep(0.2)
    raise AssertionError(f"the hub does not start:\n{log.read_text()[-4000:]}")


class Form(HTMLParser):
    """A page's form: what it sends along, its choices of one of several, and its lists."""

    def __init__(self, page):
        super().__init__()
        self.action, self.fields, self.radios, self.lists = "", {}, {}, {}
        self._list = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        name = said.get("name")
        if tag == "form":
            self.action = said.get("action", "")
        elif tag == "input" and said.get("type") == "radio":
            self.radios.setdefault(name, []).append(said["value"])
        elif tag == "input" and name:
            self.fields[name] = said.get("value", "")
        elif tag == "select":
            self._list = self.lists.setdefault(name, [])
        elif tag == "option" and self._list is not None:
            self._list.append(said.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "select":
            self._list = None


class Person:
    """Somebody with a browser."""

    def __init__(self, hub, login):
        self.hub, self.login, self.browser = hub, login, requests.Session()

    def log_in(self):
        """Goes through GitHub, says yes there, and returns the page of the hub that comes then."""
        page = self.browser.get(f"{self.hub}/hub/oauth_login?next=/hub/spawn")
        form = Form(page.text)
        assert page.ok and "login" in form.fields, page.text
        said = {**form.fields, "login": self.login, "authorize": "1"}
        return self.browser.post(urljoin(page.url, form.action), data=said)

    def offered(self):
        """What the page offers on which one starts a server: choices by option by profile."""
        page = self.browser.get(f"{self.hub}/hub/spawn")
        assert page.ok, page.text
        form = Form(page.text)
        offered = {profile: {} for profile in form.radios.get("profile", [])}
        for name, choices in form.lists.items():
            profile, _, option = name.removeprefix("profile-option-").partition("--")
            offered[profile][option] = choices
        return offered

    def start(self, profile, **chosen):
        """Asks for a server of a profile with these choices, whether they are offered or not."""
        options = {f"profile-option-{profile}--{option}": choice for option, choice in chosen.items()}
        token = self.browser.cookies.get("_xsrf", "", path="/hub/")
        page = f"{self.hub}/hub/spawn/{self.login}"
        return self.browser.post(page, params={"_xsrf": token}, data={"profile": profile, **options}, allow_redirects=False)


def waited(ask):
    """Asks until there is an answer."""
    for _ in range(150):
        found = ask()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError("it never came")


def said(page):
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)).strip()
