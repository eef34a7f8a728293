import re
from pathlib import Path

import pytest
from facegate.metrics.meters import Meters, kind_of
from facegate_addons.domain.alarms import Alarm
from facegate_addons.domain.model import Clear, Faces, Finding, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.workers.ends import End

DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"
ROW = re.compile(r"^\| `(facegate_\w+)(?:\{(.*?)\})?` \| (\w+) \|", re.MULTILINE)
LINE = {"event": "exchange", "scope": "untargeted", "action": "quarantine", "reason": "faces", "ms": 20, "size": 300}


def test_an_exchange_is_counted_by_what_was_done() -> None:
    meters = Meters()
    meters.exchange(LINE | {"faces": 2})
    meters.exchange(LINE | {"faces": 2})
    meters.exchange(LINE | {"faces": 0, "action": "pass", "reason": "clear", "size": 5})
    value = meters.registry.get_sample_value
    labels = {"scope": "untargeted", "action": "quarantine", "reason": "faces"}
    assert value("facegate_exchanges_total", labels) == 2
    assert value("facegate_body_bytes_total", {"action": "quarantine"}) == 600
    assert value("facegate_body_bytes_total", {"action": "pass"}) == 5
    assert value("facegate_faces_total", {"action": "quarantine"}) == 4
    assert value("facegate_faces_total", {"action": "pass"}) is None
    assert value("facegate_exchange_seconds_bucket", {"action": "quarantine", "le": "0.025"}) == 2
    assert value("facegate_exchange_seconds_bucket", {"action": "quarantine", "le": "0.01"}) == 0


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [
        (Clear("jpeg"), "picture"),
        (Faces((Finding((0, 0, 9, 9), 0.9),), kind="png"), "picture"),
        (Clear("text"), "text"),
        (Clear("made up by a body"), "other"),
        (Unreadable(Reason.ENCRYPTED), "unreadable"),
    ],
)
def test_a_worker_cannot_make_up_kinds(verdict: Verdict, kind: str) -> None:
    assert kind_of(verdict) == kind


def test_each_is_documented_with_its_labels() -> None:
    meters = Meters()
    rows = ROW.findall(DOCS.read_text(encoding="utf-8"))
    documented = {name: (tuple(labels.split(", ")) if labels else (), kind) for name, labels, kind in rows}
    for metric in (each for name, each in vars(meters).items() if name not in ("registry", "_children", "_kinds")):
        (described,) = metric.describe()
        name = described.name + ("_total" if described.type == "counter" else "")
        assert documented.pop(name) == (metric._labelnames, described.type), name
    assert all(
        name.startswith(("facegate_gateway_", "facegate_observe_mode", "facegate_ledger_")) for name in documented
    )


def test_what_may_stay_nothing_is_there_from_the_start() -> None:
    meters = Meters()
    value = meters.registry.get_sample_value
    for _ in range(2):
        meters.worker_ended(End.DIED)
    meters.alarmed(Alarm.SEAL_MISMATCH)
    ended = {why.value: value("facegate_workers_ended_total", {"why": why.value}) for why in End}
    assert ended == {"died": 2, "cut-off": 0, "left": 0, "recycled": 0}
    alarms = {alarm.value: value("facegate_alarms_total", {"alarm": alarm.value}) for alarm in Alarm}
    assert alarms == {"seal-mismatch": 1, "step-failed": 0, "hook-failed": 0}
    page = DOCS.read_text()
    assert all(f"`{word}`" in page for word in (*End, *Alarm))


def test_who_counts_again_looks_for_no_label_again(monkeypatch: pytest.MonkeyPatch) -> None:
    meters = Meters()
    for each in (meters.exchanges, meters.exchange_seconds, meters.bytes, meters.faces, meters.inspection_seconds):
        asked: list[object] = []
        labels = each.labels
        monkeypatch.setattr(
            each, "labels", lambda *given, labels=labels, asked=asked: asked.append(given) or labels(*given)
        )
        for _ in range(3):
            meters.exchange(LINE | {"faces": 2})
            meters.inspected("text", 0.1)
        assert len(asked) == 1
        monkeypatch.undo()
        meters._children.clear()
        meters._kinds.clear()
    assert meters.registry.get_sample_value("facegate_inspection_seconds_count", {"kind": "text"}) == 15


def test_the_wait_in_the_queue() -> None:
    meters = Meters()
    meters.waited(0.003)
    assert meters.registry.get_sample_value("facegate_queue_seconds_bucket", {"le": "0.005"}) == 1
    assert meters.registry.get_sample_value("facegate_queue_seconds_bucket", {"le": "0.002"}) == 0
