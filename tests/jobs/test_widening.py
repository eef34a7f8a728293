"""What each change of a key comes to for whoever approves it."""

from datetime import timedelta

import pytest
from facegate.jobs.labels import LABELS
from facegate.jobs.widening import Mark, covers, judged, more_and_fewer, span

WIDER, NARROWER, OTHER = Mark.WIDENED, Mark.NARROWED, Mark.CHANGED
JULY, AUGUST = "2026-07-01T00:00:00Z", "2026-07-31T00:00:00Z"


@pytest.mark.parametrize(
    ("key", "old", "new", "mark", "words"),
    [
        ("scope.kind", "individual", "group", WIDER, "group, individual before"),
        ("scope.kind", "group", "untargeted", NARROWER, "untargeted, group before"),
        ("scope.subjects", ["a"], ["a", "b", "c"], WIDER, "two persons more"),
        ("scope.subjects", ["a", "b"], ["c"], WIDER, "one person more, two fewer"),
        ("scope.subjects", ["a", "b"], ["a"], NARROWER, "one person fewer"),
        ("scope.hosts", ["a.example"], ["a.example", "b.example", "c.example"], WIDER, "two hosts more"),
        ("scope.hosts", ["a.example"], ["*.example.org"], WIDER, "one host more (with all below it), one fewer"),
        ("scope.hosts", ["*.a.example"], ["b.a.example"], NARROWER, "one host fewer"),
        ("scope.hosts", ["*.a.example", "b.a.example"], ["*.a.example"], OTHER, "the same hosts, written otherwise"),
        ("scope.hosts", ["x"], ["x", "*.a.example", "y"], WIDER, "two hosts more (one of them with all below)"),
        ("scope.paths", None, ["/a/"], NARROWER, "one path only, all before"),
        ("scope.paths", ["/a/", "/b/"], None, WIDER, "all paths, two paths before"),
        ("scope.ports", [443], [443, 8443], WIDER, "one port more"),
        ("scope.methods", ["GET", "POST"], ["GET"], NARROWER, "one method fewer"),
        ("scope.expires", JULY, AUGUST, WIDER, "later by 30 days"),
        ("scope.expires", AUGUST, JULY, NARROWER, "earlier by 30 days"),
        ("scope.expires", JULY, None, WIDER, "never, from now on"),
        ("scope.begins", AUGUST, JULY, WIDER, "earlier by 30 days"),
        ("scope.begins", JULY, None, WIDER, "at once, when it is approved"),
        ("scope.begins", None, JULY, NARROWER, "on 2026-07-01, not at once"),
        ("scope.hours", "08:00-18:00", None, WIDER, "14 hours a day more"),
        ("scope.hours", "22:00-06:00", "23:00-05:30", NARROWER, "1 hour and 30 minutes a day fewer"),
        ("scope.hours", "08:00-09:00", "10:00-11:00", WIDER, "other hours of the day"),
        ("scope.hours", "08:00-18:00", "06:00-07:00", WIDER, "9 hours a day fewer"),
        ("scope.max_releases", 500, 1_500, WIDER, "1,000 responses with faces more"),
        ("scope.max_faces", None, 10, NARROWER, "bounded now"),
        ("scope.max_bytes", 10, None, WIDER, "without a bound from now on"),
        ("scope.max_responses", 10, 9, NARROWER, "1 response fewer"),
        ("scope.outside", "refuse", None, WIDER, "untargeted, refuse before"),
        ("scope.outside", None, "refuse", NARROWER, "refuse, untargeted before"),
        ("streams", None, "inspect", WIDER, "inspect, refuse before"),
        ("websocket", "inspect", None, NARROWER, "refuse, inspect before"),
        ("faces", None, "redact", WIDER, "redact, withheld before"),
        ("keep", None, "7d", OTHER, "7d, as long as the vault's policy says before"),
        ("keep", "7d", "12h", OTHER, "12h, 7d before"),
        ("purpose", "a", "b", OTHER, "says something else"),
        ("conditions.automated", None, True, Mark.ADDED, "is said now"),
        ("scope.reference", "a", None, Mark.REMOVED, "is said no more"),
        ("purpose", "a", "a", Mark.SAME, ""),
    ],
)
def test_each_change(key, old, new, mark, words):
    assert judged(key, old, new) == (mark, words)
    assert key in LABELS


def test_what_a_wildcard_covers():
    assert covers("*.a.example", "x.a.example")
    assert covers("*.a.example", "*.x.a.example")
    assert not covers("*.a.example", "a.example")
    assert not covers("*.a.example", "xa.example")
    assert not covers("a.example", "*.a.example")


def test_words_of_numbers_and_times():
    assert more_and_fewer("hosts", "host", 13, 0) == "13 hosts more"
    assert more_and_fewer("hosts", "host", 0, 1_000) == "1,000 hosts fewer"
    assert span(timedelta(days=-1, hours=-2, minutes=-3)) == "1 day and 2 hours"
    assert span(timedelta(seconds=3)) == "less than a minute"
