"""Dockerfile and docker-compose.yml, held to the project they deploy. No container engine needed."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from facegate.sections import Console, Listen

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def instructions(word: str) -> list[str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return [line.partition(" ")[2].strip() for line in joined.splitlines() if line.startswith(f"{word} ")]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_every_copied_path_exists_and_reaches_the_build() -> None:
    sources = [source for copy in instructions("COPY") if "--from" not in copy for source in shlex.split(copy)[:-1]]
    assert sources
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in ignored, source


def test_the_command_line_is_one_that_facegate_accepts() -> None:
    from facegate.commands.serve import serve

    verb, *arguments = json.loads(instructions("CMD")[-1])
    assert verb == "serve"
    context = serve.make_context("serve", arguments, resilient_parsing=False)
    assert isinstance(context, click.Context)
    assert str(context.params["home"]) == instructions("VOLUME")[-1]


def test_ports_are_the_defaults() -> None:
    ports = {str(Listen().port), str(Console().port)}
    assert set(instructions("EXPOSE")[-1].split()) == ports
    arguments = json.loads(instructions("CMD")[-1])
    assert arguments[arguments.index("--listen") + 1] == f"0.0.0.0:{Listen().port}"
    assert arguments[arguments.index("--console") + 1] == f"0.0.0.0:{Console().port}"
    assert f"127.0.0.1:{Console().port}/healthz" in DOCKERFILE


def test_the_image_runs_as_nobody_in_particular() -> None:
    assert instructions("USER") == ["facegate"]
    assert re.search(r"--uid 10001\b", DOCKERFILE)


def test_one_uv_everywhere() -> None:
    ours = re.search(r"^ours=(\S+)", (ROOT / "tools/uv").read_text(encoding="utf-8"), re.MULTILINE)
    assert ours
    assert f"uv=={ours[1]}" in DOCKERFILE


def test_one_python_everywhere() -> None:
    version = (ROOT / ".python-version").read_text(encoding="utf-8").strip()
    assert {image.split()[0] for image in instructions("FROM")} == {f"python:{version}-slim"}


def test_every_service_is_confined(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["read_only"] is True, name
        assert service["mem_limit"], name
        assert service["pids_limit"], name
        assert service.get("privileged") is None, name
        assert "healthcheck" in service or "build" in service, name  # what we build brings its own


def test_crawlers_have_no_way_out_but_the_gateway(compose: dict[str, Any]) -> None:
    assert compose["networks"]["crawlers"]["internal"] is True
    assert compose["networks"]["state"]["internal"] is True
    ways_out = {name for name, network in compose["networks"].items() if not network.get("internal")}
    bridges = {
        name
        for name, service in compose["services"].items()
        if "crawlers" in service["networks"] and ways_out & set(service["networks"])
    }
    assert bridges == {"gateway"}
    assert "crawlers" not in compose["services"]["redis"]["networks"]  # crawlers cannot reach the state


def test_published_ports_are_for_this_machine_only(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert published == [f"127.0.0.1:{Console().port}:{Console().port}"]


def test_home_outlives_the_container(compose: dict[str, Any]) -> None:
    mounts = dict(mount.split(":") for mount in compose["services"]["gateway"]["volumes"])
    assert mounts == {"home": instructions("VOLUME")[-1]}
    assert set(compose["volumes"]) >= set(mounts)


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


def test_dashboard_and_alerts_ask_for_metrics_that_there_are() -> None:
    documented = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`(facegate_\w+)", documented))
    known = names | {f"{name}_{part}" for name in names for part in ("bucket", "sum", "count")}
    dashboard = json.loads((ROOT / "deploy/grafana/facegate.json").read_text(encoding="utf-8"))
    rules = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for rule in rules]
    for expression in asked:
        found = re.findall(r"facegate_\w+", expression)
        assert found
        assert set(found) <= known, expression
    shown = {name for name in names if any(name in expression for expression in asked)}
    assert names - shown <= {"facegate_gateway_observe_mode", "facegate_gateway_report_age_seconds"}
    assert all(rule["annotations"]["summary"] for rule in rules)
