"""Cash flows of every route: what must hold for any scenario, and the default example by hand."""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calculator.assumptions import load_assumptions
from calculator.costs.alone import overhang_notes
from calculator.costs.flows import Flows, present_value
from calculator.costs.hybrid import BASE_ALONE
from calculator.costs.measures import commitment_usd
from calculator.costs.rented import RentalPrice, rent
from calculator.costs.routed import success_rate
from calculator.costs.routes import Decided, Outcome, cost_option
from calculator.demand import demands
from calculator.errors import InputError
from calculator.evaluate import evaluate
from calculator.inputs import Inputs
from calculator.options import RentedOption
from calculator.scenario import Scenario, scenario_from

KNOWN = load_assumptions()
SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
OPTIONS: list[dict[str, Any]] = [
    {"id": "luna", "route": "api", "provider": "openai", "model": "gpt-6-luna", "region": "eu"},
    {"id": "gemini", "route": "api", "provider": "google", "model": "gemini-3.5-flash-lite"},
    {"id": "host", "route": "hosted", "provider": "novita", "model": "gemma-4-31b"},
    {"id": "rent", "route": "rented", "weights": "gemma-4-31b", "gpu": "h100-sxm", "provider": "nebius", "region": "eu",
     "commitment": "reserved_1y", "precision": "fp8"},
    {"id": "burst", "route": "rented", "weights": "gemma-4-31b", "gpu": "h100-sxm", "provider": "nebius", "region": "eu",
     "commitment": "on_demand", "precision": "fp8"},
    {"id": "own", "route": "owned", "weights": "gemma-4-31b", "gpu": "rtx-pro-6000", "country": "DE", "precision": "fp8"},
    {"id": "mix", "route": "hybrid", "base": "rent", "overflow": "burst"},
    {"id": "mix-api", "route": "hybrid", "base": "own", "overflow": "luna"},
]  # fmt: skip


def scenario(requests: float = 3e6, options: list[dict[str, Any]] = OPTIONS, **changes: Any) -> Scenario:
    workload = {
        "name": "chat",
        "requests_per_month": requests,
        "annual_growth": 0.4,
        "input_tokens": {"mean": 1155, "p95": 4083},
        "output_tokens": 211,
        "cacheable_input_share": 0.35,
        "traffic": {"burst_ratio": 2},
    }
    data = {"title": "test", "as_of": "2026-11-23", "start": "2027-01", "horizon_months": 36, "workloads": [workload]}
    return scenario_from({**data, "options": options, **changes})


def cost(s: Scenario, option: str) -> Outcome:
    inputs = Inputs(KNOWN.with_overrides(s.assumptions))
    return cost_option(s, s.option(option), demands(s, inputs), inputs, Decided())


def npv(s: Scenario, option: str) -> float:
    return float(present_value(cost(s, option).flows.total, s.discount_rate)[0])


def changed(name: str, **more: Any) -> list[dict[str, Any]]:
    return [{**o, **more} if o["id"] == name else o for o in OPTIONS]


@pytest.mark.parametrize("option", [o["id"] for o in OPTIONS])
def test_npv_is_the_sum_of_its_lines(option: str) -> None:
    flows = cost(scenario(), option).flows
    parts = sum(float(present_value(usd, 0.08)[0]) for usd in flows.lines.values())
    assert parts == pytest.approx(float(present_value(flows.total, 0.08)[0]))


@SLOW
@given(st.floats(5, 9), st.sampled_from(["mix", "mix-api"]))
def test_best_mix_is_never_dearer_than_either_leg(exponent: float, mix: str) -> None:
    s = scenario(10**exponent)
    base, overflow = s.option(mix).legs  # type: ignore[union-attr]
    assert npv(s, mix) <= min(npv(s, base), npv(s, overflow)) * (1 + 1e-9)


@SLOW
@given(st.floats(4, 9), st.floats(1.0, 3.0), st.sampled_from(["luna", "host"]))
def test_more_volume_never_lowers_the_bill_of_an_api(exponent: float, factor: float, option: str) -> None:
    s = 10**exponent
    assert npv(scenario(s * factor), option) >= npv(scenario(s), option) * (1 - 1e-9)


