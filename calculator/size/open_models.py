"""Open models beside each other for one workload: shape, lineage, licence, scores, GPUs, offers, energy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from calculator.assumptions import Assumptions, Row, as_date, load_assumptions
from calculator.demand import WEEK_HOURS, demands
from calculator.errors import InputError
from calculator.footprint import token_energy
from calculator.governance.subject import released_row
from calculator.inputs import Inputs
from calculator.options import HostedOption, SizedOption
from calculator.prices import price_list, request_cost_usd
from calculator.quality.scoring import model_names
from calculator.scenario import Scenario
from calculator.serving.architecture import modelling_gap
from calculator.size.answer import Question, architecture_of, size

DEFAULT_GPU = "h100-sxm"
SHORT = 16
"""Models of a table that is printed."""
TIMELINES = ("timeline.arena_text", "timeline.gpqa_diamond", "timeline.mmlu", "timeline.swe_bench_verified")


def open_models(scenario: Scenario, gpu: str, only: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """A row for each model of `models`, or those of `only`, sized on `gpu` for the first workload's first month at its peak.

    `usd_per_million_tokens` is the cheapest host's, `rented_usd_per_million_tokens` the rent of the GPUs alone over the
    first month's tokens. What is not known is None; `gpus` is None where the model does not fit or hold the latency, `why`
    then says so.
    Raises InputError for a GPU that is not known.
    """
    known = load_assumptions().with_overrides(scenario.assumptions)
    known.row("gpus", gpu, "gpu")
    work, on = scenario.workloads[0], as_date(scenario.as_of)
    load = demands(scenario, Inputs(known))[0]
    tokens = float(load.input_tokens[0]), float(load.output_tokens[0])
    mean = load.interactive_requests_per_second(known.number("demand.hours_per_month"))[0, 0]
    rate = float(mean * load.hour_weights.max() * WEEK_HOURS * load.burst_ratio[0])
    rows = known.rows("models")
    asked = (tokens, float(load.tokens[0, 0]), rate, work.slo.tpot_ms, gpu, on)
    return [_row(known, key, rows[key], *asked) for key in (rows if only is None else only)]


def shortlist(scenario: Scenario, count: int = SHORT) -> tuple[str, ...]:
    """Models to read side by side: those of the scenario, what was made from them, then the best by Arena text."""
    known = load_assumptions()
    rows = known.rows("models")
    mine = [n for o in scenario.options for n in model_names(o, known) if n in rows]
    made = [key for key, row in rows.items() if row.text("base_model", "") in mine]
    best = sorted(rows, key=lambda key: (-(_best(known, key, "arena_text") or 0.0), key))
    return tuple(dict.fromkeys((*mine, *made, *best)))[:count]


def models_table(scenario: Scenario, gpu: str | None = None, all_models: bool = False) -> dict[str, Any]:
    """`open_models`, or a shortlist of them, with what they are sized for: `{gpu, workload, models}`; kept for a while."""
    on = gpu or sized_on(scenario)
    rows = kept_open_models(scenario, on, None if all_models else shortlist(scenario))
    return {"gpu": on, "workload": scenario.workloads[0].name, "models": rows}


def sized_on(scenario: Scenario) -> str:
    """The GPU of the scenario's first own or rented fleet; an H100 where it has none."""
    return next((o.gpu for o in scenario.options if isinstance(o, SizedOption)), DEFAULT_GPU)


def _best(known: Assumptions, key: str, benchmark: str) -> float | None:
    """The best score at any effort."""
    scores = (r for r in known.rows("scores").values() if r.text("model") == key and benchmark in r)
    return max((r.number(benchmark) for r in scores), default=None)


def _row(
    known: Assumptions,
    key: str,
    row: Row,
    tokens: tuple[float, float],
    monthly_tokens: float,
    rate: float,
    tpot_ms: float,
    gpu: str,
    on: date,
) -> dict[str, Any]:
    offers = [r for r in known.rows("offers").values() if r.text("weights", None) == key]
    hosted = [(usd, r.text("provider")) for r in offers if (usd := _usd_per_million(known, r, tokens, on)) is not None]
    released = released_row(known, key)
    probe = HostedOption(id="probe", route="hosted", provider="probe", model=key, weights=key)
    energy = token_energy(probe, key, known)
    needed, rent, why = _gpus(known, row, key, tokens, rate, tpot_ms, gpu)
    rented = None if rent is None else rent / monthly_tokens * 1e6
    prices = {
        name: usd for name, usd in (("hosted", min(hosted)[0] if hosted else None), ("rented", rented)) if usd is not None
    }
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
        "arena_text": _best(known, key, "arena_text"),
        "gpqa_diamond": _best(known, key, "gpqa_diamond"),
        "kv_bytes_per_token": _kv_bytes(known, row, key),
        "gpus": needed,
        "why": why,
        "usd_per_million_tokens": prices.get("hosted"),
        "cheapest_host": min(hosted)[1] if hosted else None,
        "hosts": len({r.text("provider") for r in offers}),
        "rented_usd_per_million_tokens": rented,
        "cheapest_route": min(prices, key=lambda name: prices[name], default=None),
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
) -> tuple[int | None, float | None, str]:
    """GPUs, their rent a month in USD at the market's median on-demand price, and why there are none."""
    gap = modelling_gap(row)
    if gap:
        return None, None, gap
    try:
        best = size(Question(key, *tokens, rate, tpot_ms, gpu=gpu), known).best
    except InputError as error:
        return None, None, str(error)
    return best.gpus, best.usd_per_month, ""


def _usd_per_million(known: Assumptions, offer: Row, tokens: tuple[float, float], on: date) -> float | None:
    """List price of a request without cache or batch, over its input and visible output tokens."""
    try:
        prices = price_list(known, offer.text("provider"), offer.text("model"))
    except InputError:
        return None
    usd = request_cost_usd(prices, input_tokens=tokens[0], output_tokens=tokens[1], on=on)
    return usd / sum(tokens) * 1e6


def made_from(row: dict[str, Any]) -> str:
    """What a model was made from, in words: `b ← a`, a merge with `+ others`; empty for an original."""
    known = load_assumptions().rows("models")
    bases = [{"id": key, "base_model": known[key].text("base_model", None)} for key in known]
    return " + ".join([" ← ".join(lineage(bases, row["id"])[1:]), *row["merged_with"]])


def lineage(rows: list[dict[str, Any]], key: str) -> list[str]:
    """From the model up to what it was made from, by id; ends at a model that names no base, or one that is not listed."""
    bases = {r["id"]: r["base_model"] for r in rows}
    found = [key]
    while (above := bases.get(found[-1])) is not None and above not in found:
        found.append(above)
    return found


@dataclass(frozen=True)
class _Key:
    """A scenario as far as the table depends on it."""

    parts: tuple[object, ...]
    scenario: Scenario = field(compare=False)


@lru_cache(maxsize=8)
def _cached(key: _Key, gpu: str, only: tuple[str, ...] | None) -> list[dict[str, Any]]:
    return open_models(key.scenario, gpu, only)


def kept_open_models(scenario: Scenario, gpu: str, only: tuple[str, ...] | None = None) -> list[dict[str, Any]]:
    """`open_models`, kept for the last few workloads, GPUs and sets of assumptions."""
    s = scenario
    parts = (s.workloads[0], s.as_of, s.start, s.horizon_months, s.launched, tuple(sorted(s.assumptions.items(), key=repr)))
    return _cached(_Key(parts, scenario), gpu, only)
