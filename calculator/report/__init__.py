"""The report: a PDF from one Typst template, with data as JSON and charts as SVG.

Every text stands in strings.json; sections say what the figures are; the template draws.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from calculator import drawer
from calculator.errors import clip
from calculator.report.blocks import Section, words
from calculator.report.drawing import with_drawings
from calculator.report.figures import hours_per_month
from calculator.report.glyphs import printable
from calculator.report.sections import (
    assumptions,
    decision,
    footprint,
    gates,
    method,
    money,
    options,
    quality,
    risk,
    sizing,
    uncertainty,
)
from calculator.wording import shown_in

if TYPE_CHECKING:
    from calculator.result import Result
    from calculator.scenario import Scenario

STANDARDS: Any = ["a-3a", "ua-1"]
Audience = Literal["executive", "full"]
Paper = Literal["a4", "us-letter"]
EXECUTIVE = (options.brief_section, money.brief_section, risk.brief_section, uncertainty.brief_section)
FULL = (
    options.section,
    money.section,
    sizing.section,
    risk.section,
    uncertainty.section,
    quality.section,
    footprint.section,
    gates.section,
    method.section,
    assumptions.section,
    assumptions.sources_section,
)
TITLE_LENGTH = 60
AGEING = 4
"""Typst keeps what the last ten or so documents were made of, sixty megabytes for a report: empty ones push it out."""
TYPESETTING = Lock()
"""One report is typeset at a time, on all processors; thirty at once would take three gigabytes and no less time."""


def ask_for_charts(result: Result, audience: Audience = "full", locale: str = "en_US") -> None:
    """Where a drawer is open, have the report's charts drawn while `reported` finds what no chart shows."""
    if drawer.is_open():
        answer = result.as_dict()
        with shown_in(answer["currency"], answer["usd_exchange_rate"], locale):
            _sections(answer, audience)


def reported(scenario: Scenario, result: Result, audience: Audience = "full") -> dict[str, Any]:
    """A result as `report_pdf` takes it, with the break-evens, flip points, models, prices and steps it shows."""
    from calculator.report.trace import first_month, first_peak, leader, token_prices
    from calculator.size.open_models import models_table
    from calculator.volumes import deciding_pairs, flip_points

    full = audience == "full"
    pairs = deciding_pairs(scenario, money.PAIRS_SHOWN) if full else None
    models = models_table(scenario) if full else None
    answer = result.as_dict(break_even=pairs, flip_points=flip_points(scenario), open_models=models)
    return {
        **answer,
        "token_prices": token_prices(scenario, result),
        "first_month": first_month(result, leader(answer)),
        "first_peak": first_peak(result, leader(answer), hours_per_month(answer)),
    }


def report_pdf(
    result: dict[str, Any],
    scenario_yaml: str,
    audience: Audience = "full",
    paper: Paper = "a4",
    locale: str = "en_US",
) -> bytes:
    """The report of a result (`Result.as_dict`), carrying its scenario and the resolved assumptions as attachments.

    The same arguments give the same bytes.
    """
    with shown_in(result["currency"], result["usd_exchange_rate"], locale):
        data = report_data(result, scenario_yaml, audience, paper)
    stamp = datetime.fromisoformat(result["as_of"]).replace(tzinfo=UTC)
    with TYPESETTING:
        return _typeset(json.dumps(data), int(stamp.timestamp()))


def _typeset(data: str, timestamp: int) -> bytes:
    """The template filled with data, as PDF; then what the typesetter remembers of earlier reports is let go."""
    import typst

    compiled: Any = typst.compile
    pdf = bytes(
        compiled(
            Path(str(files("calculator.report"))) / "report.typ",
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"data": data},
            pdf_standards=STANDARDS,
            timestamp=timestamp,
        )
    )
    for _ in range(AGEING):
        compiled(b"", font_paths=_fonts(), ignore_system_fonts=True)
    return pdf


@cache
def _fonts() -> Any:
    """The bundled fonts and no others."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(files("calculator") / "fonts")]
    )


def report_data(result: dict[str, Any], scenario_yaml: str, audience: Audience, paper: Paper) -> dict[str, Any]:
    """What the template shows, every figure already worded."""
    digest = scenario_hash(scenario_yaml)
    attached = {"scenario": scenario_yaml, "resolved": json.dumps(result["assumptions_used"], indent=1, sort_keys=True)}
    result = {**result, "scenario_hash": digest}
    sections = _sections(result, audience)
    shown = {
        "title": result["title"],
        "short_title": clip(result["title"], TITLE_LENGTH),
        "author": words("document.author"),
        "keywords": words("document.keywords").split(", "),
        "description": result["verdict"]["text"],
        "language": words("document.language"),
        "paper": paper,
        "subtitle": words("document.subtitle"),
        "footer": words("document.footer", as_of=result["as_of"], hash=digest[:12]),
        "decision": [block for block in decision.blocks(result) if block],
        "contents": audience == "full",
        "contents_heading": words("document.contents"),
        "sections": with_drawings(sections),
        "attachment_description": words("document.attachment"),
        "resolved_description": words("document.resolved"),
    }
    return {**printable(shown), **attached}


def _sections(result: dict[str, Any], audience: Audience) -> list[Section]:
    """The sections for an audience, their charts asked for."""
    built = [build(result) for build in (EXECUTIVE if audience == "executive" else FULL)]
    return [section for section in built if section]


def scenario_hash(scenario_yaml: str) -> str:
    """SHA-256 of a scenario file."""
    return hashlib.sha256(scenario_yaml.encode()).hexdigest()
