"""The credentials that come with a request: read, and taken off it. They are the gateway's, no origin's.

A client without an option for a proxy's credentials writes them into the URL. What becomes of that is up to the client:
a Basic `Authorization`, a Host, Referer or Origin with userinfo, or a request target with it, of which wire.userinfo
makes a Proxy-Authorization.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field

from mitmproxy import http

from facegate_addons.domain.identities import is_job_id
from facegate_addons.domain.ports import Registry
from facegate_addons.domain.signature import HEADER
from facegate_addons.hooks.fields import drop

BASIC = "Proxy-Authorization"
RELEASE = "Facegate-Release"  # names a record that was released to the job; see hooks.deliver
_USERINFO = re.compile(r"((?:^|(?<=\s))(?:[a-z][a-z0-9+.-]*:)?//)[^/?#]*@", re.IGNORECASE)  # of each URL between blanks


@dataclass(frozen=True, slots=True)
class Presented:
    """The values of the fields, as many as there were; `release` is no credential, but meant for the gateway, too."""

    signed: list[str]
    basic: list[str]
    release: list[str] = field(default_factory=list)


def take(request: http.Request) -> Presented:
    """Take off the request what is meant for the gateway, in whatever number."""
    fields = request.headers
    presented = Presented(fields.get_all(HEADER), fields.get_all(BASIC), fields.get_all(RELEASE))
    drop(fields, _is_ours)
    hosts = fields.get_all("Host")
    if any("@" in host for host in hosts):  # userinfo is no part of it (RFC 9110, 7.2)
        fields.set_all("Host", [host.rpartition("@")[2] for host in hosts])
    for name in ("Referer", "Origin"):
        if "@" in fields.get(name, ""):  # nor of these (10.1.3; RFC 6454, 7.1)
            fields.set_all(name, [_USERINFO.sub(r"\1", urls) for urls in fields.get_all(name)])
    return presented


def _is_ours(name: bytes) -> bool:
    return name.startswith(b"facegate-") or name in (b"proxy-authorization", b"warcprox-meta")


async def take_token(request: http.Request, registry: Registry) -> tuple[str, str] | None:
    """A job's id and token in `Authorization`, taken off; an origin's own credentials stay."""
    fields = request.headers
    values = fields.get_all("Authorization")
    pairs = [pair if pair and is_job_id(pair[0]) else None for pair in map(parse_basic, values)]
    ours = [pair is not None and await registry.authenticate(*pair) is not None for pair in pairs]
    if any(ours):
        fields.set_all("Authorization", [value for value, our in zip(values, ours, strict=True) if not our])
    return next((pair for pair, our in zip(pairs, ours, strict=True) if our), None)


def named_in_authorization(request: http.Request) -> str:
    """Whom an `Authorization` names that no job could be found for."""
    pairs = map(parse_basic, request.headers.get_all("Authorization"))
    return next((pair[0] for pair in pairs if pair and is_job_id(pair[0])), "")


def parse_basic(value: str) -> tuple[str, str] | None:
    """(job id, token) of a Basic credential; None when it is none. The token may contain colons (RFC 7617, 2)."""
    scheme, text = [*value.split(None, 1), "", ""][:2]  # at any blank, as lenient origins do
    if scheme.lower() != "basic":
        return None
    try:
        job_id, colon, token = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (job_id, token) if colon else None
