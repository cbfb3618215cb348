"""What can be checked of a report's pages without looking at them."""

from __future__ import annotations

import html
import io
import os
import re
import shutil
import subprocess
import warnings
from typing import Any, NamedTuple

from pypdf import PdfReader

from calculator.report.glyphs import FACES

LEAST_POINTS = 6.9
"""Seven, or what rounding in a chart leaves of it."""
LINE = 1.21
"""Height of a word's box over its size: ascent and descent of the font."""
LETTERS = 4
LEAST_TEXT = 120
"""Characters of a page that says something beside its footer."""
EDGE = 12.0
"""Points at the edge of a page that stay empty."""


class Word(NamedTuple):
    """A word on a page, with its box in points from the upper left corner."""

    page: int
    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def points(self) -> float:
        """Size of the word, level or upright: the shorter side of its box. Known for words of some letters."""
        return min(self.bottom - self.top, self.right - self.left) / LINE if len(self.text) >= LETTERS else LEAST_POINTS


def words_on(pdf: bytes) -> list[Word] | None:
    """Every word with its box, charts included; None where `pdftotext` is not installed."""
    if shutil.which("pdftotext") is None:
        return None
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    found, page = [], 0
    box = r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*)</word>'
    for line in done.stdout.decode().splitlines():
        page += "<page" in line
        if match := re.search(box, line):
            left, top, right, bottom = map(float, match.groups()[:4])
            found.append(Word(page, html.unescape(match[5]), left, top, right, bottom))
    return found


def embedded_fonts(pdf: bytes) -> set[str]:
    """Names of all fonts in the file, charts included; each is embedded."""
    reader, found = PdfReader(io.BytesIO(pdf)), set()
    for number in range(1, int(reader.trailer["/Size"])):
        thing: Any = reader.get_object(number)
        if isinstance(thing, dict) and thing.get("/Type") == "/FontDescriptor":
            assert "/FontFile3" in thing or "/FontFile2" in thing, thing["/FontName"]
            found.add(str(thing["/FontName"]).split("+")[-1])
    return found


def faults(pdf: bytes, least: int, most: int) -> list[str]:
    """What is wrong with a report: number of pages, place and size of its words, fonts, powers of ten."""
    reader = PdfReader(io.BytesIO(pdf))
    texts = [page.extract_text() for page in reader.pages]
    bundled = {face.removesuffix(".otf") for face in FACES}
    wrong = [] if least <= len(texts) <= most else [f"{len(texts)} pages, not {least} to {most}"]
    wrong += [f"page {n} is empty" for n, text in enumerate(texts, 1) if len(text) < LEAST_TEXT]
    wrong += [f"page {n} shows a power of ten" for n, text in enumerate(texts, 1) if re.search(r"\d(e\+|e-0)\d", text)]
    wrong += [f"font {name}" for name in embedded_fonts(pdf) ^ bundled]
    width, height = (float(reader.pages[0].mediabox[i]) for i in (2, 3))
    words = words_on(pdf)
    if words is None and os.environ.get("CI") == "true":
        wrong.append("pdftotext is missing; .ci/run installs poppler-utils")
    elif words is None:
        warnings.warn("place and size of words are not checked: apt-get install poppler-utils", stacklevel=2)
    for word in words or []:
        inside = word.left > EDGE and word.top > EDGE and word.right < width - EDGE and word.bottom < height - EDGE
        if not inside:
            wrong.append(f"page {word.page}: {word.text!r} stands at the edge or beyond")
        if word.points < LEAST_POINTS:
            wrong.append(f"page {word.page}: {word.text!r} prints at {word.points:.2f} points")
    return wrong
