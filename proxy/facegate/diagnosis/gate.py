"""Does it hold? Known ways past a proxy are replayed, through a gateway started for it and the one that serves."""

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from facegate.config import Config
from facegate.diagnosis.finding import Finding, note, ok, problem, warning
from facegate.errors import HomeError
from facegate.modes import kind
from facegate.selftest import canary
from facegate.selftest.cases import Case
from facegate.selftest.replay import Result, replay
from facegate.selftest.trial import trial
from facegate.serve import lock
from facegate.state.home import Home

SUBJECT = "gate"
SHOWN = 5  # cases that are named
REPORT = "this must not be: see SECURITY.md"


def try_out(settings: Config) -> Iterator[Finding]:
    """Through a gateway that decides as `settings` say, with an empty home, on a port of its own."""
    picture = canary.jpeg()
    with tempfile.TemporaryDirectory(prefix="facegate-check-") as folder:
        try:
            results = _replayed(settings, Path(folder), picture, shipped=False)
            if _blind(results):
                it = settings.detector
                yield warning(
                    SUBJECT,
                    f"the drawn face of this check is no face to {it.model} with its threshold; the rest is tried with "
                    "the detector as it comes",
                    "facegate scan --calibrate FOLDER says what your threshold finds (docs/detector.md)",
                )
                results = _replayed(settings, Path(folder), picture, shipped=True)
        except (HomeError, OSError) as error:
            yield problem(SUBJECT, f"a gateway could not be tried: {error}", "see the findings above")
            return
    yield from judged(results, "a gateway with this configuration")


def try_serving(settings: Config, home: Home, credentials: str = "") -> Iterator[Finding]:
    """Through the real port. `credentials`: of an untargeted job. What is withheld stands in its quarantine."""
    if lock.serving(home.run) is None:
        yield note(SUBJECT, "no gateway serves from this home, so none was tried", "facegate serve")
        return
    if kind(settings.listen.mode) != "regular":
        yield note(SUBJECT, f"the gateway that serves was not tried: its mode is {kind(settings.listen.mode)}")
        return
    if not settings.private_allowed:
        yield note(
            SUBJECT, "the gateway that serves was not tried: it refuses this machine's own addresses, as it should"
        )
        return
    if settings.identity_required and not credentials:
        yield note(
            SUBJECT,
            "the gateway that serves was not tried: it wants credentials",
            "give --as JOB:TOKEN, untargeted",
        )
        return
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.listen.host, settings.listen.host)  # noqa: S104
    try:
        results = asyncio.run(replay(host, settings.listen.port, canary.jpeg(), credentials))
    except OSError as error:
        yield problem(
            SUBJECT, f"the port of the gateway that serves is not reached ({error.strerror})", "look at its log"
        )
        return
    if any(result.status == 407 for result in results):
        yield problem(SUBJECT, "the gateway that serves does not know these credentials", "look at the token again")
        return
    if _blind(results):
        yield note(SUBJECT, "the gateway that serves lets the drawn face of this check pass; it was not tried further")
        return
    yield from judged(results, "the gateway that serves")


def judged(results: Sequence[Result], what: str) -> Iterator[Finding]:
    wrong = [result for result in results if result.wrong]
    if not wrong:
        tried = sum(not result.case.passes for result in results)
        yield ok(SUBJECT, f"{what} holds: {tried} ways past a proxy were tried, and ordinary pages pass")
        return
    for result in wrong[:SHOWN]:
        yield problem(SUBJECT, f"{what}: {_named(result.case)}: {result.wrong}", REPORT)
    if len(wrong) > SHOWN:
        yield problem(SUBJECT, f"{what}: and {len(wrong) - SHOWN} more", REPORT)


def _replayed(settings: Config, folder: Path, picture: bytes, *, shipped: bool) -> list[Result]:
    inner = folder / ("shipped" if shipped else "configured")
    inner.mkdir()
    with trial(settings, inner, shipped=shipped) as gateway:
        host, _, port = gateway.proxy.rpartition(":")
        return asyncio.run(replay(host.strip("[]"), int(port), picture))


def _blind(results: Sequence[Result]) -> bool:
    """The plainest case passed: what is wrong is not a way past the gate, it is what the detector sees."""
    return any(result.case.name == "a picture" and result.status == 200 for result in results)


def _named(case: Case) -> str:
    return f"“{case.name}”"
