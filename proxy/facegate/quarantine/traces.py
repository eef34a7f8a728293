"""What stays of an erased record's digest: a keyed hash.

A picture's sha256 is as good as a name for whoever has the picture, and may stand in a list of such names. Keyed with a
secret of this home the trace says nothing to them; the operator, who is shown the picture once more, can say that it
was erased, and when.
"""

import hashlib
import hmac

ERASED = "erased:"  # how such a digest begins


def trace(secret: bytes, digest: str) -> str:
    return ERASED + hmac.digest(secret, digest.encode(), hashlib.sha256).hex()


def is_trace(digest: str) -> bool:
    return digest.startswith(ERASED)
