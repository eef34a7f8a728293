"""Errors by whose fault they are. These are the operator's: one line that says what to do; the command exits 2.

FacegateError
├── ConfigError   facegate.toml, an option, a job file
├── HomeError     the home directory, the CA, a port, the master key
├── FetchError    a model's weights did not arrive
└── StateError    the database is damaged, too new, or cannot be written
    └── Uncertain     the disk failed in the midst of a COMMIT: it may be written, or not
"""


class FacegateError(Exception):
    """Its text is one line for the person at the keyboard: what is wrong, and what to do."""


class ConfigError(FacegateError):
    pass


class HomeError(FacegateError):
    pass


class FetchError(FacegateError):
    pass


class StateError(FacegateError):
    pass


class Uncertain(StateError):
    pass