@SLOW
@given(st.integers(0, 3), st.sampled_from(["rent", "burst", "own"]), st.floats(6, 8.5))
def test_more_headroom_never_lowers_own_cost(spare: int, option: str, exponent: float) -> None:
    one_layout = [changed(option, spare_replicas=n, tensor_parallel=1) for n in (spare, spare + 1)]
    less, more = (scenario(10**exponent, options) for options in one_layout)
    assert npv(more, option) >= npv(less, option) * (1 - 1e-9)


@pytest.mark.parametrize("option", ["luna", "host"])
def test_token_prices_scale_what_tokens_cost(option: str) -> None:
    listed = cost(scenario(), option).flows.lines
    halved = cost(scenario(options=changed(option, contract={"discount": 0.5})), option).flows.lines
    for line in ("api_input", "api_output", "api_cached_input"):
        assert np.allclose(halved[line], listed[line] / 2)


def test_gpu_prices_scale_rent() -> None:
    agreed = [changed("rent", contract={"usd_per_gpu_hour": price}) for price in (2, 4)]
    one, two = (cost(scenario(options=options), "rent").flows.lines for options in agreed)
    for line in ("compute", "cluster_and_storage"):
        assert np.allclose(two[line], 2 * one[line])


def test_egress_is_paid_once_for_every_answer_that_leaves_a_rented_fleet() -> None:
    s = scenario()
    flows = cost(s, "burst").flows.lines
    tokens = 3e6 * 211 * 1.4 ** (11 / 12) * KNOWN.number("token_factors.default_output_factor_default")
    by_hand = tokens * 150 / 1e9 * 0.09
    assert float(flows["network_egress"][0, 12]) == pytest.approx(by_hand, rel=1e-6)
    assert float(flows["cluster_and_storage"][0, 12]) == pytest.approx(0.05 * float(flows["compute"][0, 12]))
    assert "network_egress" not in cost(s, "own").flows.lines and "network_egress" not in cost(s, "luna").flows.lines
    beside = {"id": "part", "route": "hybrid", "base": "rent", "overflow": "luna", "base_replicas": 1}
    mixed = [*changed("mix", base_replicas=2), beside]
    mix, part = (cost(scenario(options=mixed), name).flows.lines["network_egress"][0] for name in ("mix", "part"))
    assert np.allclose(mix, flows["network_egress"][0])
    assert np.all(part[1:] < mix[1:]) and np.all(part[1:] > 0)


@pytest.mark.parametrize("option", ["rent", "burst", "own", "mix"])
def test_scaling_all_prices_scales_the_present_value(option: str) -> None:
    topics = ("gpu_rental", "servers", "staffing", "facility", "electricity", "lifecycle", "switching")
    priced = [p for t in topics for p in KNOWN.parameters(t) if p.unit.startswith("USD")]
    twice = {p.id: 2 * p.number for p in priced}
    assert len(twice) > 50
    assert npv(scenario(assumptions=twice), option) == pytest.approx(2 * npv(scenario(), option))


def test_order_of_options_and_workloads_does_not_matter() -> None:
    s = scenario()
    second = s.workloads[0].model_copy(update={"name": "more"})
    both = s.model_copy(update={"workloads": (s.workloads[0].model_copy(update={"annual_growth": 0.0}), second)})
    turned = both.model_copy(update={"workloads": both.workloads[::-1], "options": both.options[::-1]})
    for option in s.options:
        assert npv(both, option.id) == pytest.approx(npv(turned, option.id))


def test_a_leg_that_is_not_used_costs_nothing() -> None:
    small = cost(scenario(1e5), "mix-api")  # own servers do not pay
    assert {leg.option.id for leg in small.legs} == {"luna"}
    alone = cost(scenario(1e5), "luna").flows
    assert small.flows.lines.keys() == alone.lines.keys()
    assert np.allclose(small.flows.total, alone.total)


def test_the_whole_curve_of_bases_is_kept() -> None:
    s, inputs, decided = scenario(3e8), Inputs(KNOWN), Decided()
    outcome = cost_option(s, s.option("mix"), demands(s, inputs), inputs, decided)
    curve, best = decided.base_curves["mix"], decided.base_replicas["mix"]
    assert {0, BASE_ALONE} < set(curve) and curve[best] == min(curve.values())
    assert 0 < best < BASE_ALONE
    assert float(present_value(outcome.flows.total, 0.08)[0]) == pytest.approx(curve[best])


