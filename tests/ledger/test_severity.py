import pytest
from facegate.ledger.severity import severity


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ({"damaged": True}, 2),
        ({"event": "ledger-lost"}, 2),
        ({"event": "ledger-damage-found"}, 2),
        ({"event": "console-refused"}, 4),
        ({"event": "ledger-dropped"}, 4),
        ({"event": "exchange", "action": "quarantine"}, 5),
        ({"event": "exchange", "action": "pass"}, 6),
        ({"event": "exchange", "action": "pass", "observed": "quarantine"}, 5),
        ({"event": "user-added"}, 5),
        ({"event": "ledger-rotated"}, 6),
        ({}, 5),
    ],
)
def test_what_asks_for_attention(entry: dict[str, object], found: int) -> None:
    assert severity(entry) == found
