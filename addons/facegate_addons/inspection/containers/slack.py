"""Bytes that a container has room for beside its members: prefixes, gaps, comments, trailers, padding."""

from collections.abc import Iterator

from facegate_addons.inspection.parts import Note, Part

SLACK = 256  # bytes; a picture with a face in it needs more
_BLANK = b"\0 \t\r\n"


class Slack:
    """Padding is nothing, a few bytes are searched, and more than that somebody has to be able to name.

    What is only searched is kept, and looked at together: a thousand members have a thousand headers.
    """

    def __init__(self) -> None:
        self._small = bytearray()

    def add(self, data: bytes, where: str) -> Iterator[Part]:
        rest = data.lstrip(_BLANK)
        if len(rest.rstrip(_BLANK)) > SLACK:
            yield Part(rest, where)
        elif rest:
            self.note(rest)

    def note(self, data: bytes) -> None:
        self._small += b"\0\n"  # never text as a whole: names of files are no secret code
        self._small += data

    def notes(self) -> Iterator[Note]:
        if self._small:
            yield Note(bytes(self._small), "between members")
