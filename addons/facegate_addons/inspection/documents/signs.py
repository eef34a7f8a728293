"""Kinds that no single magic tells: a few fields of the head have to agree."""

import struct


def kind(data: bytes) -> str:
    """The name of the kind, or ""."""
    return "eot" if _eot(data) else ""


def _eot(data: bytes) -> bool:
    """Embedded OpenType: its length first, a version and a magic number far behind it."""
    if len(data) < 82 or data[34:36] != b"LP":
        return False
    total, size, version = struct.unpack_from("<3I", data)
    return version in (0x10000, 0x20001, 0x20002) and (size < total or total == len(data))
