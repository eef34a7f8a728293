"""What the supervisor tells the processes it starts. It imports none of what they do, which is quick and small."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class GatewayArguments:
    """What the supervisor tells a gateway: where to read its configuration, and what was decided since."""

    source: str | None
    overrides: dict[str, Any]
    index: int
    port: int
    own_ports: list[int]
    gateways: int = 1  # that share the port, and the cores

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def status_file(run: Path, index: int) -> Path:
    """What the gateway of this index says of itself; whoever sees it end removes it."""
    return run / f"gateway-{index}.json"
