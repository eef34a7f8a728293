"""Beside mitmproxy's own methods, as they stand in the classes that ours are put into."""

from collections.abc import Mapping

import pytest
from facegate_addons.wire import lean
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http
from mitmproxy.coretypes.multidict import MultiDict
from mitmproxy.proxy.context import Context

NAMES = st.sampled_from([b"Host", b"host", b"HOST", b"Set-Cookie", b"x", b"X-\xc3\xa9", b"\xff"])
FIELDS = st.lists(st.tuples(NAMES, st.binary(max_size=8)))


@given(fields=FIELDS, asked=NAMES, as_text=st.booleans())
def test_headers_answer_as_ever(fields: list[tuple[bytes, bytes]], asked: bytes, as_text: bool) -> None:
    headers = http.Headers(fields)
    name = asked.decode("utf-8", "surrogateescape") if as_text else asked
    values = [value.decode("utf-8", "surrogateescape") for value in MultiDict.get_all(headers, asked)]
    assert lean.get_all(headers, name) == values
    assert lean.contains(headers, name) is bool(values)
    assert lean.get(headers, name, "none") == (http.Headers._reduce_values(values) if values else "none")
    assert lean.get(headers, name) == (Mapping.get(headers, name))


def test_other_methods_go_by_them() -> None:
    lean.install_lean()
    headers = http.Headers([(b"A", b"1"), (b"a", b"2"), (b"b", b"3")])
    assert headers["a"] == "1, 2"
    assert "B" in headers
    assert headers.pop("A") == "1, 2"
    assert "a" not in headers
    with pytest.raises(KeyError):
        headers["a"]


def test_a_fork_shares_what_mitmproxys_does(context: Context) -> None:
    forked = lean.fork(context)
    assert vars(forked) == vars(context)
    assert (forked.client, forked.server, forked.options) == (context.client, context.server, context.options)
    forked.layers.append(None)  # type: ignore[arg-type]
    assert len(context.layers) == len(forked.layers) - 1


def test_messages_are_made_as_ever(context: Context) -> None:
    del context  # it installs
    made = http.Response.make(200, b"body", {"A": "b"})
    assert (made.status_code, made.content, made.headers["a"]) == (200, b"body", "b")
