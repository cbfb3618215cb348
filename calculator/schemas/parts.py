"""Pieces of which the schemas are made."""

from __future__ import annotations

from typing import Any

MONEY = {"type": ["number", "null"]}
TEXT = {"type": ["string", "null"]}
NUMBER = {"type": "number"}


def record(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An object with exactly these keys required; `more` says more of it."""
    return {"type": "object", "properties": properties, "required": list(properties), **more}


def mapping(of: dict[str, Any]) -> dict[str, Any]:
    """An object of any keys."""
    return {"type": "object", "additionalProperties": of}


def array(of: dict[str, Any]) -> dict[str, Any]:
    """A list."""
    return {"type": "array", "items": of}
