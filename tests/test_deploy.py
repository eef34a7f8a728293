"""The files for one host without containers: the systemd unit, and the rules that leave crawlers one way out."""

import re
import shlex
from pathlib import Path

from facegate.sections import Listen

ROOT = Path(__file__).parents[1]


def unit() -> dict[str, list[str]]:
    """The settings of the systemd unit, by name."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "deploy/systemd/facegate.service").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "[")):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def test_the_unit_starts_what_there_is() -> None:
    from facegate.commands.serve import serve

    (start,) = unit()["ExecStart"]
    program, verb, *arguments = shlex.split(start)
    assert (Path(program).name, verb) == ("facegate", "serve")
    assert serve.make_context("serve", arguments).params["home"] == Path("/var/lib/facegate")
    assert unit()["StateDirectory"] == ["facegate"]


def test_the_unit_reloads_where_it_serves() -> None:
    from facegate.commands.reload import reload

    (start,), (again,) = unit()["ExecStart"], unit()["ExecReload"]
    program, verb, *arguments = shlex.split(again)
    assert (program, verb) == (shlex.split(start)[0], "reload")
    assert reload.make_context("reload", arguments).params["home"] == Path("/var/lib/facegate")


def test_the_unit_gives_the_drain_its_time_and_nothing_else_anything() -> None:
    from facegate.serve.gateway import DRAIN_SECONDS

    it = unit()
    assert int(it["TimeoutStopSec"][0]) > DRAIN_SECONDS
    assert it["KillMode"] == ["mixed"]  # the supervisor is told, and tells its children
    assert it["CapabilityBoundingSet"] == [""]
    for name in ("NoNewPrivileges", "PrivateTmp", "PrivateDevices", "RestrictNamespaces", "LockPersonality"):
        assert it[name] == ["yes"], name


def test_the_rules_leave_crawlers_one_way_out() -> None:
    rules = (ROOT / "deploy/nftables/facegate.nft").read_text(encoding="utf-8")
    assert f"define proxy_port = {Listen().port}\n" in rules
    for chain in re.findall(r"chain \w+ \{(.*?)\n    \}", rules, re.DOTALL):
        verdicts = [line.split()[0] for line in chain.strip().splitlines() if not line.strip().startswith("#")]
        assert verdicts[:2] == ["type", "ct"]
        last = chain.strip().splitlines()[-1]
        assert "reject" in last
        assert "log prefix" in last
