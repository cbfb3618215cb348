"""Differences between the assumption files and what is known elsewhere: what they do, and writing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calculator.assumptions import Assumptions, load_assumptions
from calculator.errors import InputError
from calculator.evaluate import evaluate
from calculator.scenario import Scenario

EXAMPLE_DRAWS = 16


@dataclass(frozen=True)
class Change:
    """One cell, or the version named as its source."""

    topic: str
    id: str
    old: float | str | None
    new: float | str | None
    """None where there is none."""

    def as_dict(self) -> dict[str, Any]:
        return {"id": self.id, "old": self.old, "new": self.new}


@dataclass(frozen=True)
class Refresh:
    """Differences, the new texts of the topics that change, and ids that a package no longer has."""

    changes: tuple[Change, ...]
    texts: Mapping[str, str]
    gone: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    """What a file holds that is not taken, and why."""

    def as_dict(self) -> dict[str, Any]:
        return {"changes": [c.as_dict() for c in self.changes], "gone": list(self.gone), "left_out": list(self.left_out)}


def effects(found: Refresh, known: Assumptions, examples: Mapping[str, Scenario]) -> list[dict[str, Any]]:
    """What the differences do to each scenario: the winner, and the largest relative change of cost and of emissions."""
    changed = known.with_texts(found.texts)
    rows = []
    for name, scenario in examples.items():
        before, after = (evaluate(scenario, k, EXAMPLE_DRAWS) for k in (known, changed))
        pairs = list(zip(before.options, after.options, strict=True))
        rows.append(
            {
                "scenario": name,
                "winner_before": before.verdict.winner,
                "winner_after": after.verdict.winner,
                "largest_npv_change": _largest([(b.npv_base_usd, a.npv_base_usd) for b, a in pairs]),
                "largest_co2e_change": _largest(
                    [(b.footprint.co2e_kg.base, a.footprint.co2e_kg.base) for b, a in pairs if b.footprint and a.footprint]
                ),
            }
        )
    return rows


def _largest(pairs: Sequence[tuple[float, float]]) -> float:
    """The relative change that is largest in size."""
    return max((a / b - 1 for b, a in pairs if b), key=abs, default=0.0)


def write(found: Refresh, folder: Path) -> None:
    """Write the topics that change; InputError where that cannot be."""
    for topic, text in found.texts.items():
        path = folder / f"{topic}.yaml"
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise InputError(f"{path}: cannot be written ({error.strerror}); run it in a checkout") from None
    load_assumptions.cache_clear()
