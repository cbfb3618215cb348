"""Who wins, by the rule."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.decision.verdict import FEWEST_DRAWS, Candidate, decide, probability_by, probability_cheapest, rule_prices

DRAWS = 64
NOISE = np.random.default_rng(5).normal(0, 1, (40, DRAWS))


def option(name: str, mean: float, *, noise: int = 0, spread: float = 1.0, **updates: Any) -> Candidate:
    fields: dict[str, Any] = {
        "id": name,
        "route": "api",
        "weights": name,
        "feasibility": "pass",
        "feasibility_optimistic": "pass",
        "failed_rules": frozenset(),
        "cost_usd": mean + spread * NOISE[noise],
    }
    return Candidate(**{**fields, **updates})


def verdict(*candidates: Candidate, baseline: str | None = None, materiality: float = 0.05) -> Any:
    return decide(candidates, baseline, materiality, 0.75)


def test_the_cheapest_that_passes_wins() -> None:
    found = verdict(option("a", 100), option("b", 90, feasibility="fail", feasibility_optimistic="fail"), option("c", 120))
    assert (found.winner, found.cheapest, found.rival, found.conditional_winner) == ("a", "a", "c", None)
    assert found.confidence == 1.0


def test_nothing_passes_nothing_wins() -> None:
    out = option("b", 90, feasibility="fail", feasibility_optimistic="fail")
    found = verdict(option("a", 100, feasibility="needs_evidence"), out)
    assert found.winner is None and found.leader is None
    assert found.conditional_winner == "a"


def test_too_close_is_said() -> None:
    found = verdict(option("a", 100, noise=1, spread=10), option("b", 100.5, noise=2, spread=10))
    assert found.too_close and found.winner is None and found.leader == "a"
    assert 0.3 < found.confidence < 0.75


def test_the_different_choice_that_is_hardest_to_beat_says_how_sure_it_is() -> None:
    lead = option("a", 100, noise=1, spread=10)
    shadow = option("b", 100.2, noise=1, spread=10)  # dearer in every draw, by little
    other = option("c", 100.5, noise=2, spread=10)  # dearer on average, cheaper in many draws
    assert verdict(lead, shadow).confidence == 1.0
    found = verdict(lead, shadow, other)
    assert found.confidence == verdict(lead, other).confidence < 0.75
    assert found.too_close and found.rival == found.closest == "c"
    far = option("c", 106, noise=2, spread=4)
    sure = verdict(lead, shadow, far)
    assert sure.winner == "a" and sure.rival == "b" and sure.closest == "c" and sure.confidence < 1


@given(st.lists(st.tuples(st.floats(90, 110), st.integers(0, 39)), min_size=2, max_size=6))
def test_nothing_different_beats_the_leader_more_often_than_confidence_allows(drawn: list[tuple[float, int]]) -> None:
    candidates = [option(f"o{n}", mean, noise=noise, spread=8) for n, (mean, noise) in enumerate(drawn)]
    found = verdict(*candidates)
    lead = next(c for c in candidates if c.id == found.leader)
    for other in candidates:
        if other.is_rival_of(lead):
            assert np.mean(lead.cost_usd <= other.cost_usd) >= found.confidence


def test_paired_draws_decide_not_overlapping_ranges() -> None:
    """Two costs that vary together by ten times their difference are still told apart."""
    found = verdict(option("a", 100, spread=10), option("b", 101, spread=10))
    assert found.winner == "a" and found.confidence == 1.0


def test_leaving_the_baseline_takes_more_than_materiality() -> None:
    stay = verdict(option("new", 97), option("old", 100), baseline="old")
    assert stay.winner == "old" and stay.stays_for_materiality and stay.cheapest == "new"
    assert verdict(option("new", 80), option("old", 100), baseline="old").winner == "new"


def test_a_mix_is_not_measured_against_its_own_part() -> None:
    part = option("part", 110, noise=1, route="rented", weights="w")
    mix = option("mix", 100, noise=1, route="hybrid", weights="w", parts=frozenset({"part", "base"}))
    other = option("other", 104, noise=2, spread=5)
    found = verdict(mix, part, other)
    assert found.rival == "other"
    assert found.confidence < 1.0


def test_a_mix_without_a_base_leaves_the_chance_to_its_part() -> None:
    part = option("part", 100)
    mix = option("mix", 100, route="hybrid", parts=frozenset({"part"}), same_as="part")
    assert probability_cheapest([part, mix, option("far", 200)]) == {"far": 0.0, "mix": 0.0, "part": 1.0}


CANDIDATES = st.lists(
    st.builds(
        lambda n, mean, route, weights, ok: option(
            f"o{n}", mean, noise=n, spread=8, route=route, weights=weights, feasibility=ok, feasibility_optimistic=ok
        ),
        st.integers(0, 39),
        st.floats(50, 150),
        st.sampled_from(["api", "hosted", "rented", "owned"]),
        st.sampled_from(["w", "v", "u"]),
        st.sampled_from(["pass", "pass", "fail"]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda c: c.id,
)


@given(CANDIDATES, st.randoms())
def test_order_does_not_matter(candidates: list[Candidate], random: Any) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)
    assert verdict(*candidates) == verdict(*shuffled)
    assert probability_cheapest(candidates) == pytest.approx(probability_cheapest(shuffled))


@given(CANDIDATES)
def test_chances_add_up(candidates: list[Candidate]) -> None:
    chances = probability_cheapest(candidates)
    passing = [c for c in candidates if c.feasibility == "pass"]
    assert sum(chances.values()) == pytest.approx(1.0 if passing else 0.0)
    assert sum(probability_by(chances, {c.id: c.route for c in candidates}).values()) == pytest.approx(sum(chances.values()))


@given(CANDIDATES, st.integers(0, 7), st.floats(0.01, 3))
def test_a_near_copy_changes_nothing(candidates: list[Candidate], which: int, dearer: float) -> None:
    """Another host of the same model on the same route, a little dearer."""
    twin = candidates[which % len(candidates)]
    copy = replace(twin, id="zz-copy", cost_usd=twin.cost_usd + dearer)
    before, after = verdict(*candidates), verdict(*candidates, copy)
    assert (after.winner, after.leader, after.confidence, after.rival) == (
        before.winner,
        before.leader,
        before.confidence,
        before.rival,
    )


@given(CANDIDATES)
def test_the_winner_passes_and_no_allowed_option_is_cheaper(candidates: list[Candidate]) -> None:
    found = verdict(*candidates)
    by_id = {c.id: c for c in candidates}
    if found.leader is not None:
        assert by_id[found.leader].feasibility == "pass"
        least = min(c.expected_usd for c in candidates if c.feasibility == "pass")
        assert by_id[found.leader].expected_usd == least


def test_the_price_of_a_rule_is_what_it_alone_keeps_out() -> None:
    kept_out = option("b", 70, feasibility="fail", feasibility_optimistic="fail", failed_rules=frozenset({"DATA-04"}))
    twice = option("c", 50, feasibility="fail", feasibility_optimistic="fail", failed_rules=frozenset({"DATA-04", "LIC-01"}))
    prices = rule_prices([option("a", 100), kept_out, twice])
    assert set(prices) == {"DATA-04"}
    assert prices["DATA-04"].best == "b"
    assert prices["DATA-04"].saving_usd == pytest.approx(30)


@pytest.mark.parametrize("draws", [1, 16])
def test_few_draws_do_not_tell_how_sure_an_answer_is(draws: int) -> None:
    few = [replace(option(name, usd), cost_usd=np.full(draws, usd)) for name, usd in (("a", 100.0), ("b", 120.0))]
    found = decide(few, None, 0.05, 0.75)
    assert (found.winner, found.rival, found.confidence) == ("a", "b", None)
    assert f"{draws} draw" in str(found.why_no_confidence)
    enough = [replace(c, cost_usd=np.full(FEWEST_DRAWS, c.expected_usd)) for c in few]
    assert decide(enough, None, 0.05, 0.75).confidence == 1.0
    assert decide(few[:1], None, 0.05, 0.75).why_no_confidence is None
