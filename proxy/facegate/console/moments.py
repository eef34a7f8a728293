"""How long ago, or how soon, in the one unit that a person needs."""

from datetime import datetime

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def ago(text: str, now: datetime) -> str:
    """ "3 d ago", "in 5 h", "now" for an ISO time; the text itself when it is none."""
    try:
        seconds = (now - datetime.fromisoformat(text)).total_seconds()
    except (ValueError, TypeError):
        return text
    for size, unit in _UNITS:
        if abs(seconds) >= size:
            count = f"{int(abs(seconds) // size)} {unit}"
            return f"{count} ago" if seconds > 0 else f"in {count}"
    return "now"
