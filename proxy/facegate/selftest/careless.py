"""An addon behind the seal, as nobody may write one. What it does to an answer the layers below have to stop: so they
are tried alone, where otherwise the chain stands before them."""

from mitmproxy import http

from facegate.selftest.cases import CARELESS


class Careless:
    """It does to each answer what the request's field CARELESS says, with `picture`."""

    def __init__(self, picture: bytes) -> None:
        self._picture = picture

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        if flow.response is not None and _deed(flow) == "relayed":
            flow.response.stream = True

    def response(self, flow: http.HTTPFlow) -> None:
        if flow.response is None:
            return
        match _deed(flow):
            case "replaced":
                flow.response = http.Response.make(200, self._picture, {"Content-Type": "image/jpeg"})
            case "body":
                flow.response.content = self._picture
            case "trailer":
                flow.response.trailers = http.Headers([(b"x-photo", self._picture.hex().encode())])


def _deed(flow: http.HTTPFlow) -> str:
    return str(flow.request.headers.get(CARELESS, ""))
