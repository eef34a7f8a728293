"""How much a scope may take: releases, faces, responses, bytes."""

import re

from facegate.jobs.fields import Table, shown
from facegate.jobs.rules import Rules

_SIZE = re.compile(r"([1-9]\d{0,8})\s?(k|M|G|T)(i?)B", re.ASCII)
_POWERS = {"k": 1, "M": 2, "G": 3, "T": 4}


def releases(table: Table, rules: Rules, *, required: bool) -> int | None:
    if required and "max_releases" not in table:
        table.missing("max_releases", "how many responses with faces may pass before it stops, like 500")
    budget = table.whole("max_releases")
    if budget is not None and budget > rules.releases_max:
        table.wrong("max_releases", f"is {budget:,}, and {rules.releases_max:,} is the most that one job may have")
    return budget


def size(table: Table, key: str) -> int | None:
    """Bytes as a number, or as text: "500MB" in powers of 1000, "512MiB" in powers of 1024."""
    if key not in table or not isinstance(table[key], str):
        return table.whole(key)
    match = _SIZE.fullmatch(table[key].strip())
    if match is None:
        table.wrong(key, f'has to be bytes, like 2000000000, or "2GB" or "512MiB", not {shown(table[key])}')
        return None
    unit: int = (1024 if match[3] else 1000) ** _POWERS[match[2]]
    return int(match[1]) * unit
