"""What is priced is not scored again, rankings do not turn, copies do not split chances, means are not medians."""

import numpy as np
import pytest

from calculator.decision.preferences import credit_usd
from calculator.distributions import lognormal_ppf_p10_p90
from calculator.scenario import Priorities
from tests.peers_errors.scene import API, OWNED, RENTED, answer, option

FLASH = {"id": "flash", "route": "api", "provider": "google", "model": "gemini-3.8-flash", "reasoning_effort": "high"}


def test_what_is_priced_is_not_scored_again() -> None:
    """Cost, latency, risk and quality are money or gates; only what is neither has a priority, and none moves a cost."""
    assert set(Priorities.model_fields) == {
        "control_and_audit",
        "customization_depth",
        "strategic_flexibility",
        "footprint",
    }
    weighed = answer([API, RENTED], priorities=dict.fromkeys(Priorities.model_fields, 50_000.0))
    plain = answer([API, RENTED])
    for name in ("api", "rented"):
        assert option(weighed, name)["npv_usd"] == option(plain, name)["npv_usd"]
        assert option(plain, name)["preference_usd"] == 0
    lines = {line for o in plain["options"] for line in o["cost_lines_usd"]}
    assert not lines & {"preference", "priorities", "lock_in", "security", "security_loss"}


def test_an_added_option_does_not_reorder_the_others() -> None:
    """Scores normalised over the options listed turn rankings round when a poor option is added; fixed scales do not."""
    plain, more = answer([API, RENTED]), answer([API, RENTED, OWNED])
    order = [sorted(("api", "rented"), key=lambda n: option(r, n)["npv_usd"]["mean"]) for r in (plain, more)]
    assert order[0] == order[1]
    for name in ("api", "rented"):
        assert option(plain, name)["npv_usd"] == option(more, name)["npv_usd"]

    # the wrong way: two criteria, each scaled to the best and worst of what is listed
    def first(rows: dict[str, tuple[float, float]]) -> str:
        values = np.array(list(rows.values()))
        low, high = values.min(axis=0), values.max(axis=0)
        score = ((values - low) / (high - low)).mean(axis=1)
        return list(rows)[int(np.argmax(score))]

    listed = {"a": (10.0, 5.0), "b": (7.0, 7.0), "c": (0.0, 6.9)}
    assert first(listed) == "b" and first({**listed, "poor": (9.0, -90.0)}) == "a"
    # ours: dollars on a fixed scale, which no other option moves
    worth = {name: credit_usd({"x": 100.0, "y": 100.0}, {"x": x / 10, "y": y / 10}) for name, (x, y) in listed.items()}
    assert max(worth, key=lambda name: worth[name]) == "a"


def test_near_copies_do_not_split_the_chance_of_winning() -> None:
    """Five hosts of one model each cheapest in a fifth of draws are not a doubtful choice."""
    copies = [{**API, "id": f"copy-{n}"} for n in range(4)]
    one, many = answer([API, FLASH, RENTED]), answer([API, *copies, FLASH, RENTED])
    assert one["verdict"]["confidence"] == pytest.approx(many["verdict"]["confidence"])
    wrong = max(o["probability_cheapest"] for o in many["options"] if o["probability_cheapest"] is not None)
    assert wrong <= one["verdict"]["confidence"] / 4
    weights = "probability_cheapest_by_weights"
    assert one[weights][API["model"]] == pytest.approx(many[weights][API["model"]])
    assert (many["verdict"]["winner"] is None) == (one["verdict"]["winner"] is None)


def test_a_mean_lognormal_step_is_not_its_median() -> None:
    """P10 to P90 from half to double: the median is 1, the mean 1.16; expected cost needs the mean."""
    u = (np.arange(200_000) + 0.5) / 200_000
    draws = lognormal_ppf_p10_p90(u, 0.5, 1.0, 2.0)
    sigma = np.log(2) / 1.2815515655446004
    assert np.median(draws) == pytest.approx(1.0, rel=1e-4)
    assert draws.mean() == pytest.approx(np.exp(sigma**2 / 2), rel=2e-3)
    assert draws.mean() > 1.15


def test_options_rank_by_expected_cost_not_by_the_median() -> None:
    result = answer([API, RENTED, OWNED], baseline=None)
    for o in result["options"]:
        assert o["npv_usd"]["mean"] != o["npv_usd"]["p50"]
    passing = [o for o in result["options"] if o["feasibility"] == "pass"]
    assert result["verdict"]["cheapest"] == min(passing, key=lambda o: o["npv_usd"]["mean"])["id"]


def test_rare_losses_do_not_pick_the_winner() -> None:
    """A loss of one draw in a hundred, sampled, has a mean that is mostly luck; ours does not depend on the seed."""
    by_seed = [answer([API, RENTED], seed=seed) for seed in (1, 2)]
    for name in ("api", "rented"):
        first, second = (option(r, name)["security_loss_usd"]["expected"] for r in by_seed)
        assert first == second > 0
    for o in by_seed[0]["options"]:
        assert sum(o["cost_lines_usd"].values()) == pytest.approx(o["npv_usd"]["base"])
        assert not any("loss" in name or "breach" in name for name in o["cost_lines_usd"])  # shown beside, not in cost
    generator = np.random.default_rng(0)
    sampled = (generator.random((200, 64)) < 0.01).mean(axis=1) * 5e6  # expected 50,000, in 64 draws
    assert sampled.std() > 0.9 * 50_000
