"""The frames that gateway and worker exchange over a socketpair. Pure: bytes in, values out.

A frame is two lengths (big-endian unsigned 32 bit: of the JSON, of the bytes), the JSON, the bytes. Bodies travel as
they are, never pickled; what comes back is JSON of known shape and, only where a redacted copy was asked for, its
bytes. So a worker that was taken over can lie about its own body but run nothing in the gateway.
"""

import dataclasses
import json
import struct
from dataclasses import dataclass, field
from typing import Any

from facegate_addons.detection.builtin import builtin
from facegate_addons.detection.description import Model
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Cover, Faces, Finding, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.domain.tables import fill

LENGTHS = struct.Struct("!II")


class ProtocolError(Exception):
    """The other side sent something that is no frame of ours."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker needs to know to look at bodies."""

    limits: Limits = field(default_factory=Limits)
    model: Model = field(default_factory=builtin)
    threshold: float | None = None
    min_face: int = 20
    provider: str = "cpu"
    scores: bool = False  # tell the best score of each body, whatever the threshold, as inspection.scores does


def frame(head: dict[str, Any], size: int = 0) -> bytes:
    """Lengths and JSON of a frame whose `size` bytes follow on their own, uncopied."""
    text = json.dumps(head, separators=(",", ":")).encode()
    return LENGTHS.pack(len(text), size) + text


def settings_head(settings: WorkerSettings) -> dict[str, Any]:
    return dataclasses.asdict(settings)


def read_settings(head: dict[str, Any]) -> WorkerSettings:
    return WorkerSettings(**head | {"limits": Limits(**head["limits"]), "model": fill(Model, head["model"], "model")})


def request_head(payload: Payload) -> dict[str, Any]:
    return {
        "type": payload.content_type,
        "codings": payload.codings,
        "headers": payload.headers,
        "cover": payload.cover,
        "inits": [len(init) for init in payload.inits],
        "whole": payload.whole,
    }


def request_body(payload: Payload) -> list[bytes]:
    """What follows `request_head`, one after another: the body uncopied, then the init segments."""
    return [piece for piece in (payload.body, *payload.inits) if piece]


def read_request(head: dict[str, Any], body: bytes) -> Payload:
    cover = head["cover"] and Cover(head["cover"])
    inits = list[bytes]()
    if head["inits"]:
        body, rest = body[: len(body) - sum(head["inits"])], body[len(body) - sum(head["inits"]) :]
        for size in head["inits"]:
            inits.append(rest[:size])
            rest = rest[size:]
    codings, headers = tuple(head["codings"]), tuple(head["headers"])
    return Payload(body, head["type"], codings, headers, cover, tuple(inits), head["whole"])


def reply_head(verdict: Verdict) -> dict[str, Any]:
    """The bytes that follow it are `reply_body`."""
    match verdict:
        case Clear(kind):
            return {"verdict": "clear", "kind": kind}
        case Faces(findings, _, unredacted, kind):
            found = [[*f.box, f.score, f.where] for f in findings]
            return {"verdict": "faces", "findings": found, "unredacted": unredacted, "kind": kind}
        case Unreadable(why, detail):
            return {"verdict": "unreadable", "why": why.value, "detail": detail}


def reply_body(verdict: Verdict) -> bytes:
    return verdict.redacted if isinstance(verdict, Faces) else b""


def read_reply(head: dict[str, Any], body: bytes = b"") -> Verdict:
    """Raises ProtocolError for anything that is no verdict."""
    if body and head.get("verdict") != "faces":
        raise ProtocolError("bytes where there are none")
    try:
        match head["verdict"]:
            case "clear":
                return Clear(str(head["kind"]))
            case "faces":
                found = tuple(_finding(*found) for found in head["findings"])
                return Faces(found, body, str(head["unredacted"]), str(head["kind"]))
            case "unreadable":
                return Unreadable(Reason(head["why"]), str(head["detail"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        pass  # said below, with none of the text that came
    raise ProtocolError("no verdict")


def _finding(left: int, top: int, right: int, bottom: int, score: float, where: str) -> Finding:
    return Finding((int(left), int(top), int(right), int(bottom)), float(score), str(where))
