"""All cases, in the order of their groups."""

from evasion import (  # noqa: F401 - each lists its own
    archives,
    codings,
    documents,
    formats,
    labels,
    metadata,
    opaque,
    pixels,
    polyglots,
    texts,
    tiles,
    videos,
    wire,
)
from evasion.case import CASES, GROUPS, Case

EVERY: tuple[Case, ...] = tuple(sorted(CASES, key=lambda case: GROUPS.index(case.group)))
