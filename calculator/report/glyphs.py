"""Which characters the report's font can print; others are replaced, since a PDF/UA file may not lack a glyph.

Reads the `cmap` table of the bundled fonts, formats 4 and 12 (OpenType specification,
https://learn.microsoft.com/typography/opentype/spec/cmap).
"""

from __future__ import annotations

import struct
from functools import cache
from importlib.resources import files
from typing import Any

FACES = ("Inter-Regular.otf", "Inter-SemiBold.otf")
MISSING = "\N{WHITE SQUARE}"
KEPT = frozenset("\n\t\u00a0\u00ad")
"""Needs no glyph."""


@cache
def covered() -> frozenset[int]:
    """Code points that every face has a glyph for."""
    faces = [_code_points((files("calculator") / "fonts" / face).read_bytes()) for face in FACES]
    return frozenset(faces[0].intersection(*faces[1:]))


def _code_points(font: bytes) -> set[int]:
    tables = struct.unpack(">H", font[4:6])[0]
    records = (struct.unpack(">4sIII", font[12 + 16 * i : 28 + 16 * i]) for i in range(tables))
    start = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    found: set[int] = set()
    for i in range(struct.unpack(">H", font[start + 2 : start + 4])[0]):
        offset = start + struct.unpack(">HHI", font[start + 4 + 8 * i : start + 12 + 8 * i])[2]
        kind = struct.unpack(">H", font[offset : offset + 2])[0]
        found |= _segments(font, offset) if kind == 4 else _groups(font, offset) if kind == 12 else set()
    return found


def _segments(font: bytes, offset: int) -> set[int]:
    """Format 4: ranges of the basic plane; a range that maps to glyph 0 by its delta is rare and taken as covered."""
    count = struct.unpack(">H", font[offset + 6 : offset + 8])[0] // 2
    ends = struct.unpack(f">{count}H", font[offset + 14 : offset + 14 + 2 * count])
    starts = struct.unpack(f">{count}H", font[offset + 16 + 2 * count : offset + 16 + 4 * count])
    return {code for first, last in zip(starts, ends, strict=True) if first != 0xFFFF for code in range(first, last + 1)}


def _groups(font: bytes, offset: int) -> set[int]:
    """Format 12: groups of (first, last, glyph)."""
    count = struct.unpack(">I", font[offset + 12 : offset + 16])[0]
    groups = struct.unpack(f">{3 * count}I", font[offset + 16 : offset + 16 + 12 * count])
    return {code for g in range(count) for code in range(groups[3 * g], groups[3 * g + 1] + 1)}


def printable(content: Any) -> Any:
    """The same data with characters replaced that the font lacks, in every text at any depth."""
    if isinstance(content, dict):
        return {key: printable(value) for key, value in content.items()}
    if isinstance(content, list):
        return [printable(value) for value in content]
    if not isinstance(content, str) or content.isascii():
        return content
    glyphs = covered()
    return "".join(c if c in KEPT or ord(c) in glyphs else MISSING for c in content)
