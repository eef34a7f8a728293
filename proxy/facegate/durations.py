"""Durations as people write them: 90s, 15m, 12h, 30d."""

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def shown_duration(duration: timedelta) -> str:
    """As `parse_duration` reads it, in the largest unit that has no remainder."""
    seconds = int(duration.total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"


def parse_duration(text: str) -> timedelta:
    """Raises ValueError for anything but a whole number and one of s, m, h, d."""
    match = re.fullmatch(r"(\d{1,6})([smhd])", text.strip())
    if not match:
        raise ValueError(f"{text!r} is no duration; write a whole number and s, m, h or d, like 30d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
