"""Asks a sandbox for every method that its contracts have, to learn which it serves.

    LEAP_INFRA_RECORD=$PWD/target/served leap-infra sandbox serve --port 8080
    python tests/contracts/probe.py http://127.0.0.1:8080

Nothing is asked in earnest: the names are made up and the bodies empty. The answers are in the
record, which tests/contracts/check.py reads.
"""

import http.client
import re
import sys
import urllib.parse

import grpc

import apis
import openapi
import rest
import rpc


def main(url):
    """Asks for everything, in order."""
    host = urllib.parse.urlsplit(url).netloc
    for api in [rest.Api(*line) for line in apis.APIS] + openapi.published(apis.GITHUB):
        for method in api.methods:
            connection = http.client.HTTPConnection(host, timeout=10)
            body = "{}" if "request" in method.document else None
            headers = {"Content-Type": "application/json"} if body else {}
            connection.request(method.verb, _path(method), body, headers)
            connection.getresponse().read()
            connection.close()
    with grpc.insecure_channel(host) as channel:
        for _, transport in apis.SERVICES:
            for path in rpc.methods(transport):
                try:
                    channel.unary_unary(path)(b"", timeout=10)
                except grpc.RpcError:
                    pass  # the record has it


def _path(method):
    """A path that fits a method."""

    def part(match):
        name = match[0].strip("{}")
        pattern = method.document["parameters"].get(name.lstrip("+"), {}).get("pattern", "")
        if not name.startswith("+"):
            return "probe"
        return re.sub(r"\[\^/\]\+|\.\*|\.\+", "probe", pattern.strip("^$")) or "probe"

    return re.sub(r"\{[^}]*\}", part, method.template)


if __name__ == "__main__":
    main(sys.argv[1])
