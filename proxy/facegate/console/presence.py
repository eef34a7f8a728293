"""Is it still who logged in? The password once more, before what outlives a session."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request

from facegate.console.access import Refused
from facegate.console.site import Site

LONGEST_PASSWORD = 1_000


@dataclass(frozen=True, slots=True)
class Doubt:
    """The answer's status, and what stands at the field."""

    status: int
    told: str


def secret(site: Site, request: Request, name: str) -> str:
    """A password that was sent; not trimmed: a blank at its end is part of it. Raises HTTPException."""
    value = site.form(request).get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST_PASSWORD:
        raise HTTPException(400, f"a password has at most {LONGEST_PASSWORD} characters")
    return value


def doubted(site: Site, request: Request, password: str) -> Doubt | None:
    """None when it is theirs. Guesses are braked and noted as those at the door. Blocks while it hashes."""
    checked = site.door.check(site.visitor(request).name, password, site.address(request))
    if not isinstance(checked, Refused):
        return None
    if checked.retry_after is None:
        return Doubt(403, "is not your password")
    return Doubt(429, f"was wrong too often; wait {checked.retry_after} seconds")
