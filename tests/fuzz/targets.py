"""What is fuzzed, and the invariant of each.

Any bytes give a Verdict within the budgets, and nothing else: no exception, none that the walk had to catch without
foreseeing it, no seconds beyond the limit's and the pool's grace, no memory beyond the process's, no death. Frames give
values or ProtocolError; files of the operator's give values or ConfigError; what an origin sends leaves for no client
without the seal, and what a client sends opens no connection without a grant.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from facegate_addons.detection.picture import Picture, unhurried
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Cover, Faces, Finding, Payload, Unreadable, Verdict
from facegate_addons.domain.preview import Glimpse, Preview, Rendering
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection import previews, redaction, sniff, walk
from facegate_addons.inspection.budget import Budget, Unread
from facegate_addons.inspection.openers import OPENERS, opener
from facegate_addons.inspection.parts import Source
from facegate_addons.inspection.records.declared import declared
from facegate_addons.inspection.unwrap import undo
from facegate_addons.workers.pool import GRACE_SECONDS
from fuzz import contracts, frames, layers, likeness
from fuzz.seeds import Seed

LIMITS = Limits(decoded=8 << 20, pixels=1 << 20, frames=20, depth=5, members=200, seconds=2.0)
MEMORY = 1 << 30  # bytes of address space for a body of 64 KiB, beyond what the libraries take
TYPES = {
    "messagepack": "application/msgpack",
    "cbor": "application/cbor",
    "grpc": "application/grpc",
    "protobuf": "application/x-protobuf",
    "multipart": "multipart/mixed; boundary=x",
    "mail": "message/rfc822",
    "arrow": "application/vnd.apache.arrow.stream",
}
CODINGS = (("gzip",), ("deflate",), ("br",), ("zstd",), ("gzip", "br"), ("deflate", "zstd"), ("x-gzip",), ("identity",))


@dataclass(frozen=True)
class Target:
    """`broken` says what of the invariant does not hold for these bytes; "" when it does. `sealed`: as a worker is."""

    broken: Callable[[bytes], str]
    seeds: Callable[[Sequence[Seed]], list[bytes]]
    sealed: bool = True


class Blank:
    """Looks at nothing, so that the walk goes on to the end; `everywhere`: all that is not of one colour is a face."""

    min_face, versions = 20, {}

    def __init__(self, *, everywhere: bool = False) -> None:
        self._everywhere = everywhere

    def detect(
        self, picture: Picture, tick: Callable[[], None] = unhurried, *, thorough: bool = False
    ) -> list[Finding]:
        height, width = picture.rgb.shape[:2]
        seen = self._everywhere and picture.rgb.std() > 8
        return [Finding((0, 0, width, height), 0.9, picture.where)] if seen else []


def in_time[T](ask: Callable[[], T]) -> tuple[T, str]:
    """By the processor's time: what a busy machine does meanwhile is nobody's fault."""
    began = time.process_time()
    answer = ask()
    took = time.process_time() - began
    return answer, f"took {took:.0f} s" if took > LIMITS.seconds + GRACE_SECONDS else ""


def judged(verdict: Verdict) -> str:
    match verdict:
        case Unreadable(Reason.INSPECTION_FAILED, detail):
            return f"unforeseen {detail}"
        case Unreadable(Reason.LIMIT_MEMORY):
            return "memory"
        case Clear() | Faces() | Unreadable():
            return ""
    return f"a {type(verdict).__name__} is no verdict"


def body(data: bytes, content_type: str = "", *, whole: bool = False) -> str:
    payload = Payload(data, content_type, whole=whole)
    verdict, late = in_time(lambda: walk.inspect(payload, Blank(), LIMITS))
    return judged(verdict) or late


def of_kind(kind: str) -> Callable[[bytes], str]:
    """As a body; and where its bytes are no longer of that kind, by the opener alone: it may raise what it likes."""
    content_type = TYPES.get(kind, "")

    def broken(data: bytes) -> str:
        wrong = body(data, content_type, whole=bool(data and data[-1] & 1))
        if wrong or (sniff.sniff(data) or declared(data, content_type)) == kind:
            return wrong
        return in_time(lambda: _opened(kind, data, content_type))[1]

    return broken


def _opened(kind: str, data: bytes, content_type: str) -> None:
    opens = opener(kind)
    assert opens is not None
    try:
        for _ in opens(Source(data, kind, Budget(LIMITS), 20, content_type)):
            pass
    except Exception:  # noqa: BLE001 - the walk makes UNDECODABLE of it
        return


def coded(data: bytes) -> str:
    def undone() -> None:
        with suppress(Unread):
            undo(data[1:], CODINGS[data[0] % len(CODINGS)] if data else (), Budget(LIMITS))

    return in_time(undone)[1]


def named(data: bytes) -> str:
    name, late = in_time(lambda: sniff.sniff(data))
    return late or ("" if isinstance(name, str) else "no name")


def headed(data: bytes) -> str:
    payload = Payload(b"", headers=tuple(data.decode("latin-1").splitlines()))
    verdict, late = in_time(lambda: walk.inspect(payload, Blank(), LIMITS))
    return judged(verdict) or late


def redacted(data: bytes) -> str:
    seen = Blank(everywhere=True)
    verdict, late = in_time(lambda: redaction.inspect(Payload(data, cover=Cover.SOLID), seen, LIMITS, seen))
    if isinstance(verdict, Faces) and "inspection-failed" in verdict.unredacted:
        return f"unforeseen {verdict.unredacted}"
    return judged(verdict) or late


def glimpsed(data: bytes) -> str:
    rendering = (Rendering.BLURRED, Rendering.PLAIN)[len(data) % 2]
    glimpse = Glimpse(Payload(data), rendering, seconds=LIMITS.seconds)
    preview, late = in_time(lambda: previews.preview(glimpse, Blank(everywhere=True), LIMITS))
    return late or ("" if isinstance(preview, Preview) else "no preview") or frames.carried(preview, rendering)


def kinds(*wanted: str) -> Callable[[Sequence[Seed]], list[bytes]]:
    return lambda seeds: [seed.body for seed in seeds if seed.kind in wanted]


def one_in(number: int, *groups: str) -> Callable[[Sequence[Seed]], list[bytes]]:
    return lambda seeds: [seed.body for seed in seeds if not groups or seed.group in groups][::number]


def with_coding(seeds: Sequence[Seed]) -> list[bytes]:
    return [bytes((at % len(CODINGS),)) + seed.body for at, seed in enumerate(seeds) if seed.coding]


TARGETS: dict[str, Target] = {
    "sniff": Target(named, one_in(3)),
    "unwrap": Target(coded, with_coding),
    "walk": Target(body, one_in(2)),
    "text": Target(lambda data: body(data, "text/html"), kinds("")),
    "headers": Target(headed, one_in(1, "http", "uri")),
    **{kind: Target(of_kind(kind), kinds(kind)) for kind in OPENERS},
    **{kind: Target(body, kinds(kind)) for kind in sniff.PICTURES},
    "likeness": Target(likeness.broken, likeness.seeds),
    "redact": Target(redacted, kinds("jpeg", "png", "gif", "webp", "tiff", "bmp")),
    "preview": Target(glimpsed, one_in(5)),
    "reply": Target(frames.reply, frames.replies),
    "request": Target(frames.request, frames.requests),
    "link": Target(frames.link, frames.links, sealed=False),
    "config": Target(contracts.config, contracts.configs, sealed=False),
    "model": Target(contracts.model, contracts.models, sealed=False),
    "job": Target(contracts.job, contracts.jobs, sealed=False),
    "http1-origin": Target(layers.http1_origin, layers.http1_answers, sealed=False),
    "http1-client": Target(layers.http1_client, layers.http1_questions, sealed=False),
    "http2-origin": Target(layers.http2_origin, layers.http2_answers, sealed=False),
    "http2-client": Target(layers.http2_client, layers.http2_questions, sealed=False),
}
