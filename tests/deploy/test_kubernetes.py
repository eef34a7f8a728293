"""deploy/kubernetes: rendered as kustomize would, held to the API's schemas, to the image and to facegate itself."""

import ipaddress
import re
from typing import Any

import kubernetes_validate
import pytest
from deploy.shipped import DEPLOY, documents, instructions, read
from facegate.commands.ca import ca
from facegate.commands.serve import serve
from facegate.config import Config, load
from facegate.serve.supervisor import DRAIN_SECONDS

HERE = DEPLOY / "kubernetes"
VERSIONS = ("1.32.0", "1.37.0")  # the oldest and the newest that the manifests are for
ANYWHERE = ("0.0.0.0/0", "::/0")
Resource = dict[str, Any]


@pytest.fixture(scope="module")
def rendered() -> dict[str, Resource]:
    """`Kind/name` -> resource, with the namespace that each kustomization puts it into."""
    found: dict[str, Resource] = {}
    for folder in ("base", "example"):
        kustomization = read(f"deploy/kubernetes/{folder}/kustomization.yaml")
        for name in kustomization["resources"]:
            if name != "../base":
                for resource in documents(HERE / folder / name):
                    if "namespace" in kustomization and resource["kind"] != "Namespace":
                        resource["metadata"]["namespace"] = kustomization["namespace"]
                    found[f"{resource['kind']}/{resource['metadata']['name']}"] = resource
    return found


@pytest.fixture(scope="module")
def config() -> Config:
    return load(HERE / "example/facegate.toml")


@pytest.fixture(scope="module")
def pod(rendered: dict[str, Resource]) -> Resource:
    spec: Resource = rendered["StatefulSet/facegate"]["spec"]["template"]["spec"]
    return spec


def containers(pod: Resource) -> list[Resource]:
    found: list[Resource] = pod["initContainers"] + pod["containers"]
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_the_api_takes_each_resource(rendered: dict[str, Resource], version: str) -> None:
    assert len(rendered) == 11
    for resource in rendered.values():
        assert kubernetes_validate.validate(resource, version, strict=True)


def test_a_mistake_would_be_noticed(rendered: dict[str, Resource]) -> None:
    broken = rendered["PodDisruptionBudget/facegate"] | {"spec": {"maxUnavailble": 1}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, VERSIONS[0], strict=True)


def test_every_file_is_part_of_it() -> None:
    for folder in ("base", "example", "monitoring"):
        kustomization = read(f"deploy/kubernetes/{folder}/kustomization.yaml")
        used = {name for name in kustomization["resources"] if not name.startswith("..")}
        there = {path.name for path in (HERE / folder).glob("*.yaml")} - {"kustomization.yaml", "adapter.yaml"}
        assert used == there


