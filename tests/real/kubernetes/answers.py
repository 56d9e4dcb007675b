"""Answers without what must differ from server to server: identities, versions, times, addresses."""

import difflib
import json
import re

UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
SECONDS = re.compile(r"\b\d+(\.\d+)?(ms|s)\b")


class Normal:
    """Names for what differs, given in the order of the story, so that what is the same stays so."""

    def __init__(self):
        self.uids = {}

    def of(self, answer, only=None, without=()):
        """The answer as it is compared: the paths that count, in words that do not differ."""
        answer = self.value(answer, "")
        body = answer.get("body")
        if only is not None:
            answer = {**answer, "body": {path: pick(body, path) for path in only}}
        for path in without:
            drop(answer.get("body"), path.split("."))
        return answer

    def value(self, value, key):
        if isinstance(value, dict):
            return {name: self.value(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            values = [self.value(inner, key) for inner in value]
            return sorted(values, key=json.dumps) if key == "managedFields" else values
        return self.text(value, key) if isinstance(value, str) else value

    def text(self, text, key):
        if key == "resourceVersion":
            return "VERSION"
        if key == "continue":
            return "CONTINUE" if text else ""
        text = UID.sub(lambda found: self.uids.setdefault(found[0], f"UID-{len(self.uids) + 1}"), text)
        return TIME.sub("TIME", text)


def pick(body, path):
    """What lies at a dotted path; None where there is nothing."""
    for step in path.split("."):
        if isinstance(body, list) and step.isdigit() and int(step) < len(body):
            body = body[int(step)]
        elif isinstance(body, list) and step == "*":
            return body
        elif isinstance(body, dict):
            body = body.get(step)
        else:
            return None
    return body


def drop(body, steps):
    """Takes away what lies at a path, where `*` is every item of a list or of a map."""
    first, rest = steps[0], steps[1:]
    if first == "*":
        for inner in body.values() if isinstance(body, dict) else body if isinstance(body, list) else []:
            drop(inner, rest)
    elif isinstance(body, dict):
        if not rest:
            body.pop(first, None)
        else:
            drop(body.get(first), rest)


def differences(theirs, ours, path=""):
    """Pairs of a path and a sentence, one for each place where two values are not alike."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        found = []
        for key in sorted(set(theirs) | set(ours)):
            here = f"{path}.{key}".lstrip(".")
            if key not in ours:
                found.append((here, f"missing: {short(theirs[key])}"))
            elif key not in theirs:
                found.append((here, f"too much: {short(ours[key])}"))
            else:
                found += differences(theirs[key], ours[key], here)
        return found
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        pairs = enumerate(zip(theirs, ours))
        return [it for at, (one, other) in pairs for it in differences(one, other, f"{path}.{at}")]
    return [] if theirs == ours else [(path, f"is {short(ours)}, should be {short(theirs)}")]


def short(value):
    text = json.dumps(value, sort_keys=True)
    return text if len(text) < 400 else text[:397] + "..."


def compare(theirs, ours):
    """Differences of two tellings of a story, each with the label of its question."""
    found = []
    labels = [label for label, _ in theirs]
    if labels != [label for label, _ in ours]:
        said = "\n".join(difflib.unified_diff(labels, [label for label, _ in ours], lineterm="", n=0))
        return [("the story", "", f"went on otherwise: {said}")]
    for (label, real), (_, sandbox) in zip(theirs, ours):
        found += [(label, path, said) for path, said in differences(real, sandbox)]
    return found
