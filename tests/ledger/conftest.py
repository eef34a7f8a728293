"""Ledgers of several files, and a key that signs them."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from facegate.ledger.file import LedgerFile
from facegate.ledger.rotation import Rotation
from facegate_addons.domain.model import utc_now

type Write = Callable[..., None]


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where ledgers lie."""
    folder = tmp_path / "ledger"
    folder.mkdir()
    return folder


@pytest.fixture
def write(folder: Path) -> Write:
    """`write(40)` adds lines to a ledger whose files are closed at 2,000 bytes."""

    def lines(count: int, name: str = "gateway-0", begin: int = 0, **facts: object) -> None:
        file = LedgerFile(folder, name, rotation=Rotation(2_000, None))
        for some in itertools.batched(range(begin, begin + count), 4, strict=False):
            file.append([{"event": "exchange", "n": n, "at": utc_now().isoformat(), **facts} for n in some])
        file.close()

    return lines
