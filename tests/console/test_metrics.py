import json
import re
import time

from console.browsing import Browser
from facegate.console.gateways import STALE, Status, Unreadable
from facegate.console.metrics import CONTENT_TYPE, exposition
from facegate.state.home import Home

SAMPLE = re.compile(r'([a-z_]+)(?:\{gateway="([^"\\\n]*)"\})? (-?[0-9][0-9.e+-]*)')


def parse(text: str) -> dict[tuple[str, str], float]:
    """The text format, strictly: HELP and TYPE once and before the samples of a metric, and those together."""
    assert text.endswith("\n")
    samples: dict[tuple[str, str], float] = {}
    helped: set[str] = set()
    current = ""
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name, _, meaning = line.removeprefix("# HELP ").partition(" ")
            assert name not in helped
            assert meaning
            helped.add(name)
        elif line.startswith("# TYPE "):
            current, kind = line.removeprefix("# TYPE ").split(" ")
            assert current in helped
            assert kind == "gauge"
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            name, gateway, value = match.groups()
            assert name == current
            assert (name, gateway or "") not in samples
            samples[name, gateway or ""] = float(value)
    return samples


def test_each_gateway_and_all_together() -> None:
    statuses = [
        Status("gateway-0", 0.25, True, (), 2, False),
        Status("gateway-1", 1.5, False, ("ledger",), 0, True),
        Status("gateway-2", STALE + 1, True, (), 1, False),
        Unreadable("gateway-3"),
    ]
    assert parse(exposition([*statuses])) == {
        ("facegate_observe_mode", ""): 1,
        ("facegate_gateway_observe_mode", "0"): 0,
        ("facegate_gateway_observe_mode", "1"): 1,
        ("facegate_gateway_observe_mode", "2"): 0,
        ("facegate_gateway_ready", "0"): 1,
        ("facegate_gateway_ready", "1"): 0,
        ("facegate_gateway_ready", "2"): 0,
        ("facegate_gateway_ready", "3"): 0,
        ("facegate_gateway_workers", "0"): 2,
        ("facegate_gateway_workers", "1"): 0,
        ("facegate_gateway_workers", "2"): 1,
        ("facegate_gateway_report_age_seconds", "0"): 0.25,
        ("facegate_gateway_report_age_seconds", "1"): 1.5,
        ("facegate_gateway_report_age_seconds", "2"): STALE + 1,
    }


def test_without_a_gateway_nothing_passes() -> None:
    assert parse(exposition([])) == {("facegate_observe_mode", ""): 0}


def test_it_is_there_without_a_log_in(stranger: Browser, home: Home) -> None:
    for observes in (False, True):
        told = {"at": time.time(), "ready": True, "why": [], "workers": 1, "observe": observes}
        (home.run / "gateway-0.json").write_text(json.dumps(told))
        answer = stranger.get("/metrics")
        assert (answer.status_code, answer.headers.get_list("content-type")) == (200, [CONTENT_TYPE])
        assert parse(answer.text)["facegate_observe_mode", ""] == observes
        assert str(home.path) not in answer.text
