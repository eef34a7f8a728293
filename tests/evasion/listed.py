"""All cases, in the order of their groups."""

from evasion import (  # noqa: F401 - each lists its own
    archives,
    codings,
    documents,
    formats,
    labels,
    metadata,
    opaque,
    pixels,
    polyglots,
    texts,
    tiles,
    videos,
    wire,
)
from evasion.case import CASES, GROUPS, Case

EVERY: tuple[Case, ...] = tuple(sorted(CASES, key=lambda case: GROUPS.index(case.group)))
# spellings of bytes as text that inspection does not read yet
UNREAD = frozenset(
    [
        "uri-script:-signed-bytes",
        "uri-script:-32-bit-words",
        "uri-script:-numbers-with-spaces",
        "uri-script:-an-object-of-numbers",
        "uri-script:-BigInt",
        "uri-JSON:-list-of-lists",
        "uri-text:-IMAP-base64",
        "uri-text:-base32hex",
        "uri-text:-Z85",
        "uri-text:-hex-with-colons",
        "uri-text:-hex-dump",
        "uri-text:-Intel-hex",
        "uri-text:-binary-digits",
        "uri-text:-octal",
        "uri-text:-decimal-without-commas",
        "doc-RTF,-hex-in-short-lines",
    ]
)
