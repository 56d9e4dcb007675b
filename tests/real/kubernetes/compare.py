"""The same questions to a real Kubernetes and to the sandbox; every difference is a bug of the sandbox.

    compare.py [--only WORD] [--show]

Reads the real server from KUBECONFIG and the sandbox from SANDBOX_URL. What differs and may is in
known.txt, and a line there that does not hold is named. `--show` prints the real answers.
"""

import argparse
import importlib
import inspect
import json
import os
import pathlib
import sys
import time
import traceback

import yaml

from answers import compare
from asking import Conversation, connect

QUESTIONS = ["discovery", "objects", "lists", "applying", "conflicts", "refusals", "living", "watching", "hubs"]
KNOWN = pathlib.Path(__file__).with_name("known.txt")


def real():
    """The server that the kubeconfig names."""
    config = yaml.safe_load(pathlib.Path(os.environ["KUBECONFIG"]).read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    return connect(cluster["server"], user["token"], cluster["certificate-authority"])


def sandbox():
    """A cluster of the sandbox that needs nothing around it."""
    return connect(f"{os.environ['SANDBOX_URL']}/kubernetes/context/sandbox-rig", "sandbox")


def stories(word):
    """Every function of the files of questions that is a sentence and takes a conversation, in order."""
    for name in QUESTIONS:
        module = importlib.import_module(name)
        for title, story in list(vars(module).items()):
            if inspect.isfunction(story) and story.__module__ == name and list(inspect.signature(story).parameters) == ["on"]:
                if "_" in title and word in f"{name} {title}":
                    yield title.replace("_", " "), story


def tell(story, title, api):
    """Tells a story to a server; one that breaks off says where."""
    on = Conversation(api, title)
    try:
        story(on)
    except Exception as error:  # whatever it is, the other stories are told
        where = traceback.extract_tb(error.__traceback__)[-1]
        on.answers.append((f"broke off: {type(error).__name__} {str(error)[:600]} ({where.name}:{where.lineno})", {}))
    return on.answers


def known():
    """Lines of `story / question / path: why`, without comments."""
    lines = [line.split("#")[0].strip() for line in KNOWN.read_text().splitlines()]
    return [tuple(part.strip() for part in line.split(":")[0].split("/")) for line in lines if line]


def excused(title, label, path, excuses, used):
    """Whether a difference is known: its story and question are named, and its path begins so."""
    for excuse in excuses:
        story, question, begins = (*excuse, "", "")[:3]
        if story == title and question in ("", "*", label) and path.startswith(begins):
            used.add(excuse)
            return True
    return False


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--only", default="")
    options.add_argument("--show", action="store_true")
    options = options.parse_args()
    theirs, ours, excuses, used, wrong, told = real(), sandbox(), known(), set(), 0, 0
    for title, story in stories(options.only):
        began = time.monotonic()
        expected, seen = tell(story, title, theirs), tell(story, title, ours)
        if options.show:
            print(json.dumps(expected, indent=1))
        if expected and expected[-1][0].startswith("broke off"):
            sys.exit(f"the real server breaks the story `{title}`: {expected[-1][0]}")
        found = [it for it in compare(expected, seen) if not excused(title, it[0], it[1], excuses, used)]
        told, wrong = told + 1, wrong + bool(found)
        print(f"  {title}{' DIFFERS' if found else ''} ({time.monotonic() - began:.1f} s)", flush=True)
        for label, path, said in found:
            print(f"    {label} / {path}: {said}")
    stale = [] if options.only else [it for it in excuses if it not in used]
    for excuse in stale:
        print(f"  known.txt says what was not so this time: {' / '.join(excuse)}")
    print(f"{told - wrong} passed, {wrong} failed")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
