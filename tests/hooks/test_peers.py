from facegate_addons.hooks.bindings import Bindings, Bound
from facegate_addons.hooks.peers import Peers
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.test import tflow


def test_a_tunnels_connections_speak_for_its_job() -> None:
    bindings = Bindings()
    peers = Peers(bindings, {"regular@1": "crawl-a", "regular@2": "crawl-b"})
    clients = [tflow.tclient_conn() for _ in range(3)]
    for client, port in zip(clients, (1, 2, 3), strict=True):
        client.proxy_mode = ProxyMode.parse(f"regular@{port}")
        client.id = str(port)
        peers.client_connected(client)
    assert [bindings.of(client.id) for client in clients] == [Bound("crawl-a"), Bound("crawl-b"), None]
    for client in clients:
        peers.client_disconnected(client)
    assert [bindings.of(client.id) for client in clients] == [None] * 3
