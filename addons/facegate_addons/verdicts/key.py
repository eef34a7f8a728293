"""The name under which a verdict is remembered: a digest of everything it depends on. Pure."""

import hashlib
import json

from facegate_addons.domain.model import Payload


def key(payload: Payload, basis: str) -> bytes:
    """Whose payload it is does not count: the policy, and so the job, is asked after the verdict."""
    inits = [hashlib.sha256(init).hexdigest() for init in payload.inits]
    told = (payload.content_type, payload.codings, payload.headers, payload.cover, inits, payload.whole)
    return hashlib.sha256(json.dumps([basis, payload.digest, *told]).encode()).digest()
