"""JSON over HTTP against the discovery documents that `google-api-python-client` ships."""

import dataclasses
import email
import json
import pathlib
import re
import urllib.parse

import googleapiclient.discovery_cache

import schema
from finding import nearest

_DOCUMENTS = pathlib.Path(googleapiclient.discovery_cache.__file__).parent / "documents"

# What clients send although the documents do not have it: the session of a resumable upload
# (https://cloud.google.com/storage/docs/performing-resumable-uploads).
_SESSION = "upload_id"

# Refused as being wrong, or not served at all: then Google would say the same of the request.
_WRONG = (400, 405, 501)


@dataclasses.dataclass
class Method:
    """A method of an API, at one of its paths."""

    id: str
    verb: str
    template: str
    pattern: re.Pattern
    upload: bool
    document: dict

    def literal(self):
        """How much of the path is not a parameter: of two that fit, the longer one is meant."""
        return len(re.sub(r"\{[^}]*\}", "", self.template))


class Api:
    """One API: its methods and schemas."""

    def __init__(self, name, version, prefix):
        document = json.loads((_DOCUMENTS / f"{name}.{version}.json").read_text())
        self.name = f"{name} {version}"
        self.schemas = schema.Schemas(document["schemas"])
        self.parameters = document["parameters"]
        self._prefix, self._service = prefix, document["servicePath"]
        self.batch = f"{prefix}/{document['batchPath']}"
        self.methods = list(self._methods(document))
        self._roots = {method.template.split("{")[0] for method in self.methods}

    def _methods(self, tree):
        for method in tree.get("methods", {}).values():
            plain = f"/{self._service}{method['path']}"
            yield self._method(method, plain, False)
            if method.get("supportsMediaDownload"):
                yield self._method(method, f"/download{plain}", False)
            for protocol in method.get("mediaUpload", {}).get("protocols", {}).values():
                yield self._method(method, protocol["path"], True)
        for inner in tree.get("resources", {}).values():
            yield from self._methods(inner)

    def _method(self, method, path, upload):
        template = self._prefix + path
        pattern = _pattern(template, method.get("parameters", {}))
        return Method(method["id"], method["httpMethod"], template, pattern, upload, method)

    def check(self, call, method, findings):
        """Notes what is wrong with a call."""
        check(call, self, method, findings)

    def owns(self, path):
        """Says whether a path looks like one of this API's."""
        return any(path.startswith(root) for root in self._roots)

    def find(self, verb, path):
        """Returns the method that a call is for."""
        fitting = [m for m in self.methods if m.verb == verb and m.pattern.fullmatch(path)]
        if not fitting and verb in ("PUT", "DELETE", "POST"):
            # The parts of a resumable upload, and its end, go to the path of its beginning.
            fitting = [m for m in self.methods if m.upload and m.pattern.fullmatch(path)]
        return max(fitting, key=Method.literal, default=None)


def _pattern(template, parameters):
    """The regular expression for a path with parameters: `v1/{+name}:cancel`."""

    def part(text):
        if not text.startswith("{"):
            return re.escape(text)
        name = text.strip("{}")
        if not name.startswith("+"):
            return "[^/]+"
        return "(?:" + parameters.get(name[1:], {}).get("pattern", ".+").strip("^$") + ")"

    return re.compile("".join(map(part, re.split(r"(\{[^}]*\})", template))))


def calls(line, apis):
    """Yields the calls of a recorded line: itself, or those inside a batch."""
    if any(line["path"] == api.batch for api in apis):
        yield from _batched(line)
    else:
        yield line


def _batched(line):
    """https://cloud.google.com/storage/docs/batch"""
    asked = _parts(line["request"])
    answered = {part["content-id"]: part for part in _parts(line["answer"])}
    for number, part in enumerate(asked):
        ident = (part["content-id"] or "").replace("<", "<response-", 1)
        answer = answered.get(ident) or (list(answered.values()) + [None] * len(asked))[number]
        verb, target = part.get_payload().split(" ")[:2]
        path, _, query = target.partition("?")
        status, answer = _inner(answer.get_payload()) if answer else (0, {})
        _, request = _inner(part.get_payload())
        yield {
            "api": line["api"], "method": verb, "path": path, "query": query,
            "request": request, "status": status, "answer": answer,
        }  # fmt: skip


