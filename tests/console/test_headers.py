from facegate.console.headers import STRICT, StrictHeaders
from starlette.types import Message, Receive, Scope, Send


async def test_the_last_word_is_ours() -> None:
    async def lax(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"cache-control", b"public"), (b"content-security-policy", b"default-src *")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await StrictHeaders(lax)({"type": "http"}, receive, send)
    headers = sent[0]["headers"]
    assert {name.decode(): value.decode() for name, value in headers} == {k.lower(): v for k, v in STRICT.items()}
    assert len(headers) == len(STRICT)


def test_nothing_is_allowed_but_our_own_style() -> None:
    policy = STRICT["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
