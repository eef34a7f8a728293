"""The state as the configuration says: this machine's alone, or a copy of what several machines share."""

from typing import Final

from facegate.errors import StateError
from facegate.sections import State
from facegate.shared.place import place_of
from facegate.state.database import Database
from facegate.state.home import Home

SQLITE: Final = "sqlite:"


def open_state(home: Home, settings: State, *, follow: bool = False) -> Database:
    """`follow`: know what others write as they write it, for processes that stay. Raises FacegateError."""
    if settings.url != SQLITE:
        # here, as it takes longer to import than all of the rest
        from facegate.shared.node import open_node

        return open_node(home, settings, follow=follow)
    database = Database.open(home.database)
    _refuse_alone(database)
    return database


def _refuse_alone(database: Database) -> None:
    if database.look(place_of) is not None:
        database.close()
        raise StateError(
            f"{database.path}: is a copy of a shared state, and nothing else may write to it; set state.url to where "
            "that is, or run: facegate state leave"
        )
