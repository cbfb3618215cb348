"""Open models beside each other for one workload: shape, lineage, licence, scores, GPUs, offers, energy."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from calculator.assumptions import Assumptions, Row, as_date, load_assumptions
from calculator.demand import WEEK_HOURS, demands
from calculator.errors import InputError
from calculator.footprint import token_energy
from calculator.governance.subject import released_row
from calculator.inputs import Inputs
from calculator.options import HostedOption
from calculator.prices import price_list, request_cost_usd
from calculator.scenario import Scenario
from calculator.serving.architecture import modelling_gap
from calculator.size.answer import Question, architecture_of, size

TIMELINES = ("timeline.arena_text", "timeline.gpqa_diamond", "timeline.mmlu", "timeline.swe_bench_verified")


def open_models(scenario: Scenario, gpu: str) -> list[dict[str, Any]]:
    """A row for each model of `models`, sized on `gpu` for the first workload at the peak of its first month.

    What is not known is None; `gpus` is None where the model does not fit or hold the latency, `why` then says so.
    """
    known = load_assumptions().with_overrides(scenario.assumptions)
    work, on = scenario.workloads[0], as_date(scenario.as_of)
    load = demands(scenario, Inputs(known))[0]
    tokens = float(load.input_tokens[0]), float(load.output_tokens[0])
    mean = load.interactive_requests_per_second(known.number("demand.hours_per_month"))[0, 0]
    rate = float(mean * load.hour_weights.max() * WEEK_HOURS * load.burst_ratio[0])
    return [_row(known, key, row, tokens, rate, work.slo.tpot_ms, gpu, on) for key, row in known.rows("models").items()]


def _row(
    known: Assumptions, key: str, row: Row, tokens: tuple[float, float], rate: float, tpot_ms: float, gpu: str, on: date
) -> dict[str, Any]:
    scores = [r for r in known.rows("scores").values() if r.text("model") == key]
    offers = [r for r in known.rows("offers").values() if r.text("weights", None) == key]
    hosted = [(usd, r.text("provider")) for r in offers if (usd := _usd_per_million(known, r, tokens, on)) is not None]
    released = released_row(known, key)
    probe = HostedOption(id="probe", route="hosted", provider="probe", model=key, weights=key)
    energy = token_energy(probe, key, known)
    needed, why = _gpus(known, row, key, tokens, rate, tpot_ms, gpu)
    return {
        "id": key,
        "name": row.text("name"),
        "developer": row.text("developer"),
        "base_model": row.text("base_model", None),
        "derivation": row.text("derivation", None),
        "merged_with": list(row.list("merged_with")),
        "total_parameters_billion": row.number("total_parameters_billion", None),
        "active_parameters_billion": row.number("active_parameters_billion", None),
        "context_tokens": row.number("context_tokens", None),
        "licence": (released.text("licence", None) if released is not None else None) or row.text("licence", None),
        "released": _released(known, key),
        "arena_text": max((r.number("arena_text") for r in scores if "arena_text" in r), default=None),
        "gpqa_diamond": max((r.number("gpqa_diamond") for r in scores if "gpqa_diamond" in r), default=None),
        "kv_bytes_per_token": _kv_bytes(known, row, key),
        "gpus": needed,
        "why": why,
        "usd_per_million_tokens": min(hosted)[0] if hosted else None,
        "cheapest_host": min(hosted)[1] if hosted else None,
        "hosts": len({r.text("provider") for r in offers}),
        "kwh_per_million_output_tokens": None if energy is None else energy.kwh.base * 1e6,
    }


def _kv_bytes(known: Assumptions, row: Row, key: str) -> float | None:
    return None if modelling_gap(row) else float(architecture_of(key, known)[1].kv_bytes_per_token(2.0))


def _released(known: Assumptions, key: str) -> str | None:
    """The day of release; None where only a later sighting is known."""
    dated = [r for t in TIMELINES if (r := known.rows(t).get(key)) is not None and r.text("date_basis", "") == "release"]
    return min((r.text("released") for r in dated), default=None)


def _gpus(
    known: Assumptions, row: Row, key: str, tokens: tuple[float, float], rate: float, tpot_ms: float, gpu: str
) -> tuple[int | None, str]:
    gap = modelling_gap(row)
    if gap:
        return None, gap
    try:
        return size(Question(key, *tokens, rate, tpot_ms, gpu=gpu), known).best.gpus, ""
    except InputError as error:
        return None, str(error)


def _usd_per_million(known: Assumptions, offer: Row, tokens: tuple[float, float], on: date) -> float | None:
    """List price of a request without cache or batch, over its input and visible output tokens."""
    try:
        prices = price_list(known, offer.text("provider"), offer.text("model"))
    except InputError:
        return None
    usd = request_cost_usd(prices, input_tokens=tokens[0], output_tokens=tokens[1], on=on)
    return usd / sum(tokens) * 1e6


def lineage(rows: list[dict[str, Any]], key: str) -> list[str]:
    """From the model up to what it was made from, by id; ends at a model that names no base, or one that is not listed."""
    bases = {r["id"]: r["base_model"] for r in rows}
    found = [key]
    while (above := bases.get(found[-1])) is not None and above not in found:
        found.append(above)
    return found


@lru_cache(maxsize=8)
def _cached(text: str, gpu: str) -> list[dict[str, Any]]:
    from calculator.scenario import parse_scenario

    return open_models(parse_scenario(text), gpu)


def kept_open_models(scenario: Scenario, gpu: str) -> list[dict[str, Any]]:
    """`open_models`, kept for the last few scenarios and GPUs."""
    from calculator.scenario import canonical_json

    return _cached(canonical_json(scenario), gpu)
