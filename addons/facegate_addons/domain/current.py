"""For which request this is done: what is logged meanwhile says so.

The guard of the hooks sets it (wire.guard); tasks and threads that a hook starts inherit it. The id is that of the
ledger's line, and of `Facegate-Request`.
"""

from contextvars import ContextVar

request: ContextVar[str] = ContextVar("request", default="")  # "": for none
