"""Small texts that several blocks of a scenario share: names, places, days."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from calculator.errors import clip
from calculator.quantities import PlainText

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$")]
Region = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,19}$")]
Text = Annotated[PlainText, Field(max_length=500)]


def _iso_date(text: Any) -> Any:
    if isinstance(text, str):
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"must be a date such as 2026-11-23, got {clip(text)!r}") from None
    return text


IsoDate = Annotated[str, BeforeValidator(_iso_date)]
