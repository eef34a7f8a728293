"""docker-compose.yml and what it mounts: each held to its schema, to the other files, and to facegate itself."""

import importlib.resources
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from deploy.shipped import DEPLOY, ROOT, instructions, read, unpinned
from facegate.commands.ca import ca
from facegate.commands.serve import serve
from facegate.config import Config, load
from facegate.shared.address import address

GATEWAYS = ("gateway-1", "gateway-2")
MASQUERADE = "com.docker.network.bridge.enable_ip_masquerade"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = read("docker-compose.yml")
    return found


@pytest.fixture(scope="module")
def config() -> Config:
    return load(DEPLOY / "compose/facegate.toml")


def mounts(service: dict[str, Any]) -> dict[str, str]:
    """Where in the container -> a volume, or a path of the project."""
    pairs = (mount.split(":") for mount in service.get("volumes", []))
    return {target: source for source, target, *_ in pairs}


def env(service: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = service.get("environment", {})
    return found


def test_the_compose_specification_takes_it(compose: dict[str, Any]) -> None:
    schemas = importlib.resources.files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json"
    schema = json.loads(schemas.read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(compose)
    broken = compose | {"services": {"one": {"imagine": "x"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validators.validator_for(schema)(schema).validate(broken)


def test_every_service_is_confined(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["read_only"] is True, name
        assert service["mem_limit"], name
        assert service["pids_limit"], name
        assert service.get("privileged") is None, name
        assert service.get("user") not in ("root", "0"), name
        assert service["sysctls"] == {"net.ipv4.ip_forward": "0"}, name
        assert "healthcheck" in service or "build" in service, name  # what we build brings its own


def test_every_image_is_the_one_that_was_looked_at(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert "build" in service or not unpinned(service["image"]), name


def test_crawlers_have_no_way_out_but_the_gateways(compose: dict[str, Any]) -> None:
    networks, services = compose["networks"], compose["services"]
    assert {name for name, it in networks.items() if it.get("internal")} == {"crawlers", "gate", "state", "watch"}
    assert networks["desk"]["driver_opts"] == {MASQUERADE: "false"}
    of = {name: set(service.get("networks", ())) for name, service in services.items()}
    assert {name for name, these in of.items() if "egress" in these} == set(GATEWAYS)
    assert {name for name, these in of.items() if "crawlers" in these} == {"balancer"}
    # the balancer passes connections on to the proxies' ports; nothing else is on the way
    assert of["balancer"] == {"crawlers", "gate", "watch"}
    for name in ("redis", "storage"):
        assert of[name] == {"state"}
    assert services["keys"]["network_mode"] == "none"


def test_published_ports_are_for_this_machine_only(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)
    assert len({port.rpartition(":")[0] for port in published}) == len(published)


def test_everything_that_is_mounted_is_there(compose: dict[str, Any]) -> None:
    used = set()
    for name, service in compose["services"].items():
        for target, source in mounts(service).items():
            if source.startswith("./"):
                assert (ROOT / source).exists(), (name, source)
                assert f"{source}:{target}:ro" in service["volumes"], (name, source)
            else:
                used.add(source)
    assert used == set(compose["volumes"])


def test_what_waits_for_a_service_waits_for_one_that_can_be_waited_for(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for other, how in service.get("depends_on", {}).items():
            assert other in compose["services"], name
            if how["condition"] == "service_healthy":
                assert "test" in compose["services"][other]["healthcheck"], (name, other)


def test_the_gateways_differ_in_their_homes_and_addresses_alone(compose: dict[str, Any]) -> None:
    one, other = (yaml.safe_dump(compose["services"][name]) for name in GATEWAYS)
    assert one != other
    assert one.replace("home-1", "home-2").replace(".80.11", ".80.12").replace(":8081:8081", ":8091:8081") == other


def test_the_gateways_start_with_commands_and_settings_that_facegate_takes(
    compose: dict[str, Any], config: Config
) -> None:
    service = compose["services"]["gateway-1"]
    assert service["entrypoint"] == ["/bin/sh", "-euc"]
    (script,) = service["command"]
    taken, served = script.splitlines()
    verb, name, *rest = taken.split()[1:]
    assert (verb, name) == ("ca", "import")
    imported = ca.commands["import"].make_context("import", rest).params
    started = serve.make_context("serve", served.removeprefix("exec facegate serve").split()).params
    places = mounts(service)
    assert places[str(imported["config"])] == places[str(started["config"])] == "./deploy/compose/facegate.toml"
    assert str(config.home) == instructions("VOLUME")[-1]
    assert places[str(config.home)] == "home-1"
    assert mounts(compose["services"]["keys"])[str(imported["file"].parents[1])] == "keys"
    for secret in (config.state.key, config.state.password, config.vault.key, config.vault.credentials):
        assert places[str(Path(secret["file"]).parent)] == "keys"


def test_scripts_in_it_are_fit_for_any_shell(compose: dict[str, Any], tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("shellcheck")
    found = [it["command"][0] for it in compose["services"].values() if it.get("entrypoint", [""])[0] == "/bin/sh"]
    assert len(found) == 3
    for script in found:
        command = [program, "--shell=sh", "--exclude=SC1091", "-"]  # the files that it reads are made by keys.py
        done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")


def test_the_balancer_is_who_the_gateways_believe(compose: dict[str, Any], config: Config) -> None:
    networks = compose["services"]["balancer"]["networks"]
    assert config.listen.proxy_protocol == [f"{networks['gate']['ipv4_address']}/32"]
    told = env(compose["services"]["balancer"])
    for number, name in enumerate(GATEWAYS, 1):
        its = compose["services"][name]["networks"]["gate"]["ipv4_address"]
        assert told[f"GATEWAY_{number}"] == f"{its}:{config.listen.port}"
        assert told[f"CONSOLE_{number}"] == str(config.console.port)
    wanted = set(re.findall(r"\$\{(\w+)\}", (DEPLOY / "haproxy/haproxy.cfg").read_text(encoding="utf-8")))
    assert wanted == set(told)
    (subnet,) = compose["networks"]["gate"]["ipam"]["config"]
    assert subnet["subnet"] == "172.30.80.0/24"


def test_the_gateways_find_redis_and_the_storage(compose: dict[str, Any], config: Config) -> None:
    services = compose["services"]
    to = address(config.state.url)
    assert to.hosts == (("redis", 6379),)
    assert to.password == ""
    assert to.user == "gate"
    assert mounts(services["redis"])["/etc/redis"] == mounts(services["keys"])["/keys/redis"] == "redis-users"
    host, port = config.vault.endpoint.removeprefix("http://").split(":")
    (script,) = services[host]["command"]
    assert f"--port :{port} " in script
    folder = script.split()[-1]
    assert mounts(services[host])[str(Path(folder).parent)] == mounts(services["keys"])["/keys/storage"] == "storage"
    assert services[host]["user"] == instructions("USER")[0]  # keys.py makes the bucket as this one
    assert {"redis", host} <= set(services["gateway-1"]["depends_on"])


def test_volumes_that_our_user_writes_belong_to_it(compose: dict[str, Any]) -> None:
    """A new volume has the owner of the folder that it is mounted on in the image."""
    (made,) = [run for run in instructions("RUN") if "useradd" in run]
    for name in ("keys", "gateway-1"):
        for target, source in mounts(compose["services"][name]).items():
            if not source.startswith("./"):
                assert re.search(rf"install -d -o facegate -g facegate [^&]*{target}\b", made), target


def test_prometheus_asks_those_who_answer(compose: dict[str, Any], config: Config) -> None:
    targets = {
        target
        for job in read("deploy/prometheus/prometheus.yml")["scrape_configs"]
        for group in job["static_configs"]
        for target in group["targets"]
    }
    watch = env(compose["services"]["balancer"])["WATCH"]
    assert targets == {f"{name}:{config.metrics.port}" for name in GATEWAYS} | {f"balancer{watch}"}
    for target in targets:
        assert "watch" in compose["services"][target.partition(":")[0]]["networks"]
    assert config.metrics.host == "0.0.0.0"


def test_grafana_shows_the_dashboard_and_lets_nobody_change_anything(compose: dict[str, Any]) -> None:
    grafana = compose["services"]["grafana"]
    (source,) = read("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"]
    host, port = source["url"].removeprefix("http://").split(":")
    assert "watch" in compose["services"][host]["networks"]
    assert port == "9090"
    (provider,) = read("deploy/grafana/provisioning/dashboards/facegate.yml")["providers"]
    shown = f"{provider['options']['path']}/facegate.json"
    assert mounts(grafana)[shown] == "./deploy/grafana/facegate.json"
    told = env(grafana)
    assert told["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] == shown
    assert told["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
    assert told["GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION"] == "true"
