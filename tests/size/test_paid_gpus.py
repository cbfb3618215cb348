"""GPUs are bought and rented in whole machines, in `size` as in `compare`."""

import pytest

from calculator.assumptions import load_assumptions
from calculator.size import Question, as_dict, size

KNOWN = load_assumptions()


def test_a_fleet_on_bought_servers_pays_for_whole_servers() -> None:
    """Three or four cards of a server of eight cost as much as eight, for what eight cost by the hour."""
    question = Question(weights="gemma-4-31b", isl=15000, osl=900, rate=0.4, tpot_ms=60, gpu="rtx-pro-6000", precision="fp8")
    best = as_dict(size(question, KNOWN), KNOWN)["best"]
    assert best["gpus"] < 8 and best["paid_gpus"] == KNOWN.row("servers", "rtx-pro-6000").number("gpus")
    assert best["usd_per_month"] == pytest.approx(8 * 730 * best["usd_per_gpu_hour"])


def test_layouts_are_ranked_by_what_is_paid() -> None:
    found = size(Question(weights="gemma-4-31b", isl=15000, osl=900, rate=0.4, tpot_ms=60), KNOWN)
    paid = [s.usd_per_month for s in found.layouts if s.usd_per_month is not None]
    assert paid == sorted(paid) and all(s.paid_gpus >= s.gpus for s in found.layouts)
