"""What `facegate serve` does before it says that it is ready: the whole of it, in a home of its own. One for all."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from live.client import connect, get, raw
from live.console import console
from live.gateways import Gateway
from live.origin import Origin
from live.plays import answer
from live.withheld import assert_quiet

SITE = Path(__file__).with_name("broken")
CONFIG = '[egress]\nprivate = false\n[policy]\nmode = "observe"\n[log]\nlevel = "info"\n'
LEAKED = "self-test: “a picture”: some of the picture came through"


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("tested")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROKEN", str(folder / "broken"))
        with Gateway(folder / "home", CONFIG, inspectors=1, site=SITE) as gateway:
            yield gateway


def test_it_says_what_it_tried(tested: Gateway) -> None:
    said = re.findall(r"self-test: (\d+) ways past a proxy tried in ([\d.]+) s, nothing came through", tested.stderr())
    assert [int(ways) for ways, _ in said] == [77]


def test_it_leaves_nothing_behind(tested: Gateway) -> None:
    ledger = "".join(file.read_text("utf-8") for file in (tested.home / "ledger").glob("*.jsonl"))
    assert ledger
    assert not re.search("exchange|identity|self-test|127.0.0.1", ledger)
    assert "exchange" not in tested.stderr()
    assert json.loads(tested.run("quarantine", "list", "--json").stdout) == []
    counted = console(tested, "/metrics").text
    samples = {
        name: float(value) for name, value in re.findall(r"^(facegate_\w+(?:\{.*\})?) (\S+)$", counted, re.MULTILINE)
    }
    assert samples.pop('facegate_gateway_self_test_ways{gateway="0"}') == 77
    assert 0 < samples.pop('facegate_gateway_self_test_seconds{gateway="0"}') < 45
    of_traffic = re.compile(
        "exchange|queue_seconds|inspection_seconds|verdicts|minted|faces|bytes|unsealed|alarms|errors"
    )
    assert {name: value for name, value in samples.items() if of_traffic.search(name) and value} == {}


def test_what_it_was_let_to_reach_nobody_else_is(tested: Gateway, origin: Origin) -> None:
    reply = raw(tested.proxy, get(origin.route("/page", answer(b"<p>page</p>"))))
    assert reply.startswith(b"HTTP/1.1 403 ")
    assert b'"reason": "address-refused"' in reply


def test_one_that_leaks_does_not_succeed_and_does_not_start(tested: Gateway, face_jpeg: bytes) -> None:
    broken = Path(os.environ["BROKEN"])
    broken.touch()
    done = tested.run("reload", "--json", check=False)
    told = json.loads(done.stdout)
    assert (done.returncode, told["state"], told["replaced"]) == (1, "stopped", 0)
    assert told["why"].startswith(f"gateway 0: {LEAKED}; ")
    assert raw(tested.proxy, get("http://192.0.2.1/")).startswith(b"HTTP/1.1 ")  # the old one serves on
    port = urlsplit(tested.proxy).port
    assert tested.terminate() == 0
    with pytest.raises(AssertionError, match="the gateway is exited") as refused:
        Gateway(tested.home, CONFIG, "--listen", f"127.0.0.1:{port}", inspectors=1, site=SITE).__enter__()
    said = str(refused.value)
    assert f"facegate: {LEAKED}; " in said
    assert "Not serving (facegate " in said
    assert "Traceback" not in said
    with pytest.raises(ConnectionRefusedError):
        connect(tested.proxy)
    assert_quiet(said, face_jpeg)
