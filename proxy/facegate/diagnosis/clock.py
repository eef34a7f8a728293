"""The clock: scopes, tokens and evidence go by it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from facegate.diagnosis.finding import Finding, ok, problem
from facegate.state.home import Home

SUBJECT = "clock"
AHEAD = timedelta(minutes=1)


def look(home: Home, now: datetime | None = None) -> Iterator[Finding]:
    """Against what this home was written at: nothing of it can be younger than now."""
    now = now or datetime.now(UTC)
    written = [
        (path.stat().st_mtime, path)
        for path in (*home.ledger.glob("*.jsonl"), *home.ca.glob("*.pem"), home.database)
        if path.exists()
    ]
    if not written:
        yield ok(SUBJECT, f"it is {now:%Y-%m-%d %H:%M} UTC here; nothing in this home says otherwise")
        return
    seconds, path = max(written)
    last = datetime.fromtimestamp(seconds, UTC)
    if last > now + AHEAD:
        yield problem(
            SUBJECT,
            f"it is {now:%Y-%m-%d %H:%M} UTC here, and {path.name} was written at {last:%Y-%m-%d %H:%M}",
            "set the clock (NTP): scopes would open and end at the wrong time",
        )
    else:
        yield ok(SUBJECT, f"it is {now:%Y-%m-%d %H:%M} UTC here, after all that this home was written at")
