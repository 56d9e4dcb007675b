"""Holds what passed through the sandbox against what Google and GitHub publish.

    LEAP_INFRA_RECORD=$PWD/target/record cargo test
    python tests/contracts/check.py target/record

Reads every recorded call, and says what they do not know: methods, parameters, fields, values,
paths of field masks. Ends with 1 if there is any. `--served FOLDER` is a record of tests/contracts/
probe.py, which tells what the sandbox serves at all; then the methods that no test uses are named.
"""

import argparse
import collections
import functools
import json
import pathlib
import sys

import apis
import openapi
import rest
import rpc
from finding import Findings, nearest


@functools.cache
def published():
    """What is published: the APIs, and the methods of each service of gRPC by path."""
    services = {name: rpc.methods(transport) for name, transport in apis.SERVICES}
    google = [rest.Api(*line) for line in apis.APIS]
    return google + openapi.published(apis.GITHUB), services


class Contracts:
    """Everything that calls are held against."""

    def __init__(self):
        self.apis, self.services = published()
        self.findings = Findings()
        self.used = collections.defaultdict(collections.Counter)
        self.outside = collections.Counter()

    def read(self, folder):
        """Checks all the records of a folder."""
        for file in sorted(pathlib.Path(folder).glob("*.jsonl")):
            with file.open(encoding="utf-8") as lines:
                for line in lines:
                    # A program that was killed may have been writing its last line.
                    if line.endswith("\n"):
                        self.call(json.loads(line))

    def call(self, line):
        """Checks one recorded call."""
        if line["request"]["type"].startswith("application/grpc"):
            self._rpc(line)
        else:
            for call in rest.calls(line, self.apis):
                self._rest(call)

    def _rpc(self, call):
        service = call["path"].strip("/").partition("/")[0]
        known = self.services.get(service, {})
        method = known.get(call["path"])
        if method is not None:
            rpc.check(call, method, self.findings)
            if _served(call):
                self.used[service][method.id] += 1
        elif call.get("grpc") != "UNIMPLEMENTED":
            name = call["path"].strip("/")
            self.findings.add(name, "request", ".", f"no such method{nearest(name, known)}")

    def _rest(self, call):
        owners = [api for api in self.apis if api.owns(call["path"])]
        for api in owners:
            method = api.find(call["method"], call["path"])
            if method is not None:
                api.check(call, method, self.findings)
                if _served(call):
                    self.used[api.name][method.id] += 1
                return
        if owners and _served(call):
            known = [f"{m.verb} {m.template}" for api in owners for m in api.methods]
            asked = f"{call['method']} {call['path']}"
            self.findings.add(asked, "request", ".", f"no such method{nearest(asked, known)}")
        elif not owners:
            self.outside[call["api"]] += 1


def _served(call):
    """Says whether the sandbox has anything at the address of a call."""
    if call["api"] == "unknown":
        return False
    return call["status"] not in (405, 501) and call.get("grpc") != "UNIMPLEMENTED"


def coverage(used, served):
    """Yields a line for each API: how many of the methods that are served were used."""
    names = [f"{name} {version}" for name, version, _ in apis.APIS] + ["github"]
    for name in [service for service, _ in apis.SERVICES] + names:
        if not used[name] and not served[name]:
            yield f"{name}: no calls"
            continue
        line = f"{name}: {sum(used[name].values())} calls of {len(used[name])} methods"
        missing = sorted(set(served[name]) - set(used[name]))
        if served[name]:
            line += f", {len(set(served[name]) | set(used[name]))} are served"
        yield line + (f"; not used: {', '.join(missing)}" if missing else "")


def main():
    """Checks, prints, and returns how it ended."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--served", metavar="FOLDER")
    arguments = parser.parse_args()
    contracts, served = Contracts(), collections.defaultdict(dict)
    contracts.read(arguments.folder)
    if arguments.served:
        probed = Contracts()
        probed.read(arguments.served)
        served = probed.used
    for line in coverage(contracts.used, served):
        print(line)
    for name, count in sorted(contracts.outside.items()):
        print(f"{count} calls of `{name}` are under no contract")
    for line in contracts.findings.lines():
        print(line)
    if not contracts.used:
        print(f"no call was recorded in {arguments.folder}")
        return 1
    print(f"{len(contracts.findings)} findings")
    return 1 if len(contracts.findings) else 0


if __name__ == "__main__":
    sys.exit(main())
