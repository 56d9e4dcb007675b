"""LEAP's stack with somebody in each category, and the values of its hubs."""

import json
import pathlib
import re
import shutil


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


def values(root, hub):
    """The values of JupyterHub's chart that a hub of LEAP's has, out of the texts that the tests hold right."""
    name = f"main__suite__hubs__leap_{hub}.snap"
    _, _, text = (root / "tests/suite/snapshots" / name).read_text().partition("\n---\n")
    whole, *texts = re.split(r"\n\n--- (/\S*)\n", text)
    values = json.loads(whole)
    for path, text in zip(texts[::2], texts[1::2]):
        *steps, last = path.strip("/").split("/")
        place = values
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[last] = text
    return values[hub]
