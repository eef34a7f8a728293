import asyncio
import socket
from collections.abc import Coroutine
from typing import Any

import pytest
from facegate_addons.domain.addresses import Egress
from facegate_addons.domain.reasons import Reason
from facegate_addons.wire import resolver
from facegate_addons.wire.resolver import GuardedLoop, is_local, to_ours

PORTS = (range(80, 81), range(1024, 65536))
PUBLIC = "93.184.215.14"


def run[T](egress: Egress | None, ask: Any) -> T:
    """The result of `ask(loop)` in a guarded loop."""

    async def main() -> T:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, GuardedLoop)
        loop.egress = egress
        asked: Coroutine[Any, Any, T] = ask(loop)
        return await asked

    with asyncio.Runner(loop_factory=GuardedLoop) as runner:
        return runner.run(main())


@pytest.mark.parametrize(
    ("host", "port", "private", "why"),
    [
        ("127.0.0.1", 8000, True, None),
        ("127.0.0.1", 8000, False, Reason.ADDRESS_REFUSED),
        ("localhost", 8000, True, None),
        ("localhost", 8000, False, Reason.ADDRESS_REFUSED),
        ("127.0.0.1", 9999, True, Reason.ADDRESS_REFUSED),  # one of the gateway's own
        ("localhost", 9999, True, Reason.ADDRESS_REFUSED),
        ("169.254.169.254", 80, True, Reason.ADDRESS_REFUSED),
        ("127.0.0.1", 22, True, Reason.PORT_REFUSED),
        (PUBLIC, 80, False, None),
        (PUBLIC, 22, False, Reason.PORT_REFUSED),
        ("a..b", 80, True, Reason.ORIGIN_UNREACHABLE),
        ("x" * 70 + ".example", 80, True, Reason.ORIGIN_UNREACHABLE),
    ],
)
def test_destinations_are_judged(host: str, port: int, private: bool, why: Reason | None) -> None:
    egress = Egress(private, PORTS, frozenset({9999}))
    assert run(egress, lambda loop: loop.judge(host, port)) is why


@pytest.mark.parametrize(
    ("host", "port", "private", "why"),
    [
        ("127.0.0.1", 8000, False, Reason.ADDRESS_REFUSED),
        ("localhost", 8000, False, Reason.ADDRESS_REFUSED),
        ("localhost", 8000, True, None),
        (PUBLIC, 9999, True, Reason.ADDRESS_REFUSED),  # the other proxy might be on this machine
        ("no.such.host.invalid", 9999, True, Reason.ADDRESS_REFUSED),
        ("no.such.host.invalid", 80, False, None),  # only the other proxy may know it
        ("no.such.host.invalid", 22, False, Reason.PORT_REFUSED),
        ("proxy.invalid", 3128, False, None),  # asked for by a crawler it is a name like any other
        ("10.0.0.1", 3128, False, Reason.ADDRESS_REFUSED),
        ("a..b", 80, True, Reason.ORIGIN_UNREACHABLE),
    ],
)
def test_destinations_behind_another_proxy_are_judged(host: str, port: int, private: bool, why: Reason | None) -> None:
    async def ask(loop: GuardedLoop) -> list[Reason | None]:
        loop.upstream = ("10.0.0.1", 3128)
        return [await loop.judge(host, port) for _ in range(2)]  # the second time from memory

    assert run(Egress(private, PORTS, frozenset({9999})), ask) == [why, why]


def test_nothing_but_the_other_proxy_is_connected_to() -> None:
    async def ask(loop: GuardedLoop) -> Any:
        loop.upstream = ("localhost", 3128)
        assert (await loop.getaddrinfo("localhost", 3128))[0][4][1] == 3128
        for host, port in (("localhost", 80), ("other.invalid", 3128)):
            with pytest.raises(OSError, match="no address that may be connected to"):
                await loop.getaddrinfo(host, port)
        assert loop.judge_literal("localhost", 3128) is None
        return [loop.judge_literal(host, 3128) for host in (PUBLIC, "other.invalid", "127.0.0.1")]

    assert run(Egress(True, PORTS), ask) == [Reason.ADDRESS_REFUSED] * 3


