"""The report: a PDF from one Typst template, with data as JSON and charts as SVG."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from calculator import charts
from calculator.wording import GATE_WORDS, money, percent, ranked, shown_in

STANDARDS: Any = ["a-3a", "ua-1"]


def report_pdf(result: dict[str, Any], scenario_yaml: str) -> bytes:
    """The report of a result (`Result.as_dict`), carrying its scenario as an attachment.

    The same result and scenario give the same bytes.
    """
    import typst

    compiled: Any = typst.compile

    folder = Path(str(files("calculator.report")))
    with shown_in(result["currency"], result["usd_exchange_rate"]):
        data = report_data(result, scenario_yaml)
    stamp = datetime.fromisoformat(result["as_of"]).replace(tzinfo=UTC)
    return bytes(
        compiled(
            folder / "report.typ",
            font_paths=[str(files("calculator") / "fonts")],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data)},
            pdf_standards=STANDARDS,
            timestamp=int(stamp.timestamp()),
        )
    )


def report_data(result: dict[str, Any], scenario_yaml: str) -> dict[str, Any]:
    """What the template shows, every figure already worded."""
    return {
        "strings": json.loads((files("calculator.report") / "strings.json").read_text(encoding="utf-8")),
        "title": result["title"],
        "verdict": result["verdict"],
        "facts": [
            ["Prices and facts judged at", result["as_of"]],
            ["Horizon", f"{result['months'][0]} to {result['months'][-1]}, {result['horizon_months']} months"],
            ["Discount rate", f"{result['discount_rate']:.1%} a year, nominal, month-end flows"],
            ["Runs today", result["baseline"] or "nothing"],
        ],
        "options": [_option(o) for o in ranked(result["options"])],
        "gates": [_gates(o) for o in ranked(result["options"])],
        "charts": [
            {"svg": charts.svg(charts.cumulative_cost(result)), "alt": charts.alt_text(result)},
            {"svg": charts.svg(charts.cost_breakdown(result)), "alt": charts.alt_text(result)},
            {"svg": charts.svg(charts.cost_ranges(result)), "alt": charts.alt_text(result)},
        ],
        "assumptions": [_assumption(p) for p in result["assumptions_used"]],
        "warnings": result["warnings"],
        "pins": result["pins"],
        "draws": result["draws"],
        "hash": hashlib.sha256(scenario_yaml.encode()).hexdigest()[:16],
        "scenario": scenario_yaml,
    }


def _option(option: dict[str, Any]) -> dict[str, str]:
    npv, gpus, quality = option["npv_usd"], option["gpus"], option["quality"]
    score = "–" if quality is None or quality["score"] is None else f"{quality['score']:.0f} ({quality['effort']})"
    return {
        "id": option["id"],
        "route": option["route"],
        "gates": GATE_WORDS[option["feasibility"]],
        "score": score,
        "gpus": "–" if gpus is None else f"{gpus['first_month']}–{gpus['peak']}",
        "first": money(option["first_month_cost_usd"]),
        "last": money(option["last_month_cost_usd"]),
        "per_million": money(option["usd_per_million_tokens"]),
        "p10": money(npv["p10"]),
        "p50": money(npv["p50"]),
        "p90": money(npv["p90"]),
        "cheapest": percent(option["probability_cheapest"]),
        "notes": "; ".join(option["notes"]),
    }


def _gates(option: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {
            "rule": g["rule"],
            "outcome": GATE_WORDS[g["outcome"]],
            "statement": g["statement"],
            "source": _source(g["source"], g["as_of"]),
            "remedy": g["remedy"],
        }
        for g in option["gates"]
    ]
    return {"id": option["id"], "rows": rows}


def _source(source: dict[str, Any] | None, as_of: str | None) -> str:
    if source is None:
        return ""
    return ", ".join(x for x in (source["title"], source["locator"], as_of) if x)


def _assumption(p: dict[str, Any]) -> dict[str, str]:
    value = p["value"]
    text = ", ".join(value) if isinstance(value, list) else f"{value:g}" if isinstance(value, int | float) else str(value)
    bounds = "" if p["low"] is None else f"{p['low']:g} … {p['high']:g}"
    return {
        "id": p["id"] + (" (set by the user)" if p["overridden"] else ""),
        "value": text if len(text) < 60 else text[:57] + "…",
        "range": bounds,
        "unit": p["unit"],
        "kind": p["kind"],
        "source": _source(p["source"], p["as_of"]),
        "url": (p["source"] or {}).get("url") or "",
    }
