"""Fields dropped from a head by name, in one pass over it: most heads have none of them."""

from collections.abc import Callable

from mitmproxy.http import Headers


def drop(headers: Headers, unwanted: Callable[[bytes], bool]) -> None:
    """`unwanted` is asked with each name in small letters."""
    if any(unwanted(name.lower()) for name, _value in headers.fields):
        headers.fields = tuple(field for field in headers.fields if not unwanted(field[0].lower()))
