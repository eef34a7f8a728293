"""A table as text in rows, and how a share is written; render.py puts it on a terminal and into Markdown."""

from dataclasses import dataclass

from facegate.curve import Share

NONE = "-"


@dataclass(frozen=True)
class Table:
    title: str
    head: tuple[str, ...]
    rows: list[tuple[str, ...]]
    note: str = ""


def interval(share: Share | None) -> str:
    if share is None or not share.of:
        return NONE
    low, high = share.interval
    return f"{share.rate:.1%} ({low * 100:.1f} to {high * 100:.1f})"


def plain(share: Share | None) -> str:
    return NONE if share is None or not share.of else f"{share.rate:.1%}"
