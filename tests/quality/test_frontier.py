"""Quality against cost: what stands on the frontier, and what never moves it."""

import hypothesis.strategies as st
from hypothesis import given

from calculator.evaluate import evaluate_scenario
from calculator.quality.frontier import Placed, dominated_by, dominates, quality_cost_frontier
from calculator.scenario import load_scenario
from tests.test_cli import DEFAULT

_places = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=1, max_size=15).map(
    lambda pairs: [Placed(f"o{i}", float(score), float(usd)) for i, (score, usd) in enumerate(pairs)]
)


def test_a_frontier_by_hand() -> None:
    placed = [
        Placed("cheap", 60, 1),
        Placed("good", 80, 5),
        Placed("dear", 75, 9),
        Placed("weak", 50, 2),
        Placed("best", 90, 20),
    ]
    assert [p.id for p in quality_cost_frontier(placed)] == ["cheap", "good", "best"]
    assert dominated_by(placed) == {"cheap": None, "good": None, "dear": "good", "weak": "cheap", "best": None}


@given(_places)
def test_the_frontier_is_what_nothing_dominates(placed: list[Placed]) -> None:
    expected = {p.id for p in placed if not any(dominates(q, p) for q in placed)}
    assert {p.id for p in quality_cost_frontier(placed)} == expected
    assert {name for name, by in dominated_by(placed).items() if by is None} == expected


@given(_places, st.integers(0, 14), st.integers(0, 5), st.integers(0, 5))
def test_a_dominated_option_never_moves_it(placed: list[Placed], at: int, worse: int, dearer: int) -> None:
    of = placed[at % len(placed)]
    added = Placed("added", of.score - worse - 1, of.usd + dearer)
    assert quality_cost_frontier([*placed, added]) == quality_cost_frontier(placed)


def test_every_option_of_a_scenario_has_its_place() -> None:
    rows = evaluate_scenario(load_scenario(DEFAULT), 16).as_dict()["quality_frontier"]
    assert len(rows) == len(load_scenario(DEFAULT).options)
    front = [r for r in rows if r["on_frontier"]]
    assert front and all(r["dominated_by"] is None and r["feasibility"] != "fail" for r in front)
    for row in rows:
        assert row["on_frontier"] or row["dominated_by"] or row["reason"]
        by = next((r for r in front if r["id"] == row["dominated_by"]), None)
        assert by is None or (by["score"] >= row["score"] and by["usd_per_million_tokens"] <= row["usd_per_million_tokens"])
