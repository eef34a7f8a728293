"""The seal's other half: an HTTP stream that sends its client nothing the seal has not marked.

Every command a stream gives passes here on its way to the client connection, HTTP/1 and HTTP/2 alike. A response head
leaves only if it is the sealed response, a body only if it is the sealed body object, trailers never. mitmproxy's own
error pages, which would carry the origin's bytes, become refusals.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mitmproxy import http
from mitmproxy.flow import Error
from mitmproxy.proxy import events, layer
from mitmproxy.proxy.commands import StartHook
from mitmproxy.proxy.layers.http import HTTPMode, SendHttp
from mitmproxy.proxy.layers.http._events import (
    ErrorCode,
    HttpEvent,
    RequestHeaders,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
    ResponseProtocolError,
    ResponseTrailers,
)
from mitmproxy.proxy.layers.http._hooks import HttpErrorHook

from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.exchange import Exchange, exchange_of
from facegate_addons.hooks.refusal import refusal
from facegate_addons.wire.sockets import SocketStream

_ORIGINS = {ErrorCode.CONNECT_FAILED: Reason.ORIGIN_UNREACHABLE, ErrorCode.RESPONSE_TOO_LARGE: Reason.LIMIT_BODY}
_CLIENTS = {ErrorCode.CLIENT_DISCONNECTED: Reason.CLIENT_LEFT, ErrorCode.CANCEL: Reason.CLIENT_LEFT}


@dataclass
class UpstreamRequestHook(StartHook):
    """A plain request leaves for an upstream proxy, which reads its head. In a tunnel through one it does not."""

    flow: http.HTTPFlow


class SealedStream(SocketStream):
    """Replaces mitmproxy's HttpStream."""

    unsealed = 0  # in this process: answers that nobody had refused or sealed, stopped here; each is a defect
    _answered = False  # a head has left for the client

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        commanded = super()._handle_event(event)
        reply = None
        while True:
            try:
                command = commanded.send(reply)
            except StopIteration:
                return
            if isinstance(command, SendHttp) and command.connection is self.context.client:
                yield from self._to_client(command.event)
                continue
            if isinstance(command, SendHttp) and isinstance(command.event, RequestHeaders):
                yield from self._upstream()
            reply = yield command

    def _upstream(self) -> layer.CommandGenerator[None]:
        if self.mode is HTTPMode.upstream and self.flow.request.scheme == "http":
            yield UpstreamRequestHook(self.flow)

    def _to_client(self, event: HttpEvent) -> layer.CommandGenerator[None]:
        for allowed in self._allowed(event):
            yield SendHttp(allowed, self.context.client)

    def _allowed(self, event: HttpEvent) -> Iterator[HttpEvent]:
        """What leaves for the client in place of `event`."""
        match event:
            case ResponseHeaders(response=response):
                if self._is_sealed(response) or self._opens_tunnel(response) or self._is_continue(response):
                    self._answered = response.status_code != 100
                    yield event
                else:
                    self._stopped()
                    yield from self._refuse(ErrorCode.KILL)
            case ResponseData(data=data):
                sealed = self._exchange.sealed
                if data is self._own or (sealed is not None and data is sealed.body):
                    yield event
                else:
                    self._stopped()
                    yield from self._refuse(ErrorCode.KILL)
            case ResponseTrailers():
                return
            case ResponseProtocolError(code=code) if not self._answered and hasattr(self, "flow"):
                yield from self._refuse(code)  # for some codes mitmproxy would only close on a client that waits
            case _:
                yield event

    def _stopped(self) -> None:
        if not self._exchange.refused:  # else it is an error page of mitmproxy's, in place of what was refused
            SealedStream.unsealed += 1

    def _refuse(self, code: ErrorCode) -> Iterator[HttpEvent]:
        """A refusal if the client has no answer yet, then the end: HTTP/1 closes, HTTP/2 ends or resets the stream."""
        if not self._answered:
            self._answered = True
            response = refusal(self.flow)
            yield ResponseHeaders(self.stream_id, response, end_stream=False)
            if response.data.content:
                yield ResponseData(self.stream_id, response.data.content)
            if self.context.client.alpn == b"h2":
                yield ResponseEndOfMessage(self.stream_id)
                return
        yield ResponseProtocolError(self.stream_id, "withheld", code)

    def _is_sealed(self, response: http.Response) -> bool:
        sealed = self._exchange.sealed
        return sealed is not None and response is sealed.response and response.data.content is sealed.body

    def _opens_tunnel(self, response: http.Response) -> bool:
        granted = self.flow.request.method == "CONNECT" and self._exchange.may_leave
        return granted and response.status_code == 200 and not response.data.content

    def _is_continue(self, response: http.Response) -> bool:
        """mitmproxy's own 100 Continue, for a request whose sender is known. It has no header and no body."""
        known = self._exchange.job is not None and not self._exchange.refused
        return known and response.status_code == 100 and not response.headers and not response.data.content

    def make_server_connection(self) -> layer.CommandGenerator[bool]:
        if not self._exchange.may_leave:  # no hook granted it: the request does not leave
            self.flow.error = Error(Error.KILLED_MESSAGE)
            yield from self._to_client(ResponseProtocolError(self.stream_id, "refused", ErrorCode.CONNECT_FAILED))
            self.client_state = self.server_state = self.state_errored
            return False
        return (yield from super().make_server_connection())

    def start_request_stream(self) -> layer.CommandGenerator[None]:
        yield from self._to_client(ResponseProtocolError(self.stream_id, "refused", ErrorCode.GENERIC_CLIENT_ERROR))
        self.client_state = self.server_state = self.state_errored

    def start_response_stream(self) -> layer.CommandGenerator[None]:
        """Nothing is ever streamed: a body is looked at whole, then sent."""
        assert self.flow.response is not None
        self.flow.response.stream = False
        self._exchange.refuse(Reason.INTERNAL)
        self.server_state = self.state_consume_response_body
        yield from ()

    def state_consume_response_body(self, event: events.Event) -> layer.CommandGenerator[None]:
        """What there is no room for is left at once."""
        held = self._exchange.held
        if isinstance(event, ResponseData) and held is not None and not held.arrives(len(event.data)):
            self._exchange.refuse(Reason.OVERLOADED)
            yield from self._cut()
        else:
            yield from super().state_consume_response_body(event)

    def handle_protocol_error(
        self, event: RequestProtocolError | ResponseProtocolError
    ) -> layer.CommandGenerator[None]:
        if isinstance(event, ResponseProtocolError):
            self._blame(_ORIGINS.get(event.code, Reason.ORIGIN_PROTOCOL))
        else:
            self._blame(_CLIENTS.get(event.code, Reason.CLIENT_PROTOCOL))
        yield from super().handle_protocol_error(event)

    def check_killed(self, emit_error_hook: bool) -> layer.CommandGenerator[bool]:
        """An error of the client's that came while a hook ran is why, and the audit in the error hook has to know."""
        if emit_error_hook:
            for waiting in self._paused_event_queue:
                if isinstance(waiting, RequestProtocolError):
                    self._blame(_CLIENTS.get(waiting.code, Reason.CLIENT_PROTOCOL))
        return (yield from super().check_killed(emit_error_hook))

    def check_body_size(self, request: bool) -> layer.CommandGenerator[bool]:
        reason = Reason.CLIENT_PROTOCOL if request else Reason.LIMIT_BODY
        return (yield from self._blaming(reason, super().check_body_size(request)))

    def check_invalid(self, request: bool) -> layer.CommandGenerator[bool]:
        reason = Reason.CLIENT_PROTOCOL if request else Reason.ORIGIN_PROTOCOL
        return (yield from self._blaming(reason, super().check_invalid(request)))

    def _blaming(self, reason: Reason, check: layer.CommandGenerator[bool]) -> layer.CommandGenerator[bool]:
        """Put a failed check down to `reason` before the error hook, and with it the audit, runs."""
        reply = None
        while True:
            try:
                command = check.send(reply)
            except StopIteration as ended:
                return bool(ended.value)
            if isinstance(command, HttpErrorHook):
                self._blame(reason)
            reply = yield command

    def _blame(self, reason: Reason) -> None:
        if hasattr(self, "flow"):  # an error may come before the request's head did
            self._exchange.refuse(reason)

    @property
    def _exchange(self) -> Exchange:
        return exchange_of(self.flow)
