"""JSON against the schemas of a discovery document.

What they say: https://developers.google.com/discovery/v1/type-format
"""

import base64
import binascii
import re

from finding import nearest

_DATE = re.compile(r"^\d{4}-\d\d-\d\d$")
_TIME = re.compile(r"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$")
_DURATION = re.compile(r"^-?\d+(\.\d{1,9})?s$")
_FORMS = {
    "date": _DATE,
    "date-time": _TIME,
    "google-datetime": _TIME,
    "google-duration": _DURATION,
}

# The shape of a refusal: https://cloud.google.com/storage/docs/json_api/v1/status-codes,
# https://cloud.google.com/apis/design/errors#http_mapping
_ANY = {"type": "any"}
_REASON = {"type": "object", "properties": {}}
for _name in ("domain", "reason", "message", "locationType", "location", "extendedHelp", "debugInfo"):
    _REASON["properties"][_name] = {"type": "string"}
ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string"},
                "status": {"type": "string"},
                "errors": {"type": "array", "items": _REASON},
                "details": {"type": "array", "items": _ANY},
            },
        }
    },
}


class Schemas:
    """The schemas of one API."""

    def __init__(self, schemas):
        self._schemas = schemas

    def check(self, value, schema, side):
        """Yields (field, problem) for all in `value` that the schema does not allow."""
        yield from self._value(value, schema, "", side)

    def _value(self, value, schema, field, side):
        schema = self._resolved(schema)
        kind = schema.get("type", "object")
        if kind == "any":
            return
        if value is None:
            # In a request, null takes a field away; Google never answers with it.
            if side == "answer":
                yield field or ".", "is null"
        elif kind == "object":
            yield from self._object(value, schema, field, side)
        elif kind == "array":
            yield from self._array(value, schema, field, side)
        else:
            problem = _scalar(value, kind, schema, side)
            if problem:
                yield field or ".", problem

    def _resolved(self, schema):
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"]]
        return schema

    def _object(self, value, schema, field, side):
        if not isinstance(value, dict):
            yield field or ".", f"must be an object, not {_kind(value)}"
            return
        known, rest = schema.get("properties", {}), schema.get("additionalProperties")
        for name, inner in value.items():
            path = f"{field}.{name}" if field else name
            if name in known:
                yield from self._value(inner, known[name], path, side)
            elif rest is not None:
                yield from self._value(inner, rest, f"{field}.*", side)
            else:
                yield path, f"is not known to Google{nearest(name, known)}"

    def _array(self, value, schema, field, side):
        if not isinstance(value, list):
            yield field or ".", f"must be a list, not {_kind(value)}"
            return
        for index, item in enumerate(value):
            yield from self._value(item, schema.get("items", _ANY), f"{field}[{index}]", side)

    def mask(self, mask, schema):
        """Yields (path, problem) for the paths of a field mask that the schema does not have."""
        for path in filter(None, mask.split(",")):
            if path != "*":
                yield from self._path(path, schema)

    def _path(self, path, schema):
        here = self._resolved(schema)
        for step in path.split("."):
            if "additionalProperties" in here or here.get("type") == "any":
                return  # a key of a map
            known = here.get("properties", {})
            camel = re.sub(r"_(.)", lambda match: match[1].upper(), step)
            if camel not in known:
                yield path, f"`{step}` is not known to Google{nearest(camel, known)}"
                return
            here = self._resolved(known[camel])


def _scalar(value, kind, schema, side):
    """Says what is wrong with a value that has no parts."""
    if "enum" in schema:
        # Google's Rust client asks for numbers: `$alt=json;enum-encoding=int`.
        if isinstance(value, int) and not isinstance(value, bool):
            return None
        if value not in schema["enum"]:
            return f"has no value `{value}`{nearest(str(value), schema['enum'])}"
        return None
    right = {"string": str, "boolean": bool, "integer": int, "number": (int, float)}[kind]
    form = schema.get("format", "")
    whole = form in ("int64", "uint64") and kind == "string"
    if whole and side == "request" and isinstance(value, int):
        return None
    if not isinstance(value, right) or (kind != "boolean" and isinstance(value, bool)):
        return f"must be a {kind}, not {_kind(value)}"
    return _form(value, form, whole)


def _form(value, form, whole):
    if whole and not re.fullmatch(r"-?\d+", value):
        return f"must be a whole number as text ({form})"
    if form == "byte":
        try:
            base64.b64decode(value.translate(str.maketrans("-_", "+/")), validate=True)
        except (binascii.Error, ValueError):
            return "must be base64"
    if form in _FORMS and not _FORMS[form].match(value):
        return f"must be a {form}"
    return None


def _kind(value):
    names = {dict: "an object", list: "a list", str: "text", bool: "a boolean", int: "a number"}
    return names.get(type(value), "a number")
