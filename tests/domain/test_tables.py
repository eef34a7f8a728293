from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from facegate_addons.domain.tables import NOT_A_KEY, TableError, fill


@dataclass(frozen=True)
class Inner:
    port: int = 1
    ratio: float = 0.5
    private: bool | None = None


@dataclass(frozen=True)
class Outer:
    home: Path = Path("x")
    inner: Inner = field(default_factory=Inner)
    names: list[str] = field(default_factory=list)
    read_from: str = field(default="", metadata=NOT_A_KEY)
    key: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Demanding:
    inner: Inner
    name: str


def test_a_table_fills_a_dataclass_and_what_is_left_out_keeps_its_default():
    filled = fill(Outer, {"home": "/y", "inner": {"ratio": 1}, "names": ["a"]}, "f.toml")
    assert filled == Outer(Path("/y"), Inner(ratio=1.0), ["a"])


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"hom": "/y"}, "f.toml: unknown key hom; did you mean home?"),
        ({"inner": {"prot": 1}}, "f.toml: unknown key inner.prot; did you mean inner.port?"),
        ({"zzzzzz": 1}, "f.toml: unknown key zzzzzz; known here: home, inner, names, key"),
        ({"read_from": "/etc"}, "f.toml: unknown key read_from; known here: home, inner, names, key"),
        ({"inner": 1}, "f.toml: inner has to be a table, written [inner]"),
        ({"inner": {"port": "1"}}, "f.toml: inner.port has to be a whole number, not text"),
        ({"inner": {"port": True}}, "f.toml: inner.port has to be a whole number, not True"),
        ({"inner": {"private": 1}}, "f.toml: inner.private has to be true or false, not 1"),
        ({"inner": {"ratio": 10**400}}, f"f.toml: inner.ratio has to be a number, not {10**400}"),
        ({"names": "a"}, "f.toml: names has to be a list, not text"),
        ({"names": {"a": "S3CRET"}}, "f.toml: names has to be a list, not a table"),
        ({"home": ["S3CRET"]}, "f.toml: home has to be a path, not a list"),
        ({"inner": {"port": date(2026, 1, 1)}}, "f.toml: inner.port has to be a whole number, not a date or time"),
    ],
)
def test_each_mistake_is_one_line(raw, said):
    with pytest.raises(TableError) as caught:
        fill(Outer, raw, "f.toml")
    assert str(caught.value) == said


@pytest.mark.parametrize(("raw", "missing"), [({}, "inner"), ({"inner": {}}, "name")])
def test_what_has_no_default_has_to_be_there(raw, missing):
    with pytest.raises(TableError, match=rf"^f.toml: {missing} is missing$"):
        fill(Demanding, raw, "f.toml")