def test_without_rules_nothing_is_reached() -> None:
    assert run(None, lambda loop: loop.judge("127.0.0.1", 8000)) is Reason.INTERNAL


async def connect(host: str, port: int) -> None:
    _reader, writer = await asyncio.open_connection(host, port)
    writer.close()
    await writer.wait_closed()


def test_a_connection_that_was_never_judged_is_judged_when_it_is_made() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(OSError, match="no address that may be connected to"):
            run(Egress(False, PORTS), lambda _loop: connect("localhost", port))
        run(Egress(True, PORTS), lambda _loop: connect("localhost", port))


def test_listening_is_not_going_out() -> None:
    async def listen(_loop: GuardedLoop) -> int:
        server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
        async with server:
            return int(server.sockets[0].getsockname()[1])

    assert run(Egress(False, ()), listen) > 0


def test_a_name_that_changes_is_judged_by_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between judgement and connection the name's first answer stands; after that its new one is judged."""
    answers = [[(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 80))]]
    answers += [[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]] * 2

    async def look_up(*_: Any, **__: Any) -> Any:
        return answers.pop(0)

    monkeypatch.setattr(asyncio.SelectorEventLoop, "getaddrinfo", look_up)

    async def ask(loop: GuardedLoop) -> None:
        assert await loop.judge("rebinding.example", 80) is None
        (info,) = await loop.getaddrinfo("rebinding.example", 80)
        assert info[4][0] == PUBLIC
        monkeypatch.setattr(resolver, "REMEMBER_SECONDS", -1.0)
        loop._known.clear()
        assert await loop.judge("rebinding.example", 80) is Reason.ADDRESS_REFUSED
        with pytest.raises(OSError, match="no address"):
            await loop.getaddrinfo("rebinding.example", 80)

    run(Egress(False, PORTS), ask)


def test_what_is_local() -> None:
    assert is_local("127.0.0.1")
    assert not is_local("192.0.2.1")
    assert not is_local("2001:db8::1")


def test_what_is_the_gateways_own_is_reached_by_its_own_tasks_alone() -> None:
    async def ask(loop: GuardedLoop) -> list[Any]:
        with to_ours():
            task = asyncio.create_task(loop.getaddrinfo("localhost", 22, type=socket.SOCK_STREAM))
        with pytest.raises(OSError, match="no address that may be connected to"):
            await loop.getaddrinfo("localhost", 22, type=socket.SOCK_STREAM)
        return await task

    assert run(Egress(False, PORTS, frozenset()), ask)


@pytest.mark.parametrize("upstream", [None, ("192.0.2.7", 3128)])
@pytest.mark.parametrize("egress", [None, Egress(True, PORTS), Egress(False, PORTS)])
def test_only_is_for_a_while_and_the_rest_is_shut_meanwhile(
    egress: Egress | None, upstream: tuple[str, int] | None
) -> None:
    async def ask(loop: GuardedLoop) -> None:
        loop.upstream = upstream
        before = [await loop.judge(host, 8000) for host in ("127.0.0.1", PUBLIC)]
        with loop.only("127.0.0.1", 8000):
            assert await loop.judge("127.0.0.1", 8000) is loop.judge_literal("127.0.0.1", 8000) is None
            assert await loop.getaddrinfo("127.0.0.1", 8000)
            assert await loop.judge("127.0.0.1", 8001) is Reason.PORT_REFUSED
            for elsewhere in ("127.0.0.2", PUBLIC):
                assert await loop.judge(elsewhere, 8000) is Reason.ADDRESS_REFUSED
            with pytest.raises(OSError, match="no address that may be connected to"):
                await loop.getaddrinfo("192.0.2.7" if upstream else PUBLIC, 8000)
        assert (loop.egress, loop.upstream) == (egress, upstream)
        assert [await loop.judge(host, 8000) for host in ("127.0.0.1", PUBLIC)] == before

    run(egress, ask)
