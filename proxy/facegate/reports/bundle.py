"""What lies beside a report's page: its facts in JSON, bound to the page by its sha256, and a signature over them.

The JSON is in one form (RFC 8785's for what is in it: sorted keys, no spaces, no float that is not short), so the same
facts are the same bytes. It is signed as it stands: `openssl pkeyutl -verify -rawin` can check it without facegate.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from facegate.errors import ConfigError
from facegate.ledger.signing import fingerprint, is_signed
from facegate.reports.facts import SCHEMA, TYPE
from facegate.state.private import private_file

SIZE_MAX = 256 << 20  # bytes of a bundle that is read


@dataclass(frozen=True, slots=True)
class Bundle:
    html: bytes
    json: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Checked:
    """`problems` is empty when all of it is as it was made."""

    problems: tuple[str, ...]
    key: str
    made: str
    job: str | None


def make(html: bytes, facts: Mapping[str, Any], key: Ed25519PrivateKey) -> Bundle:
    text = canonical(
        {
            **facts,
            "html": {"sha256": hashlib.sha256(html).hexdigest(), "bytes": len(html)},
            "key": {"algorithm": "Ed25519", "fingerprint": fingerprint(key.public_key())},
        }
    )
    return Bundle(html, text, key.sign(text))


def canonical(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode(
        "utf-8", "backslashreplace"
    )


def places(page: Path) -> tuple[Path, Path, Path]:
    """Where page, facts and signature go."""
    facts = page.with_suffix(".json")
    return page, facts, facts.with_name(f"{facts.name}.sig")


def write(page: Path, bundle: Bundle, force: bool) -> None:
    """Raises ConfigError; nothing that is there is replaced without `force`."""
    refuse_taken(page, force)
    for path, data in zip(places(page), (bundle.html, bundle.json, bundle.signature), strict=True):
        with private_file(path, force) as file:
            file.write(data)


def refuse_taken(page: Path, force: bool) -> None:
    """Raises ConfigError for the first name that is taken, so that nobody waits for what cannot be written."""
    taken = next((path for path in places(page) if path.exists() and not force), None)
    if taken is not None:
        raise ConfigError(f"{taken} exists; choose another name, or overwrite it with --force")


def check(facts: Path, key: Ed25519PublicKey) -> Checked:
    """Is the bundle signed by `key`, and the page beside it the one it tells of? Raises ConfigError for no bundle."""
    raw, signature = _read(facts), _read(facts.with_name(f"{facts.name}.sig"))
    page = facts.with_suffix(".html")
    try:
        told = json.loads(raw)
        if told["type"] != TYPE:
            raise ValueError
        schema, expected = int(told["schema"]), str(told["html"]["sha256"])
        made, job = str(told["made"]["at"]), told["asked"]["job"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ConfigError(f"{facts}: is no report's bundle; name the .json that `facegate report -o` wrote") from None
    problems = []
    if not is_signed(raw, signature, key):
        problems.append(f"{facts}: is not signed by this key: it was altered, or made elsewhere")
    if schema > SCHEMA:
        problems.append(f"{facts}: was written by a newer facegate (schema {schema}); check it with that one")
    if not page.exists():
        problems.append(f"{page}: is missing; the bundle tells of it")
    elif hashlib.sha256(_read(page)).hexdigest() != expected:
        problems.append(f"{page}: is not the page that the bundle tells of")
    return Checked(tuple(problems), fingerprint(key), made, job)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(SIZE_MAX)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
