from pathlib import Path

import pytest
from facegate_addons.wire import modes
from mitmproxy.proxy.mode_specs import ProxyMode


@pytest.mark.parametrize(("host", "port"), [("proxy.example", 3128), ("10.0.0.1", 80), ("::1", 8080)])
def test_an_upstream_proxy_is_found_where_it_is(host: str, port: int) -> None:
    mode = ProxyMode.parse(modes.upstream("https", host, port))
    assert (mode.scheme, mode.address) == ("https", (host, port))
    assert mode.transport_protocol == "tcp"


@pytest.mark.parametrize("keys", ["/var/lib/facegate/wireguard/a.keys", "/a b/x:y@z/k@1.keys"])
def test_a_tunnels_keys_may_lie_anywhere(keys: str) -> None:
    mode = ProxyMode.parse(modes.wireguard(Path(keys), 51820))
    assert (mode.data, mode.listen_port(), mode.transport_protocol) == (keys, 51820, "udp")


def test_each_mode_is_one_of_its_own() -> None:
    specs = {modes.REGULAR, modes.SOCKS5, modes.TRANSPARENT}
    assert {ProxyMode.parse(spec).transport_protocol for spec in specs} == {"tcp"}
    assert len(specs) == 3
