"""What the keys of a job file are called where people read and answer them."""

from collections.abc import Mapping
from typing import Final

LABELS: Final[Mapping[str, str]] = {
    "id": "Id",
    "operator": "Operator",
    "purpose": "Purpose",
    "streams": "Streams",
    "websocket": "WebSockets",
    "faces": "Faces",
    "keep": "Withheld bytes are kept",
    "scope.kind": "Kind of scope",
    "scope.subjects": "Subjects",
    "scope.hosts": "Hosts",
    "scope.paths": "Paths",
    "scope.ports": "Ports",
    "scope.methods": "Methods",
    "scope.legal_basis": "Legal basis",
    "scope.reference": "Reference",
    "scope.begins": "Begins",
    "scope.expires": "Expires",
    "scope.hours": "Hours of the day",
    "scope.max_releases": "Releases at most",
    "scope.max_faces": "Faces at most",
    "scope.max_responses": "Responses at most",
    "scope.max_bytes": "Bytes at most",
    "scope.outside": "Requests outside the scope",
    "conditions.in_the_union": "In the Union",
    "conditions.purpose": "Purpose of the faces",
    "conditions.automated": "AI tools take part",
    "conditions.source": "Source of the pictures",
}
