"""Kinds without a magic: what a head or a container declares, where the bytes bear it out."""

import re

from facegate_addons.inspection.records import multipart
from facegate_addons.inspection.text.charset import as_text

_TYPES = (
    ("messagepack", re.compile(r"application/(?:x-|vnd\.)?(?:msgpack|messagepack)")),
    ("cbor", re.compile(r"application/(?:cbor|cbor-seq|[\w.-]+\+cbor(?:-seq)?)")),
    ("grpc", re.compile(r"application/(?:grpc|grpc-web|connect)(?:\+proto)?")),
    ("protobuf", re.compile(r"application/(?:x-protobuf|protobuf|x-google-protobuf|vnd\.google\.protobuf|proto)")),
    ("arrow", re.compile(r"application/vnd\.apache\.arrow\.(?:stream|file)")),
)


def declared(data: bytes, content_type: str) -> str:
    """The kind of `data`, or "" when its bytes are not what is declared."""
    essence = content_type.partition(";")[0].strip().lower()
    if essence.startswith("multipart/"):
        return "multipart" if multipart.declares(data, content_type) else ""
    if essence in ("message/rfc822", "message/global"):
        head, _ = multipart.split_head(data)
        return "mail" if multipart.fields(head) else ""
    kind = next((kind for kind, pattern in _TYPES if pattern.fullmatch(essence)), "")
    # what is text is looked at as text, whatever it is called
    return kind if kind and as_text(data, "") is None else ""
