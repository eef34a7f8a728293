from facegate_addons.domain.limits import Limits
from facegate_addons.inspection.budget import Budget
from facegate_addons.inspection.video.ogg import pages


def page(*lacing: int) -> bytes:
    return b"OggS\0" + bytes(21) + bytes([len(lacing), *lacing]) + bytes(sum(lacing))


def found(data: bytes) -> list[tuple[int, int]]:
    return list(pages(data, Budget(Limits())))


def test_pages() -> None:
    one, two = page(3), page(255, 7)
    assert found(one + two) == [(0, len(one)), (len(one), len(one + two))]


def test_what_stands_between_is_none() -> None:
    one = page(3)
    assert found(b"junk" + one + b"more OggS" + one) == [(4, 4 + len(one)), (13 + len(one), 13 + 2 * len(one))]
    assert found(one[:20]) == []
