from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from facegate.jobs.document import compact
from facegate.moments import stamp
from facegate.quarantine.rows import record_from_row
from facegate.quarantine.vault import SealedVault
from facegate.state.database import Database
from facegate_addons.domain.model import QuarantineRecord


async def test_a_record_comes_back_as_it_went(
    database: Database, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    record = a_record(b"body")
    await vault.keep(record, b"body")
    found = record_from_row(database.read("SELECT * FROM records")[0])
    assert found == replace(record, url=found.url, request="")  # without credentials; the request is of the sighting
    assert "secret" not in found.url


async def test_half_characters_of_a_hostile_head_are_spelled_out(
    database: Database, vault: SealedVault, a_record: Callable[..., QuarantineRecord]
) -> None:
    await vault.keep(replace(a_record(b"body"), content_type="image/\udc80", detail="\ud800"), b"body")
    found = record_from_row(database.read("SELECT * FROM records")[0])
    assert (found.content_type, found.detail) == ("image/\\udc80", "\\ud800")


def test_times_sort_as_text_whatever_their_zone() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    later = (noon + timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=-5)))
    assert stamp(noon) < stamp(later) < stamp(noon + timedelta(seconds=1))


def test_equal_values_are_equal_text() -> None:
    assert compact({"b": 1, "a": ["\u00e9"]}) == compact({"a": ["\u00e9"], "b": 1}) == '{"a":["\u00e9"],"b":1}'
