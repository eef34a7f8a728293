import pytest
from facegate_addons.domain.scope import Asked
from facegate_addons.hooks.asked import asked_of


def test_all_names_of_the_origin_and_what_is_asked_of_it(make_flow):
    flow = make_flow()
    flow.request.host, flow.request.port, flow.request.path = "one.example", 8443, "/a?b=c"
    flow.request.headers["Host"] = "two.example:8443"
    flow.server_conn.sni = "three.example"
    assert asked_of(flow) == Asked(frozenset(("one.example", "two.example", "three.example")), 8443, "GET", "/a?b=c")


@pytest.mark.parametrize("host", ["a.example", "[::1]:80"])
def test_hosts_as_clients_spell_them(make_flow, host):
    flow = make_flow()
    flow.request.headers["Host"] = host
    assert asked_of(flow).hosts >= {host.removesuffix(":80").strip("[]")}
