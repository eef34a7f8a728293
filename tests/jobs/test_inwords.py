from dataclasses import replace
from datetime import UTC, datetime, time

from facegate.jobs.inwords import in_words
from facegate_addons.domain.job import Hours, Job, Kind, Live, Outside, Scope

ENDS = datetime(2026, 12, 31, 6, 30, tzinfo=UTC)
CASE = Job("case", "acme", "p", Scope(Kind.INDIVIDUAL, ("a",), ("news.example",), expires=ENDS, max_releases=1_500))


def test_a_targeted_job():
    assert in_words(CASE) == (
        "Looks for one given person on news.example.",
        "Faces pass there, up to 1,500 responses with faces, once the scope is approved.",
        "It ends on 2026-12-31 at 06:30 UTC.",
        "A request outside the scope goes out, and its faces are withheld.",
    )


def test_what_narrows_is_said():
    hosts = ("a.example", "b.example", "c.example", "*.d.example", "e.example")
    scope = Scope(
        Kind.GROUP, ("a", "b"), hosts, ("/x/",), (443, 80), ("GET",), begins=ENDS.replace(month=11, day=1),
        hours=Hours(time(22), time(6)), outside=Outside.REFUSE,
    )  # fmt: skip
    said = in_words(replace(CASE, scope=scope, streams=Live.INSPECT, websocket=Live.INSPECT))
    assert said[0] == (
        "Looks for two given persons on a.example, b.example, c.example and two hosts more "
        "(one path, two ports, one method only)."
    )
    assert said[1] == "Faces pass there, without a bound, once the scope is approved."
    assert said[2] == "It begins on 2026-11-01 at 06:30 UTC. It has no end. It is at work from 22:00 to 06:00 UTC."
    assert said[3] == "A request outside the scope does not go out."
    assert said[4] == "It asks for streams and WebSockets: each piece is looked at before it leaves."


def test_an_untargeted_job():
    said = in_words(Job("news", "acme", "p"))
    assert said[0] == "Looks for nobody in particular, on any host."
    assert "never pass" in said[1]
    assert said[2] == "It has no end."
    assert in_words(Job("news", "acme", "p", redact=True))[1] == "Faces never pass: they are covered."
