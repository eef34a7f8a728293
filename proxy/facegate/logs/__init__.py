"""The program's log: standard logging carries the lines, structlog writes them, a thread of their own waits for it."""

from facegate.logs.bare import import_bare

import_bare()
