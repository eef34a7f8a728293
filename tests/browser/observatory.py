"""The checks of Mozilla's HTTP Observatory, as MDN's "Tests & Scoring" lists them, on answers we got ourselves."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BASE = 100
BONUS_FROM = 90  # bonuses count for those only who lost no more than this leaves
HALF_A_YEAR = 15_768_000  # seconds
_UNSAFE = ("'unsafe-inline'", "data:", "https:", "http:", "*", "blob:")
_PRIVATE = ("no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin")


@dataclass(frozen=True)
class Answer:
    """What an address answered by TLS. `cookies` are Set-Cookie's values; `plain`: is there an answer without TLS?"""

    headers: Mapping[str, str]  # names in lower case
    cookies: Sequence[str] = ()
    html: str = ""
    plain: bool = False


def score(answer: Answer) -> tuple[int, dict[str, int]]:
    """The sum, and what each check took or gave."""
    modifiers = {
        "cookies": _cookies(answer.cookies),
        "cors": -50 if answer.headers.get("access-control-allow-origin") else 0,
        "csp": _csp(answer.headers.get("content-security-policy", "")),
        "hsts": _hsts(answer.headers.get("strict-transport-security", "")),
        "redirection": -20 if answer.plain else 0,
        "referrer": 5 if answer.headers.get("referrer-policy") in _PRIVATE else -5,
        "sri": _sri(answer.html),
        "content type": 0 if answer.headers.get("x-content-type-options") == "nosniff" else -5,
        "frames": _frames(answer.headers),
        "corp": 0 if answer.headers.get("cross-origin-resource-policy") in ("same-origin", "same-site") else -20,
    }
    penalised = BASE + sum(value for value in modifiers.values() if value < 0)
    bonus = sum(value for value in modifiers.values() if value > 0) if penalised >= BONUS_FROM else 0
    return max(0, penalised + bonus), modifiers


def policy(text: str) -> dict[str, list[str]]:
    """A Content-Security-Policy's directives; of one that stands twice the first counts."""
    directives: dict[str, list[str]] = {}
    for part in text.split(";"):
        name, *sources = part.split()[:100] or [""]
        if name:
            directives.setdefault(name.lower(), sources)
    return directives


def _csp(text: str) -> int:
    if not text:
        return -25
    directives = policy(text)
    default = directives.get("default-src", ["*"])
    script, objects = (directives.get(name, default) for name in ("script-src", "object-src"))
    if any(source in _UNSAFE for source in (*script, *objects)):
        return -20
    if "'unsafe-eval'" in script:
        return -10
    if any(source in _UNSAFE for source in directives.get("style-src", default)):
        return 0
    return 10 if default == ["'none'"] else 5


def _cookies(cookies: Sequence[str]) -> int:
    worst = 5 if cookies else 0
    for cookie in cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        if "secure" not in attributes:
            worst = min(worst, -40)
        if "httponly" not in attributes:
            worst = min(worst, -30)
        if not attributes & {"samesite=strict", "samesite=lax"}:
            worst = min(worst, -20 if any(it.startswith("samesite") for it in attributes) else 0)
    return worst


def _hsts(text: str) -> int:
    match = re.search(r"max-age=\"?(\d+)", text.lower())
    if match is None:
        return -20
    return 0 if int(match[1]) >= HALF_A_YEAR else -10


def _sri(html: str) -> int:
    """Scripts of our own origin need no hash; others do."""
    for source in re.findall(r"<script[^>]+src=[\"']?([^\"'\s>]+)", html):
        if re.match(r"(https?:)?//", source):
            return -50
    return 0


def _frames(headers: Mapping[str, str]) -> int:
    ancestors = policy(headers.get("content-security-policy", "")).get("frame-ancestors")
    if ancestors and not set(ancestors) & set(_UNSAFE):
        return 5
    return 0 if headers.get("x-frame-options", "").upper() in ("DENY", "SAMEORIGIN") else -20
