"""Moments as people write them: an ISO date or time, or how long ago."""

from datetime import UTC, datetime

from facegate.durations import parse_duration


def parse_moment(text: str, now: datetime) -> datetime:
    """`7d` is seven days before `now`; a date is its first moment; without an offset it is UTC. Raises ValueError."""
    try:
        return now - parse_duration(text)
    except OverflowError:
        raise ValueError(f"{text!r} is before all calendars; write a shorter time, like 30d") from None
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is no moment; write how long ago, like 7d, or a date or a time, like 2026-03-01T06:00Z"
        ) from None


def stamp(at: datetime) -> str:
    """UTC in one width, so that times sort as text."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
