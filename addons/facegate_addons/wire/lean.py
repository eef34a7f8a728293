"""What mitmproxy does for each message and that is of no use here, or could be had for less. The results are the same.

Headers are looked up some fifty times for each exchange; mitmproxy asks an abstract mapping, which asks for all values,
which asks a function for each name. A request and a response are checked, field by field, against the types that they
are annotated with: a help to those who write addons. A context that is forked gets a server that nobody asked for.
"""

from mitmproxy.http import Headers, MessageData
from mitmproxy.proxy.context import Context


def get_all(self: Headers, name: str | bytes) -> list[str]:
    wanted = _lower(name)
    return [value.decode("utf-8", "surrogateescape") for field, value in self.fields if field.lower() == wanted]


def get[D](self: Headers, name: str | bytes, default: D | None = None) -> str | D | None:
    values = get_all(self, name)
    return ", ".join(values) if values else default


def contains(self: Headers, name: str | bytes) -> bool:
    wanted = _lower(name)
    return any(field.lower() == wanted for field, _value in self.fields)


def fork(self: Context) -> Context:
    forked = Context.__new__(Context)
    forked.client, forked.server, forked.options = self.client, self.server, self.options
    forked.layers = self.layers.copy()
    return forked


def unchecked(_self: MessageData) -> None:
    """mypy checks what we make of messages, and mitmproxy's parsers make no other types."""


def install_lean() -> None:
    for owner, name, ours in (
        (Headers, "get_all", get_all),
        (Headers, "get", get),
        (Headers, "__contains__", contains),
        (Context, "fork", fork),
        (MessageData, "__post_init__", unchecked),
    ):
        setattr(owner, name, ours)


def _lower(name: str | bytes) -> bytes:
    return (name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")).lower()
