import pytest
from facegate_addons.wire.http1 import BoundedHttp1Client, TrailerlessChunkedReader
from facegate_addons.wire.install import _REPLACED, UnknownMitmproxy, install
from facegate_addons.wire.stream import SealedStream
from mitmproxy.proxy.layers import http as layers
from mitmproxy.proxy.layers.http import _http1


def test_ours_stand_where_mitmproxy_looks_for_its_own() -> None:
    install()
    install()  # twice is once
    assert layers.HttpStream is SealedStream
    assert layers.Http1Client is BoundedHttp1Client
    assert _http1.ChunkedReader is TrailerlessChunkedReader


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, name, _ours in _REPLACED])
def test_a_mitmproxy_that_moved_its_insides_is_refused(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    monkeypatch.setattr(module, name, object)
    with pytest.raises(UnknownMitmproxy, match=name):
        install()
    monkeypatch.delattr(module, name)
    with pytest.raises(UnknownMitmproxy, match=name):
        install()
