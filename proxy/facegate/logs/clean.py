"""What no line of the log may have in it, whoever wrote it: credentials and queries of URLs, control characters."""

import re
from typing import Final

MAX: Final = 4_000  # characters; a URL of the ledger has 2,048 at most
_USERINFO = re.compile(r"://[^\s/?#\"'<>]*@")
_QUERY = re.compile(r"(://[^\s?#\"'<>]*)\?[^\s\"'<>]*")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def cleaned(text: str) -> str:
    """On one line of bounded length, and of URLs only what the ledger would keep, without their queries."""
    text = text[:MAX]
    if "://" in text:
        text = _QUERY.sub(r"\1?...", _USERINFO.sub("://", text))
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
