"""What differs between two documents of a job, field by field."""

from collections.abc import Iterator, Mapping
from typing import Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """By dotted field; null where it is not there."""
    one, other = dict(_flat(before)), dict(_flat(after))
    return [
        {"field": field, "before": one.get(field), "after": other.get(field)}
        for field in dict.fromkeys((*one, *other))
        if one.get(field) != other.get(field)
    ]


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value
