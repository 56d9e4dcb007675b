"""GitHub's REST and GraphQL APIs against what GitHub publishes of them.

Both come as packages of npm, since GitHub ships them with its clients: `@octokit/openapi`, the
description of the REST API (OpenAPI 3.0), and `@octokit/graphql-schema`. `.ci/run contracts` fetches
them; without them GitHub's calls are under no contract.
"""

import functools
import json
import os
import pathlib
import re
import urllib.parse

import graphql

import rest
from finding import nearest

# Where `.ci/run` unpacks the packages: a folder for each, by its name without the scope.
_PACKAGES = os.environ.get("LEAP_INFRA_NPM", "")

# What GitHub has no description of: its website with pages and forms, and teams by their numbers.
_ELSEWHERE = re.compile(r"/(login|settings)/|/organizations/[^/]+/(settings/oauth_application_policy|team/)")

# What GitHub serves and does not describe any more: oauthenticator asks for it.
_UNDESCRIBED = [("GET", "/orgs/{org}/teams/{team_slug}/members/{username}")]

# Every refusal has these (https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api).
_REFUSAL = ("message", "documentation_url")


def published(prefix):
    """Returns GitHub's API, below a path of the sandbox; nothing if it was not fetched."""
    folder = pathlib.Path(_PACKAGES) / "openapi"
    return [Api(folder, prefix)] if _PACKAGES and folder.is_dir() else []


class Api:
    """GitHub's REST API, and its GraphQL API beside it."""

    name = "github"
    batch = None

    def __init__(self, folder, prefix):
        document = json.loads((folder / "generated" / "api.github.com.json").read_text())
        self._prefix, self._schemas = prefix, Schemas(document)
        self.methods = [
            self._method(verb, path, operation)
            for path, verbs in document["paths"].items()
            for verb, operation in verbs.items()
        ]
        self.methods += [self._method(verb, path, _undescribed(path)) for verb, path in _UNDESCRIBED]
        graph = {"parameters": {}, "graphql": True, "request": True}
        self.methods.append(rest.Method("graphql", "POST", f"{prefix}/graphql", re.compile(f"{prefix}/graphql"), False, graph))

    def _method(self, verb, path, operation):
        template = self._prefix + path
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
        document = {"parameters": {}, "operation": operation}
        if "requestBody" in operation:
            document["request"] = True
        return rest.Method(operation["operationId"], verb.upper(), template, re.compile(pattern), False, document)

    def owns(self, path):
        """Says whether a path looks like one of this API's."""
        return path.startswith(f"{self._prefix}/") and not _ELSEWHERE.match(path[len(self._prefix) :])

    def find(self, verb, path):
        """Returns the method that a call is for."""
        fitting = [m for m in self.methods if m.verb == verb and m.pattern.fullmatch(path)]
        return max(fitting, key=rest.Method.literal, default=None)

    def check(self, call, method, findings):
        """Notes what is wrong with a call."""
        where = f"{call['method']} {call['path']}" + (f"?{call['query']}" if call["query"] else "")
        problems = self._graphql(call) if "graphql" in method.document else self._call(call, method)
        for side, field, problem in problems:
            findings.add(method.id, side, field, problem, where)

    def _call(self, call, method):
        operation = method.document["operation"]
        refused = call["status"] >= 400
        if not refused:
            for field, problem in self._query(call, operation):
                yield "request", field, problem
            schema = self._schemas.body(operation.get("requestBody", {}))
            yield from self._body(call["request"], schema, "request")
        if call["status"] in (0, 304):
            return
        if refused:
            answer = json.loads(call["answer"].get("text") or "{}")
            for name in _REFUSAL:
                if not isinstance(answer.get(name), str):
                    yield "answer", name, "is missing from a refusal"
            return
        answers = operation["responses"]
        if str(call["status"]) not in answers:
            yield "answer", ".", f"has status {call['status']}; GitHub has {', '.join(answers)}"
            return
        schema = self._schemas.body(self._schemas.resolved(answers[str(call["status"])]))
        yield from self._body(call["answer"], schema, "answer")

    def _query(self, call, operation):
        known = map(self._schemas.resolved, operation.get("parameters", []))
        known = {said["name"]: said["schema"] for said in known if said["in"] == "query"}
        for name, value in urllib.parse.parse_qsl(call["query"], keep_blank_values=True):
            said = known.get(name)
            if said is None:
                yield f"?{name}", f"is not a parameter of this method{nearest(name, known)}"
            elif "enum" in said and value not in said["enum"]:
                yield f"?{name}", f"has no value `{value}`{nearest(value, said['enum'])}"
            elif said.get("type") == "integer" and not value.isdigit():
                yield f"?{name}", "must be a whole number"
            elif name == "per_page" and int(value) > _most(said):
                yield f"?{name}", f"is more than {_most(said)}"

    def _body(self, content, schema, side):
        text = content.get("text")
        value = json.loads(text) if text else None
        if value is None:
            if schema is not None and side == "answer":
                yield side, ".", "is empty"
            return
        if schema is None:
            if value != {}:
                yield side, ".", "must be empty"
            return
        for field, problem in self._schemas.check(value, schema):
            yield side, field or ".", problem

    def _graphql(self, call):
        asked = json.loads(call["request"].get("text") or "{}")
        answer = json.loads(call["answer"].get("text") or "{}")
        if call["status"] != 200 or "errors" in answer or not isinstance(asked.get("query"), str):
            return
        schema = _schema()
        if schema is None:
            return
        question = graphql.parse(asked["query"])
        for error in graphql.validate(schema, question):
            yield "request", "query", error.message.replace("\n", " ")
        # What comes back is put in the place of the world, so that each value is held against its type.
        result = graphql.execute(schema, question, answer["data"], variable_values=asked.get("variables"))
        for error in result.errors or []:
            yield "answer", ".".join(map(str, error.path or ["data"])), error.message