def test_routing_moves_a_share_of_requests_to_the_smaller_model() -> None:
    routed = changed("mix-api", routing={"option": "host", "share": 0.25})
    whole, part = cost(scenario(1e5), "mix-api"), cost(scenario(1e5, routed), "mix-api")
    assert {leg.option.id for leg in part.legs} == {"luna", "host"}
    luna, host = cost(scenario(1e5), "luna").flows.lines, cost(scenario(1e5), "host").flows.lines
    assert np.allclose(part.flows.lines["api_output"], 0.75 * luna["api_output"] + 0.25 * host["api_output"])
    assert part.flows.lines["people"].sum() > whole.flows.lines["people"].sum()


def test_routing_by_difficulty_is_the_share_that_the_router_sends() -> None:
    """30 % hard, a tenth missed, 5 % false alarms: 30.5 % stay with the large model; the fee is for every request."""
    rates = {"small_success": {"easy": 0.95, "hard": 0.4}, "large_success": {"easy": 0.98, "hard": 0.9}}
    judged = {"hard_share": 0.3, "missed": 0.1, "false_alarms": 0.05, "router_usd_per_request": 0.0001, **rates}
    by_difficulty = scenario(1e5, changed("mix-api", routing={"option": "host", "difficulty": judged}))
    by_share = scenario(1e5, changed("mix-api", routing={"option": "host", "share": 0.695}))
    router, plain = cost(by_difficulty, "mix-api"), cost(by_share, "mix-api")
    assert np.allclose(router.flows.lines["api_output"], plain.flows.lines["api_output"])
    requests = demands(by_difficulty, Inputs(KNOWN))[0].requests[0]
    assert np.allclose(router.flows.lines["other"][0, 1:], requests * 0.0001)
    good, failure = success_rate(by_difficulty.option("mix-api"), Inputs(KNOWN)) or (0, 0)
    assert good == pytest.approx(0.92105) and failure == 0
    assert success_rate(by_share.option("mix-api"), Inputs(KNOWN)) is None
    assert any("70 % of requests are judged easy and routed to host" in note for note in router.notes)


def test_reserved_base_with_hours_on_demand_beats_reserving_for_the_peak() -> None:
    s = scenario(1e8)
    assert npv(s, "mix") < 0.85 * npv(s, "rent")


def test_a_reservation_longer_than_the_horizon_is_charged_to_its_end() -> None:
    long = changed("rent", commitment="reserved_3y", contract={"usd_per_gpu_hour": 2})
    outcome = cost(scenario(options=long, horizon_months=12), "rent")
    standing = outcome.flows.lines["compute"][0, 1:] / (2 * 730)
    assert standing.tolist() == [3] * 4 + [4] * 8  # the fourth is reserved in month 5, four months later than the others
    monthly = 1.08 ** (1 / 12) - 1
    annuity = {n: (1 - (1 + monthly) ** -n) / monthly for n in (24, 28)}  # what is left, seen from the horizon's end
    left = 2 * 730 * (3 * annuity[24] + annuity[28])
    assert float(outcome.flows.lines["commitment"].sum()) == pytest.approx(left)
    assert any("falls due after the horizon" in note for note in outcome.notes)


