"""Two scenarios side by side: what differs, both verdicts, every option's cost, and why it moved."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from calculator.assumptions import load_assumptions
from calculator.attribution.differences import ABSENT, Difference, differences_of
from calculator.attribution.waterfall import Valuation, Waterfall, steps_of, waterfall
from calculator.attribution.words import label_of, text_of, unit_of
from calculator.errors import InputError
from calculator.evaluate import DEFAULT_DRAWS, evaluate, evaluate_scenario
from calculator.result import Result
from calculator.scenario import Scenario, canonical_json

KEPT = 8
CONVENTION = (
    "Each step is evaluated by the whole calculation, in the listed order and in the reverse; it counts with the mean of "
    "both effects, and the steps add up to the whole difference."
)
NO_CHOICE = "no option passes every gate in one of the two, or on the way between them"
Tell = Callable[[int, int], object]


def compare_scenarios(a: Scenario, b: Scenario, draws: int = DEFAULT_DRAWS, tell: Tell | None = None) -> dict[str, Any]:
    """What `compare A B --json` prints; the schema is `llm-adoption schema compare-two`.

    `side_by_side` and, under `attribution`, `attribution`; costs are expected present values over the draws, USD.
    """
    return {**side_by_side(a, b, draws, tell), "attribution": attribution(a, b, draws, tell)}


def side_by_side(a: Scenario, b: Scenario, draws: int = DEFAULT_DRAWS, tell: Tell | None = None) -> dict[str, Any]:
    """What differs, both verdicts, and every option of either; InputError naming the scenario that cannot be evaluated.

    `tell` hears of draws done and in all of each scenario; it may raise to stop.
    """

    def find() -> dict[str, Any]:
        one, other = (_evaluated(name, s, draws, tell) for name, s in (("A", a), ("B", b)))
        sides = one.as_dict(), other.as_dict()
        return {
            "schema": 1,
            "draws": one.draws,
            "a": _side(sides[0]),
            "b": _side(sides[1]),
            "differences": [_difference(d) for d in differences_of(a, b)],
            "options": _options(*sides),
        }

    return _once("sides", a, b, draws, find)


def attribution(a: Scenario, b: Scenario, draws: int = DEFAULT_DRAWS, tell: Tell | None = None) -> dict[str, Any]:
    """Why the cost moved from `a` to `b`: of the option ahead, and of every option that both have, step by step.

    `tell` hears of draws done and in all; it may raise to stop. InputError as `side_by_side`.
    """
    steps = steps_of(differences_of(a, b))
    done, of = 0, 2 * max(1, len(steps) - 1)

    def heard(drawn: int, size: int) -> None:
        if tell is not None:
            tell(min(done * size + drawn, of * size), of * size)

    def value(scenario: Scenario) -> Valuation:
        nonlocal done
        if scenario is a or scenario is b:
            return _valued(_evaluated("A" if scenario is a else "B", scenario, draws))
        found = _valued(evaluate(scenario, load_assumptions(), draws, heard))
        done += 1
        return found

    return _once("attribution", a, b, draws, lambda: _attribution(waterfall(a, b, steps, value), a, b))


def _once(what: str, a: Scenario, b: Scenario, draws: int, find: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What `find` returns; the last few are kept, by the scenarios themselves."""
    key = what, canonical_json(a), canonical_json(b), draws
    with _keeping:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = find()
    with _keeping:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def _evaluated(name: str, scenario: Scenario, draws: int, tell: Tell | None = None) -> Result:
    def heard(drawn: int, size: int) -> None:
        if tell is not None:
            tell(drawn, size)

    try:
        return evaluate_scenario(scenario, draws, heard)
    except InputError as error:
        raise InputError(f"scenario {name}: {error}") from None


def _valued(result: Result) -> Valuation:
    expected = {o.id: float(o.npv_draws_usd.mean()) for o in result.options}
    return Valuation(result.verdict.leader, result.verdict.winner is not None, expected)


def _side(result: dict[str, Any]) -> dict[str, Any]:
    fields = ("title", "as_of", "horizon_months", "currency", "usd_exchange_rate", "verdict", "warnings")
    return {field: result[field] for field in fields}


def _difference(d: Difference) -> dict[str, Any]:
    return {
        "path": ".".join(d.path),
        "group": d.group,
        "label": label_of(d),
        "unit": unit_of(d),
        "before": None if d.before is ABSENT else d.before,
        "after": None if d.after is ABSENT else d.after,
        "text": text_of(d),
    }


def _options(a: dict[str, Any], b: dict[str, Any]) -> list[dict[str, Any]]:
    """Every option of either scenario; a side that has it not is None."""
    sides = [{o["id"]: o for o in result["options"]} for result in (a, b)]
    fields = (
        "route", "feasibility", "failed_rules", "npv_usd", "usd_per_million_tokens", "first_month_cost_usd",
        "last_month_cost_usd", "probability_cheapest",
    )  # fmt: skip
    names = list(dict.fromkeys([*sides[0], *sides[1]]))
    shown = [[None if n not in side else {f: side[n][f] for f in fields} for side in sides] for n in names]
    return [
        {
            "id": name,
            "a": one,
            "b": other,
            "change_usd": None if one is None or other is None else other["npv_usd"]["mean"] - one["npv_usd"]["mean"],
            "null_reasons": {
                side: f"scenario {side.upper()} has no such option" for side, o in (("a", one), ("b", other)) if o is None
            },
        }
        for name, (one, other) in zip(names, shown, strict=True)
    ]


def _attribution(path: Waterfall, a: Scenario, b: Scenario) -> dict[str, Any]:
    ids = {o.id for o in b.options}
    return {
        "convention": CONVENTION,
        "steps": [
            {
                "label": step.label,
                "differences": [".".join(d.path) for d in step.differences],
                "leader": after.leader,
                "wins": after.decided,
            }
            for step, after in zip(path.steps, path.forward[1:], strict=True)
        ],
        "choice": _moved(path, None),
        "options": {o.id: _moved(path, o.id) for o in a.options if o.id in ids},
        "null_reasons": {} if path.effects_usd(None) is not None else {"choice": NO_CHOICE},
    }


def _moved(path: Waterfall, option: str | None) -> dict[str, Any] | None:
    """From, to, whether advised, each step's effect and its two by order, USD; of the option ahead where none is named."""
    effects = path.effects_usd(option)
    if effects is None:
        return None
    ends = [path.forward[place] for place in (0, -1)]
    start, end = (v.expected_usd[v.leader or ""] if option is None else v.expected_usd[option] for v in ends)
    return {
        "from": ends[0].leader if option is None else option,
        "to": ends[1].leader if option is None else option,
        "advised": all(v.decided for v in ends) if option is None else None,
        "from_usd": start,
        "to_usd": end,
        "steps_usd": [(there + back) / 2 for there, back in effects],
        "steps_by_order_usd": [[there, back] for there, back in effects],
    }


_kept: OrderedDict[Any, dict[str, Any]] = OrderedDict()
_keeping = Lock()
