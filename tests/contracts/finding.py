"""What is wrong with a call, and the nearest name that Google does know."""

import collections
import difflib
import re


class Findings:
    """Everything that was found, each once, with how often and an example."""

    def __init__(self):
        self._counts = collections.Counter()
        self._examples = {}

    def add(self, method, side, field, problem, example=""):
        """Notes a problem of one side ("request" or "answer") of a call."""
        key = (method, side, re.sub(r"\[\d+\]", "[]", field), problem)
        self._counts[key] += 1
        self._examples.setdefault(key, example)

    def lines(self):
        """Returns a line for each finding."""
        for key in sorted(self._counts):
            method, side, field, problem = key
            count = self._counts[key]
            times = "once" if count == 1 else f"{count} times"
            example = f"\n    {self._examples[key]}" if self._examples[key] else ""
            yield f"{method}: {side} {field}: {problem} ({times}){example}"

    def __len__(self):
        return len(self._counts)


def nearest(word, known):
    """Returns what may have been meant, as the end of a sentence."""
    matches = difflib.get_close_matches(word, [str(name) for name in known], n=1, cutoff=0.5)
    return f"; the nearest is `{matches[0]}`" if matches else ""
