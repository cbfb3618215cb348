"""Which options nobody should prefer on quality and cost together: the others cost no more and score no less."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Placed:
    """An option with its score (higher is better) and its cost in USD."""

    id: str
    score: float
    usd: float


def dominates(a: Placed, b: Placed) -> bool:
    """Whether `a` is at least as good and at most as dear as `b`, and better in one of the two."""
    return a.score >= b.score and a.usd <= b.usd and (a.score > b.score or a.usd < b.usd)


def quality_cost_frontier(placed: Sequence[Placed]) -> tuple[Placed, ...]:
    """Options that no other dominates, from the cheapest up (Pareto frontier); two at the same place both stand.

    A dominated option never moves it: whatever dominates it is on the frontier or dominated by one that is.
    """
    found: list[Placed] = []
    best = float("-inf")
    for option in sorted(placed, key=lambda p: (p.usd, -p.score)):
        if option.score > best or (found and (option.score, option.usd) == (found[-1].score, found[-1].usd)):
            found.append(option)
            best = option.score
    return tuple(found)


def dominated_by(placed: Sequence[Placed]) -> dict[str, str | None]:
    """For each option the cheapest on the frontier that dominates it; None for one on the frontier."""
    front = quality_cost_frontier(placed)
    return {p.id: next((f.id for f in front if dominates(f, p)), None) for p in placed}


def frontier_rows(options: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """`quality_frontier` of a result from its options' plain data; places are null where an option has no score.

    Cost is the levelised USD per million tokens; options that fail a gate, or whose score was taken at another effort
    or precision, stand beside and dominate nothing.
    """
    scored = [o for o in options if o["quality"] is not None and o["quality"]["score"] is not None]
    competing = [o for o in scored if o["feasibility"] != "fail" and o["quality"]["matches"]]
    placed = [Placed(o["id"], o["quality"]["score"], o["usd_per_million_tokens"]) for o in competing]
    behind = dominated_by(placed)
    return [_row(o, behind) for o in options]


def _row(option: Mapping[str, Any], behind: Mapping[str, str | None]) -> dict[str, Any]:
    quality, name = option["quality"], option["id"]
    score = None if quality is None else quality["score"]
    reason = None
    if score is None:
        reason = option["null_reasons"].get("quality", "no score")
    elif option["feasibility"] == "fail":
        reason = "fails a gate: " + ", ".join(option["failed_rules"])
    elif name not in behind:
        reason = quality["note"]
    return {
        "id": name,
        "route": option["route"],
        "feasibility": option["feasibility"],
        "benchmark": None if quality is None else quality["benchmark"],
        "score": score,
        "matches": None if quality is None else quality["matches"],
        "npv_usd": option["npv_usd"]["base"],
        "usd_per_million_tokens": option["usd_per_million_tokens"],
        "on_frontier": name in behind and behind[name] is None,
        "dominated_by": behind.get(name),
        "reason": reason,
    }
