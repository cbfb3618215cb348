"""Find assumptions by words."""

from __future__ import annotations

from collections.abc import Iterable

from calculator.assumptions.parameter import Parameter


def matching(parameters: Iterable[Parameter], words: str) -> list[Parameter]:
    """Those that have every word in id, description, unit, source or note, whatever the case; all where none is given."""
    wanted = words.lower().split()
    return [p for p in parameters if not wanted or all(word in text for text in [_text(p)] for word in wanted)]


def _text(p: Parameter) -> str:
    source = (p.source.title, p.source.locator or "", p.source.url or "") if p.source else ()
    return " ".join((p.id, p.id.replace("_", " "), p.description, p.unit, p.kind, p.note, *source)).lower()