@pytest.mark.parametrize(
    ("on_demand_ratio", "owed_at_end", "note"),
    [
        # month 28's two: 12 - 9 months left over; month 6's four, renewed in 18, are on demand for the 7 months from 30
        (1.5, 2 * 3, "in the last 7 months up to 4 GPUs"),
        (np.inf, 2 * 3 + 4 * 5, ""),  # nobody rents by the hour: the renewal of month 30 is owed for 12 - 7 months more
    ],
)
def test_one_year_reservations_in_stages_are_owed_beyond_the_horizon(
    on_demand_ratio: float, owed_at_end: int, note: str
) -> None:
    """Ten GPUs from month 1, four more from month 6, two more from month 28; terms of 12 months at $100 a GPU-month."""
    s = scenario(assumptions={"economy.gpu_rental_price_drift_per_year": 0, "gpu_rental.cluster_and_storage_share": 0})
    inputs, flows = Inputs(KNOWN.with_overrides(s.assumptions)), Flows(36)
    need = np.array([[10.0] * 5 + [14.0] * 22 + [16.0] * 9])
    price = RentalPrice(np.array([100 / 730]), 1, (), np.array([on_demand_ratio]))
    option = s.option("rent")
    assert isinstance(option, RentedOption)
    standing = rent(flows, s, option, need, need, price, inputs)
    owed, stranded = commitment_usd(s, flows, inputs)
    assert np.allclose(standing, need)
    assert stranded[36] == pytest.approx(100 * owed_at_end) and flows.lines["commitment"][0, 36] > 0
    assert flows.lines["commitment"][0, 36] < 100 * owed_at_end  # discounted to the horizon's end
    assert owed.max() == pytest.approx(100 * (10 * 12 + 4 * 5))  # at the renewals of months 13 and 25
    hours = 4 * 7 * 100 * (on_demand_ratio if note else 1)
    assert flows.lines["compute"].sum() == pytest.approx(100 * (10 * 36 + 4 * 24 + 2 * 9) + hours)
    assert (note in " ".join(overhang_notes(flows))) and ("on demand" in " ".join(overhang_notes(flows))) == bool(note)


def test_a_bridge_carries_the_load_until_servers_come() -> None:
    waiting = changed("own", bridge="luna", lead_time_months=4.2)  # five weeks and two days pass before the start
    outcome, luna = cost(scenario(options=waiting), "own"), cost(scenario(), "luna")
    assert outcome.gpus is not None
    assert outcome.gpus[0, :3].tolist() == [0, 0, 0] and outcome.gpus[0, 3] > 0
    assert np.allclose(outcome.flows.lines["api_output"][0, 1:4], luna.flows.lines["api_output"][0, 1:4])
    assert not outcome.flows.lines["api_output"][0, 4:].any() and not outcome.flows.lines["hardware"][0, 1:3].any()


def test_servers_are_paid_when_they_come_with_a_bridge_and_before_the_start_without() -> None:
    late = {"lead_time_months": 4.2}
    at_once = cost(scenario(options=changed("own", **late)), "own")
    waiting = cost(scenario(options=changed("own", bridge="luna", **late)), "own")
    first, then = at_once.flows.lines["hardware"][0], waiting.flows.lines["hardware"][0]
    assert first[0] > then[0] and then[3] > 0 and not then[1:3].any()  # month 0 holds the installation in both
    assert waiting.flows.lines["api_output"].sum() > 0 and "api_output" not in at_once.flows.lines
    assert any("3 months on the bridge luna" in note and "is paid then" in note for note in waiting.notes)
    assert any("be paid, at the start" in note and "name a `bridge`" in note for note in at_once.notes)


def test_leased_servers_are_not_bought() -> None:
    flows = cost(scenario(options=changed("own", lease={"annual_rate": 0.08})), "own").flows
    assert "residual_value" not in flows.lines and flows.lines["hardware"][0, 1:].sum() == 0  # installation only
    assert flows.lines["lease"].sum() > 0


def test_on_call_floor_holds_for_a_service_at_all_hours() -> None:
    office, always = (cost(scenario(), "rent"), cost(scenario(workloads=_with_profile("consumer")), "rent"))
    assert office.fte is not None and always.fte is not None
    assert office.fte[0, 0] == 1.0 and always.fte[0, 0] == 1.5
    stated = cost(scenario(options=changed("rent", operations_fte=0.2), workloads=_with_profile("consumer")), "rent")
    assert stated.fte is not None and stated.fte[0, 0] == 0.2


def _with_profile(name: str) -> list[dict[str, Any]]:
    workload = scenario().workloads[0].model_dump(mode="json", exclude_none=True)
    return [{**workload, "traffic": {"profile": name, "burst_ratio": 2}}]


def test_planned_refresh_or_a_word_that_it_stands_still() -> None:
    yearly, never = (cost(scenario(options=changed("rent", refresh_years=y)), "rent") for y in (1, 0))
    assert np.flatnonzero(yearly.flows.lines["refresh"][0]).tolist() == [12, 24]
    assert "refresh" not in never.flows.lines and any("stands still" in n for n in never.notes)


