"""LEAP's stack with somebody in each category, and the values of its hubs."""

import json
import os
import re
import shutil
import subprocess
import sys


class Stack:
    """A copy of the stack in which every category has a person of its own, who is in what it requires too."""

    def __init__(self, folder):
        self.folder = folder
        self._categories = {}
        text = (folder / "access.yaml").read_text()
        self.organization = re.search(r"organization: (\S+)", text)[1]
        for key, body in re.findall(r"^    ([a-z-]+):.*\n((?:      .*\n|\n)+)", text, re.M):
            team, requires = re.search(r"team: (\S+)", body), re.search(r"requires: (\S+)", body)
            if team:
                self._categories[key] = (team[1], requires and requires[1])

    def people(self):
        """Everybody: a category, and the login of who is in it."""
        return [(key, f"in-{key}") for key in self._categories]

    def members(self, category):
        """Those who are in a category."""
        others = [key for key, (_, requires) in self._categories.items() if requires == category]
        return [f"in-{key}" for key in [category, *others]]

    def teams_of(self, login):
        """The teams of somebody, as a hub calls them."""
        return [f"{organization}:{slug}" for organization, slug, people in self.teams() if login in people]

    def edit(self, file, old, new):
        """Writes something else into a file, wherever the old words stand."""
        path = self.folder / file
        text = path.read_text()
        assert old in text, f"{file} does not say {old}"
        path.write_text(text.replace(old, new))

    def teams(self):
        """Each team: its organization, its slug, and who is in it."""
        for key, (team, _) in self._categories.items():
            organization, _, slug = team.rpartition(":")
            yield organization or self.organization, slug, self.members(key)

    def fill(self):
        """Declares who is in the teams, but for those that are only read."""
        lines, key = [], None
        (self.folder / "people").mkdir()
        for line in (self.folder / "access.yaml").read_text().splitlines():
            started = re.match(r"    ([a-z-]+):", line)
            key = started[1] if started else key
            if line.strip() == "members: unmanaged" and ":" not in self._categories[key][0]:
                line = line.replace("unmanaged", f"{{ exact: people/{key}.yaml }}")
                people = "".join(f"  - login: {login}\n" for login in self.members(key))
                (self.folder / "people" / f"{key}.yaml").write_text(f"members:\n{people}")
            lines.append(line)
        (self.folder / "access.yaml").write_text("\n".join(lines) + "\n")


def stack(root, folder):
    """Copies LEAP's stack into a folder, and puts people into its teams."""
    shutil.copytree(root / "environments", folder / "environments")
    shutil.copytree(root / "stacks/leap", folder / "stacks/leap", ignore=shutil.ignore_patterns(".leap-infra"))
    copy = Stack(folder / "stacks/leap")
    copy.fill()
    return copy


def planned(stack, sandbox):
    """Everything that the stack would make, by kind and name, as its plan says it."""
    command = [os.environ["LEAP_INFRA"], "plan", "--json", str(stack.folder)]
    environment = {**os.environ, "LEAP_INFRA_SANDBOX_URL": sandbox}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    if '"resource_changes"' not in said.stdout:
        sys.exit(f"no plan of {stack.folder}: {said.stdout}{said.stderr}")
    steps = json.loads(said.stdout)["resource_changes"]
    return {(it["type"], it["name"]): it["change"]["after"] for it in steps if it["change"]["after"]}


def releases(planned):
    """The values of every release, by namespace and name."""
    return {name.partition("/")[2]: it["values"] for (kind, name), it in planned.items() if kind == "helm-release"}


def accounts(planned, namespace):
    """The manifests of the accounts that servers of a namespace act as."""
    objects = [it["manifest"] for (kind, _), it in planned.items() if kind == "kubernetes-object"]
    return [it for it in objects if it["kind"] == "ServiceAccount" and it["metadata"].get("namespace") == namespace]
