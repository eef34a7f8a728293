import re
from pathlib import Path

import pytest
from facegate.errors import HomeError
from facegate.serve.started import Started


def module(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "stands_in.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "stands_in"


def test_where_it_listens_is_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    says = 'print("facegate 1\\n  proxy    http://127.0.0.1:5\\n  console  http://[::1]:6/\\nready", flush=True)'
    name = module(tmp_path, f"import time\n{says}\ntime.sleep(60)", monkeypatch)
    with Started(name, [], tmp_path / "log") as started:
        assert (started.proxy, started.console) == ("127.0.0.1:5", "http://[::1]:6")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("import sys; sys.exit('facegate: no room\\n')", "the gateway did not start: facegate: no room"),
        ("", "the gateway did not start: it said nothing"),
        ("print('ready')", "the gateway did not say where it listens"),
    ],
)
def test_why_it_does_not_start(tmp_path: Path, text: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HomeError, match=f"^{re.escape(why)}$"):
        Started(module(tmp_path, text, monkeypatch), [], tmp_path / "log").__enter__()
