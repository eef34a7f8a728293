"""The redacted copy in the original's place, under a head that is true of it.

The origin knows nothing of the copy. So what identifies or checks the original's bytes goes, the copy gets an entity
tag of its own, and a client that comes back with this tag asks anew: an origin's 304 never confirms a redacted copy.
"""

from mitmproxy import http

from facegate_addons.domain.model import Action
from facegate_addons.hooks.exchange import exchange_of
from facegate_addons.hooks.step import step

TAG = '"facegate-'  # how our entity tags begin
TAG_DIGITS = 32  # of the copy's sha256: 128 bits

# Of the original alone: how it was coded and framed, its parts, its identity, its checksums and signatures.
_STRIP = (
    "Content-Encoding",
    "Transfer-Encoding",
    "Content-Range",
    "Accept-Ranges",
    "Content-MD5",
    "Digest",
    "Content-Digest",
    "Repr-Digest",
    "Unencoded-Digest",
    "Signature",
    "Signature-Input",
    "X-Goog-Hash",
    "X-MS-Blob-Content-MD5",
)
_STRIP_PREFIX = "x-amz-checksum-"


class Redact:
    @step
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        fields = flow.request.headers
        if TAG in ",".join(fields.get_all("If-None-Match")):
            del fields["If-None-Match"]
            fields.pop("If-Modified-Since", None)

    @step
    def response(self, flow: http.HTTPFlow) -> None:
        exchange, response = exchange_of(flow), flow.response
        decision = exchange.decision
        if exchange.refused or decision.action is not Action.REDACT:
            return
        assert response is not None
        assert exchange.redacted is not None
        fields = response.headers
        for name in {*_STRIP, *(name for name in fields if name.lower().startswith(_STRIP_PREFIX))}:
            fields.pop(name, None)
        fields["ETag"] = f'{TAG}{decision.digest[:TAG_DIGITS]}"'
        fields["Content-Length"] = str(len(exchange.redacted))
        response.raw_content = exchange.redacted
