"""What the OpenAPI document says of refusals, and of a job's body."""

from typing import Any, Final

from facegate_addons.domain.job import Kind, Live, Outside, Purpose, Source

from facegate.api.models import ID, ProblemDocument
from facegate.api.problems import KINDS, MEDIA_TYPE

_EVERYWHERE: Final = (401, 403, 422, 429, 500, 503)
_RETRY: Final = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
_HEADERS: Final[dict[int, dict[str, Any]]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    429: _RETRY,
    503: _RETRY,
}


def refusals(*more: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of an endpoint: what every one may answer, and `more`."""
    return {status: _refusal(status) for status in sorted({*_EVERYWHERE, *more})}


def body_refusals(*more: int) -> dict[int | str, dict[str, Any]]:
    return refusals(400, 413, 415, *more)


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """With the problem documents in place of the framework's own."""
    schemas = document["components"]["schemas"]
    for theirs in ("HTTPValidationError", "ValidationError"):
        schemas.pop(theirs, None)
    ours = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= ours.pop("$defs")
    schemas[ProblemDocument.__name__] = ours
    return document


def _refusal(status: int) -> dict[str, Any]:
    titles = [f"{title} (`urn:facegate:problem:{name}`)" for name, (code, title) in KINDS.items() if code == status]
    schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    said: dict[str, Any] = {"description": "; ".join(titles), "content": {MEDIA_TYPE: {"schema": schema}}}
    return said | ({"headers": _HEADERS[status]} if status in _HEADERS else {})


def _texts(most: int) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "maxItems": most, "items": _TEXT}


_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": 2_000}
_TIME: Final = {"type": "string", "format": "date-time"}
_COUNT: Final = {"type": "integer", "minimum": 1, "maximum": (1 << 53) - 1}
_FLAG: Final = {"type": "boolean"}


def _one_of(kind: Any) -> dict[str, Any]:
    return {"type": "string", "enum": [str(word) for word in kind]}


_UNTARGETED: Final = {
    "type": "object",
    "title": "UntargetedScope",
    "additionalProperties": False,
    "required": ["kind"],
    "properties": {"kind": {"type": "string", "enum": [str(Kind.UNTARGETED)]}, "expires": _TIME},
}
_TARGETED: Final = {
    "type": "object",
    "title": "TargetedScope",
    "additionalProperties": False,
    "required": ["kind", "subjects", "hosts", "legal_basis", "reference", "expires", "max_releases"],
    "properties": {
        "kind": {"type": "string", "enum": [str(Kind.INDIVIDUAL), str(Kind.GROUP)]},
        "subjects": _texts(1_000),
        "hosts": _texts(1_000),
        "paths": _texts(100),
        "ports": {"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 1, "maximum": 65_535}},
        "methods": {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^[A-Z][A-Z0-9-]{0,31}$"}},
        "legal_basis": _TEXT,
        "reference": _TEXT,
        "begins": _TIME,
        "expires": _TIME,
        "hours": {"type": "string", "description": 'UTC, like "08:00-18:00"'},
        "max_releases": _COUNT,
        "max_faces": _COUNT,
        "max_responses": _COUNT,
        "max_bytes": {"anyOf": [_COUNT, {"type": "string"}], "description": 'a number, or like "10GiB"'},
        "outside": _one_of(Outside),
    },
}
JOB: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Job",
    "description": "In the shape of a job file; times are RFC 3339. `id` may be left away: the path has it.",
    "additionalProperties": False,
    "required": ["operator", "purpose", "scope"],
    "properties": {
        "id": {"type": "string", "pattern": ID},
        "operator": _TEXT,
        "purpose": _TEXT,
        "streams": _one_of(Live),
        "websocket": _one_of(Live),
        "faces": {"type": "string", "enum": ["redact"]},
        "keep": {"type": "string", "pattern": "^[0-9]{1,6}[smhd]$"},
        "scope": {"oneOf": [_UNTARGETED, _TARGETED]},
        "conditions": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "in_the_union": _FLAG,
                "purpose": _one_of(Purpose),
                "automated": _FLAG,
                "source": _one_of(Source),
            },
        },
    },
}
