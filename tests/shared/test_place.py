from facegate.shared.entry import Place
from facegate.shared.place import OWN_TABLES, forget_place, is_new, place_of, set_place
from facegate.state.database import Database, connect


def test_it_is_kept_in_the_database(database: Database) -> None:
    connection = connect(database.path)
    assert place_of(connection) is None
    for number in (1, 2):
        set_place(connection, Place("epoch", number, "head"))
    assert place_of(connection) == Place("epoch", 2, "head")
    forget_place(connection)
    assert place_of(connection) is None
    connection.close()


def test_a_new_database_is_new_until_something_is_kept(database: Database) -> None:
    assert database.look(is_new)
    database.write_now(lambda c: c.execute("INSERT INTO users VALUES ('eve', 'admin', 'x', '')"))
    assert not database.look(is_new)


def test_the_tables_of_a_node_are_there(database: Database) -> None:
    for table in OWN_TABLES:
        assert database.read("SELECT 1 FROM sqlite_master WHERE name = ?", (table,))
