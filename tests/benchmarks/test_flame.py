"""`make bench-flame` in small: py-spy's recording of a real gateway, and drawings of stacks written here."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from benchmarks.gate import flamegraph  # noqa: E402
from benchmarks.gate.flame import loop  # noqa: E402

RUN = "main (facegate/serve/gateway.py:83);BaseEventLoop._run_once (asyncio/base_events.py:1947)"
RECORDED = f"""\
{RUN};Handle._run (asyncio/events.py:87);Policy.response (facegate_addons/hooks/policy.py:20) 30
{RUN};Handle._run (asyncio/events.py:87);Policy.response (facegate_addons/hooks/policy.py:20);sha <b> (hashlib.py:1) 20
{RUN};Handle._run (asyncio/events.py:87);Layer.handle_event (mitmproxy/proxy/layer.py:131) 50
{RUN};EpollSelector.select (selectors.py:435) 900
Thread.run (threading.py:981);Condition.wait (threading.py:327) 400
"""


def run(*options: object) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "benchmarks.gate.flame", *map(str, options)]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)


def test_takes_the_loop_at_work() -> None:
    stacks = loop(RECORDED)
    assert sum(stacks.values()) == 100
    assert {stack[0] for stack in stacks} == {"Handle._run (asyncio/events.py:87)"}
    assert flamegraph.shares(stacks) == {"facegate": 0.5, "mitmproxy": 0.5}
    assert flamegraph.leaves(stacks, 1) == [("Layer.handle_event (mitmproxy/proxy/layer.py:131)", 0.5)]


def test_width_is_the_share_and_names_are_text() -> None:
    svg = ElementTree.fromstring(flamegraph.draw(loop(RECORDED), "A <title>"))  # noqa: S314 - drawn here
    boxes = {}
    for group in svg.findall("{*}g"):
        title, box = group.find("{*}title"), group.find("{*}rect")
        assert title is not None
        assert box is not None
        boxes[title.text] = (float(box.attrib["x"]), float(box.attrib["width"]), box.attrib["fill"])
    full = flamegraph.WIDTH - 2 * flamegraph.MARGIN
    assert boxes["Handle._run (asyncio/events.py:87): 100.0%"][1] == pytest.approx(full, abs=1)
    x, width, fill = boxes["Policy.response (facegate_addons/hooks/policy.py:20): 50.0%"]
    assert width == pytest.approx(full / 2, abs=1)
    assert boxes["sha <b> (hashlib.py:1): 20.0%"][0] == x
    assert fill != boxes["Layer.handle_event (mitmproxy/proxy/layer.py:131): 50.0%"][2]


def test_draws_what_was_recorded(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(RECORDED, encoding="utf-8")
    done = run("--recorded", tmp_path, "--body", "page", "--name", "before", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "facegate 50%, mitmproxy 50%" in done.stdout
    assert (tmp_path / "out" / "flame-page-before.svg").exists()
    done = run("--recorded", tmp_path, "--body", "photo", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert re.search(r"photo.txt is not there", done.stderr)


@pytest.mark.live
def test_samples_a_gateway_under_load_or_says_what_is_missing(tmp_path: Path) -> None:
    done = run("--body", "page", "--seconds", "1", "--out", tmp_path)
    if done.returncode == 0:
        assert "facegate" in done.stdout
        ElementTree.parse(tmp_path / "flame-page-now.svg")  # noqa: S314
    else:
        says = "py-spy: " if Path(sys.executable).with_name("py-spy").exists() else "py-spy is"
        assert says in done.stderr
        assert "Traceback" not in done.stderr
