"""Hostile origins, hostile clients and overload, each against a gateway that has ordinary work to do."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "tests"))  # its servers and its certificate authority
