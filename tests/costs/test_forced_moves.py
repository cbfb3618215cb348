"""What withdrawn models cost: announced and drawn, each price change once."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.assumptions import assumptions_folder, load_assumptions
from calculator.costs.forced_moves import _net
from calculator.costs.moves import DAYS_PER_MONTH, Market, moves_of
from calculator.costs.price_path import Ends, price_path
from calculator.costs.successor_steps import steps_at
from calculator.decision.simulation import Costing, prepare, simulate
from calculator.errors import InputError
from calculator.governance import lifetimes
from calculator.governance.judging import judge
from calculator.inputs import Inputs
from calculator.quantities import Range
from calculator.retirements import dated_lives, retirement
from calculator.scenario import Scenario, load_scenario, scenario_from

KNOWN = load_assumptions()
MONTHS = 36


def scenario(*options: dict[str, Any], start: str = "2027-01", **more: Any) -> Scenario:
    load = {"name": "chat", "requests_per_month": 1e6, "input_tokens": 1000, "output_tokens": 200}
    data = {"title": "t", "as_of": "2026-11-23", "start": start, "horizon_months": MONTHS, "workloads": [load], **more}
    return scenario_from({**data, "options": list(options)})


def api(model: str, provider: str = "openai", **more: Any) -> dict[str, Any]:
    return {"id": "a", "route": "api", "provider": provider, "model": model, **more}


def certain(**ranges: float) -> dict[str, float]:
    """Overrides that leave only fate uncertain."""
    return {
        "economy.api_price_drift_per_year": 0,
        "switching.refresh_years": 0,
        "switching.dual_running_months": 0,
        "price_steps.pass_through_share": 1,
        "lifetime_groups.age_at_adoption_days": 90,
        **ranges,
    }


def values(**more: float) -> dict[str, Any]:
    base = {"successor": 10e3, "host": 5e3, "model": 20e3, "hazard": 1, "age": 90, "rhythm": np.inf, "pass_through": 1}
    return {k: np.array([float(v)]) for k, v in {**base, "least_step": 0, "drift": 0, "dual_months": 0, **more}.items()}


def market(usd_per_mtok: float = 0.5, host: float = np.inf, model: float = np.inf, drifts: bool = False) -> Market:
    full = [np.full(MONTHS, v) for v in (usd_per_mtok, host, model, 1.0)]
    return Market(*full, drifts=np.full(MONTHS, drifts) & (np.arange(MONTHS) > 0))


def move_once(month: int, **more: Any) -> tuple[Any, Any, Any]:
    """One fate: the model ends in a month, without named successor, the step at the probability 0.5."""
    ends = Ends(((month, False),), False, None, 0.0)
    bill = np.full((1, MONTHS), more.pop("bill", 1e6))
    curve = lifetimes.groups(KNOWN)["hosts-open"].curve
    return moves_of(values(**more.pop("values", {})), bill, ends, market(**more), curve, lambda *_: np.full(1, 0.5), KNOWN)


def test_drift_is_off_across_the_month_of_a_step() -> None:
    """Drift and a step in the same month would charge one price change twice."""
    drift = 0.12
    step, _, _ = move_once(10, drifts=True, values={"drift": drift})
    price = (step * (1 + drift) ** (np.arange(MONTHS) / 12))[0]
    monthly = price[1:] / price[:-1]
    assert monthly[9] == pytest.approx(float(steps_at(np.array([0.5]), np.array([0.5]), "", KNOWN)[0]))
    np.testing.assert_allclose(np.delete(monthly, 9), (1 + drift) ** (1 / 12))


def test_moves_in_the_long_run_are_the_renewal_rate() -> None:
    """The share of the rhythm that is cut off, summed over fates, is 1/E[min(X, R)] - 1/R a year."""
    from calculator import sampling

    curve, months, fates = lifetimes.groups(KNOWN)["anthropic-general"].curve, 1200, 11
    bill = np.ones((1, months))
    long = Market(*(np.full(months, v) for v in (0.5, np.inf, np.inf, 1.0)), drifts=np.zeros(months, bool))
    given = values(rhythm=2 * lifetimes.DAYS_PER_YEAR, pass_through=0)

    def fate(what: str, number: int) -> Any:
        return sampling.sobol_column(f"{what}{number}", number, fates, 0)

    _, _, count = moves_of(given, bill, Ends((), True, None, 0.0), long, curve, fate, KNOWN)
    settled = count[:, 240:720].sum(axis=1).mean() / 40
    mean = lifetimes.mean_cycle_years(curve, 90 / lifetimes.DAYS_PER_YEAR, 2)
    assert settled == pytest.approx(lifetimes.extra_forced_migrations_per_year(mean, 2), rel=0.03)


def test_the_net_behind_the_point_estimate_agrees_with_many_draws() -> None:
    curve, bill = lifetimes.groups(KNOWN)["openai-general"].curve, np.ones((1, MONTHS))
    given, ends = values(rhythm=2 * lifetimes.DAYS_PER_YEAR), Ends((), True, 100.0, 0.0)
    random = np.random.default_rng(1)
    many = {key: random.random(40_000) for key in ((w, n) for w in ("life", "step") for n in range(60))}
    net = [m.mean(axis=0) for m in moves_of(given, bill, ends, market(), curve, _net, KNOWN)]
    drawn = [m.mean(axis=0) for m in moves_of(given, bill, ends, market(), curve, lambda w, n: many[w, n], KNOWN)]
    assert net[0].mean() == pytest.approx(drawn[0].mean(), rel=0.03)
    assert net[1].sum() == pytest.approx(drawn[1].sum(), rel=0.03)


@given(st.floats(0.3, 6), st.floats(0.3, 6), st.floats(0.05, 8), st.floats(1e3, 1e7))
@settings(max_examples=60, deadline=None)
def test_more_operators_never_cost_more(first: float, second: float, price: float, bill: float) -> None:
    """A further host of the same weights, at any price: cost of moves and steps together do not rise."""
    curve = lifetimes.groups(KNOWN)["hosts-open"].curve
    ends = Ends((), True, None, 0.0)

    def lock_in(host: float) -> float:
        given = values(least_step=1)
        step, usd, _ = moves_of(given, np.full((1, MONTHS), bill), ends, market(price, host), curve, _net, KNOWN)
        return float(((step - 1) * bill + usd).sum(axis=1).mean())

    none, one, two = lock_in(np.inf), lock_in(first), lock_in(min(first, second))
    assert two <= one * (1 + 1e-9) and one <= none * (1 + 1e-9)


def test_another_offer_caps_a_step_but_saves_nothing() -> None:
    assert move_once(5, model=1.5)[0][0, -1] == pytest.approx(1.5)
    assert move_once(5, model=0.2)[0][0, -1] == pytest.approx(1.0)


def test_a_dear_move_is_not_worth_a_small_saving() -> None:
    small, large = (move_once(5, model=1.5, bill=usd) for usd in (10.0, 1e6))
    assert small[1].sum() == pytest.approx(10e3) and small[0][0, -1] > 1.5
    assert large[1].sum() == pytest.approx(20e3) and large[0][0, -1] == pytest.approx(1.5)


def test_both_models_are_paid_while_they_run_side_by_side() -> None:
    assert move_once(5, values={"dual_months": 0.5}, bill=3e4)[1].sum() == pytest.approx(10e3 + 0.5 * 3e4)


def test_a_move_is_charged_for_the_part_of_the_rhythm_that_it_cuts_off() -> None:
    two_years = {"rhythm": 24 * DAYS_PER_MONTH}
    assert move_once(6, values=two_years)[1].sum() == pytest.approx(10e3 * 0.75)
    assert move_once(30, values=two_years)[1].sum() == 0
    assert move_once(6)[1].sum() == pytest.approx(10e3)


def lines(costing: Costing, name: str = "a") -> dict[str, Any]:
    return {line: usd[0, 1:] for line, usd in costing.base[name].flows.lines.items()}


def test_an_announced_successor_is_charged_once() -> None:
    """GPT-5.1 (1.25/10) ends on 2027-04-01; GPT-6.1 Terra (1/5) follows. By hand, per million requests."""
    found = lines(
        prepare(scenario(api("gpt-5.1"), assumptions=certain(**{"token_factors.default_output_factor_default": 1})), KNOWN)
    )
    old = (found["api_input"] + found["api_output"])[0]
    assert found["api_input"] == pytest.approx(np.full(MONTHS, found["api_input"][0]))
    factor_in, factor_out = found["api_input"][0] / 1250, found["api_output"][0] / 2000
    new = 1000 * factor_in + 1000 * factor_out
    assert found["price_step"][:3] == pytest.approx(np.zeros(3))
    assert found["price_step"][3] == pytest.approx(new - old)


def test_an_announced_shutdown_replaces_the_draw() -> None:
    path = price_path(scenario(api("gpt-5.1")), scenario(api("gpt-5.1")).options[0], Inputs(KNOWN))  # type: ignore[arg-type]
    assert path.ends.dated == ((3, True),)
    dated = lines(prepare(scenario(api("gpt-5.1"), assumptions=certain()), KNOWN))["forced_migration"]
    assert dated[3] > 0 and not dated[:3].any()


def test_a_promise_not_to_retire_is_kept() -> None:
    """Opus 5.5 is not retired before 2027-09-22."""
    opus = scenario(api("claude-opus-5-5", "anthropic"), assumptions=certain())
    costing = prepare(opus, KNOWN)
    forced = lines(costing)["forced_migration"]
    assert not forced[:8].any() and forced[9:].sum() > 0
    assert not (simulate(costing, 256).lines_usd["a"]["forced_migration"] < 0).any()


def test_weights_that_one_holds_are_never_withdrawn() -> None:
    own = {"id": "a", "route": "rented", "weights": "gemma-4-31b", "gpu": "h100-sxm", "precision": "fp8"}
    assert not {"forced_migration", "price_step"} & set(lines(prepare(scenario(own), KNOWN)))


def test_a_hosts_end_costs_a_change_of_host_where_another_passes() -> None:
    """gpt-oss-120b is priced at many hosts; without data rules they pass, and the model need not change."""
    hosted = {"id": "a", "route": "hosted", "provider": "groq", "model": "gpt-oss-120b"}
    training = {"data": {"allow_training": True}}
    forced = lines(prepare(scenario(hosted, assumptions=certain(), **training), KNOWN))["forced_migration"].sum()
    held = {"provider": "groq", "rule": "DATA-07", "outcome": "pass", "statement": "seen", "date": "2026-11-01"}
    only = {"data": {"certifications": ["only-one-holds-it"]}, "evidence": [held]}
    alone = lines(prepare(scenario(hosted, assumptions=certain(), **only), KNOWN))
    assert 0 < forced < alone["forced_migration"].sum()


def test_a_retired_model_is_refused_with_its_successor() -> None:
    with pytest.raises(InputError, match=r"options\.a\.model.*claude-opus-4-1 is retired on 2026-08-05.*claude-opus-4-8"):
        prepare(scenario(api("claude-opus-4-1", "anthropic")), KNOWN)


@pytest.mark.parametrize(
    ("provider", "model", "day"),
    [
        ("openai", "gpt-3.5-turbo-0613", "2024-09-13"),
        ("google", "gemini-2.0-flash", "2026-06-01"),
        ("x-ai", "grok-3", "2026-05-15"),
        ("openai", "o1-mini", "2025-10-27"),
        ("openai", "gpt-4o-2024-05-13", "2026-10-23"),
        ("azure", "o3-2025-04-16", "2026-11-19"),
    ],
)
def test_a_model_that_ended_long_ago_is_not_priced_as_live(provider: str, model: str, day: str) -> None:
    with pytest.raises(InputError, match=rf"options\.a\.model.*{provider}/{model} is retired on {day}, before"):
        prepare(scenario(api(model, provider)), KNOWN)


def test_every_priced_model_with_a_dated_end_is_refused_after_it() -> None:
    """Whatever price data still list; what only one third party reports is said and not acted on."""
    from genai_prices import data

    listed = {(p.id, m.id) for p in data.providers for m in p.models}
    own_lists = KNOWN.parameter("retirements.dated_platforms").value
    assert isinstance(own_lists, tuple)
    checked = 0
    for life in dated_lives(KNOWN):
        platform, model = life.text("platform"), life.key.removeprefix(f"{life.text('platform')}/")
        if "shutdown" not in life or (platform, model) not in listed:
            continue
        ends = retirement(KNOWN, platform, model)
        assert ends is not None
        acted_on = platform in own_lists
        assert (ends.shutdown or ends.reported) is not None
        assert (ends.shutdown is not None) == acted_on
        checked += acted_on
    assert checked >= 25


def test_a_dated_life_inside_the_horizon_is_a_dated_move() -> None:
    """GPT-5.3-Codex shuts down on 2027-04-01; nobody names its successor in the table of announcements."""
    path = price_path(scenario(api("gpt-5.3-codex")), scenario(api("gpt-5.3-codex")).options[0], Inputs(KNOWN))  # type: ignore[arg-type]
    assert path.ends.dated == ((3, False),)
    assert any("2027-04-01" in note for note in path.notes)


def test_a_doubtful_removal_is_said() -> None:
    hosted = {"id": "a", "route": "hosted", "provider": "fireworks", "model": "kimi-k2.6"}
    notes = prepare(scenario(hosted), KNOWN).base["a"].notes
    assert any("2026-09-25" in note and "ask fireworks" in note for note in notes)


def test_what_fails_is_no_way_out_even_for_an_option_that_fails() -> None:
    """gpt-oss-20b misses the floor; the cheapest offers miss it as well."""
    from calculator.costs.alternatives import alternatives
    from calculator.costs.tokens import base_factors

    weak = {"id": "a", "route": "hosted", "provider": "ovhcloud", "model": "gpt-oss-20b"}
    load = {"name": "chat", "requests_per_month": 1e6, "input_tokens": 1000, "output_tokens": 200}
    floored = scenario(weak, workloads=[{**load, "quality_floor": {"benchmark": "arena_text", "score": 1430}}])
    found = alternatives(floored, floored.options[0], KNOWN, base_factors)  # type: ignore[arg-type]
    assert found.host is None and found.model is not None
    assert "fail" not in {g.outcome for g in judge(floored, found.model.option, KNOWN)}


@pytest.mark.parametrize("path", sorted((assumptions_folder() / "scenarios").glob("*.yaml")), ids=lambda p: p.stem)
def test_gates_do_not_hang_on_volume(path: Path) -> None:
    """Offers that an application could move to are judged once for all volumes."""
    given = load_scenario(path)
    more = {"requests_per_month": Range(low=1, base=2, high=1e9), "annual_growth": 3.0}
    grown = given.model_copy(update={"workloads": tuple(w.model_copy(update=more) for w in given.workloads)})
    for option in given.options:
        assert judge(given, option, KNOWN) == judge(grown, option, KNOWN)
