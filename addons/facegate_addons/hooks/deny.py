"""Deny first: the first of the chain puts a refusal in place, which only the seal takes away."""

from mitmproxy import http

from facegate_addons.hooks.refusal import refusal


class Deny:
    def requestheaders(self, flow: http.HTTPFlow) -> None:
        flow.response = refusal(flow)

    def http_connect(self, flow: http.HTTPFlow) -> None:
        flow.response = refusal(flow)
