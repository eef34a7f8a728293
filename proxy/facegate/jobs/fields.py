"""A job's tables, read field by field: what is wrong is noted and reading goes on, so that a job's writer sees all of
it at once."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from facegate_addons.domain.tables import nearest

from facegate.errors import Problem

TEXT = 2_000  # characters of one text; it has to be read by an approver
PROBLEMS = 100  # of one job; a longer list helps nobody
_INTEGERS = 1 << 53  # beyond this JSON's numbers are no longer whole for everybody


class Problems(list[Problem]):
    """At most PROBLEMS of them."""

    def note(self, field: str, text: str) -> None:
        if not self.full:
            self.append(Problem(field, text))

    @property
    def full(self) -> bool:
        return len(self) >= PROBLEMS


class Table:
    """One table. A key whose value is JSON's null is left out. A reading method gives its type's empty value, or None,
    for what is left out and for what is wrong."""

    def __init__(self, raw: Mapping[str, Any], problems: Problems, prefix: str = "") -> None:
        self._raw = {key: value for key, value in raw.items() if value is not None}
        self._problems = problems
        self._prefix = prefix

    def __contains__(self, key: str) -> bool:
        return key in self._raw

    def __getitem__(self, key: str) -> Any:
        return self._raw[key]

    @property
    def keys(self) -> list[str]:
        return list(self._raw)

    def wrong(self, key: str, text: str) -> None:
        self._problems.note(self._prefix + key, text)

    def missing(self, key: str, write: str) -> None:
        self.wrong(key, f"is missing; write {write}")

    def known(self, keys: Collection[str]) -> None:
        for key in self._raw:
            if self._problems.full:
                return
            if key not in keys:
                name = key if key.isprintable() and len(key) <= 64 else shown(key)
                self.wrong(name, f"is no known key; {nearest(key[:64], keys, self._prefix)}")

    def table(self, key: str) -> "Table | None":
        if key not in self:
            return None
        if not isinstance(self[key], Mapping):
            self.wrong(key, f"has to be a table, written [{self._prefix}{key}]")
            return None
        return Table(self[key], self._problems, f"{self._prefix}{key}.")

    def text(self, key: str, write: str = "", *, lines: bool = False) -> str:
        """`write`: what to write where it is missing; "" where it may be. `lines`: may it have several?"""
        if key not in self:
            if write:
                self.missing(key, write)
            return ""
        return self._text(key, self[key], lines=lines)

    def texts(self, key: str, write: str, most: int, *, required: bool = True) -> tuple[str, ...]:
        values = self._list(key, f"a list of 1 to {most:,} texts, like {write}", write if required else "", most)
        return tuple(text for value in values if (text := self._text(key, value)))

    def wholes(self, key: str, write: str, least: int, most: int) -> tuple[int, ...]:
        """A list of whole numbers from `least` to `most`."""
        values = self._list(key, f"a list of whole numbers, like {write}", "", 1_000)
        bad = [value for value in values if not _is_whole(value, least, most)]
        for value in bad:
            self.wrong(key, f"has {shown(value)} in it; write numbers from {least} to {most}, like {write}")
        return () if bad else tuple(dict.fromkeys(values))

    def whole(self, key: str, most: int = _INTEGERS - 1) -> int | None:
        if key not in self:
            return None
        if _is_whole(self[key], 1, most):
            return int(self[key])
        bound = f"from 1 to {most}" if most < _INTEGERS - 1 else "from 1 on"
        self.wrong(key, f"has to be a whole number {bound}, without quotes, not {shown(self[key])}")
        return None

    def flag(self, key: str) -> bool | None:
        if key not in self:
            return None
        if isinstance(self[key], bool):
            return bool(self[key])
        self.wrong(key, f"has to be true or false, without quotes, not {shown(self[key])}")
        return None

    def choice[E: StrEnum](self, key: str, kind: type[E], write: str = "") -> E | None:
        if key not in self:
            if write:
                self.missing(key, write)
            return None
        value = self[key]
        if isinstance(value, str) and value in list(kind):
            return kind(value)
        *words, last = (f'"{word}"' for word in kind)
        self.wrong(key, f"has to be {', '.join(words)} or {last}, not {shown(value)}")
        return None

    def _list(self, key: str, kind: str, write: str, most: int) -> list[Any]:
        if key not in self:
            if write:
                self.missing(key, write)
            return []
        value = self[key]
        if not isinstance(value, list | tuple) or not value:
            self.wrong(key, f"has to be {kind}")
            return []
        if len(value) > most:
            self.wrong(key, f"has {len(value):,} entries; {most:,} is the most that one job may have")
            return []
        return list(value)

    def _text(self, key: str, value: object, *, lines: bool = False) -> str:
        if not isinstance(value, str):
            self.wrong(key, f"has to be text in quotes, not {shown(value)}")
        elif not value.strip():
            self.wrong(key, "is empty")
        elif len(value) > TEXT:
            self.wrong(key, f"is too long; {TEXT:,} characters are the most")
        elif not all(character.isprintable() or (lines and character == "\n") for character in value):
            self.wrong(key, "has characters that cannot be seen (controls, line breaks, zero-width); write it without")
        else:
            return value.strip()
        return ""


def shown(value: object) -> str:
    """A value for a message: on one line, and short."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a whole number of thousands of digits; tables without end
        return f"this {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
