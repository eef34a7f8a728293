"""Where something to look at begins among bytes that may be nothing of the kind: more than a magic has to fit.

Lists of numbers and letters yield any three bytes sooner or later.
"""

from facegate_addons.inspection import inside

_TRIED = 4_096  # magics that are looked at in one text
# markers of a JPEG before its picture's data, each with a length
_SEGMENTS = frozenset((0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xFE, *range(0xE0, 0xF0)))


def begins(data: bytes) -> int:
    """Of a picture, or of what may hold one, or -1."""
    for tried, at in enumerate(inside.pictures(data), 1):
        if tried == _TRIED or not data.startswith(b"\xff\xd8\xff", at) or _is_jpeg(data, at):
            return at
    return inside.find_container(data)


def _is_jpeg(data: bytes, at: int) -> bool:
    """Two segments behind each other."""
    at += 2
    for _ in range(2):
        while data[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        if len(data) < at + 4 or data[at] != 0xFF or data[at + 1] not in _SEGMENTS:
            return False
        length = int.from_bytes(data[at + 2 : at + 4])
        if length < 2:
            return False
        at += 2 + length
    return True