def test_yearly_commitment_is_topped_up_at_each_year_s_end() -> None:
    flows = cost(scenario(options=changed("luna", contract={"commitment_usd_per_year": 1e6})), "luna").flows
    tokens = sum(usd for line, usd in flows.lines.items() if line.startswith("api_") or line == "price_step")
    due = flows.lines["commitment"][0]
    assert np.flatnonzero(due).tolist() == [12, 24, 36]
    assert due[12] == pytest.approx(1e6 - np.asarray(tokens)[0, 1:13].sum())


def test_a_yearly_commitment_is_signed_for_and_stranded_where_it_is_given_up() -> None:
    s = scenario(options=changed("luna", contract={"commitment_usd_per_year": 1e6}))
    flows = cost(s, "luna").flows
    owed, stranded = commitment_usd(s, flows, Inputs(KNOWN))
    spent = flows.total[0] - flows.lines["commitment"][0]
    tokens = sum(usd[0] for line, usd in flows.lines.items() if line.startswith("api_") or line == "price_step")
    assert owed[0] == pytest.approx(1e6) and owed.max() == pytest.approx(1e6)
    assert stranded[5] == pytest.approx(1e6 - np.asarray(tokens)[1:6].sum())
    assert stranded[36] == 0 and spent.sum() > 0


def test_a_dedicated_endpoint_needs_no_price_of_a_token() -> None:
    option = {"id": "endpoint", "route": "hosted", "provider": "fireworks", "model": "gemma-4-31b", "weights": "gemma-4-31b",
              "tier": "dedicated", "gpu": "h100-sxm", "precision": "fp8", "contract": {"usd_per_gpu_hour": 6}}  # fmt: skip
    found = evaluate(scenario(options=[option]), KNOWN, 2).as_dict()["options"][0]
    assert found["cost_lines_usd"]["compute"] > 0 and "api_input" not in found["cost_lines_usd"]


def test_a_surcharge_of_the_list_is_not_said_of_a_price_that_was_agreed() -> None:
    agreed = {"contract": {"input_usd_per_mtok": 0.05, "output_usd_per_mtok": 0.2}}
    assert any("surcharge" in note for note in cost(scenario(), "luna").notes)
    assert not any("surcharge" in note for note in cost(scenario(options=changed("luna", **agreed)), "luna").notes)


def test_spot_pays_for_its_spare() -> None:
    price = {"contract": {"usd_per_gpu_hour": 2}}
    spot, listed = (cost(scenario(options=changed("burst", commitment=c, **price)), "burst") for c in ("spot", "on_demand"))
    ratio = spot.flows.lines["compute"].sum() / listed.flows.lines["compute"].sum()
    assert ratio == pytest.approx(1.15 + 0.2 * 0.5 / 730, rel=1e-3)
    assert any("15% more GPUs are billed" in note for note in spot.notes)


