import pytest
from facegate_addons.wire.wireguard import Keys
from mitmproxy_rs.wireguard import pubkey


def test_keys_are_read_as_they_were_written() -> None:
    keys = Keys.fresh()
    assert Keys.parse(keys.dump()) == keys
    assert keys != Keys.fresh()
    assert keys.peer not in repr(keys)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"server": 1, "peer": 2}', '{"server": "secret", "peer": "x"}', "\x00"]
)
def test_damaged_keys_are_told_without_them(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not the keys of a tunnel$"):
        Keys.parse(text)


def test_a_peer_is_given_its_own_key_and_the_servers_public_one() -> None:
    keys = Keys.fresh()
    said = keys.client_configuration("gateway.example:51820")
    assert f"PrivateKey = {keys.peer}\n" in said
    assert f"PublicKey = {pubkey(keys.server)}\n" in said
    assert "Endpoint = gateway.example:51820\n" in said
    assert keys.server not in said
    assert "DNS" not in said
