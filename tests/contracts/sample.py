"""Picks one of each kind from what was recorded, for the tests that change requests by chance.

    LEAP_INFRA_RECORD=$PWD/target/seen cargo run -- sandbox serve    # and let clients loose on it
    python3 tests/contracts/sample.py target/seen >tests/fixtures/requests.jsonl

Two requests are of one kind if method, path, parameters and fields are called alike. Those that were
refused, and long ones, are left out; so are the bytes of objects, which no record has: the last lines
of the file (uploads in one go and in parts) are put there by hand.
"""

import base64
import json
import pathlib
import re
import sys

LONGEST = 2000


def kind(call):
    """Returns what requests of one kind have in common."""
    parameters = sorted(part.partition("=")[0] for part in call["query"].split("&"))
    body = call["request"]
    if body.get("base64"):
        # The numbers of the fields come first in each; the length tells the rest well enough.
        return call["path"], len(base64.b64decode(body["base64"])) // 40
    path = re.sub(r"/(b|o|secrets|versions|projects|resumable)/[^/:]+", r"/\1/_", call["path"])
    return call["method"], path, *parameters, *sorted(set(re.findall(r'"(\w+)":', body.get("text", ""))))


def main():
    """Prints the sample."""
    seen = set()
    for file in sorted(pathlib.Path(sys.argv[1]).glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            call = json.loads(line)
            fine = call["status"] < 400 and call.get("grpc", "OK") == "OK"
            if not fine or len(line) > LONGEST or kind(call) in seen or call["api"] == "unknown":
                continue
            seen.add(kind(call))
            said = {name: call[name] for name in ("method", "path", "query")}
            print(json.dumps({**said, **call["request"]}, ensure_ascii=False))


if __name__ == "__main__":
    main()
