"""gRPC against the messages that Google's own clients are made from."""

import base64
import dataclasses
import importlib
import re

from google.iam.v1 import iam_policy_pb2
from google.protobuf import descriptor, message, unknown_fields

from finding import nearest

# Then Google would have said the same of the request.
_WRONG = ("INVALID_ARGUMENT", "UNIMPLEMENTED")

# A field that `src/sandbox/tests/doors.rs` sends on purpose, to see that unknown ones are passed over.
_ON_PURPOSE = "#127"
_MASK = "google.protobuf.FieldMask"


@dataclasses.dataclass
class Method:
    """A method: its full name and the classes of its messages."""

    id: str
    request: type
    response: type


class _Ear:
    """Stands in for a channel, and learns from a transport what its methods send and receive."""

    def __init__(self):
        self.methods = {}

    def unary_unary(self, path, request_serializer, response_deserializer, **_):
        """What a transport calls for each method."""
        name = path.rpartition("/")[2]
        request = getattr(request_serializer, "__self__", None)
        # The policies of IAM have plain messages, whose serializers do not tell their class.
        request = request if isinstance(request, type) else getattr(iam_policy_pb2, f"{name}Request")
        response = type(response_deserializer(b""))
        self.methods[path] = Method(path.strip("/"), _plain(request), _plain(response))

    unary_stream = stream_unary = stream_stream = unary_unary


def _plain(kind):
    """The class of protobuf behind one of proto-plus."""
    return kind.pb() if not issubclass(kind, message.Message) else kind


def methods(transport):
    """Returns the methods of a service by path, as `module:Class` of its transport knows them."""
    module, _, name = transport.partition(":")
    kind = getattr(importlib.import_module(module), name)
    ear, instance = _Ear(), object.__new__(kind)
    instance._stubs, instance._logged_channel, instance._grpc_channel = {}, ear, ear
    for member, value in vars(kind).items():
        if isinstance(value, property) and not member.startswith("_") and "operations" not in member:
            getattr(instance, member)
    return ear.methods


def check(call, method, findings):
    """Notes what is wrong with a call."""
    request = None
    if call.get("grpc") not in _WRONG:
        request = _decoded(call["request"], method, method.request, "request", findings)
        if request is not None:
            for field, problem in _masks(request, method):
                findings.add(method.id, "request", field, problem)
    if call.get("grpc") == "OK":
        _decoded(call["answer"], method, method.response, "answer", findings)


def _decoded(content, method, kind, side, findings):
    frame = base64.b64decode(content.get("base64", ""))
    if len(frame) < 5 or len(frame) != 5 + int.from_bytes(frame[1:5], "big"):
        findings.add(method.id, side, ".", "is not one frame of gRPC")
        return None
    decoded = kind()
    try:
        decoded.ParseFromString(frame[5:])
    except message.DecodeError as error:
        findings.add(method.id, side, ".", f"is no {kind.DESCRIPTOR.full_name}: {error}")
        return None
    for field, problem in _problems(decoded, ""):
        if side == "answer" or field != _ON_PURPOSE:
            findings.add(method.id, side, field, problem)
    return decoded


def _problems(value, path):
    """Yields what the published message does not have, at any depth."""
    known = ", ".join(f"{field.number}" for field in value.DESCRIPTOR.fields)
    for unknown in unknown_fields.UnknownFieldSet(value):
        name = value.DESCRIPTOR.full_name
        there = value.DESCRIPTOR.fields_by_number.get(unknown.field_number)
        wrong = f"has another type in {name} ({there.name})" if there else f"is not in {name} ({known})"
        yield f"{path}#{unknown.field_number}", wrong
    for field, content in value.ListFields():
        here = f"{path}{field.name}"
        yield from _field(field, content, here)


def _field(field, content, here):
    kind = field.message_type
    if kind is not None and kind.GetOptions().map_entry:
        if kind.fields_by_name["value"].message_type is not None:
            for item in content.values():
                yield from _problems(item, f"{here}.*.")
    elif kind is not None:
        for item in content if field.is_repeated else [content]:
            yield from _problems(item, f"{here}.")
    elif field.enum_type is not None:
        known = field.enum_type.values_by_number
        for item in content if field.is_repeated else [content]:
            if item not in known:
                yield here, f"has no value {item} in {field.enum_type.full_name}"


def _masks(request, method):
    for field, mask in request.ListFields():
        if field.message_type is not None and field.message_type.full_name == _MASK:
            about = _about(field.name, request.DESCRIPTOR, method)
            for path in mask.paths:
                yield from _path(f"{field.name}={path}", path, about)


def _about(mask, request, method):
    """What a mask speaks of: the thing that is updated, or the answer (or the items of a list)."""
    if mask == "read_mask":
        answer = method.response.DESCRIPTOR
        items = [f for f in answer.fields if f.is_repeated and f.message_type is not None]
        return items[0].message_type if items else answer
    name = method.id.rpartition("/")[2]
    name = re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower().partition("_")[2]
    return request.fields_by_name[name].message_type


def _path(field, path, about):
    if path == "*":
        return
    here: descriptor.Descriptor | None = about
    for step in path.split("."):
        if here is None:
            yield field, f"`{step}` is below something that has no parts"
            return
        if here.GetOptions().map_entry:
            here = here.fields_by_name["value"].message_type
            continue
        there = here.fields_by_name.get(step)
        if there is None:
            yield field, f"{here.full_name} has no `{step}`{nearest(step, here.fields_by_name)}"
            return
        here = there.message_type
