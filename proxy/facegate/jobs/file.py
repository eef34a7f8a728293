"""A job file: what a crawl is for, read strictly. Each way to get it wrong is one line that names the field."""

import difflib
import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from facegate_addons.domain.job import Job, JobState, Kind, Live, Scope
from facegate_addons.domain.model import utc_now

from facegate.errors import ConfigError
from facegate.jobs.hosts import host_pattern

LONGEST = timedelta(days=366)  # an approval is looked at again at least once a year
TEXT = 2_000  # characters of one text; it has to be read by an approver
ENTRIES = 1_000  # subjects or hosts of one job; a longer list is no pre-defined group that somebody could check
FILE = 1 << 20  # bytes of a job file

_KEYS = ("id", "operator", "purpose", "streams", "websocket", "scope")
_SCOPE_KEYS = ("kind", "subjects", "hosts", "legal_basis", "reference", "expires", "max_releases")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
# Subjects that name nobody: the law asks for specific individuals or a pre-defined group of persons.
_NOBODY = re.compile(
    r"(all|any|every|each|various|unknown|random)(\s.*)?|(every|any)(one|body)(\s.*)?|\W*"
    r"|(the )?(public|people|persons?|humans?|faces|users|visitors|employees|members|subjects?)",
    re.IGNORECASE | re.DOTALL,
)


def read_job(path: Path) -> Job:
    """The job that `path` describes; a targeted one is pending. Raises ConfigError with one line."""
    try:
        with path.open("rb") as file:
            raw = file.read(FILE + 1)
        if len(raw) > FILE:
            raise ConfigError(f"{path}: is too large for a job file")
        return _Reader(str(path), tomllib.loads(raw.decode())).job()
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None


class _Reader:
    def __init__(self, where: str, raw: dict[str, Any]) -> None:
        self._where = where
        self._raw = raw

    def job(self) -> Job:
        self._known(self._raw, _KEYS, "")
        name = self._text(self._raw, "id", '"missing-person-4711"')
        if not _ID.fullmatch(name):
            self._fail(
                "id has to be 1 to 64 small letters, digits, '.', '_' and '-', and to begin with a letter or digit"
            )
        operator = self._text(self._raw, "operator", '"acme-crawl", who runs the crawl')
        purpose = self._text(self._raw, "purpose", "what the crawl is for")
        scope = self._scope()
        state = JobState.ACTIVE if scope.kind is Kind.UNTARGETED else JobState.PENDING
        return Job(name, operator, purpose, scope, state, self._live("streams"), self._live("websocket"))

    def _live(self, key: str) -> Live:
        value = self._raw.get(key, Live.REFUSE)
        if value not in list(Live):
            self._fail(f'{key} has to be "refuse" or "inspect", not {value!r}')
        return Live(value)

    def _scope(self) -> Scope:
        raw = self._raw.get("scope")
        if not isinstance(raw, dict):
            self._fail('scope is missing; write a table [scope] with kind = "untargeted", "individual" or "group"')
        self._known(raw, _SCOPE_KEYS, "scope.")
        kind_text = self._text(raw, "kind", '"untargeted", "individual" or "group"', "scope.")
        if kind_text not in list(Kind):
            self._fail(f'scope.kind has to be "untargeted", "individual" or "group", not {kind_text!r}')
        kind = Kind(kind_text)
        if kind is Kind.UNTARGETED:
            for key in raw.keys() - {"kind", "expires"}:
                self._fail(f"scope.{key} has no meaning for an untargeted job; remove it, or choose another kind")
            return Scope(kind, expires=self._expires(raw) if "expires" in raw else None)
        return Scope(
            kind,
            subjects=self._subjects(raw, kind),
            hosts=self._hosts(raw),
            legal_basis=self._text(raw, "legal_basis", "the law that allows this search", "scope."),
            reference=self._text(raw, "reference", 'the paper it rests on, like "order no. 4711"', "scope."),
            expires=self._expires(raw),
            max_releases=self._max_releases(raw),
        )

    def _subjects(self, raw: dict[str, Any], kind: Kind) -> tuple[str, ...]:
        subjects = self._list(raw, "subjects", '["case-4711"]: a reference for each person')
        for subject in subjects:
            if "*" in subject or _NOBODY.fullmatch(subject.strip()):
                self._fail(f"scope.subjects: {subject!r} names no specific person; list one reference for each person")
        distinct = {subject.strip().casefold() for subject in subjects}
        if kind is Kind.GROUP and len(distinct) < 2:
            self._fail("scope.subjects: a group lists every member, at least two different ones")
        if kind is Kind.INDIVIDUAL and len(distinct) != 1:
            self._fail(
                f'scope.subjects: an individual is one person, not {len(distinct)}; use kind = "group" for several'
            )
        return subjects

    def _hosts(self, raw: dict[str, Any]) -> tuple[str, ...]:
        hosts = self._list(raw, "hosts", '["news.example", "*.example.org"]')
        try:
            return tuple(dict.fromkeys(host_pattern(host) for host in hosts))
        except ValueError as error:
            self._fail(f"scope.hosts: {error}")

    def _expires(self, raw: dict[str, Any]) -> datetime:
        value, now = raw.get("expires"), utc_now()
        example = (now + timedelta(days=90)).strftime("%Y-%m-%dT00:00:00Z")
        if value is None:
            self._fail(f"scope.expires is missing; write a date like {example}")
        if not isinstance(value, datetime) or value.tzinfo is None:
            self._fail(f"scope.expires has to be a date and time with its zone, without quotes, like {example}")
        value = value.astimezone(UTC)
        if value <= now:
            self._fail(f"scope.expires is in the past; write a date like {example}")
        if value > now + LONGEST:
            self._fail(f"scope.expires is more than {LONGEST.days} days away; write a date like {example}")
        return value

    def _max_releases(self, raw: dict[str, Any]) -> int | None:
        value = raw.get("max_releases")
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 1 << 53:
            self._fail(f"scope.max_releases has to be a whole number from 1 on, not {value!r}")
        return value

    def _text(self, raw: dict[str, Any], key: str, write: str, prefix: str = "") -> str:
        if key not in raw:
            self._fail(f"{prefix}{key} is missing; write {write}")
        return self._is_text(raw[key], f"{prefix}{key}")

    def _list(self, raw: dict[str, Any], key: str, write: str) -> tuple[str, ...]:
        if key not in raw:
            self._fail(f"scope.{key} is missing; write {write}")
        value = raw[key]
        if not isinstance(value, list) or not value or len(value) > ENTRIES:
            self._fail(f"scope.{key} has to be a list of 1 to {ENTRIES:,} texts, like {write}")
        return tuple(self._is_text(item, f"scope.{key}") for item in value)

    def _is_text(self, value: object, name: str) -> str:
        if not isinstance(value, str):
            self._fail(f"{name} has to be text in quotes, not {value!r}")
        if not value.strip():
            self._fail(f"{name} is empty")
        if len(value) > TEXT or not all(c.isprintable() or c == "\n" for c in value):
            self._fail(f"{name} has to be at most {TEXT:,} printable characters")
        return value.strip()

    def _known(self, raw: dict[str, Any], keys: tuple[str, ...], prefix: str) -> None:
        for key in raw:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1, cutoff=0.4)
                hint = f"did you mean {prefix}{near[0]}?" if near else f"known here: {', '.join(keys)}"
                self._fail(f"unknown key {prefix}{key}; {hint}")

    def _fail(self, message: str) -> NoReturn:
        raise ConfigError(f"{self._where}: {message}")
