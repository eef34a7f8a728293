import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from facegate_addons.domain.limits import Limits
from facegate_addons.domain.model import Clear, Faces, Payload, Unreadable, Verdict
from facegate_addons.domain.reasons import Reason
from facegate_addons.inspection.walk import inspect

Look = Callable[..., Verdict]
Encode = Callable[..., bytes]


@contextmanager
def new() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.isolation_level = None
        yield database


def made(*statements: str | tuple[str, tuple[object, ...]]) -> bytes:
    with new() as database:
        for statement in statements:
            if isinstance(statement, str):
                database.execute(statement)
            else:
                database.execute(*statement)
        return database.serialize()


TABLE = "CREATE TABLE a (id INTEGER PRIMARY KEY, b)"
INSERT = "INSERT INTO a (b) VALUES (?)"


@pytest.mark.parametrize("table", [TABLE, "CREATE TABLE a (b PRIMARY KEY) WITHOUT ROWID"])
def test_every_value_is_looked_at(look: Look, face_jpeg: bytes, plain_jpeg: bytes, table: str) -> None:
    for picture, verdict in ((face_jpeg, Faces), (plain_jpeg, Clear)):
        body = made(
            table,
            (INSERT, ("words",)),
            (INSERT, (3,)),
            (INSERT, (None,)) if table is TABLE else "SELECT 1",
            (INSERT, (picture,)),
        )
        assert isinstance(look(body), verdict)


def test_an_ordinary_database_is_clear(look: Look) -> None:
    body = made(
        TABLE,
        "CREATE INDEX i ON a (b)",
        "CREATE VIEW v AS SELECT upper(b) FROM a",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END",
        *((INSERT, (f"row {number} of it",)) for number in range(5_000)),
        "DELETE FROM a WHERE id % 3 = 0",
        "PRAGMA user_version=3",
        "CREATE TABLE c (d TEXT CHECK (json_valid(d)))",
        "INSERT INTO c VALUES ('[1, 2]')",
    )
    assert look(body) == Clear("sqlite")


def test_a_log_beside_it_makes_no_difference(look: Look, face_jpeg: bytes) -> None:
    body = made(TABLE, (INSERT, (face_jpeg,)))
    assert isinstance(look(body[:18] + b"\2\2" + body[20:]), Faces)


def test_text_in_other_encodings(look: Look, face_as: Encode) -> None:
    words = face_as(size=(160, 160)).hex()
    for encoding in ("UTF-8", "UTF-16le", "UTF-16be"):
        assert isinstance(look(made(f"PRAGMA encoding='{encoding}'", TABLE, (INSERT, (words,)))), Faces)


def test_a_picture_cut_into_rows_is_not_clear(look: Look, face_jpeg: bytes) -> None:
    for step in (40, 3_000):
        rows = [(INSERT, (face_jpeg[at : at + step],)) for at in range(0, len(face_jpeg), step)]
        assert not isinstance(look(made(TABLE, *rows)), Clear)


def test_a_deleted_picture_is_found_where_it_stands(look: Look, face_as: Encode) -> None:
    picture = face_as(size=(120, 120))
    body = made("PRAGMA page_size=65536", "PRAGMA secure_delete=0", TABLE, (INSERT, (picture,)), "DELETE FROM a")
    assert picture in body
    assert isinstance(look(body), Faces)
    body = made("PRAGMA page_size=65536", "PRAGMA secure_delete=0", TABLE, (INSERT, (picture,)), "DROP TABLE a")
    assert picture in body
    assert isinstance(look(body), Faces)


def test_the_schema_and_the_trailer_count(look: Look, face_as: Encode) -> None:
    picture = face_as(size=(120, 120))
    assert isinstance(look(made(f"CREATE TABLE a (b DEFAULT x'{picture.hex()}')")), Faces)
    assert isinstance(look(made(TABLE) + picture), Faces)
    assert isinstance(look(made(TABLE) + bytes(range(256)) * 20), Unreadable)


def test_generated_columns_are_bounded(look: Look, face_as: Encode) -> None:
    row = "INSERT INTO a (b) VALUES (999000000)"
    assert look(made("CREATE TABLE a (b, c AS (zeroblob(b)))", row)) == Unreadable(Reason.UNDECODABLE, "sqlite")
    digits = face_as(size=(120, 120)).hex()
    assert isinstance(look(made(f"CREATE TABLE a (b, c AS (x'{digits}'))", row)), Faces)


def test_a_default_that_every_row_repeats_ends_at_the_limit(look: Look) -> None:
    body = made(
        "CREATE TABLE a (b)",
        "INSERT INTO a WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) SELECT i FROM n",
        f"ALTER TABLE a ADD COLUMN c DEFAULT '{'words ' * 5000}'",
    )
    assert look(body) == Unreadable(Reason.LIMIT_DECODED)


def test_time_ends_it(blind: object) -> None:
    body = made(TABLE, *((INSERT, (f"row {number}",)) for number in range(20_000)))
    verdict = inspect(Payload(body), blind, Limits(seconds=0.005))  # type: ignore[arg-type]
    assert verdict == Unreadable(Reason.LIMIT_TIME)


def test_a_broken_database_is_unreadable(look: Look, plain_jpeg: bytes) -> None:
    whole = made(TABLE, *((INSERT, (f"row {number}",)) for number in range(2_000)), (INSERT, (plain_jpeg,)))
    assert isinstance(look(whole), Clear)
    size = 4096
    for broken in (
        whole[: len(whole) // 2],
        whole[:200],
        whole[:16] + b"\0\3" + whole[18:],
        whole[: size * 2] + bytes(size) + whole[size * 3 :],
        whole[:28] + (len(whole) // size - 1).to_bytes(4, "big") + whole[32:],
    ):
        assert isinstance(look(broken), Unreadable)


def test_a_page_that_nothing_names_is_unreadable(look: Look) -> None:
    body = made(TABLE)
    pages = len(body) // 4096 + 1
    assert isinstance(look(body[:28] + pages.to_bytes(4, "big") + body[32:] + bytes(4096)), Unreadable)
