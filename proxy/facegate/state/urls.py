"""What of a URL may be kept: everything but the credentials in it."""

import re

_USERINFO = re.compile(r"(://)[^/?#@\s]*(?:@[^/?#@\s]*)*@")  # without the scheme: to look for that takes n² steps
_HOST = re.compile(r"[a-z][a-z0-9+.-]*://(\[[^\]/?#]*\]|[^/?#:]*)", re.IGNORECASE)


def without_userinfo(text: str) -> str:
    """`https://user:secret@host/` becomes `https://host/`, wherever in the text it stands."""
    return _USERINFO.sub(r"\1", text)


def host_of(url: str) -> str:
    """The host of an absolute URL in small letters, "" when it has none. Never raises: URLs are hostile input."""
    match = _HOST.match(without_userinfo(url))
    return match[1].lower().strip("[]") if match else ""
