"""The size of a hybrid's base: chosen by expected cost, and following the load where that pays."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calculator.assumptions import load_assumptions
from calculator.assumptions.files import assumptions_folder
from calculator.costs.hybrid import BASE_ALONE, peak_load
from calculator.decision.simulation import Costing, prepare, simulate
from calculator.options import HybridOption
from calculator.scenario import load_scenario

EXAMPLES = sorted((assumptions_folder() / "scenarios").glob("*.yaml"))


def mixes(costing: Costing) -> list[HybridOption]:
    return [o for o in costing.scenario.options if isinstance(o, HybridOption) and o.base_replicas == "optimal"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_optimal_hybrid_is_never_dearer_than_either_leg_on_average(path: Path) -> None:
    """None and the base alone are among the choices. Other draws than those of the choice: a little may be lost."""
    costing = prepare(load_scenario(path), load_assumptions())
    assert mixes(costing)
    means = {name: npv.mean() for name, npv in simulate(costing, 1024).npv_usd.items()}
    for option in mixes(costing):
        assert means[option.id] <= min(means[option.base], means[option.overflow]) * 1.01


def test_a_base_that_follows_the_load_is_as_large_a_share_of_it_in_every_draw() -> None:
    costing = prepare(load_scenario(assumptions_folder() / "scenarios" / "document-retrieval.yaml"), load_assumptions())
    size, peak = (found["mix-flash-lite"] for found in (costing.decided.base_replicas, costing.decided.base_peaks))
    assert 0 < size < BASE_ALONE and peak > 0
    wait = 2  # servers that are ordered in November
    assert costing.base["mix-flash-lite"].replicas == pytest.approx(np.repeat([0.0, size], [wait, 36 - wait])[None, :])
    drawn = replace(costing.inputs, draws=256, known=sorted(costing.inputs.uncertain), _arrays={}, used={}, uncertain={})
    outcome = costing.outcomes(drawn, ["mix-flash-lite"])["mix-flash-lite"]
    assert outcome.load is not None and outcome.replicas is not None
    share = outcome.replicas[:, -1] / peak_load(outcome.load)
    assert np.ptp(outcome.replicas[:, -1]) > 0
    assert np.median(share) == pytest.approx(size / peak, rel=0.1)
    assert "in proportion" in costing.base["mix-flash-lite"].notes[0]


def test_a_stated_base_is_held_in_every_draw() -> None:
    scenario = load_scenario(assumptions_folder() / "scenarios" / "document-retrieval.yaml")
    stated = [o.model_copy(update={"base_replicas": 8}) if o.id == "mix" else o for o in scenario.options]
    costing = prepare(scenario.model_copy(update={"options": tuple(stated)}), load_assumptions())
    assert costing.decided.base_replicas["mix"] == 8 and "mix" not in costing.decided.base_peaks
