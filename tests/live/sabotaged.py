"""A gateway with saboteurs in its chain: the real Master and hooks over real sockets, small adapters for the ports.

    python -m live.sabotaged FOLDER TRUSTED_CA HOOK_SECONDS FACES

FACES is the policy's word for faces, or `observe`. It prints its port, and serves until its stdin ends. Between any
two addons of the chain, and at both its ends, sits a saboteur. A request's header `X-Sabotage: POSITION HOOK KIND`
wakes one of them for this request; hooks that know only a connection go by the last request of that client.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from facegate import ca
from facegate_addons.domain.addresses import Egress
from facegate_addons.domain.job import Job, Live, Spending
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Action, Clear, Faces, Finding, Payload, QuarantineRecord, Verdict
from facegate_addons.domain.policy import Mode, Policy
from facegate_addons.domain.reasons import Reason
from facegate_addons.hooks.chain import Parts, chain
from facegate_addons.wire.master import Gateway, WireSettings
from facegate_addons.wire.resolver import GuardedLoop
from facegate_addons.wire.scrub import Scrub
from mitmproxy import ctx, exceptions, http
from mitmproxy.connection import Client
from mitmproxy.proxy.layer import NextLayer
from mitmproxy.proxy.layers import TCPLayer
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

JOB, TOKEN = "job", "to:ken"
COPY = b"the redacted copy"
POSITIONS = range(15)  # before each of the fourteen addons of the chain, and after the last
RESPONSE_SECONDS = 20.0  # beyond every client's patience: what ends earlier ended by itself

FLOW_HOOKS = (
    "http_connect",
    "http_connected",
    "http_connect_error",
    "requestheaders",
    "request",
    "responseheaders",
    "response",
    "error",
    "stream_window",
    "stream_end",
)
CONNECTION_HOOKS = (
    "next_layer",
    "tls_clienthello",
    "tls_start_client",
    "tls_established_client",
    "server_connect",
    "server_connected",
    "server_connect_error",
    "server_disconnected",
    "tls_start_server",
    "tls_established_server",
    "client_disconnected",
)
OPTIONS: Mapping[str, Any] = {
    "stream_large_bodies": "1",
    "ignore_hosts": [".*"],
    "allow_hosts": ["nowhere"],
    "tcp_hosts": [".*"],
    "rawtcp": True,
    "websocket": True,
    "validate_inbound_headers": False,
    "connection_strategy": "eager",
    "ssl_insecure": True,
    "store_streamed_bodies": True,
}


class Registry:
    job = Job(JOB, "operator", streams=Live.INSPECT, websocket=Live.INSPECT)

    async def authenticate(self, job_id: str, token: str) -> Job | None:
        return self.job if (job_id, token) == (JOB, TOKEN) else None

    async def get(self, job_id: str) -> Job | None:
        return self.job if job_id == JOB else None

    async def signing_keys(self, job_id: str) -> tuple[bytes, ...]:
        return (bytes(32),) if job_id == JOB else ()

    async def spend(self, _job_id: str, _spending: Spending) -> Reason | None:
        return Reason.BUDGET_SPENT


class Inspector:
    async def inspect(self, payload: Payload) -> Verdict:
        await asyncio.sleep(0)
        if b"JFIF" not in payload.body:
            return Clear("text")
        return Faces((Finding((0, 0, 9, 9), 1.0),), COPY if payload.cover else b"")


class Vault:
    async def keep(self, record: QuarantineRecord, body: bytes) -> str:
        await asyncio.sleep(0)
        return record.id


class Ledger:
    healthy = True

    def append(self, entry: Mapping[str, object]) -> None:
        pass


class Worst(BaseException):
    """Nobody catches this one by chance."""


async def _raise(_data: object) -> None:
    raise ValueError("to be kept out of the log: " + "canary" * 20)


async def _worst(_data: object) -> None:
    raise Worst


async def _exit(_data: object) -> None:
    raise SystemExit(3)


async def _cancelled(_data: object) -> None:
    raise asyncio.CancelledError


async def _halt(_data: object) -> None:
    raise exceptions.AddonHalt  # noqa: TID251 - the ban is what this shows the reason for


async def _hang(_data: object) -> None:
    await asyncio.Event().wait()


async def _options(_data: object) -> None:
    for name, value in OPTIONS.items():
        try:
            ctx.options.update(**{name: value})
        except exceptions.OptionsError:
            continue
        os._exit(9)  # it was taken: every test after this one will say so


def on_flows(canary: bytes) -> dict[str, Callable[[http.HTTPFlow], None]]:
    """What an addon can do to a flow."""

    def respond(flow: http.HTTPFlow) -> None:
        flow.response = http.Response.make(200, canary)

    def no_response(flow: http.HTTPFlow) -> None:
        flow.response = None

    def stream(flow: http.HTTPFlow) -> None:
        flow.request.stream = True
        if flow.response:
            flow.response.stream = True

    def stream_by_function(flow: http.HTTPFlow) -> None:
        if flow.response:
            flow.response.stream = lambda _chunk: canary

    def replace(flow: http.HTTPFlow) -> None:
        if flow.response:
            flow.response.content = canary

    def trailers(flow: http.HTTPFlow) -> None:
        if flow.response:
            flow.response.trailers = http.Headers([(b"x-canary", canary.hex().encode())])

    return {
        "respond": respond,
        "no-response": no_response,
        "stream": stream,
        "stream-by-function": stream_by_function,
        "replace": replace,
        "trailers": trailers,
        "forget": lambda flow: flow.metadata.clear(),
        "kill": lambda flow: flow.kill() if flow.killable else None,
        "intercept": lambda flow: flow.intercept(),
    }


async def _relay(data: object) -> None:
    """What an addon can do to a connection."""
    if isinstance(data, NextLayer):
        data.layer = TCPLayer(data.context)
    if isinstance(data, ServerConnectionHookData):
        data.server.error = None


FAILURES: dict[str, Callable[[Any], Any]] = {
    "raise": _raise,
    "worst": _worst,
    "exit": _exit,
    "cancelled": _cancelled,
    "halt": _halt,
    "hang": _hang,
}
FLOW_KINDS = (*FAILURES, "options", *on_flows(b""))
CONNECTION_KINDS = (*FAILURES, "relay")


class Saboteurs:
    """All of them, and the plans of the clients they know."""

    def __init__(self, canary: bytes) -> None:
        self._plans: dict[str, str] = {}
        self._on_flows = on_flows(canary)

    def at(self, position: int) -> object:
        def hook(name: str) -> Any:
            async def run(_self: object, data: Any) -> None:
                planned = self._plan(data)
                if planned.startswith(f"{position} {name} "):
                    await self._do(planned.split(" ")[2], data)

            return run

        names = (*FLOW_HOOKS, *CONNECTION_HOOKS)
        return type(f"Saboteur{position}", (), {name: hook(name) for name in names})()

    def _plan(self, data: Any) -> str:
        if isinstance(data, http.HTTPFlow):
            planned = data.request.headers.get("X-Sabotage", "")
            self._plans[data.client_conn.id] = planned
            return planned
        client = data if isinstance(data, Client) else getattr(data, "client", None) or data.context.client
        return self._plans.get(client.id, "")

    async def _do(self, kind: str, data: Any) -> None:
        if kind in self._on_flows:
            self._on_flows[kind](data)
        else:
            await {**FAILURES, "relay": _relay, "options": _options}[kind](data)


async def serve(folder: Path, trusted_ca: str, hook_seconds: float, policy: Policy) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, GuardedLoop)
    loop.egress = Egress(private=True, ports=[range(1024, 65536)])
    ca.prepare(folder)
    gateway = Gateway(WireSettings("127.0.0.1", 0, folder, 1 << 20, trusted_ca, hook_seconds))
    parts = Parts(
        registry=Registry(),
        inspector=Inspector(),
        vault=Vault(),
        ledger=Ledger(),
        destinations=loop,
        connections=gateway,
        fallback=None,
        policy=lambda: policy,
        versions={},
        keep=timedelta(1),
        limits=Limits(response=RESPONSE_SECONDS),
    )
    saboteurs = Saboteurs((folder / "canary").read_bytes())
    addons: list[object] = [saboteurs.at(0)]
    for position, addon in enumerate(chain(parts), 1):
        addons += [addon, saboteurs.at(position)]
    assert len(addons) == 2 * len(POSITIONS) - 1
    gateway.add(addons)
    running = asyncio.create_task(gateway.run())
    assert await gateway.listening()
    ((_host, port, *_), *_) = ctx.master.addons.get("proxyserver").listen_addrs()
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    await gateway.close_port()
    gateway.stop()
    await running


def _policy(faces: str) -> Policy:
    return Policy(mode=Mode.OBSERVE) if faces == Mode.OBSERVE else Policy(Action(faces))


if __name__ == "__main__":
    handler = logging.StreamHandler()
    handler.addFilter(Scrub())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    with asyncio.Runner(loop_factory=GuardedLoop) as runner:
        runner.run(serve(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), _policy(sys.argv[4])))
