"""What a request asks for, as scopes see it."""

from mitmproxy import http
from mitmproxy.net.http.url import parse_authority

from facegate_addons.domain.scope import Asked


def asked_of(flow: http.HTTPFlow) -> Asked:
    request = flow.request
    return Asked(names_of(flow), request.port, request.method, request.path)


def names_of(flow: http.HTTPFlow) -> frozenset[str]:
    """Every name the origin was asked by. One server answers for many: which of them is up to Host and SNI."""
    request = flow.request
    said = filter(None, (request.authority, *request.headers.get_all("Host")))
    names = {parse_authority(value, check=False)[0] for value in said}
    return frozenset(names | {request.host} | ({flow.server_conn.sni} if flow.server_conn.sni else set()))
