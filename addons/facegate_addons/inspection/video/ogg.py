"""Ogg: which bytes are pages. What stands between them is skipped by players, and is looked at."""

from collections.abc import Iterator

from facegate_addons.inspection.budget import Budget

_HEAD = 27


def pages(data: bytes, budget: Budget) -> Iterator[tuple[int, int]]:
    """(start, end) of each."""
    at = 0
    while (at := data.find(b"OggS\0", at)) >= 0 and at + _HEAD <= len(data):
        budget.tick()
        table = data[at + _HEAD : at + _HEAD + data[at + 26]]
        end = at + _HEAD + len(table) + sum(table)
        yield at, end
        at = end