def test_nothing_runs_as_root_or_may_become_it(pod: Resource) -> None:
    user = int(instructions("USER")[0].partition(":")[0])
    secured = pod["securityContext"]
    assert (secured["runAsNonRoot"], secured["runAsUser"], secured["fsGroup"]) == (True, user, user)
    assert secured["fsGroupChangePolicy"] == "OnRootMismatch"  # else keys would be opened to the group
    assert pod["automountServiceAccountToken"] is False
    for container in containers(pod):
        confined = {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["securityContext"] == confined
        assert container["resources"]["limits"]["memory"]


def test_facegate_takes_its_commands_and_its_settings(pod: Resource, config: Config) -> None:
    authority, gateway = containers(pod)
    imported = ca.commands["import"].make_context("import", authority["args"][2:]).params
    started = serve.make_context("serve", gateway["args"][1:]).params
    assert (authority["args"][:2], gateway["args"][0]) == (["ca", "import"], "serve")
    kustomization = read("deploy/kubernetes/example/kustomization.yaml")
    (generated,) = kustomization["configMapGenerator"]
    assert started["config"].name in generated["files"]
    assert imported["config"] == started["config"]
    for container in containers(pod):
        mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        assert mounted["configuration"] == str(started["config"].parent)
        assert mounted["home"] == str(config.home.parent)  # the volume's own folder is root's
        assert mounted["scratch"] == "/tmp"
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert volumes["configuration"]["configMap"]["name"] == generated["name"]
    (keys, certificate) = kustomization["secretGenerator"]
    assert volumes["authority"]["secret"]["secretName"] == certificate["name"]
    assert certificate["files"] == [imported["file"].name]
    assert gateway["envFrom"] == [{"secretRef": {"name": keys["name"]}}]


def test_every_secret_is_a_variable_that_the_example_names(config: Config) -> None:
    lines = (HERE / "example/secrets.env.example").read_text(encoding="utf-8").splitlines()
    named = dict(line.split("=") for line in lines if not line.startswith("#"))
    assert not any(named.values())  # an example has no secrets
    asked = (config.state.key, config.state.password, config.vault.key, config.vault.credentials)
    assert {place["env"] for place in asked} == set(named)
    kept_out = (HERE / "example/.gitignore").read_text(encoding="utf-8").split()
    assert {"secrets.env", "*.pem"} <= set(kept_out)


def test_ports_agree(rendered: dict[str, Resource], pod: Resource, config: Config) -> None:
    ports = {port["name"]: port["containerPort"] for port in pod["containers"][0]["ports"]}
    assert ports == {"proxy": config.listen.port, "console": config.console.port, "metrics": config.metrics.port}
    labels = rendered["StatefulSet/facegate"]["spec"]["template"]["metadata"]["labels"]
    services = [resource for name, resource in rendered.items() if name.startswith("Service/")]
    assert {port["targetPort"] for service in services for port in service["spec"]["ports"]} == set(ports)
    for service in services:
        assert service["spec"]["selector"].items() <= labels.items()
        for port in service["spec"]["ports"]:
            assert port["port"] == ports[port["targetPort"]]
    assert rendered["StatefulSet/facegate"]["spec"]["serviceName"] in {it["metadata"]["name"] for it in services}
    (monitor,) = documents(HERE / "monitoring/service-monitor.yaml")
    nodes = rendered["Service/facegate-nodes"]
    assert monitor["spec"]["selector"]["matchLabels"].items() <= nodes["metadata"]["labels"].items()
    assert monitor["spec"]["endpoints"][0]["port"] == nodes["spec"]["ports"][0]["name"]


def test_probes_ask_the_console(pod: Resource) -> None:
    (gateway,) = pod["containers"]
    asked = {name: gateway[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {get["port"] for get in asked.values()} == {"console"}
    assert [get["path"] for get in asked.values()] == ["/healthz", "/healthz", "/readyz"]
    assert pod["terminationGracePeriodSeconds"] > DRAIN_SECONDS


def test_homes_are_one_pods_and_outlive_it(rendered: dict[str, Resource]) -> None:
    spec = rendered["StatefulSet/facegate"]["spec"]
    (claim,) = spec["volumeClaimTemplates"]
    assert claim["spec"]["accessModes"] == ["ReadWriteOncePod"]
    assert spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}


def test_the_autoscaler_and_the_budget_mean_the_gateways(rendered: dict[str, Resource], config: Config) -> None:
    scaler = rendered["HorizontalPodAutoscaler/facegate"]["spec"]
    target = rendered["StatefulSet/facegate"]
    assert scaler["scaleTargetRef"] == {name: target[name] for name in ("apiVersion", "kind")} | {"name": "facegate"}
    assert scaler["minReplicas"] == target["spec"]["replicas"] == 2
    queue = scaler["metrics"][0]["pods"]
    assert 0 < int(queue["target"]["averageValue"]) < config.limits.queue
    (rule,) = read("deploy/kubernetes/monitoring/adapter.yaml")["rules"]["custom"]
    assert rule["name"]["matches"] == queue["metric"]["name"] == rule["seriesQuery"].partition("{")[0]
    budget = rendered["PodDisruptionBudget/facegate"]["spec"]
    assert budget["selector"] == target["spec"]["selector"]
    assert budget["maxUnavailable"] < scaler["minReplicas"]


def test_crawlers_reach_the_proxy_and_nothing_else(rendered: dict[str, Resource], config: Config) -> None:
    policy, space = rendered["NetworkPolicy/through-the-gateway"], rendered["Namespace/crawlers"]
    assert policy["metadata"]["namespace"] == space["metadata"]["name"]
    assert policy["spec"]["podSelector"] == {}
    assert set(policy["spec"]["policyTypes"]) == {"Ingress", "Egress"}
    assert "ingress" not in policy["spec"]
    (way,) = policy["spec"]["egress"]
    (to,) = way["to"]
    assert to["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "facegate"}
    assert to["podSelector"]["matchLabels"] == rendered["Service/facegate"]["spec"]["selector"]
    assert way["ports"] == [{"protocol": "TCP", "port": config.listen.port}]
    ways_in = {rule["ports"][0]["port"]: rule["from"] for rule in rendered["NetworkPolicy/gateways"]["spec"]["ingress"]}
    assert set(ways_in) == {config.listen.port, config.console.port, config.metrics.port}
    (crawlers,) = ways_in[config.listen.port]
    assert crawlers["namespaceSelector"]["matchLabels"].items() <= space["metadata"]["labels"].items()
    for port in (config.console.port, config.metrics.port):
        for source in ways_in[port]:
            assert not source["namespaceSelector"]["matchLabels"].items() <= space["metadata"]["labels"].items()


def test_gateways_reach_the_internet_and_nothing_private(rendered: dict[str, Resource], config: Config) -> None:
    closed = rendered["NetworkPolicy/nothing"]["spec"]
    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    *inside, outside = rendered["NetworkPolicy/gateways"]["spec"]["egress"]
    blocks = {it["ipBlock"]["cidr"]: it["ipBlock"]["except"] for it in outside["to"]}
    assert tuple(blocks) == ANYWHERE
    excepted = [ipaddress.ip_network(text) for texts in blocks.values() for text in texts]
    for private in ("10.1.2.3", "172.20.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "127.0.0.1", "fd00::1"):
        address = ipaddress.ip_address(private)
        assert any(address in network for network in excepted if network.version == address.version), private
    allowed = ["-".join(str(port[at]) for at in ("port", "endPort") if at in port) for port in outside["ports"]]
    assert allowed == [str(port) for port in config.egress.ports]
    assert all("ipBlock" not in to for rule in inside for to in rule["to"])
    (redis,) = re.findall(r":(\d+)$", config.state.url)
    assert int(redis) in {port["port"] for rule in inside for port in rule["ports"]}
