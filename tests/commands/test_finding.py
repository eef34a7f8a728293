from collections.abc import Callable
from typing import Any


def test_each_option_finds(facegate: Any, withhold: Callable[..., None]) -> None:
    for number in range(3):
        withhold(f"record-{number}", f"body {number}".encode(), url=f"https://a{number}.news.example/x")
    digest = facegate.json("quarantine", "show", "record-1")["digest"]

    def found(*options: str) -> list[str]:
        return [it["id"] for it in facegate.json("quarantine", "list", *options)]

    assert found("--sort", "oldest", "--host", "*.news.example") == ["record-0", "record-1", "record-2"]
    assert found("--host", "a1.news.example") == found("--digest", digest[:12]) == ["record-1"]
    assert found("--url", "https://a2.news.example/") == ["record-2"]
    assert found("--request", "request-of-record-1") == ["record-1"]
    assert found("--withheld-for", "encrypted") == found("--held") == found("--min-faces", "1") == []
    assert found("--since", "2d", "--not-held", "--state", "open", "--limit", "1") == ["record-2"]
    assert found("--until", "2d") == []
    assert "is no moment" in facegate.refused("quarantine", "list", "--since", "soon")
    assert "first 8 digits" in facegate.refused("quarantine", "list", "--digest", "abc")
