"""Where a bucket is, as the configuration writes it."""

import re
from urllib.parse import urlsplit

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9._/-]*")


def place_of(url: str) -> tuple[str, str]:
    """Bucket and prefix of s3://BUCKET/PREFIX. Raises ValueError; the URL is not in it, for it may hold a password."""
    it = urlsplit(url)
    prefix = it.path.strip("/")
    parts = prefix.split("/") if prefix else []
    if it.scheme != "s3" or not _BUCKET.fullmatch(it.netloc) or it.query or it.fragment:
        raise ValueError('has to be "file:" or "s3://BUCKET/PREFIX"')
    if not _PREFIX.fullmatch(prefix) or not all(part.strip(".") for part in parts):
        raise ValueError("the prefix of s3://BUCKET/PREFIX has to be of letters, digits and ._-/")
    return it.netloc, prefix