@pytest.mark.parametrize(
    ("option", "change", "message"),
    [
        ("mix", {"overflow": "mix"}, "is this option itself"),
        ("mix", {"overflow": "mix-api"}, "is a hybrid itself"),
        ("mix", {"routing": {"option": "rent", "share": 0.5}}, "same option as base"),
        ("mix", {"routing": {"option": "host"}}, "either share or difficulty"),
        (
            "mix",
            {"routing": {"option": "host", "share": 0.5, "difficulty": {"hard_share": 0.2}}},
            "either share or difficulty",
        ),
        (
            "mix",
            {"routing": {"option": "host", "difficulty": {"hard_share": 0.2, "small_success": {"easy": 1, "hard": 0}}}},
            "come together",
        ),
        ("own", {"lease": {"term_months": 36}}, "annual_rate: is missing"),
        ("own", {"bridge": "own"}, "is this option itself"),
        ("own", {"lead_time_months": 40, "bridge": "luna"}, "beyond the horizon of 36"),
        ("luna", {"tier": "provisioned"}, "no price of provisioned throughput is known for openai/gpt-6-luna"),
        ("gemini", {"tier": "provisioned"}, "Vertex AI publishes what a scale unit"),
        ("host", {"tier": "dedicated"}, "name the GPU"),
        ("host", {"tier": "dedicated", "gpu": "h100-sxm"}, "set contract.usd_per_gpu_hour"),
    ],
)
def test_bad_options_get_one_clear_line(option: str, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        cost(scenario(options=changed(option, **change)), option)
    assert "\n" not in str(caught.value)


def test_a_currency_without_a_rate_gets_one_clear_line() -> None:
    with pytest.raises(InputError, match=r"currency: no exchange rate of CHF is known; there is one of USD, EUR"):
        evaluate(scenario(currency="CHF"), KNOWN, 2)


def test_bad_rates_get_one_clear_line() -> None:
    with pytest.raises(InputError, match=r"discount_rate: must be at least -0\.5"):
        scenario(discount_rate=-1)


def test_default_api_by_hand() -> None:
    """Luna over the first year: requests x tokens x list price, by a few lines of arithmetic."""
    s = scenario(options=changed("luna", input_token_factor=1, output_token_factor=1))
    flows = cost(s, "luna").flows
    size = np.asarray(demands(s, Inputs(KNOWN))[0].size_quantiles)
    repeated = 1155 * 0.35 * size
    hit = 0.35 * size[repeated >= 1024].sum() / size.sum() * (1 - math.exp(-10 / 1.5))
    written = hit / 2 + hit / (1 - math.exp(-10 / 1.5)) - hit
    for month in (1, 12, 36):
        requests = 3e6 * 1.4 ** ((month - 1) / 12)
        millions = requests * 1155 / 1e6
        expected = {
            "api_input": millions * (1 - hit - written) * 0.10,
            "api_cached_input": millions * hit * 0.01,
            "api_cache_writes": millions * written * 0.125,
            "api_output": requests * 211 / 1e6 * 0.50,
            "people": 165_000 * 1.3 / 12 * 0.1 * 1.034 ** ((month - 1) / 12),
        }
        for line, usd in expected.items():
            uplift = 1 if line == "people" else 1.1
            assert float(flows.lines[line][0, month]) == pytest.approx(usd * uplift, rel=1e-3), line


def test_default_own_servers_by_hand() -> None:
    """One server of eight cards that is enough throughout: every line from the data by arithmetic."""
    s = scenario(1e5)
    outcome = cost(s, "own")
    assert outcome.gpus is not None and set(outcome.gpus[0]) == {8.0}
    lines = {name: usd[0] for name, usd in outcome.flows.lines.items()}
    server = (110_000 + 7_000) * 1.03
    assert lines["hardware"].tolist() == pytest.approx([server + 25_000] + [0] * 36)
    # a tenth after five years, the same share lost each year
    assert lines["residual_value"][36] == pytest.approx(-server * 0.1 ** (36 / 60))
    assert lines["support"][7] == pytest.approx(server * 0.10 / 12)
    gpu = KNOWN.row("gpus", "rtx-pro-6000")
    assert lines["colocation"][5] == pytest.approx(8 * gpu.number("provisioned_kw") * 217.30)
    idle_usd = 8 * gpu.number("idle_kw") * 730 * 0.271 * 1.4
    busy_usd = 8 * gpu.number("average_kw") * 730 * 0.271 * 1.4
    assert idle_usd <= lines["power"][1] <= busy_usd
    assert lines["people"][13] == pytest.approx(165_000 * 1.3 / 12 * 1.25 * 1.034)


@cache
def default_example() -> dict[str, Any]:
    from calculator.scenario import load_scenario

    found: dict[str, Any] = evaluate(load_scenario("assumptions/scenarios/support-assistant.yaml"), KNOWN, draws=2).as_dict()
    return found


def test_default_example_discounts_month_ends() -> None:
    for option in default_example()["options"]:
        by_hand = sum(usd / 1.08 ** (t / 12) for t, usd in enumerate(option["monthly_cost_usd"]))
        assert by_hand == pytest.approx(option["npv_usd"]["base"])
        assert sum(option["cost_lines_usd"].values()) == pytest.approx(option["npv_usd"]["base"])


def test_example_files_are_costed() -> None:
    assert Path("assumptions/scenarios").is_dir() and json.dumps(default_example())
