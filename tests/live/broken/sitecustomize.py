"""On the path of a gateway whose seal holds nothing back, once there is a file `broken` beside its home."""

import os
import sys
from pathlib import Path

if "facegate.serve.gateway" in sys.orig_argv and Path(os.environ["BROKEN"]).exists():
    from facegate_addons.hooks import seal
    from facegate_addons.hooks.exchange import Exchange, Sealed
    from mitmproxy import http

    def careless(flow: http.HTTPFlow, exchange: Exchange) -> http.Response:
        assert flow.response is not None
        exchange.sealed = Sealed(flow.response, flow.response.data.content or b"")
        return flow.response

    seal._sealed = careless
