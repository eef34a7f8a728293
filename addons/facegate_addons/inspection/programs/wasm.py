"""WebAssembly: sections that follow each other to the end. Custom ones are anybody's."""

from collections.abc import Iterator

from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.budget import Unread
from facegate_addons.inspection.parts import Piece, Source
from facegate_addons.inspection.programs.bulk import PORTABLE, bulk, named

_LAST = 13  # the number of the tag section; engines refuse what they do not know
_CODE = 10
_CUSTOM = ("name", "producers", "target_features", "linking", "dylink", "dylink.0", "external_debug_info", "build_id")
_CUSTOM_BEGIN = ("reloc.", ".debug_", "go:", "core", "metadata.code.", "component-type")


def wasm(source: Source) -> Iterator[Piece]:
    data = source.data
    if data[4:8] != b"\1\0\0\0":  # a component, or a version to come
        raise Unread(Reason.UNSUPPORTED_TYPE, "wasm")
    at = 8
    while at < len(data):
        source.budget.tick()
        number = data[at]
        size, at = _leb(data, at + 1)
        end = at + size
        if number > _LAST or end > len(data):
            raise Unread(Reason.UNDECODABLE, "wasm")
        if number == 0:
            length, start = _leb(data, at)
            if start + length > end:
                raise Unread(Reason.UNDECODABLE, "wasm")
            name = data[start : start + length].decode("utf-8")
            known = name in _CUSTOM or name.startswith(_CUSTOM_BEGIN)
            yield from named(data[start + length : end], "custom section", PORTABLE, known=known)
            yield from named(data[start : start + length], "custom section", PORTABLE, known=False)
        else:
            if number == _CODE:
                _functions(data, at, end)
            yield from bulk(data[at:end], f"section {number}", PORTABLE)
        at = end


def _functions(data: bytes, at: int, end: int) -> None:
    """Bodies follow each other to the section's end."""
    count, at = _leb(data, at)
    for _ in range(count):
        size, at = _leb(data, at)
        at += size
        if at > end or (size and data[at - 1] != 0x0B):
            break
    else:
        if at == end:
            return
    raise Unread(Reason.UNDECODABLE, "wasm")


def _leb(data: bytes, at: int) -> tuple[int, int]:
    """An unsigned number of up to 32 bits, and where it ends."""
    value = 0
    for shift in range(0, 35, 7):
        byte, at = data[at], at + 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise Unread(Reason.UNDECODABLE, "wasm")
