"""Live tests: a real gateway in its own process, real origins, real sockets."""

import json
import os
import ssl
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from facegate_addons.domain.model import utc_now
from live.authority import Authority
from live.gateways import Gateway
from live.origin import Origin
from live.origin_h2 import H2Origin
from live.withheld import assert_quiet

HERE = Path(__file__).parent

# default configurations trust the tests' own authority towards origins
TRUST = '[egress]\ntrusted_ca = "{}"\n'


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.live)
    if not (os.environ.get("CI") or (sys.platform == "linux" and os.geteuid() == 0)):  # told as "deselected"
        left_out = [item for item in items if item.get_closest_marker("namespaces")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def start_gateway(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Callable[..., Gateway]:
    """A factory: `with start_gateway("[policy]\\nfaces = 'drop'") as gateway`. A config with [egress] in it brings its
    own trust. One process less with each thing that it has not: the console, a second inspection worker."""

    def start(
        config: str = "", *options: str, home: Path | None = None, console: bool = False, inspectors: int = 1
    ) -> Gateway:
        trust = "" if "[egress]" in config else TRUST.format(authority.pem)
        home = home or tmp_path_factory.mktemp("gateway") / "home"
        return Gateway(home, trust + config, *options, console=console, inspectors=inspectors)

    return start


@pytest.fixture(scope="session")
def gateway(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    """The default gateway, shared by all tests that do nothing to it."""
    with start_gateway(console=True) as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


@pytest.fixture(scope="session")
def strict(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    """A gateway that wants credentials, shared likewise."""
    with start_gateway('[identity]\nrequired = true\nlongest_delay = "0s"', console=True) as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


@pytest.fixture(scope="session")
def hasty(start_gateway: Callable[..., Gateway], face_jpeg: bytes) -> Iterator[Gateway]:
    """A gateway that waits two seconds for a response and one for its inspection, and lets one body wait."""
    with start_gateway("[limits]\nresponse = 2\nseconds = 1\nqueue = 1") as gateway:
        yield gateway
    assert_quiet(gateway.stderr(), face_jpeg)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


@pytest.fixture
def tls_origin(authority: Authority) -> Iterator[Origin]:
    with Origin(authority.server()) as origin:
        yield origin


@pytest.fixture
def h2_origin(authority: Authority) -> Iterator[H2Origin]:
    with H2Origin(authority.server("h2")) as origin:
        yield origin


class OnlyH2(ssl.SSLContext):
    """httpx offers http/1.1 first, and the gateway takes a client's first offer."""

    def set_alpn_protocols(self, _protocols: Iterable[str]) -> None:
        super().set_alpn_protocols(["h2"])


@pytest.fixture
def h2_client(gateway: Gateway) -> Iterator[Callable[..., tuple[int, bytes]]]:
    """`h2_client(url, headers={...})`: GET over HTTP/2 through the default gateway; (status, body)."""
    trust = OnlyH2(ssl.PROTOCOL_TLS_CLIENT)
    trust.load_verify_locations(gateway.ca)
    with httpx.Client(http2=True, verify=trust, proxy=gateway.proxy, trust_env=False, timeout=20) as client:

        def fetch(url: str, **options: Any) -> tuple[int, bytes]:
            reply = client.get(url, **options)
            assert reply.http_version == "HTTP/2"
            return reply.status_code, reply.content

        yield fetch


TARGETED = """
id = "{name}"
operator = "acme"
purpose = "find public sightings of one missing person"
[scope]
kind = "individual"
subjects = ["case-4711"]
hosts = {hosts}
legal_basis = "a law"
reference = "order no. 4711"
expires = {expires:%Y-%m-%dT%H:%M:%SZ}
max_releases = {max_releases}
"""


@pytest.fixture(scope="session")
def add_user() -> Callable[..., None]:
    """`add_user(gateway, name, role)`; whoever is there already stays. The password is `a long password`."""

    def add(gateway: Gateway, name: str, role: str = "reviewer") -> None:
        added = gateway.run(
            "user", "add", name, "--role", role, "--password-stdin", check=False, stdin="a long password\n"
        )
        assert added.returncode == 0 or "already" in added.stderr, added.stderr

    return add


@pytest.fixture(scope="session")
def targeted_job(add_user: Callable[..., None]) -> Callable[..., str]:
    """`targeted_job(gateway, name, approve=True, hosts=[...], max_releases=N, max_faces=N)`: its token."""

    def make(
        gateway: Gateway,
        name: str,
        *,
        approve: bool = True,
        hosts: Iterable[str] = ("127.0.0.1",),
        max_releases: int = 1000,
        max_faces: int | None = None,
    ) -> str:
        file = gateway.home.with_name(f"{name}.toml")
        file.write_text(
            TARGETED.format(
                name=name,
                hosts=json.dumps(list(hosts)),
                max_releases=max_releases,
                expires=utc_now() + timedelta(days=30),
            )
            + ("" if max_faces is None else f"max_faces = {max_faces}\n")
        )
        token: str = json.loads(gateway.run("job", "register", str(file), "--json").stdout)["token"]
        if approve:
            add_user(gateway, "rita")
            gateway.run("job", "approve", name, "--as", "rita")
        return token

    return make
