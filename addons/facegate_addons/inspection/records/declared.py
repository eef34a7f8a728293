"""Kinds without a magic: what a head or a container declares, where the bytes bear it out."""

from facegate_addons.inspection.records import multipart


def declared(data: bytes, content_type: str) -> str:
    """The kind of `data`, or "" when its bytes are not what is declared."""
    essence = content_type.partition(";")[0].strip().lower()
    if essence.startswith("multipart/"):
        return "multipart" if multipart.declares(data, content_type) else ""
    if essence in ("message/rfc822", "message/global"):
        head, _ = multipart.split_head(data)
        return "mail" if multipart.fields(head) else ""
    return ""
