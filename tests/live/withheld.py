"""The one assertion every row ends in: nothing of the canary came out, and what did is the gate's own answer."""

import base64
import functools
import json
from dataclasses import dataclass
from typing import Any

SLICE = 64  # bytes; two unrelated files do not share so many


@dataclass(frozen=True)
class Reply:
    """The first response of a raw reply, taken apart. Header names are lower case; `rest` follows its body."""

    status: int
    headers: dict[str, str]
    body: bytes
    rest: bytes

    @property
    def problem(self) -> dict[str, Any]:
        return json.loads(self.body)


def parse(raw: bytes) -> Reply:
    head, mark, body = raw.partition(b"\r\n\r\n")
    assert mark, f"no response head in {raw[:200]!r}"
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    size = int(headers.get("content-length", len(body)))
    return Reply(int(first.split(" ")[1]), headers, body[:size], body[size:])


def assert_without(data: bytes, canary: bytes) -> None:
    """No slice of `canary` is in `data`."""
    slices = _slices(canary)
    found = next((at for at in range(len(data) - SLICE + 1) if data[at : at + SLICE] in slices), None)
    assert found is None, f"the canary came out, at byte {found} of {len(data)}"


def assert_withheld(raw: bytes, canary: bytes, *statuses: int) -> Reply:
    """`raw` is a whole reply: a problem document of contract.md, with one of `statuses` where they are given."""
    assert_without(raw, canary)
    assert_without(raw, canary.hex().encode())
    reply = parse(raw)
    assert reply.status in (statuses or range(400, 600)), f"{reply.status} {reply.headers} {reply.body[:200]!r}"
    if reply.headers["content-type"] != "application/problem+json":
        raise AssertionError(f"not a problem document: {reply.headers}")
    if reply.body:  # none after HEAD
        assert reply.problem["status"] == reply.status
        assert reply.problem["reason"] == reply.headers["facegate-reason"]
        assert reply.problem["type"].endswith(reply.problem["reason"])
    assert reply.headers["facegate-action"] in ("drop", "quarantine", "refuse")
    assert reply.headers["proxy-status"].startswith("facegate")
    return reply


@functools.lru_cache(maxsize=8)
def _slices(canary: bytes) -> frozenset[bytes]:
    assert len(canary) >= SLICE
    return frozenset(canary[at : at + SLICE] for at in range(len(canary) - SLICE + 1))


def assert_quiet(log: str, canary: bytes) -> None:
    """A log that shows nothing of the canary, in any spelling a log has, and no traceback."""
    assert "Traceback" not in log, log
    data = log.encode()
    for spelling in (canary, repr(canary)[2:-1].encode(), canary.hex().encode(), base64.b64encode(canary)):
        assert_without(data, spelling)
