"""The clients of `make bench-reload`, against servers that cut them off; the whole is run by hand."""

import asyncio
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

from benchmarks.gate.reloads import Clients, Reload, report  # noqa: E402

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"
LAST = WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npa"


async def told(kind: str, *answers: bytes) -> Clients:
    """What one client makes of a server that gives these answers, each to a request, and hangs up after each that is
    cut short or says so. It goes on with the last one."""
    stop, left = asyncio.Event(), list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            answer = left.pop(0) if len(left) > 1 else left[0]
            writer.write(answer)
            if answer != WHOLE:
                break
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        clients = Clients(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "http://origin.example")
        asking = asyncio.create_task(getattr(clients, kind)(stop))
        async with asyncio.timeout(30):
            while clients.told.total() < len(answers):  # noqa: ASYNC110 - a counter
                await asyncio.sleep(0.01)
            stop.set()
            await asking
    return clients


@pytest.mark.parametrize("kind", ["fresh", "late", "kept"])
async def test_an_answer_that_is_cut_short_is_lost(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.gate.reloads.PAUSE", 0.01)
    clients = await told(kind, WHOLE, HEAD, b"", WHOLE)
    assert clients.lost == clients.told[f"{kind} lost: IncompleteReadError"] == 2
    assert clients.told[f"{kind} 200"] >= 2


async def test_who_is_told_to_ask_elsewhere_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.gate.reloads.PAUSE", 0.01)
    clients = await told("kept", WHOLE, LAST, WHOLE)
    assert (clients.lost, clients.parted) == (0, 1)


async def test_a_face_that_passes_is_no_good_answer() -> None:
    assert (await told("face", WHOLE)).told["face lost: 200"] >= 1


async def test_nobody_there_is_lost() -> None:
    stop = asyncio.Event()
    clients = Clients("http://127.0.0.1:1", "http://origin.example")
    asking = asyncio.create_task(clients.fresh(stop))
    while not clients.told:  # noqa: ASYNC110 - a counter
        await asyncio.sleep(0.01)
    stop.set()
    await asking
    assert clients.lost == clients.told["fresh lost: ConnectionRefusedError"] >= 1


def test_the_report_counts_what_was_lost() -> None:
    clients = Clients("", "", parted=3)
    clients.told.update({"fresh 200": 1_000, "late lost: IncompleteReadError": 2})
    said = report(clients, [Reload(12.34, 1.5, "done")])
    assert "| 1 | 12.3 | 1.50 | done |" in said
    assert "2 of 1,002 requests were lost" in said
    assert "told 3 times" in said
