"""What is kept elsewhere: the state in Redis, the vault in S3-compatible storage."""

import time
from collections.abc import Iterator

from facegate.config import Config
from facegate.diagnosis.finding import Finding, note, ok, problem, warning
from facegate.errors import FacegateError
from facegate.state.home import Home

STATE, VAULT = "state", "vault"
APART = 2.0  # seconds between two clocks
LOCAL_STATE, LOCAL_VAULT = "sqlite:", "file:"


def look(settings: Config, home: Home) -> Iterator[Finding]:
    if settings.state.url != LOCAL_STATE:
        yield from _redis(settings, home)
    else:
        yield ok(STATE, "it is in the home, on this machine alone")
    if settings.vault.url != LOCAL_VAULT:
        yield from _bucket(settings, home)


def _redis(settings: Config, home: Home) -> Iterator[Finding]:
    from facegate.shared import standing
    from facegate.shared.node import log_opened

    try:
        with log_opened(home, settings.state) as (log, _):
            found = standing.shared(log, home.database)
            apart = abs(log.time() - time.time()) if not found["wrong"] else 0.0
    except FacegateError as error:
        yield problem(STATE, str(error), "facegate state status says more; until then no targeted release is made")
        return
    if found["wrong"] and found["position"] is not None:
        yield problem(STATE, found["wrong"], "facegate state status says more (docs/state.md)")
        return
    yield ok(STATE, f"Redis {found['redis']} answers; {found['behind']} changes are to come")
    if found["position"] is None:
        yield note(STATE, "this node has not joined yet", "facegate serve lets it")
    if not found["append_only_file"]:
        yield warning(STATE, "Redis keeps no append-only file: what it knows ends with it", "set appendonly yes")
    if apart > APART:
        yield problem(STATE, f"the clock of Redis is {apart:.0f} s from this one's", "set both by NTP")


def _bucket(settings: Config, home: Home) -> Iterator[Finding]:
    from facegate.quarantine.storage import blobs_of
    from facegate.state.database import Database

    if not home.database.exists():
        yield note(VAULT, f"{settings.vault.url} was not asked: this home has no state yet", "run facegate serve first")
        return
    try:
        with Database.open(home.database) as database:
            blobs_of(settings.vault, home, database).probe()
    except (FacegateError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        yield problem(VAULT, f"{settings.vault.url}: {why}", "until it answers, what would be quarantined answers 503")
        return
    yield ok(VAULT, f"{settings.vault.url} answers")
