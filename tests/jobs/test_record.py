from dataclasses import replace
from datetime import timedelta

import pytest
from facegate.jobs.record import RegisteredJob, Spent, Token, Version, VersionState, operator_key
from facegate_addons.domain.job import Job, JobState
from facegate_addons.domain.model import utc_now

NOW = utc_now()


def version(number: int, state: VersionState) -> Version:
    return Version(number, Job("crawl", "acme", f"purpose {number}"), f"{number}" * 64, state, "os:root", NOW)


def job(*states: VersionState, tokens: tuple[Token, ...] = ()) -> RegisteredJob:
    versions = tuple(version(number, state) for number, state in enumerate(states, 1))
    return RegisteredJob("crawl", "acme", JobState.ACTIVE, versions, tokens, NOW, Spent(1, 2, 3, 4))


V = VersionState


@pytest.mark.parametrize(
    ("states", "current"),
    [
        ((V.PENDING,), 1),
        ((V.IN_FORCE, V.PENDING), 1),
        ((V.SUPERSEDED, V.IN_FORCE, V.DRAFT), 2),
        ((V.REJECTED, V.WITHDRAWN, V.PENDING), 3),
        ((V.REJECTED, V.WITHDRAWN), 2),
    ],
)
def test_whose_word_counts(states: tuple[VersionState, ...], current: int) -> None:
    assert job(*states).current.number == current
    assert job(*states).job.purpose == f"purpose {current}"


def test_a_token_is_good_until_its_end_and_generations_count_on() -> None:
    token = Token(b"x" * 32, 3, NOW + timedelta(seconds=1))
    assert token.good(NOW)
    assert not token.good(NOW + timedelta(seconds=1))
    assert replace(token, until=None).good(NOW + timedelta(days=9999))
    assert job(V.IN_FORCE, tokens=(token, Token(b"y" * 32, 4))).generation == 4
    assert job(V.IN_FORCE).generation == 0


def test_as_json_has_everything_but_the_token() -> None:
    found = job(V.SUPERSEDED, V.IN_FORCE, V.PENDING, tokens=(Token(b"\xab" * 32, 1),))
    shown = found.as_json(versions=True)
    assert "abab" not in str(shown)
    assert (shown["has_token"], shown["version"], shown["waiting"], shown["releases"]) == (True, 2, 3, 1)
    assert shown["spent"] == {"releases": 1, "faces": 2, "responses": 3, "bytes": 4}
    assert [entry["state"] for entry in shown["versions"]] == ["superseded", "in-force", "pending"]
    assert shown["versions"][0]["job"]["purpose"] == "purpose 1"
    assert "versions" not in found.as_json()
    assert job(V.REJECTED).as_json()["approved"] is None


@pytest.mark.parametrize("spelling", ["acme corp", " ACME  Corp ", "acme\tcorp", "\uff21cme corp"])
def test_an_operator_is_one_in_any_spelling(spelling: str) -> None:
    assert operator_key(spelling) == "acme corp"


def test_letters_beyond_ascii_count_too() -> None:
    assert operator_key("STRASSE \u00c4") == operator_key("stra\u00dfe \u00e4")