def _parts(content):
    head = f"Content-Type: {content['type']}\n\n"
    message = email.message_from_string(head + content.get("text", ""))
    return message.get_payload() if message.is_multipart() else []


def _inner(text):
    """Takes a request or an answer inside a batch apart: its status, its body."""
    first, _, rest = text.lstrip().partition("\n")
    message = email.message_from_string(rest)
    words = first.split(" ")
    status = int(words[1]) if words[0].startswith("HTTP/") else 0
    return status, {"type": message.get("content-type", ""), "text": message.get_payload().strip()}


def check(call, api, method, findings):
    """Notes what is wrong with a call."""
    where = f"{call['method']} {call['path']}" + (f"?{call['query']}" if call["query"] else "")

    def note(side, problems):
        for field, problem in problems:
            findings.add(method.id, side, field, problem, where)

    if call["status"] not in _WRONG:
        note("request", _query(call, api, method))
        note("request", _body(call["request"], api, method.document.get("request"), "request", method))
    if call["status"] >= 400:
        note("answer", _refusal(call["answer"], api))
    elif call["status"] != 308 and call["status"] != 0:
        note("answer", _body(call["answer"], api, method.document.get("response"), "answer", method))


def _query(call, api, method):
    known = {**api.parameters, **method.document.get("parameters", {})}
    known = {name: said for name, said in known.items() if said["location"] == "query"}
    pairs = urllib.parse.parse_qsl(call["query"], keep_blank_values=True)
    names = [name for name, _ in pairs]
    for name, value in pairs:
        said = known.get(name) or known.get(name.removeprefix("$"))
        if said is None:
            if not (method.upload and name == _SESSION):
                yield f"?{name}", f"is not a parameter of this method{nearest(name, known)}"
            continue
        if names.count(name) > 1 and not said.get("repeated"):
            yield f"?{name}", "is given more than once"
        yield from _parameter(name, value, said, api, method)


def _parameter(name, value, said, api, method):
    # `json;enum-encoding=int`: https://cloud.google.com/apis/docs/system-parameters
    if name in ("alt", "$alt"):
        value = value.partition(";")[0]
    kind, form = said["type"], said.get("format", "")
    if "enum" in said and value not in said["enum"] and not value.isdigit():
        yield f"?{name}", f"has no value `{value}`{nearest(value, said['enum'])}"
    elif kind == "boolean" and value.lower() not in ("true", "false"):
        yield f"?{name}", "must be true or false"
    elif (kind == "integer" or form == "int64") and not re.fullmatch(r"-?\d+", value):
        yield f"?{name}", "must be a whole number"
    elif form == "google-fieldmask" and method.verb in ("PATCH", "PUT", "POST"):
        for path, problem in api.schemas.mask(value, method.document.get("request", {})):
            yield f"?{name}={path}", problem


def _body(content, api, reference, side, method):
    text = content.get("text")
    if not text:  # nothing, or the bytes of an object
        return
    if content["type"].startswith("multipart/"):
        text = _description(text)
    elif not content["type"].startswith("application/json"):
        if side == "answer":
            yield ".", f"is of type `{content['type']}`, not JSON"
        return
    try:
        value = json.loads(text)
    except ValueError:
        yield ".", "is not JSON"
        return
    if reference is None:
        if value != {}:
            yield ".", "must be empty"
        return
    yield from api.schemas.check(value, reference, side)


def _description(text):
    """The first part of an upload; the others, with the bytes, were not recorded."""
    _, _, part = text.partition("\n")
    return re.split(r"\r?\n\r?\n", part, maxsplit=1)[-1].strip()


def _refusal(content, api):
    if content.get("text") and content["type"].startswith("application/json"):
        try:
            value = json.loads(content["text"])
        except ValueError:
            yield ".", "is not JSON"
            return
        yield from api.schemas.check(value, schema.ERROR, "answer")
        if "error" not in value:
            yield ".", "has no `error`"
