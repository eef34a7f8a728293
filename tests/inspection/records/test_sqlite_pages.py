import random
import sqlite3
from contextlib import closing

import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.inspection.budget import Budget
from facegate_addons.inspection.records.sqlite_pages import page_size, slack


def database(*values: bytes, size: int = 512, then: str = "SELECT 1") -> tuple[bytes, list[int]]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        made.execute(f"PRAGMA page_size={size}")
        made.execute("PRAGMA secure_delete=0")
        made.execute("CREATE TABLE a (b)")
        made.execute("CREATE INDEX i ON a (b)")
        made.executemany("INSERT INTO a VALUES (?)", [(value,) for value in values])
        made.execute(then)
        return made.serialize(), [row[0] for row in made.execute("SELECT rootpage FROM sqlite_schema")]


def unused(data: bytes, roots: list[int]) -> bytes:
    return b"".join(slack(data, [1, *roots], Budget(Limits())))


def test_live_values_are_no_slack() -> None:
    values = [bytes([65 + number]) * 900 for number in range(26)]
    # in one page: splitting pages leaves copies in the gaps
    data, roots = database(*values, size=65_536)
    assert not any(value[:60] in unused(data, roots) for value in values)


def test_deleted_values_are() -> None:
    values = [bytes([65 + number]) * 300 for number in range(26)]
    data, roots = database(*values, then="DELETE FROM a")
    assert sum(value[:60] in unused(data, roots) for value in values) > 20


def test_the_end_of_an_overflow_chain_is() -> None:
    data, roots = database(b"v" * 1_000)
    # the last page of the chain: zeros behind the value's end
    at = data.rindex(b"v" * 20 + bytes(40)) + 30
    hidden = b"HIDDEN"
    assert hidden in unused(data[:at] + hidden + data[at + len(hidden) :], roots)


@pytest.mark.parametrize("seed", range(30))
def test_nothing_breaks_it(seed: int) -> None:
    data, roots = database(*[bytes([65 + number]) * 300 for number in range(26)])
    chance = random.Random(seed)
    broken = bytearray(data)
    for _ in range(200):
        broken[chance.randrange(100, len(broken))] = chance.randrange(256)
    try:
        unused(bytes(broken), roots)
    except IndexError:
        return


def test_sizes_of_pages() -> None:
    assert page_size(database(size=65_536)[0]) == 65_536
    assert page_size(database(size=512)[0]) == 512
    assert page_size(b"SQLite format 3\0" + b"\0\3" + bytes(90)) is None
    assert page_size(b"") is None
