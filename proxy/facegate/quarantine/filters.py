"""What records are looked for by, checked before the database is asked; and the key that a page goes on behind."""

import base64
import binascii
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime

from facegate_addons.domain.hostnames import normal_host

from facegate.errors import ConfigError
from facegate.quarantine.lifecycle import STATES
from facegate.quarantine.sightings import turned

SHORTEST_DIGEST = 8
LONGEST = 2_000  # characters of anything that is looked for
_DIGEST = re.compile(rf"[0-9a-f]{{{SHORTEST_DIGEST},64}}")
_INTEGER = 1 << 62


@dataclass(frozen=True, slots=True)
class Filter:
    """None looks for nothing. `host` is one host, or all below a name, like `*.news.example`; `digest` is a whole one
    or its beginning; `since` and `until` are of the first sighting; `url` is how one of the URLs begins; `request` is
    the id of one that brought it."""

    job: str | None = None
    host: str | None = None
    reason: str | None = None
    state: str | None = None
    digest: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    min_faces: int | None = None
    held: bool | None = None
    url: str | None = None
    request: str | None = None

    def checked(self) -> "Filter":
        """In the spelling of the database. Raises ConfigError."""
        for name in ("job", "host", "reason", "digest", "url", "request"):
            if len(getattr(self, name) or "") > LONGEST:
                raise ConfigError(f"{name} is looked for with at most {LONGEST} characters")
        if self.state is not None and self.state not in STATES:
            raise ConfigError(f"state has to be one of {', '.join(STATES)}")
        digest = self.digest.lower() if self.digest is not None else None
        if digest is not None and not _DIGEST.fullmatch(digest):
            raise ConfigError(f"digest has to be a sha256 in hex, or its first {SHORTEST_DIGEST} digits at least")
        if self.url is not None and "://" not in self.url:
            raise ConfigError("url has to be how a URL begins, like https://news.example/photos/")
        if self.min_faces is not None and not 0 <= self.min_faces < _INTEGER:
            raise ConfigError("min_faces has to be a count")
        wild = (self.host or "").startswith("*.")
        host = self.host.removeprefix("*.") if self.host is not None else None
        if host is not None:
            host = ("*." if wild else "") + (normal_host(host) or host.strip().lower())
        request = self.request.strip().lower() if self.request is not None else None
        return replace(self, host=host, digest=digest, request=request)

    @property
    def below(self) -> str | None:
        """Of `*.news.example`: how its hosts begin in host_names."""
        return turned(self.host.removeprefix("*.")) if self.host is not None and self.host.startswith("*.") else None


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page ended, or, not `forward`, where it began. `inclusive`: what stands there belongs to the next one."""

    sort: str
    value: str | int
    seq: int
    forward: bool = True
    inclusive: bool = False

    def token(self) -> str:
        facts = [self.sort, self.value, self.seq, int(self.forward), int(self.inclusive)]
        return base64.urlsafe_b64encode(json.dumps(facts, separators=(",", ":")).encode()).decode().rstrip("=")


def read_key(token: str, sort: str) -> Key:
    """Raises ConfigError for what is none of ours, or of a list in another order."""
    try:
        padded = token + "=" * (-len(token) % 4)
        of, value, seq, forward, inclusive = json.loads(
            base64.b64decode(padded[:LONGEST], altchars=b"-_", validate=True)
        )
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise _broken() from None
    whole = all(type(it) is int and abs(it) < _INTEGER for it in (seq, forward, inclusive))
    if not whole or of != sort or not (type(value) is str or (type(value) is int and abs(value) < _INTEGER)):
        raise _broken()
    return Key(of, value, seq, bool(forward), bool(inclusive))


def _broken() -> ConfigError:
    return ConfigError("this is no place in a list of this order; begin at its first page")