def _undescribed(path):
    """Whether somebody is there, which is said by the status alone."""
    return {"operationId": f"undescribed {path}", "responses": {"204": {}}}


def _most(said):
    """How many entries a page has at most, which GitHub says in words."""
    told = re.search(r"max (\d+)", said.get("description", ""))
    return int(told[1]) if told else 100


@functools.cache
def _schema():
    file = pathlib.Path(_PACKAGES) / "graphql-schema" / "schema.graphql"
    if not file.is_file():
        return None
    return graphql.build_schema(file.read_text(), assume_valid=True, no_location=True)


class Schemas:
    """The schemas of a description in OpenAPI 3.0."""

    def __init__(self, document):
        self._document = document

    def resolved(self, schema):
        """Follows references."""
        while "$ref" in schema:
            here = self._document
            for step in schema["$ref"].lstrip("#/").split("/"):
                here = here[step]
            schema = here
        return schema

    def body(self, said):
        """The schema of a body in JSON; none if there is no body."""
        return said.get("content", {}).get("application/json", {}).get("schema")

    def check(self, value, schema, field=""):
        """Yields (field, problem) for all in `value` that the schema does not allow."""
        schema = self._merged(schema)
        choices = schema.get("oneOf") or schema.get("anyOf")
        if value is None and (schema.get("nullable") or schema.get("enum", [0])[-1] is None):
            return
        if choices and "properties" not in schema:
            found = [list(self.check(value, choice, field)) for choice in choices]
            yield from min(found, key=len)
        elif isinstance(value, dict) and schema.get("type", "object") == "object":
            yield from self._object(value, schema, field)
        elif isinstance(value, list) and schema.get("type", "array") == "array":
            for index, item in enumerate(value):
                yield from self.check(item, schema.get("items", {}), f"{field}[{index}]")
        else:
            problem = _scalar(value, schema)
            if problem:
                yield field, problem

    def _merged(self, schema):
        """A schema with all that it is made of."""
        schema = self.resolved(schema)
        parts = [self._merged(part) for part in schema.get("allOf", [])]
        if not parts:
            return schema
        merged = {**schema, "properties": dict(schema.get("properties", {})), "required": []}
        for part in parts:
            merged = {**part, **merged}
            merged["properties"] |= part.get("properties", {})
            merged["required"] = merged["required"] + part.get("required", [])
        return merged

    def _object(self, value, schema, field):
        known, rest_ = schema.get("properties", {}), schema.get("additionalProperties")
        for name in schema.get("required", []):
            if name not in value:
                yield f"{field}.{name}".lstrip("."), "is missing"
        for name, inner in value.items():
            path = f"{field}.{name}".lstrip(".")
            if name in known:
                yield from self.check(inner, known[name], path)
            elif isinstance(rest_, dict):
                yield from self.check(inner, rest_, path)
            elif known and not rest_:
                yield path, f"is not known to GitHub{nearest(name, known)}"


def _scalar(value, schema):
    """Says what is wrong with a value that has no parts."""
    kind = schema.get("type")
    right = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}.get(kind)
    if value is None or (right is None and kind is not None):
        return f"must be {kind or 'something'}, not {json.dumps(value)[:40]}"
    if right and (not isinstance(value, right) or (kind != "boolean" and isinstance(value, bool))):
        return f"must be {kind}, not {json.dumps(value)[:40]}"
    if "enum" in schema and value not in schema["enum"]:
        return f"has no value `{value}`{nearest(str(value), schema['enum'])}"
    if schema.get("format") == "date-time" and not re.match(r"^\d{4}-\d\d-\d\dT[\d:.]+Z$", value):
        return "must be a date-time"
    return None
